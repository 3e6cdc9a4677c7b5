Ten minutes with nothing in range: every scan another address

given  a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
when   10 min pass
then   at most 5 % of that time was spent scanning

With nothing in range for hours the station hardly ever scans

given  any masking method
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
when   30 min pass
and    120 min pass
then   at most 1 % of that time was spent scanning

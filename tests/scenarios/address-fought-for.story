Another program sets an address thirty times a second, connected or not: macveil backs off, logs it once, and is back afterwards

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    trouble: 150 times "another program sets a fresh address"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   trouble comes for 5 s, seed 1
then   connected to home within 30 s
and    macveil says "link held down: another program keeps changing the address" 1 times
and    home saw one address

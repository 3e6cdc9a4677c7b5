One interface changes its address in every way, in turn

given  an access point home: ssid "Home", channel 6, open
when   changes of address are timed 60 times

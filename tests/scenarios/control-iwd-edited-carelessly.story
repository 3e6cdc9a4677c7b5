iwd, and a careless editor of a network's file: settings of iwd are lost

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", with "AutoConnect=true"
# Nothing of this is about frames.
when   the judge looks away
and    iwd starts
then   connected to home within 30 s
when   3 s pass
and    a careless editor rewrites the file of "Home" 400 times while iwd does 200 times
then   something was lost at least 200 times in at least 500 edits

With systemd, but without macveil: what scans with a card as it appears shows the permanent address

given  any masking method
and    the machine runs systemd
when   a radio appears and something scans with it at once
and    5 s pass
then   the judge finds "frame under a permanent address"

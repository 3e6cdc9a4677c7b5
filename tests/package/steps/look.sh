# The first boot with macveil, and nothing else changed.
connected
is active active
macveil status
macveil doctor
id macveil

# As it was before, with all that it gave away.
connected
! id macveil 2>/dev/null || say "its user stays, as Debian's policy has it"

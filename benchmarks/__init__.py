"""How fast Lablore is on this machine. `make bench`, or `make bench ONLY=store`."""

"""Sound made ready: another rate, fewer channels, no rumble, as loud as wanted, no silence around it."""

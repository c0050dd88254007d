"""The command line and its wiring."""

"""The steps, named v<revision>_<what>.py."""

"""The HTTP door: the same questions and changes as the command line, as JSON."""

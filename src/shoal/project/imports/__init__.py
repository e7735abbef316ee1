"""Files on their way in: understood, imported, taken back, and what could not be read."""

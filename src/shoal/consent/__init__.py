"""What a person agreed to: never asked is not granted.

Nouns: ConsentState, Channel, Kind, Statement, Answer. Reads and writes nothing; a statement is a
``$consent``, ``$subscription`` or ``$suppression`` event of the person's history, so every question
about it can be asked as of any instant.
"""

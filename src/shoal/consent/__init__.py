"""What a person agreed to: never asked is not granted.

Nouns: ConsentState, Consent, Answer. Reads and writes nothing; a consent is a ``$consent`` event of the
person's history, so every question about it can be asked as of any instant.
"""

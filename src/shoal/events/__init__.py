"""Events as they come in: one by one or as columns, what is wrong with them, and who they are.

Nouns: Event, EventTable, LineTable, ImportSource, Rejected, PropertyType, Converted, fingerprint.
Reads and writes nothing: arrays in, arrays out.
"""

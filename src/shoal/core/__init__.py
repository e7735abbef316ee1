"""Errors, instants, spans and names: what every room speaks.

Nouns: Problem, Place, Span, Zone. Reads and writes nothing.
"""

"""Behaviour as it happens: the wire formats of clients and tools, read into events.

Nouns: Captured, Circumstances. Reading a body is pure; the door in front of it talks HTTP.
"""

from shoal.capture.captured import Captured, Circumstances, refusal

__all__ = ["Captured", "Circumstances", "refusal"]

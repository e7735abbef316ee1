"""Live membership: who is in which segment now, and every change told once, with its cause.

Nouns: Live, Watched, Told, DueList. Reads a store as it grows, writes its transitions.
"""

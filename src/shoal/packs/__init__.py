"""Sector packs: definitions and words, as files."""

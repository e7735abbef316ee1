"""Experiments from anyone's file, and how large one must be."""

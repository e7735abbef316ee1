"""Predictions of a project: learned, tested against what came, scored, and told with reasons."""

"""Recommendations of a project: learned, asked, and held against what came."""

"""Campaigns of a project: written, checked, given arms, made, sent, and whether they helped."""

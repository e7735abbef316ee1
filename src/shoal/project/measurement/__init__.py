"""Figures over time: funnels, paths, retention, movements, trends and targets."""

"""Labelled sample data: made-up shoppers whose truth is known."""

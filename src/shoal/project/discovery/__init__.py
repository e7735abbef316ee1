"""Groups that nobody asked for, and who is like whom."""

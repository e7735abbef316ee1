"""Groups nobody asked for: clusters, rules that describe them, look-alikes, what predicts."""

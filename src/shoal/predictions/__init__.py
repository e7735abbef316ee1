"""What people will do next, learned from what they did: models, and how far they may be believed."""

"""One person or a few: who they are, where they belong and why, what they agreed to."""

"""Changes of the definitions: what applying them would mean, and edits by the page."""

"""What a project holds: how good it is, what it is for, and what could be left out."""

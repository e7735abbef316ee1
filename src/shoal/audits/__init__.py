"""Is a segment worth acting on: size, worth, difference, reach, steadiness, in words."""

"""Who belongs, why, since when, and what would change it.

Nouns: TimelineEvent, Hypotheses, Way, NearestChange, SizeAt. Pure: arrays and traces in, tellings
out; every verdict is the engine's.
"""

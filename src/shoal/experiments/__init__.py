"""Who gets what, and did it help: assignment, effects one can believe, power.

Nouns: Design, Variant, Moments, Effect, SampleRatio, Verdict. Pure: arrays in, answers out.
"""

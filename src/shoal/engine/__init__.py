"""The engine: rules to a program, a program over a bucket's arrays to members and values.

Nouns: History, Column, Program, Bound. Reads arrays and definitions, writes arrays; opens no file,
reads no clock.
"""

from shoal.engine.evaluation import evaluate_histories, transitions_of

__all__ = ["evaluate_histories", "transitions_of"]

"""The guard against treating people by what they are: what is sensitive, what stands for it, who gets what.

Nouns: Guarded, Use, Stand-in, Group, Comparison. Verbs: say what a rule reads of it, find what goes
with it, compare outcomes by group. Nothing here decides about anybody: a person does.
"""

from shoal.fairness.comparing import LEAST, Comparison, Group, Standing, compare
from shoal.fairness.guard import Guarded, guarded_in, reads_of
from shoal.fairness.proxies import NOTABLE, Association, association

__all__ = [
    "LEAST",
    "NOTABLE",
    "Association",
    "Comparison",
    "Group",
    "Guarded",
    "Standing",
    "association",
    "compare",
    "guarded_in",
    "reads_of",
]

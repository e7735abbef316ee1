"""Where something about a person is held, and what erasing them would remove: a plan.

Nouns: Place, ErasurePlan. Reads and writes nothing; the store carries a plan out.
"""

from shoal.privacy.erasure import ErasurePlan, Place, unowned

__all__ = ["ErasurePlan", "Place", "unowned"]

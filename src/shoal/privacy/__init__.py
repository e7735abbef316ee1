"""Where something about a person is held, and what erasing them would remove: a plan.

Nouns: Place, ErasurePlan. Reads and writes nothing; the store carries a plan out. What was done is
told by a receipt that the project can recognise as its own.
"""

from shoal.privacy.erasure import ErasurePlan, Place, unowned
from shoal.privacy.receipt import is_genuine, signed

__all__ = ["ErasurePlan", "Place", "is_genuine", "signed", "unowned"]

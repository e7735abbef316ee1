"""Is a segment worth acting on: size, worth, difference, reach, steadiness, in words.

Nouns: Facts (what is asked of the engine), Finding, Audit. Nothing here blocks anything.
"""

from shoal.audits.facts import Facts
from shoal.audits.findings import Aspect, Audit, Finding, Verdict
from shoal.audits.judging import audit
from shoal.audits.linting import Lint, lint

__all__ = ["Aspect", "Audit", "Facts", "Finding", "Lint", "Verdict", "audit", "lint"]

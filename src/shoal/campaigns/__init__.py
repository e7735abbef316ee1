"""Who may be written to, what with, when, and what counts as success: audiences that add up.

Nouns: Cap, Terms, State, Audience. Pure: rules as trees and arrays in, counts and states out.
"""

from shoal.campaigns.audience import Audience, State, Stood, waterfall
from shoal.campaigns.terms import Cap, Terms, parse_cap, parse_share, questions_of

__all__ = [
    "Audience",
    "Cap",
    "State",
    "Stood",
    "Terms",
    "parse_cap",
    "parse_share",
    "questions_of",
    "waterfall",
]

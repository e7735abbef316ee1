"""Who gets what, and did it help: assignment, effects one can believe, power.

Nouns: Design, Variant, People, Outcome, Analysis, Verdict, Question, Holdout. Pure: arrays in, answers
out.
"""

from shoal.experiments.analysis import Analysis, People, analyse, by_segment
from shoal.experiments.assignment import (
    HOLDOUT,
    Design,
    Variant,
    arm_after_merge,
    arm_of,
    arms_of,
    held_out_of,
)
from shoal.experiments.comparing import Looks, Once, Whenever
from shoal.experiments.holdouts import Holdout, propose_holdout
from shoal.experiments.metric import Kind, Metric, Outcome
from shoal.experiments.moments import Moments
from shoal.experiments.power import Question, about_share, ways_of
from shoal.experiments.sample_ratio import SampleRatio, sample_ratio
from shoal.experiments.verdicts import Verdict

__all__ = [
    "HOLDOUT",
    "Analysis",
    "Design",
    "Holdout",
    "Kind",
    "Looks",
    "Metric",
    "Moments",
    "Once",
    "Outcome",
    "People",
    "Question",
    "SampleRatio",
    "Variant",
    "Verdict",
    "Whenever",
    "about_share",
    "analyse",
    "arm_after_merge",
    "arm_of",
    "arms_of",
    "by_segment",
    "held_out_of",
    "propose_holdout",
    "sample_ratio",
    "ways_of",
]

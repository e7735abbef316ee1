"""What answers about predictions look like."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shoal.api.data_shapes import WorkTold
from shoal.api.shapes import Shape
from shoal.project.predictions.backtesting import MOST_TESTS, TESTS
from shoal.project.predictions.predicting import MOST_BACK

Status = Literal["never fitted", "fitted", "refused", "failed", "changed", "stale"]
AsOf = Annotated[str | None, Field(max_length=100, description="2026-11-01, or an instant; now.")]


class ScoreWanted(BaseModel):
    """As of when everybody is scored."""

    as_of: AsOf = None


class FitWanted(ScoreWanted):
    """As of when it is learned, and how many models of earlier instants are made first."""

    backfill: Annotated[int, Field(ge=0, le=MOST_BACK)] = 0


class TestWanted(ScoreWanted):
    """As of when it is tested, and at how many past instants at the most."""

    cutoffs: Annotated[int, Field(ge=1, le=MOST_TESTS)] = TESTS


class ScoresBrief(Shape):
    """The last scores: as of when, made when, by which model, of how many people."""

    as_of: str
    ran_at: str
    data_version: str
    model: str
    people: int
    mean: float | None


class TestBrief(Shape):
    """What the last test found; ``recency``: how well it sorts how long ago people did it last."""

    as_of: str
    ran_at: str
    n: int
    positives: int
    auc: float | None = None
    rank_correlation: float | None = None
    ece: float | None = None
    lift: float | None = None
    top_decile: float | None = None
    top_decile_value: float | None = None
    recency: float | None
    warnings: int


class PredictionRow(Shape):
    """A prediction: what it says, how it stands and why, and what was last known of it."""

    name: str
    title: str | None
    why: str | None
    target: str
    sentence: str
    population: str | None
    population_sentence: str | None
    purpose: str | None
    of: Literal["chance", "amount"]
    horizon: str
    refresh: Literal["daily", "never"] = Field(
        description="How often a server scores it by itself."
    )
    status: Status
    because: str | None
    model: str | None
    model_as_of: str | None
    fitted_at: str | None
    data_version: str | None
    kind: str | None = Field(description="`weights` or `trees`.")
    base_rate: float | None
    positives: int | None
    warnings: list[str]
    last_scored: ScoresBrief | None
    last_test: TestBrief | None


class PredictionsFound(Shape):
    """Every prediction, and the step that goes on or was the last since the server started."""

    as_of: str
    predictions: list[PredictionRow]
    work: WorkTold | None


class PredictionDefined(Shape):
    """What the file says."""

    target: str
    features: list[str]
    without: list[str]
    sensitive_because: str | None
    file: str | None
    line: int | None


class FeatureTold(Shape):
    """Something known of people that moves scores; ``share``: of all that moves them."""

    name: str
    title: str
    importance: float
    share: float


class FitTold(Shape):
    """What the model was made of; ``sorted``: how well each kind sorted later people."""

    kind: str
    why: str
    sorted: dict[str, float]
    n: int
    positives: int
    base_rate: float
    cutoffs: list[str]
    features: list[FeatureTold]
    warnings: list[str]
    notes: list[str]


class Figures(Shape):
    """How good scores are: chances have ``auc`` to ``top_decile_value``, amounts the others."""

    auc: float | None = None
    brier: float | None = None
    log_loss: float | None = None
    ece: float | None = None
    lift: float | None = None
    top_decile: float | None = None
    top_decile_value: float | None = None
    rank_correlation: float | None = None
    mae: float | None = None
    said_total: float | None = None
    came_total: float | None = None


class ReliabilityBin(Shape):
    """A tenth of the people by what was said of them: what was said on average, and what came."""

    people: int
    said: float
    came: float


class ThresholdTold(Shape):
    """How many were said to have at least this chance, and for how many of them it came true."""

    threshold: float
    people: int
    came: int


class Moved(Shape):
    """A feature whose distribution is another by now; ``psi``: population stability index."""

    feature: str
    psi: float


class DriftThen(Shape):
    """How far scores and features were, at a test, from what they were learned by."""

    scores: float
    moved: list[Moved]


class Tested(Figures):
    """Figures with the people they are of, and of each baseline beside them."""

    n: int
    positives: int
    base_rate: float | None = None
    baselines: dict[str, Figures]
    reliability: list[ReliabilityBin]


class TestedAt(Tested):
    """One past instant."""

    cutoff: str
    kind: str
    learnt_from: list[str]
    drift: DriftThen


class TestTold(Tested):
    """The kept report of a test, all instants together and each by itself."""

    ran_at: str
    as_of: str
    data_version: str
    kind: str
    why: str
    cutoffs: list[str]
    by_threshold: list[ThresholdTold] | None
    by_cutoff: list[TestedAt]
    features: list[FeatureTold]
    warnings: list[str]
    notes: list[str]


class Refusal(Shape):
    """Why it was not done. Where too few came to pass: how many there are, are needed, and are missing."""

    ran_at: str
    as_of: str
    is_refused: bool = Field(description="There is too little to learn from.")
    message: str
    hint: str | None
    people: int | None
    there: int | None
    needed: int | None
    missing: int | None
    share: float | None


class SpreadPart(Shape):
    """How many have a score of at least ``from`` and less than ``to``; the last part has its end."""

    start: float = Field(alias="from")
    to: float
    people: int


class MovedNow(Moved):
    """The same in words."""

    title: str


class DriftNow(Shape):
    """How far the last scores and what they rest on are from what they were; from ``limit`` on: moved."""

    scores: float
    limit: float
    moved: list[MovedNow]
    count: int
    words: str


class ScoresTold(ScoresBrief):
    """The last scores, how they are spread, and how far they have moved."""

    spread: list[SpreadPart]
    drift: DriftNow


class PredictionTold(PredictionRow):
    """One prediction with all that is kept of it."""

    definition: PredictionDefined
    fit: FitTold | None
    test: TestTold | None
    test_refusal: Refusal | None
    refusal: Refusal | None
    scores: ScoresTold | None
    work: WorkTold | None


class PredictionReason(Shape):
    """What one thing known of somebody adds to their score; ``points`` of the chance."""

    feature: str
    title: str
    value: str
    adds: float
    points: float | None
    words: str


class ScoreKept(Shape):
    """The score in somebody's history, as rules read it."""

    score: float
    model: str | None
    as_of: str


class PersonPredicted(Shape):
    """Somebody's score with its interval and reasons; ``adds`` of all and ``base`` sum up to it."""

    user_id: str
    prediction: str
    as_of: str
    target: str
    score: float
    low: float
    high: float
    model: str
    model_as_of: str
    base: float
    reasons: list[PredictionReason]
    others: float
    unit: str
    kept: ScoreKept | None

"""The sentences of the report: every figure in them is an answer of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.core.instants import Zone
from shoal.project.report.figures import Apart, Finding, Hindsight, Lifecycle
from shoal.project.report.words import Money, count, day, plural, share, times

if TYPE_CHECKING:
    from shoal.project.demo.overall import Typical
    from shoal.project.demo.questions import Heard


@dataclass(frozen=True, eq=False)
class Wording:
    """What a colleague should remember, in a few sentences."""

    heard: Heard
    typical: Typical
    moves: Lifecycle
    hindsight: Hindsight
    apart: tuple[Apart, ...]
    money: Money
    zone: Zone

    def lead(self) -> str:
        """The page in three lines."""
        now, many = self.heard.now, self.heard.story.many
        best = now.rules["high_value"]
        worth = now.total("revenue_90d", best) / (now.total("revenue_90d") or 1)
        return (
            f"{count(int(best.sum()))} of {count(len(best))} {many} bring {share(worth)} of the last "
            f"90 days' revenue. {count(now.size('frequent'))} order often, "
            f"{count(now.size('lapsed'))} have been silent for more than "
            f"{self.heard.story.silent_days} days, and of those who mattered most "
            f"{count(now.size('slipping_away'))} are slipping away."
        )

    def findings(self) -> tuple[Finding, ...]:
        """The findings, the weightiest first."""
        found = [self._best(), self._slipping(), self._silence()]
        if self.heard.story.has_campaigns:
            found.append(self._mail())
        return (*found, self._loyalty(), *self._taste())

    def _best(self) -> Finding:
        now, story = self.heard.now, self.heard.story
        best = now.rules["high_value"]
        size, worth = int(best.sum()), now.total("revenue_90d", best)
        whole = now.total("revenue_90d") or 1
        other = (whole - worth) / max(len(best) - size, 1)
        return Finding(
            f"{share(size / max(len(best), 1))} of the {story.many} bring {share(worth / whole)} "
            "of the revenue",
            f"In the last 90 days each of the {count(size)} high-value {story.many} spent "
            f"{self.money.whole(worth / max(size, 1))}, each of the others "
            f"{self.money.whole(other)}.",
            "segments",
        )

    def _slipping(self) -> Finding:
        now, story = self.heard.now, self.heard.story
        inside = now.rules["slipping_away"]
        year = self.money.whole(now.total("revenue_year", inside))
        return Finding(
            f"{count(int(inside.sum()))} of the best {story.many} are slipping away",
            f"They mattered by what they spent, and are at risk or lapsed by now. They brought {year} "
            "in the last year: the first list to act on.",
            "segments",
        )

    def _silence(self) -> Finding:
        now, story = self.heard.now, self.heard.story
        return Finding(
            f"{story.silence} are a change, not a pause",
            f"{share(self.typical.gaps_within, 1)} of all gaps between two orders are "
            f"{story.silent_days} days or shorter. {count(now.size('lapsed'))} {story.many} have "
            f"been silent for longer; {count(now.size('won_back'))} came back after such a silence "
            "within the last month.",
            "lifecycle",
        )

    def _mail(self) -> Finding:
        now, many = self.heard.now, self.heard.story.many
        mailed, ignored = now.size("mailed"), now.size("campaign_ignorers")
        return Finding(
            f"{share(ignored / max(mailed, 1))} of the most mailed used no coupon",
            f"{count(mailed)} {many} got three campaigns or more in half a year; {count(ignored)} of "
            "them redeemed nothing. Every letter they ignore teaches them to ignore the next.",
            "segments",
        )

    def _loyalty(self) -> Finding:
        then, many = self.hindsight, self.heard.story.many
        before = then.stayed + then.left
        moved = sum(flow.size for flow in self.moves.flows if flow.source != flow.target)
        whole = sum(flow.size for flow in self.moves.flows) or 1
        date = day(then.from_at, self.zone)
        return Finding(
            f"{share(then.stayed / max(before, 1))} of the best of {date} still are",
            f"Of {count(before)} high-value {many} {count(then.left)} left and "
            f"{count(then.entered)} entered. Where people stand with the shop changes faster: in the "
            f"same time {share(moved / whole)} of all {many} moved to another stage.",
            "hindsight",
        )

    def _taste(self) -> tuple[Finding, ...]:
        first = next((item for item in self.apart if item.contrasts), None)
        if first is None:
            return ()
        top = first.contrasts[0]
        others = ", ".join(item.label.lower() for item in first.contrasts[1:5])
        return (
            Finding(
                f"{first.title} spend {times(top.here / top.everyone, 1)} as much of their money on "
                f"{top.label.lower()}",
                f"It takes {share(top.here, 1)} of their spending and {share(top.everyone, 1)} of "
                f"everyone's; then come {others}. The segment is defined by the clock alone: what "
                f"{plural(first.size, self.heard.story.one, self.heard.story.many)} have in common is "
                "what it found.",
                "apart",
            ),
        )

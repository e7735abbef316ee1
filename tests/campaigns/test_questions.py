"""The questions of the waterfall, asked of the engine, against a plain reading of the same rows."""

from __future__ import annotations

from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from shoal.campaigns import Cap, Terms, questions_of
from shoal.consent.channel import Channel
from shoal.core.instants import DAY
from shoal.core.spans import Span
from shoal.language.vocabulary import EventEntry, TraitEntry, ValueType, Vocabulary
from tests.oracle.timeline import Ev, Person
from tests.properties.answers import of_engine

NOW = 1_790_000_000_000_000
TEXT = ValueType.TEXT
SAID = MappingProxyType(
    {
        "$consent": ("purpose", "state"),
        "$subscription": ("channel", "state"),
        "$suppression": ("channel", "state"),
        "$send": ("campaign", "channel"),
        "$assignment": ("campaign", "arm"),
        "email_bounced": ("kind",),
        "email_complained": (),
        "email_suppressed": (),
        "email_unsubscribed": (),
        "email_resubscribed": (),
        "suppression_requested": (),
        "suppression_lifted": (),
        "visit": (),
    }
)
VOCABULARY = Vocabulary(
    events={name: EventEntry(name, properties=dict.fromkeys(some, TEXT)) for name, some in SAID.items()},
    traits={name: TraitEntry(name, TEXT) for name in ("email", "phone", "push_token")},
    purposes=frozenset({"offers", "news"}),
    open=True,
)  # fmt: skip
WORDS = MappingProxyType(
    {
        ("$consent", "purpose"): ["offers", "news"],
        ("$consent", "state"): ["granted", "denied"],
        ("$subscription", "channel"): ["email", "sms", "all"],
        ("$subscription", "state"): ["subscribed", "unsubscribed"],
        ("$suppression", "channel"): ["email", "sms", "all"],
        ("$suppression", "state"): ["suppressed", "lifted"],
        ("$send", "campaign"): ["spring", "autumn"],
        ("$send", "channel"): ["email", "ticket", None],
        ("$assignment", "campaign"): ["spring", "autumn"],
        ("$assignment", "arm"): ["holdout", "b"],
        ("email_bounced", "kind"): ["hard", "soft", None],
    }
)
ADDRESSES = ["a@b.c", "none", "@b", "a b@c", None]


@st.composite
def happenings(draw, names):
    name = draw(st.sampled_from(names))
    at = NOW - draw(st.integers(0, 3)) * DAY
    if name == "$identify":
        return Ev(name, at, {"email": draw(st.sampled_from(ADDRESSES)),
                             "phone": draw(st.sampled_from(["1", None]))})  # fmt: skip
    cells = {key: draw(st.sampled_from(WORDS[name, key])) for key in SAID[name]}
    return Ev(name, at, cells)


TERMS = st.builds(
    Terms,
    purpose=st.sampled_from(["offers", "news"]),
    channels=st.lists(st.sampled_from([*Channel]), unique=True, max_size=3).map(tuple),
    cap=st.none()
    | st.builds(Cap, st.integers(1, 3), st.integers(1, 4).map(lambda n: Span(n, "d"))),
    campaign=st.sampled_from([None, "spring"]),
)


class Plainly:
    """What one person's rows say, row after row."""

    def __init__(self, person: Person) -> None:
        self.rows = sorted(person.events, key=lambda it: it.t)

    def last(self, name, key, about, word="state"):
        said = [it.properties[word] for it in self.rows
                if it.name == name and it.properties.get(key) == about]  # fmt: skip
        return said[-1] if said else None

    def trait(self, name):
        given_ = [it.properties[name] for it in self.rows
                  if it.name == "$identify" and it.properties.get(name) is not None]  # fmt: skip
        return given_[-1] if given_ else None

    def latest(self, name, **wanted):
        return max((it.t for it in self.rows if it.name == name and all(
            it.properties.get(key) == value for key, value in wanted.items())), default=0)  # fmt: skip

    def reaches(self, channel):
        left = self.last("$subscription", "channel", channel) == "unsubscribed"
        if channel is Channel.EMAIL:
            address = self.trait("email") or ""
            back = max(self.latest("$subscription", channel="email", state="subscribed"),
                       self.latest("email_resubscribed"))  # fmt: skip
            gone = self.latest("email_unsubscribed")
            left = left or (bool(gone) and back <= gone)
            return "@" in address[1:-1] and address[0] != "@" and " " not in address and not left
        needs = {Channel.SMS: "phone", Channel.PUSH: "push_token"}.get(channel)
        return (needs is None or self.trait(needs) is not None) and not left

    def stops(self, channel):
        asked = self.latest("suppression_requested")
        found = [
            self.last("$suppression", "channel", "all") == "suppressed",
            self.last("$subscription", "channel", "all") == "unsubscribed",
            bool(asked) and self.latest("suppression_lifted") <= asked,
            channel is not None and self.last("$suppression", "channel", channel) == "suppressed",
        ]
        if channel is Channel.EMAIL:
            lifted = max(self.latest("$suppression", channel=it, state="lifted")
                         for it in ("all", "email"))  # fmt: skip
            refused = [
                *(self.latest("email_bounced", kind=kind) for kind in ("hard", None)),
                self.latest("email_complained"),
                self.latest("email_suppressed"),
            ]
            found += [bool(it) and lifted <= it for it in refused]
        return any(found)

    def answers(self, terms: Terms):
        by = [it for it in terms.channels if self.reaches(it)]
        sent = [
            it for it in self.rows if it.name == "$send" and it.properties["channel"] != "ticket"
        ]
        arms = [it.properties["arm"] for it in self.rows
                if it.name == "$assignment" and it.properties["campaign"] == terms.campaign]  # fmt: skip
        inside = [] if terms.cap is None else [
            it for it in sent if it.t > NOW - terms.cap.span.microseconds
        ]  # fmt: skip
        stopped = (
            all(self.stops(it) for it in by) if len(terms.channels) > 1
            else self.stops(terms.channels[0] if terms.channels else None)
        )  # fmt: skip
        return {
            "consented": self.last("$consent", "purpose", terms.purpose) == "granted",
            "reachable": not terms.channels or bool(by),
            "suppressed": stopped,
            "capped": terms.cap is not None and len(inside) >= terms.cap.count,
            "assigned": bool(arms),
            "left alone": "holdout" in arms,
        }


# a few kinds of rows in each example, so that they meet, at the same instants too
HISTORIES = st.lists(st.sampled_from([*SAID, "$identify"]), min_size=1, max_size=5).flatmap(
    lambda names: st.lists(st.lists(happenings(names), max_size=12), min_size=1, max_size=4)
)


@given(HISTORIES, TERMS)
def test_the_engine_reads_what_people_said_as_plain_python_does(histories, terms):
    people = [
        Person(number, (Ev("visit", NOW - 20 * DAY, {}), *sorted(some, key=lambda it: it.t)))
        for number, some in enumerate(histories)
    ]
    found = of_engine(people, questions_of(terms), VOCABULARY, NOW, buckets=2)
    expected = [Plainly(person).answers(terms) for person in people]
    for name, answers in found.items():
        told = [answers[person.id] == 2 for person in people]
        assert told == [one[name] for one in expected], name

"""People who came under many identifiers are answered about as if they had come under one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.core.instants import DAY
from shoal.engine.evaluation import transitions_of
from shoal.events.event import Event
from shoal.runners import evaluate
from shoal.runners.machine import histories_of
from shoal.store import create
from tests.live.world import HOUR, RULES, START, definitions

USERS = ["ana", "rui", "zoe"]
INSTANTS = [START, START + 5 * HOUR, START + DAY, START + 3 * DAY, START + 20 * DAY]
WHAT = st.one_of(
    st.tuples(
        st.just("page_viewed"), st.sampled_from(["/a", "/b", "/c"]).map(lambda it: {"path": it})
    ),
    st.tuples(
        st.just("order_completed"),
        st.sampled_from([10, 30, 55.5, "20"]).map(lambda it: {"revenue": it}),
    ),
    st.tuples(st.just("$identify"), st.booleans().map(lambda it: {"vip": it})),
    st.tuples(
        st.just("$consent"),
        st.sampled_from(["granted", "denied"]).map(lambda it: {"purpose": "mail", "state": it}),
    ),
)
WAYS = st.sampled_from(["user", "laptop", "phone", "user and laptop", "mail"])
ROWS = st.lists(
    st.tuples(st.sampled_from(USERS), WAYS, WHAT, st.integers(0, 4 * 24)), min_size=1, max_size=25
)


def came(rows, ids) -> list[Event]:
    """The rows, each under the user id and anonymous id that ``ids`` says of its user and way."""
    return [
        Event(name, *ids(user, way), at, START + 9 * DAY, f"m{place}", properties)
        for place, (user, way, (name, properties), hours) in enumerate(rows)
        for at in [START + hours * HOUR + place * 1000]
    ]


def one_id(rows) -> list[Event]:
    return came(rows, lambda user, _: (user, None)) + addresses(rows)


def many_ids(rows) -> list[Event]:
    """The same rows, and before them all what links the identifiers of each user."""

    def ids(user: str, way: str) -> tuple[str | None, str | None]:
        if way == "mail":
            return None, f"email:{user}@example.org"
        if way == "user and laptop":
            return user, f"{user} laptop"
        return (user, None) if way == "user" else (None, f"{user} {way}")

    links = [
        linking(user, "$link", {"previous_id": f"{user} {device}"})
        for user in {user: None for user, *_ in rows}
        for device in ("laptop", "phone")
    ]
    return came(rows, ids) + addresses(rows) + links


def addresses(rows) -> list[Event]:
    """What links an address is a trait too, so that both tell of it."""
    users = {user: None for user, *_ in rows}
    return [linking(user, "$identify", {"email": f"{user}@example.org"}) for user in users]


def linking(user: str, name: str, properties) -> Event:
    at = START - DAY
    return Event(name, user, None, at, START + 9 * DAY, f"{name} {properties}", properties)


def answers(folder: Path, events: list[Event], batches: int, folded: int):
    """Members of every rule at some instants, and every change of membership."""
    store = create(folder, buckets=2)
    with store.write() as writer:
        for at in range(batches):
            writer.append(events[at::batches])
            if at == folded:
                writer.fold()
    with store.snapshot() as snapshot:
        vocabulary = definitions(0).vocabulary(snapshot.catalogue)
        rules = {name: vocabulary.segments[name].rule for name in RULES}
        found = {}
        for instant in INSTANTS:
            for name, answer in evaluate(snapshot, rules, vocabulary, instant).items():
                found[name, instant] = sorted(
                    snapshot.user_ids(bucket).to_pylist()[index]
                    for bucket, chosen in enumerate(answer.chosen())
                    for index in chosen.nonzero()[0].tolist()
                )
        for name in set(RULES) - {"top"}:
            changes = transitions_of(
                histories_of(snapshot), rules[name], vocabulary, START, INSTANTS[-1]
            )
            found[name, "changes"] = sorted(
                (snapshot.user_ids(bucket).to_pylist()[profile], at, bool(entered))
                for bucket, some in enumerate(changes)
                for profile, at, entered in zip(
                    some.profiles.tolist(), some.at.tolist(), some.entered.tolist(), strict=True
                )
            )
    store.close()
    return found


@settings(max_examples=10)
@given(ROWS, st.integers(1, 3), st.integers(0, 3), st.randoms(use_true_random=False))
def test_answers_are_those_of_people_who_came_under_one_id(rows, batches, folded, random) -> None:
    mixed = many_ids(rows)
    random.shuffle(mixed)
    with tempfile.TemporaryDirectory() as folder:
        plain = answers(Path(folder) / "one", one_id(rows), 1, 0)
        assert answers(Path(folder) / "many", mixed, batches, folded) == plain

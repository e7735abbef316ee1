"""The short way through a batch and the tolerant one give the same events."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shoal.capture import Circumstances
from shoal.capture.bodies import BodyTooLargeError, Limits, NotJsonError, parsed
from shoal.capture.captured import MOST_ITEMS
from shoal.capture.credentials import secret_of
from shoal.capture.segment import read_batch
from shoal.capture.segment_batch import Batch, Scanned, parse_batch, read_incoming
from shoal.capture.times import exact_instant
from shoal.capture.wire import Endpoint, Incoming
from shoal.core.errors import ShoalError
from shoal.core.instants import Zone
from shoal.store.tail import decode, encode
from shoal.store.written import Written

NOW = Zone().parse("2026-11-01T12:00:00Z")
HERE = Circumstances(NOW, "key:1", Zone("Europe/Lisbon"))
LIMITS = Limits()
ENDPOINT = Endpoint("/v1/batch", read_incoming, parse=parse_batch)

TEXTS = st.text(max_size=6) | st.sampled_from(
    ["", " ", "a\0b", "\ud800", "é", "  x ", "x" * 8_193, "n" * 201, "i" * 1_001, "2026-11-01"]
)
NUMBERS = (
    st.integers(-(2**64), 2**64)
    | st.floats()
    | st.sampled_from([10**39, -(10**40), 10**45, 10**4_000, -0.0, 1e300, 2**63, -(2**63), 1.0])
)
ANY = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["orderId", "order_id", "Price", "price", "$set", "a.b", "products", "said_at", "ünder"]
)
TIMES = st.sampled_from(
    ["2026-10-31T23:59:59.999Z", "2026-11-01T11:00:00Z", "2026-11-01T12:00:00.500Z", "1969-01-01",
     "2026-11-01T13:00:00.000+02:00", "2026-11-01T11:00:00", "2026-11-01 10:00:00.000Z", "soon", "",
     "2027-01-01T00:00:00.000Z", "2026-11-01T11:59:60.000Z", 1_761_990_000, "1761990000000", 0]
)  # fmt: skip
PLAIN = st.dictionaries(KEYS, st.text(max_size=5) | st.integers(-9, 9) | st.floats(-9, 9))
PROPERTIES = (
    PLAIN
    | st.dictionaries(KEYS | TEXTS, ANY, max_size=4)
    | st.builds(lambda some, lines: {**some, "products": lines}, PLAIN, st.lists(PLAIN, max_size=3))
)
CONTEXTS = st.fixed_dictionaries({}, optional={
    "library": ANY, "page": PROPERTIES | ANY, "traits": PROPERTIES | ANY, "campaign": PLAIN | ANY,
    "consent": ANY | st.builds(
        lambda some: {"categoryPreferences": some}, st.dictionaries(TEXTS, st.booleans() | ANY)),
})  # fmt: skip
USUAL = {
    "type": st.sampled_from(["track", "identify"]),
    "event": st.sampled_from(["Order Completed", "viewed", "Segment Consent Preference Updated"]),
    "userId": st.sampled_from(["u", " u ", "é"]),
    "messageId": st.text(min_size=1, max_size=3),
    "timestamp": TIMES,
    "properties": PROPERTIES,
    "traits": PROPERTIES,
}
MORE = {
    "anonymousId": TEXTS | ANY, "context": CONTEXTS | ANY, "originalTimestamp": TIMES | ANY,
    "receivedAt": TIMES | ANY, "sentAt": TIMES | ANY, "integrations": ANY, "name": TEXTS,
    "category": TEXTS | ANY, "groupId": TEXTS | ANY, "previousId": TEXTS | ANY,
}  # fmt: skip
CALLS = st.fixed_dictionaries(USUAL, optional=MORE)
KINDS = st.sampled_from(["track", "identify", "page", "screen", "group", "alias", "?"])
ODD = st.fixed_dictionaries(
    {},
    optional={key: it | ANY for key, it in USUAL.items()} | MORE | {"type": KINDS},
)
BATCHES = st.fixed_dictionaries(
    {"batch": st.lists(CALLS, max_size=4) | st.lists(CALLS | ODD | ANY, max_size=3)},
    optional={"sentAt": TIMES, "context": CONTEXTS | st.none() | ANY, "writeKey": TEXTS},
)
MENDED = st.lists(
    st.tuples(
        st.integers(0, 400), st.sampled_from([b"\xff", b"\\", b'"', b"1e999", b"}", b"\xc3"])
    ),
    max_size=1,
)


def outcome(read, body):
    """What becomes of a body, types and all: 1, 1.0 and true are not the same."""
    try:
        captured = read(body)
    except ShoalError as error:
        return type(error).__name__
    return repr(captured)


def short(body):
    incoming = Incoming("POST", "/v1/batch", body=body)
    document = parse_batch(incoming, LIMITS)
    return read_incoming(Incoming("POST", "/v1/batch", body=body, document=document), HERE)


def tolerant(body):
    return read_batch(parsed(body, LIMITS), HERE)


def as_body(document, *, is_ascii=True):
    text = json.dumps(document, ensure_ascii=is_ascii)
    return text.encode("utf-8", "replace")


@given(BATCHES, st.booleans(), MENDED)
@settings(max_examples=400, deadline=None)
@example(
    {"batch": [{"type": "track", "event": "a", "userId": "u", "properties": {"x": 1.0}}]}, True, []
)
def test_both_ways_give_the_same(document, is_ascii, mended):
    body = as_body(document, is_ascii=is_ascii)
    for at, what in mended:
        body = body[:at] + what + body[at:]
    assert outcome(short, body) == outcome(tolerant, body)


@given(st.lists(st.fixed_dictionaries(USUAL), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_usual_batches_go_the_short_way(calls):
    body = as_body({"batch": calls, "sentAt": "2026-11-01T12:00:00Z"})
    plain = all(
        (type(value) in {str, float} or (type(value) is int and abs(value) < 2**63))
        and len(str(value)) < 100
        and "\0" not in f"{key}{value}"
        for call in calls
        for given in (call["properties"], call["traits"])
        for key, value in given.items()
    )
    if plain and b"\\ud" not in body and b"NaN" not in body and b"Infinity" not in body:
        assert isinstance(parse_batch(Incoming("POST", "/", body=body), LIMITS), Batch)


@pytest.mark.parametrize(
    "call",
    [
        b'{"type":"track","event":"a","userId":"u","context":{"x":1e999},"properties":{"n":%s}}',
        b'{"type":"track","event":"a","userId":"u","context":{"x":"\xff"},"properties":{"n":[%s]}}',
        b'{"type":"track","event":"a","userId":%s,"integrations":1e999}',
    ],
    ids=["plain", "nested", "id"],
)
@pytest.mark.parametrize("digits", [5, 40, 41, 4_300, 4_301])
@pytest.mark.parametrize("sign", [b"", b"-"], ids=["plus", "minus"])
def test_a_number_is_the_same_beside_what_no_strict_parser_takes(call, digits, sign):
    body = b'{"batch":[%s]}' % (call % (sign + b"9" * digits))
    assert outcome(short, body) == outcome(tolerant, body)


def test_a_batch_has_an_end():
    call = {"type": "track", "event": "a", "userId": "u", "messageId": "m"}
    assert len(short(as_body({"batch": [call] * MOST_ITEMS})).events) == MOST_ITEMS
    with pytest.raises(BodyTooLargeError):
        short(as_body({"batch": [call] * (MOST_ITEMS + 1)}))


def test_a_batch_that_is_nested_too_deeply_is_none():
    deep = b"[" * 300 + b"]" * 300
    body = b'{"batch":[{"type":"track","event":"a","userId":"u","integrations":%s}]}' % deep
    with pytest.raises(NotJsonError):
        short(body)


@pytest.mark.parametrize(
    "given", [{"writeKey": "a"}, {"token": "b", "api_key": ""}, {"token": None}]
)
def test_the_key_in_a_body_is_found_either_way(given):
    body = as_body({"batch": [], **given})
    one = parse_batch(Incoming("POST", "/", body=body), LIMITS)
    assert isinstance(one, Batch)
    keys = [
        secret_of(Incoming("POST", "/", document=document), ENDPOINT)
        for document in (one, parsed(body, LIMITS))
    ]
    assert keys[0] == keys[1]


WRITTEN = st.from_regex(
    r"\A(20[0-9]{2}|[0-9]{4})-(0[0-9]|1[0-3])-[0-3][0-9][T ]([01][0-9]|2[0-5]):[0-6][0-9]:[0-6][0-9]"
    r"\.[0-9]{3}Z\Z"
)


@given(WRITTEN, st.integers(0, 23), st.sampled_from([None, "x", "٣", ":", "-", " ", "+", "_"]))
def test_a_time_in_milliseconds_is_what_the_zone_makes_of_it(text, at, other):
    if other is not None:
        text = text[:at] + other + text[at + 1 :]
    try:
        wanted = Zone().parse(text)
    except ShoalError:
        wanted = None
    found = exact_instant(text)
    assert found == wanted or (found is None and other is not None)


RAW_KEYS = st.sampled_from(
    ["type", "event", "userId", "anonymousId", "messageId", "timestamp", "originalTimestamp",
     "sentAt", "receivedAt", "context", "traits", "integrations", "groupId", "ev\\/ent"]
)  # fmt: skip
RAW_TEXTS = st.sampled_from(
    ["track", "identify", "Order Completed", "", "u1", " u1", "u\\n", 'a\\"b', "2026-11-01T10:00:00.000Z",
     "2024-02-29T23:59:59.999Z", "2026-02-29T10:00:00.000Z", "2026-11-01T13:00:00.000Z", "é", "x\\/y"]
).map(lambda text: f'"{text}"')  # fmt: skip
RAW_PLAIN = RAW_TEXTS | st.sampled_from(
    ["null", "true", "false", "0", "-0", "7", "-1.50", "0.1", "123456789012345", "1234567890123456",
     "01", "1.", "1e3", "-", "nul", "9" * 30, "3." + "1" * 30]
)  # fmt: skip


def raw_object(keys, values):
    pairs = st.lists(st.tuples(keys, values), max_size=5)
    spaced = st.tuples(pairs, st.sampled_from(["", " ", "\n\t"]))
    return spaced.map(
        lambda it: (
            "{"
            + it[1]
            + ("," + it[1]).join(f'"{key}"{it[1]}:{it[1]}{value}' for key, value in it[0])
            + "}"
        )
    )


RAW_PROPERTIES = raw_object(st.sampled_from(["a", "orderId", "order_id", "x\\ny", "é"]), RAW_PLAIN)
RAW_ANY = (
    RAW_PLAIN
    | RAW_PROPERTIES
    | raw_object(st.sampled_from(["consent", "campaign", "page"]), RAW_PLAIN | RAW_PROPERTIES)
    | st.lists(RAW_PLAIN, max_size=2).map(lambda some: f"[{','.join(some)}]")
)
RAW_CALLS = st.tuples(
    RAW_PROPERTIES, st.lists(st.tuples(RAW_KEYS, RAW_ANY), max_size=3), st.booleans()
).map(
    lambda it: (
        '{"type":"track","event":"viewed","userId":"u"'
        + "".join(f',"{key}":{value}' for key, value in it[1])
        + (f',"properties":{it[0]}' if it[2] else "")
        + "}"
    )
)


@given(
    st.lists(RAW_CALLS, min_size=1, max_size=3),
    st.sampled_from(["", ',"sentAt":"2026-11-01T11:59:00.000Z"', ',"context":null', ',"batch":[]']),
)
@settings(max_examples=600, deadline=None)
def test_bytes_tell_what_a_parser_would(calls, more):
    """Keys said twice, odd numbers, escapes, spaces: as they may be sent, and as they may not."""
    body = f'{{"batch":[{",".join(calls)}]{more}}}'.encode()
    assert outcome(short, body) == outcome(tolerant, body)


def test_a_usual_batch_is_never_built() -> None:
    calls = [
        {"type": "track", "event": "Order Completed", "userId": f"u{at}", "messageId": f"m{at}",
         "timestamp": "2026-11-01T10:00:00.000Z", "context": {"library": {"name": "x"}},
         "properties": {"orderId": at, "price": 1.5, "word": "a\tb", "yes": True, "no": None}}
        for at in range(3)
    ]  # fmt: skip
    body = as_body({"batch": calls, "writeKey": "w"})
    document = parse_batch(Incoming("POST", "/", body=body), LIMITS)
    assert isinstance(document, Scanned)
    assert document.writeKey == "w"
    events = short(body).events
    assert all(isinstance(event.properties, Written) for event in events)
    assert dict(events[1].properties) == {"order_id": 1, "price": 1.5, "word": "a\tb", "yes": True}
    found, _ = decode(encode([(event, 1, at, 2, at) for at, event in enumerate(events)]))
    assert [it.event for it in found] == list(tolerant(body).events)

"""The clients people have, unchanged, against what is really served: `-m clients`."""

from __future__ import annotations

import threading
import time

import pytest

from shoal.access import KeyKind
from shoal.api.server import bound, server_of
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving.served import create_key, serving

pytestmark = [
    pytest.mark.clients,
    pytest.mark.filterwarnings("ignore"),  # of the clients' own code
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients")
    init_project(folder)
    with serving(open_project(folder)) as served:
        yield served


@pytest.fixture(scope="module")
def key(served):
    return create_key(served.project, KeyKind.WRITE, "clients", "test")[1]


@pytest.fixture(scope="module")
def port(served):
    ready = threading.Event()
    listening = bound("127.0.0.1", 0)
    server = server_of(served, ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    assert ready.wait(30)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(30)
    listening.close()


@pytest.fixture
def arrived(served, monkeypatch):
    """What was kept since the test began, as `name: event`; waits until so many are there."""
    found, keep = {}, served.intake.keep

    async def keeping(captured, size=0):
        await keep(captured, size)
        assert captured.refused == ()
        found.update({event.message_id or (event.name, event.received_at): event
                      for event in captured.events})  # fmt: skip

    monkeypatch.setattr(served.intake, "keep", keeping)

    def wait(count):
        until = time.monotonic() + 10
        while len(found) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(found) == count, [event.name for event in found.values()]
        return {event.name: event for event in found.values()}

    return wait


@pytest.mark.parametrize("gzip", [False, True])
def test_segment(port, key, arrived, gzip):
    analytics = pytest.importorskip("segment.analytics")
    client = analytics.Client(key, host=f"http://127.0.0.1:{port}", gzip=gzip, on_error=fail)
    client.track("u1", "Order Completed", {"revenue": 12.5, "odd": float("nan")})
    client.identify("u1", {"email": "a@example.org"})
    client.page("u1", "Docs", "Start", {"url": "https://a.example/x"})
    client.group("u1", "g1", {"size": 9})
    client.shutdown()
    found = arrived(4)
    assert found["order_completed"].properties["revenue"] == 12.5
    assert set(found) == {"order_completed", "$identify", "page_viewed"}


def test_rudderstack(port, key, arrived):
    analytics = pytest.importorskip("rudderstack.analytics")
    from rudderstack.analytics.client import Client

    assert analytics
    client = Client(key, host=f"http://127.0.0.1:{port}", on_error=fail)
    client.track("u2", "Order Completed", {"revenue": 3})
    client.identify("u2", {"email": "b@example.org"})
    client.flush()
    client.join()
    assert arrived(2)["$identify"].properties["email"] == "b@example.org"


def test_customer_io_data_pipelines(port, key, arrived):
    analytics = pytest.importorskip("customerio.analytics")
    client = analytics.Client(key, host=f"http://127.0.0.1:{port}", on_error=fail)
    client.track("u3", "Product Viewed", {"name": "Lamp"})
    client.flush()
    client.join()
    assert arrived(1)["product_viewed"].properties == {"name": "Lamp"}


@pytest.mark.parametrize("gzip", [False, True])
def test_posthog(port, key, arrived, gzip):
    posthog = pytest.importorskip("posthog")
    client = posthog.Posthog(key, host=f"http://127.0.0.1:{port}", gzip=gzip, on_error=fail)
    client.capture("Order Completed", distinct_id="u4", properties={
        "revenue": 9, "$set": {"email": "c@example.org"},
    })  # fmt: skip
    client.capture("$pageview", distinct_id="u4", properties={"$current_url": "https://a.example"})
    client.alias("anon-4", "u4")
    client.shutdown()
    found = arrived(4)
    assert found["order_completed"].user_id == "u4"
    assert found["order_completed"].properties["revenue"] == 9
    assert found["page_viewed"].properties["url"] == "https://a.example"
    assert found["$identify"].properties == {"email": "c@example.org"}
    assert found["$link"].properties == {"previous_id": "anon-4"} or found["$link"].user_id


def test_posthog_s_newer_protocol(port, key, arrived):
    capture = pytest.importorskip("posthog.capture_v1")
    from uuid import uuid4

    event = {
        "event": "Order Completed", "uuid": str(uuid4()), "distinct_id": "u5",
        "properties": {"revenue": 4, "$lib": "x"},
    }  # fmt: skip
    body = capture._build_v1_batch_body([capture._to_v1_event(event)])
    for compression in capture.CaptureCompression:
        if "zst" in str(compression).lower():
            continue
        answer = capture._post_v1(key, f"http://127.0.0.1:{port}", body, attempt=1,
                                  request_id="r", compression=compression)  # fmt: skip
        parsed = capture._parse_v1_response(answer)
        assert (parsed.is_success, parsed.malformed) == (True, False)
        assert parsed.results[event["uuid"]].result == "ok"
    assert arrived(1)["order_completed"].properties == {"revenue": 4}


@pytest.mark.parametrize("method", ["post", "get"])
def test_snowplow(port, key, arrived, method):
    snowplow = pytest.importorskip("snowplow_tracker")
    failures = []
    emitter = snowplow.Emitter(
        "127.0.0.1", protocol="http", port=port, method=method, batch_size=10 if method == "post" else 1,
        on_failure=lambda *it: failures.append(it),
    )  # fmt: skip
    subject = snowplow.Subject()
    subject.set_user_id("u6")
    tracker = snowplow.Tracker("t", emitter, subject=subject, app_id=key)
    tracker.track(snowplow.PageView("https://a.example/p", "Title", "https://b.example"))
    tracker.track(snowplow.StructuredEvent("shop", "Add To Basket", label="lamp", value=2))
    link = snowplow.SelfDescribingJson(
        "iglu:com.acme/video_watched/jsonschema/1-0-0", {"seconds": 30}
    )
    tracker.track(snowplow.SelfDescribing(link))
    tracker.flush()
    found = arrived(3)
    assert failures == []
    assert found["page_viewed"].properties["title"] == "Title"
    assert found["add_to_basket"].properties["value"] == 2
    assert found["video_watched"].properties == {"seconds": 30}
    assert {event.user_id for event in found.values()} == {"u6"}


def test_google_analytics(port, key, arrived):
    ga4mp = pytest.importorskip("ga4mp")
    client = ga4mp.GtagMP(api_secret=key, measurement_id="G-1", client_id="1.2")
    client._base_domain = f"http://127.0.0.1:{port}/mp/collect"
    event = client.create_new_event("purchase")
    event.set_event_param("transaction_id", "t1")
    event.set_event_param("value", 5)
    client.send([event])
    found = arrived(1)["order_completed"]
    assert (found.anonymous_id, found.properties["order_id"]) == ("1.2", "t1")
    assert found.properties["revenue"] == 5


def test_customer_io_track(port, key, arrived):
    customerio = pytest.importorskip("customerio")
    client = customerio.CustomerIO(key, "secret")
    client.base_url = f"http://127.0.0.1:{port}/api/v1"
    client.identify("u 7/x", email="d@example.org", plan="pro")
    client.track("u 7/x", "Ticket Opened", {"topic": "delivery"})
    client.track_anonymous("anon-7", "Product Viewed", {"name": "Lamp"})
    client.pageview("u 7/x", "https://a.example/p")
    client.delete("u 7/x")
    found = arrived(5)
    assert found["$identify"].user_id == "u 7/x"
    assert found["$identify"].properties == {"email": "d@example.org", "plan": "pro"}
    assert found["product_viewed"].anonymous_id == "anon-7"
    assert found["page_viewed"].properties["url"] == "https://a.example/p"
    assert found["deletion_requested"].user_id == "u 7/x"


def test_mixpanel(port, key, arrived):
    mixpanel = pytest.importorskip("mixpanel")
    place = f"http://127.0.0.1:{port}"
    consumer = mixpanel.Consumer(f"{place}/track", f"{place}/engage", f"{place}/import",
                                 groups_url=f"{place}/groups")  # fmt: skip
    client = mixpanel.Mixpanel(key, consumer=consumer)
    client.track("u8", "Order Completed", {"revenue": 8})
    client.people_set("u8", {"$email": "e@example.org", "plan": "pro"})
    found = arrived(2)
    assert found["order_completed"].properties == {"revenue": 8}
    assert found["$identify"].properties["email"] == "e@example.org"


def test_amplitude(port, key, arrived):
    amplitude = pytest.importorskip("amplitude")
    client = amplitude.Amplitude(key)
    client.configuration.server_url = f"http://127.0.0.1:{port}/2/httpapi"
    codes = []
    client.configuration.callback = lambda event, code, message=None: codes.append(code)
    client.track(amplitude.BaseEvent("Order Completed", user_id="u9", device_id="d9",
                                     event_properties={"revenue": 7}))  # fmt: skip
    identify = amplitude.Identify()
    identify.set("plan", "pro")
    client.identify(identify, amplitude.EventOptions(user_id="u9"))
    client.flush()
    client.shutdown()
    found = arrived(2)
    assert found["order_completed"].properties == {"revenue": 7}
    assert found["$identify"].properties == {"plan": "pro"}
    assert codes == [200, 200]


def fail(error, items):
    raise AssertionError(f"{error}: {items}")

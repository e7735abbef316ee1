"""Predictions over HTTP: how they stand, a fit beside, and what it tells of everybody and of one."""

from __future__ import annotations

import time

import pytest

from shoal.access import KeyKind
from tests.project.test_predicting import AT, made_project

pytestmark = pytest.mark.serving


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return made_project(tmp_path_factory.mktemp("predicted"), 160)


@pytest.fixture
def ask(client, keys):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}

    def asked(method, path, language="en", **given):
        answer = client.request(method, f"/api/v1/predictions{path}",
                                headers={**headers, "x-language": language}, **given)  # fmt: skip
        return answer.status_code, answer.json()

    return asked


def done(ask, name, step, **given):
    """Has a step done, and waits for its end; how it ended and what was said meanwhile."""
    status, work = ask("POST", f"/{name}/{step}", json={"as_of": AT, **given})
    assert (status, work["kind"], work["subject"]) == (202, step, name), work
    joined = ask("POST", f"/{name}/{step}", json={"as_of": AT, **given})
    assert joined[0] == 202  # the same that goes on
    other = ask("POST", f"/{'spend' if name != 'spend' else 'leaky'}/{step}", json={"as_of": AT})
    assert other[0] in {400, 202}
    heard, end = [], time.monotonic() + 240
    while work["state"] == "running" and time.monotonic() < end:
        time.sleep(0.05)
        work = ask("GET", f"/{name}", params={"as_of": AT})[1]["work"]
        heard.append((work["step"], work["done"], work["total"]))
    return work, heard


def test_a_prediction_is_fitted_tested_and_told(ask):
    status, found = ask("GET", "", params={"as_of": AT})
    assert status == 200
    rows = {it["name"]: it for it in found["predictions"]}
    assert (rows["will_buy"]["status"], found["work"]) == ("never fitted", None)
    assert ask("GET", "/will_buy", params={"as_of": AT})[1]["fit"] is None
    work, heard = done(ask, "will_buy", "fit")
    assert (work["state"], work["problem"], work["step"]) == ("done", None, None)
    assert any(it is not None for it, *_ in heard)
    assert done(ask, "will_buy", "backtest", cutoffs=2)[0]["state"] == "done"
    status, told = ask("GET", "/will_buy", params={"as_of": AT})
    assert (status, told["status"], told["fit"]["n"]) == (200, "fitted", 160 * 5)
    assert len(told["test"]["by_cutoff"]) == len(told["test"]["cutoffs"]) == 2
    assert sum(it["people"] for it in told["scores"]["spread"]) == 160
    status, one = ask("GET", "/will_buy/people/p001", params={"as_of": AT})
    assert (status, one["model"], one["kept"]["score"]) == (200, told["model"], one["score"])
    assert one["low"] <= one["score"] <= one["high"]
    assert ask("GET", "/will_buy/people/no/body", params={"as_of": AT})[0] == 404
    portuguese = ask("GET", "/will_buy/people/p001", "pt", params={"as_of": AT})[1]
    assert portuguese["reasons"][0]["words"].endswith(("o que a aumenta", "o que a diminui"))


def test_a_refusal_is_told_in_two_languages(ask):
    work, _ = done(ask, "never", "fit")
    assert work["state"] == "failed"
    assert "more" in work["problem"]["title"]
    refusal = ask("GET", "/never", params={"as_of": AT})[1]["refusal"]
    assert refusal["there"] + refusal["missing"] == refusal["needed"]
    found = ask("GET", "/never", "pt", params={"as_of": AT})[1]
    assert "são precisas pelo menos" in found["because"]
    assert found["because"] == found["refusal"]["message"] == found["work"]["problem"]["title"]


def test_a_step_is_cancelled_and_another_may_begin(ask):
    assert ask("POST", "/will_buy/cancel")[0] == 400
    assert ask("POST", "/will_buy/backtest", json={"as_of": AT})[0] == 202
    status, refused = ask("POST", "/will_buy/backtest", "pt", json={"as_of": AT, "cutoffs": 2})
    assert (status, refused["title"]) == (400, "`will_buy` está em andamento com outros parâmetros")
    status, work = ask("POST", "/will_buy/cancel")
    assert (status, work["kind"]) == (200, "backtest")
    end = time.monotonic() + 60
    while work["state"] == "running" and time.monotonic() < end:
        time.sleep(0.05)
        work = ask("GET", "/will_buy", "pt", params={"as_of": AT})[1]["work"]
    assert (work["state"], work["problem"]["title"][:13]) == ("failed", "foi cancelado")
    assert done(ask, "never", "fit")[0]["kind"] == "fit"


def test_what_is_not_there_and_what_is_no_instant(ask):
    assert ask("GET", "/nothing")[0] == 404
    assert ask("POST", "/nothing/fit")[0] == 404
    assert ask("POST", "/will_buy/fit", json={"as_of": "soon"})[0] == 400
    assert ask("POST", "/will_buy/fit", json={"backfill": 99})[0] == 422
    assert ask("GET", "", params={"as_of": "0000"})[0] == 400

"""Every screen of the page and each of its parts: what is photographed and what is checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from playwright.sync_api import Route

SHELL = ("/me", "/project", "/status", "/words")
"""What the page asks for its frame: that is answered in every state."""
FAILURE = {
    "title": "The store cannot be read",
    "detail": "an answer of this picture: the disk is not there",
    "status": 500,
}
RULE = "did order_completed in last 365d and count(order_completed) >= 2"


@dataclass(frozen=True)
class Named:
    """What the addresses of screens speak of, as far as a project has it."""

    segment: str
    customer: str
    campaign: str


def screens(it: Named) -> dict[str, str]:
    """Every screen and each of its tabs, by a short name."""
    segment, campaign = f"/segments/{it.segment}", f"/campaigns/{it.campaign}"
    return {
        "home": "/",
        "segments": "/segments",
        "builder": f"/segments/new?rule={quote(RULE)}",
        "builder-new": "/segments/new",
        "builder-edit": f"{segment}/edit",
        **{
            f"segment-{tab}": f"{segment}?tab={tab}&purpose=marketing"
            for tab in ("overview", "members", "reach", "recommendations", "definition", "audit")
        },
        "segment-fairness": f"{segment}?tab=fairness&trait=country",
        "segment-past": f"{segment}?as_of=2026-06-01",
        "lifecycle": "/lifecycle",
        "customers": "/customers",
        "customer": f"/customers/{it.customer}",
        "customer-show": f"/customers/{it.customer}?show=new",
        "customer-nobody": "/customers/nobody",
        **{f"explore-{view}": f"/explore/{view}" for view in ("funnel", "paths", "retention")},
        "explore": "/explore",
        "explore-groups": "/explore/groups?k=4",
        "predictions": "/predictions",
        **{
            f"prediction-{tab}": f"/predictions/will_lapse?tab={tab}"
            for tab in ("trust", "scores", "definition")
        },
        "prediction-new": "/predictions/will_buy",
        "builder-chance": f"/segments/new?rule={quote('will_lapse >= 60%')}",
        "campaigns": "/campaigns",
        "campaign-new": "/campaigns/new",
        "campaign-edit": f"{campaign}/edit",
        **{
            f"campaign-{tab}": f"{campaign}?tab={tab}"
            for tab in ("plan", "messages", "results", "definition")
        },
        **{
            f"data-{tab}": f"/data?tab={tab}"
            for tab in ("sources", "catalogue", "quality", "quarantine", "held")
        },
        "import": "/data/import",
        "connect": "/data/connect",
        **{
            f"settings-{tab}": f"/settings?tab={tab}"
            for tab in ("project", "keys", "users", "trail")
        },
        "help": "/help",
        "lost": "/there-is-no-such-place",
    }


OPENED = {
    "source-tried": ("data-sources", r"What would come of calls\?|O que viria de calls\?"),
    "source-file": ("data-sources", r"The file of returns|O arquivo de returns"),
    "item": ("segment-recommendations", r"More about|Mais sobre"),
}
"""Sheets over a filled screen: the screen, and the name of the button that opens it."""


def _held(route: Route) -> None:
    """Never answered, but for what the frame asks."""
    if _is_shell(route):
        route.continue_()


def _failed(route: Route) -> None:
    """Answered with an error, but for what the frame asks."""
    if _is_shell(route):
        route.continue_()
    else:
        kind = "application/problem+json"
        route.fulfill(status=500, content_type=kind, body=json.dumps(FAILURE))


def _is_shell(route: Route) -> bool:
    return route.request.url.partition("?")[0].partition("/api/v1")[2] in SHELL


ROUTES: dict[str, Callable[[Route], None]] = {"loading": _held, "failed": _failed}

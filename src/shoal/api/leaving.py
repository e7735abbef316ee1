"""The link at the end of a message: one click of a mail program, or a page with one button.

Nobody logs in to leave. Looking at the page changes nothing, because mail programs look at links.
"""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from shoal.api.principals import Serving
from shoal.project.campaigns.links import leave, left

router = APIRouter(include_in_schema=False)

_WORDS = {
    "en": {
        "title": "Leave this list",
        "ask": "You will get no more messages of “{shop}” by {channel}.",
        "button": "Leave",
        "done": "Done. You will get no more messages of “{shop}” by {channel}.",
        "wrong": "This link is not complete. Please open it again from the message.",
    },
    "pt": {
        "title": "Sair desta lista",
        "ask": "Não receberá mais mensagens de “{shop}” por {channel}.",
        "button": "Sair",
        "done": "Feito. Não receberá mais mensagens de “{shop}” por {channel}.",
        "wrong": "Esta ligação não está completa. Abra-a de novo a partir da mensagem.",
    },
}
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}
_BUTTON = '<form method="post"><button>{}</button></form>'


@router.get("/u/{token}")
def ask(token: str, served: Serving) -> HTMLResponse:
    """Asks whether they mean it."""
    leaving = left(served.project, token)
    if leaving is None:
        return _page(served, "wrong", status=404)
    return _page(served, "ask", channel=leaving.channel, with_button=True)


@router.post("/u/{token}")
def take(token: str, served: Serving) -> HTMLResponse:
    """They have left: durable when this is answered."""
    leaving = left(served.project, token)
    if leaving is None:
        return _page(served, "wrong", status=404)
    leave(served.project, leaving, served.project.store.append)
    return _page(served, "done", channel=leaving.channel)


def _page(
    served: Serving, said: str, *, channel: str = "", with_button: bool = False, status: int = 200
) -> HTMLResponse:
    settings = served.project.settings
    words = _WORDS.get(settings.language, _WORDS["en"])
    text = words[said].format(
        shop=settings.name, channel="e-mail" if channel == "email" else channel
    )
    button = _BUTTON.format(escape(words["button"])) if with_button else ""
    title = escape(words["title"])
    body = (
        f'<!doctype html><html lang="{settings.language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        '<body style="font-family:sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem">'
        f"<h1>{title}</h1><p>{escape(text)}</p>{button}</body></html>"
    )
    return HTMLResponse(body, status, _HEADERS)

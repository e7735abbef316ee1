"""``/hooks/{name}``: messages of other systems, signed by them or with a write key in the address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shoal.capture.captured import Captured, Circumstances
from shoal.capture.forms import document_of
from shoal.capture.hook_file import PROVIDERS, SHOPIFY, Hook
from shoal.capture.mail import READERS
from shoal.capture.mapped import read_mapped
from shoal.capture.shopify import read_shopify
from shoal.capture.wire import Endpoint, Incoming
from shoal.core.errors import NotFoundError

FindHook = Callable[[str], Hook | None]
"""The hook the project has under a name. Raises ShoalError when its file is not right."""


def endpoints(find_hook: FindHook | None = None) -> list[Endpoint]:
    """One place for all of them; the name says which."""
    find = partial(_found, find_hook)
    return [
        Endpoint(
            "/hooks/{name}",
            partial(_read, find),
            parse=document_of,
            prove=partial(_proven, find),
        )
    ]


def _found(find_hook: FindHook | None, incoming: Incoming) -> Hook:
    """The project's own, else a provider's as it is."""
    name = incoming.parts.get("name", "")
    hook = find_hook(name) if find_hook is not None else None
    if hook is None and name in PROVIDERS:
        return Hook(name, provider=name)
    if hook is None:
        raise NotFoundError("there is no such hook")
    return hook


def _proven(find: Callable[[Incoming], Hook], incoming: Incoming, at: int) -> str | None:
    hook = find(incoming)
    if hook.signature is None:
        return None
    hook.signature.check(incoming, at)
    return f"hook:{hook.name}"


def _read(
    find: Callable[[Incoming], Hook], incoming: Incoming, circumstances: Circumstances
) -> Captured:
    hook = find(incoming)
    if hook.provider == SHOPIFY:
        return read_shopify(incoming.document, incoming.headers, circumstances)
    if hook.provider is not None:
        return READERS[hook.provider](incoming.document, circumstances)
    assert hook.mapping is not None
    return read_mapped(hook.mapping, incoming.document, circumstances, hook.each)

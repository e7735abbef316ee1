"""``hooks/NAME.yml``: where a webhook's messages come from, how they are signed, what they become.

A file names where a secret is, an environment variable or another file, and never holds one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from shoal.capture.mail import READERS
from shoal.capture.signatures import (
    ALGORITHMS,
    ENCODINGS,
    AmazonSns,
    Fetch,
    Hmac,
    Mailgun,
    SendGrid,
    Signature,
)
from shoal.core.errors import DefinitionError, Problem, ShoalError
from shoal.core.names import nearest
from shoal.sources.expression import has_aggregate, parse
from shoal.sources.mapping import EventRows, FileMapping
from shoal.sources.mapping_file import mapping_from_document

SHOPIFY = "shopify"
PROVIDERS = (*READERS, SHOPIFY)
KEYS = ("provider", "secret", "signature", "topic", "each", "source", "events", "profiles")
_SIGNATURE = ("header", "algorithm", "encoding", "prefix", "timestamp")
_PLACES = ("env", "file")

FindSecret = Callable[[str, str], str]
"""A secret, by the kind of its place (``env``, ``file``) and its name. Raises ShoalError."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: a provider's, or one with a mapping. Without a signature it needs a write key."""

    name: str
    provider: str | None = None
    mapping: FileMapping | None = None
    each: str | None = None
    signature: Signature | None = None


def read_hook(document: object, name: str, find_secret: FindSecret, fetch: Fetch) -> Hook:
    """The hook of a document as YAML gives it. Raises DefinitionError with every problem."""
    reading = _Reading(f"hooks/{name}.yml", find_secret, fetch)
    hook = reading.hook(document, name)
    if reading.problems:
        raise DefinitionError(reading.problems)
    return hook


class _Reading:
    """One pass over a document that collects what is wrong with it."""

    def __init__(self, file: str, find_secret: FindSecret, fetch: Fetch) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._find_secret = find_secret
        self._fetch = fetch

    def say(self, what: str, hint: str | None = None, severity: str = "error") -> None:
        self.problems.append(Problem(f"{self._file}: {what}", hint=hint, severity=severity))

    def hook(self, document: object, name: str) -> Hook:
        given = self._table(document, "the file", KEYS)
        provider = given.get("provider")
        if provider is not None and provider not in PROVIDERS:
            near = nearest(str(provider), PROVIDERS)
            self.say(f"provider: `{provider}` is not known", near and f"did you mean `{near}`?")
            return Hook(name)
        has_mapping = "events" in given or "profiles" in given
        if has_mapping == (provider is not None):
            self.say("needs either `provider` or a mapping: `events`, `profiles`")
        each = given.get("each")
        if each is not None and not isinstance(each, str):
            self.say("each: is the path of an array")
        signature = self._signature(given, provider)
        mapping = self._mapping(given, name) if has_mapping else None
        return Hook(name, provider, mapping, each if isinstance(each, str) else None, signature)

    def _table(self, given: object, where: str, keys: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(given, dict):
            self.say(f"{where}: is a table of {', '.join(keys)}")
            return {}
        table = cast("dict[str, Any]", given)
        for key in table:
            if key not in keys:
                near = nearest(str(key), keys)
                self.say(f"{where}: there is no `{key}`", near and f"did you mean `{near}`?")
        return table

    def _mapping(self, given: Mapping[str, Any], name: str) -> FileMapping | None:
        part = {key: given[key] for key in ("events", "profiles") if key in given}
        try:
            mapping = mapping_from_document(part, self._file)
        except DefinitionError as error:
            self.problems += error.problems
            return None
        for rows in mapping.rows:
            self._check_rows(rows)
        # `per: user` speaks of the rows of a file; a message is one row.
        rows = tuple(replace(one, per_user=False) for one in mapping.rows)
        return replace(mapping, rows=rows, source=name)

    def _check_rows(self, rows: EventRows) -> None:
        if rows.group_by or rows.lines is not None:
            self.say(f"{rows.title}: a message is one row, so there is nothing to `group_by`")
        if rows.user_form is not None or rows.anonymous_form is not None:
            self.say(f"{rows.title}: ids are taken as they come", "name the column only")
        if rows.time_format is not None:
            self.say(f"{rows.title}: times are understood as they come", "leave out `format`")
        for name, text in (rows.properties or {}).items():
            try:
                is_aggregate = has_aggregate(parse(text, ()))
            except ShoalError:  # a field's very name
                is_aggregate = False
            if is_aggregate:
                self.say(f"{rows.title}.{name}: a message is one row, with nothing to sum over")

    def _signature(self, given: Mapping[str, Any], provider: object) -> Signature | None:
        if provider == "ses":
            topic = given.get("topic")
            return None if topic is None else AmazonSns(str(topic), self._fetch)
        secrets = self._secrets(given.get("secret"))
        if provider is not None:
            return self._of_provider(str(provider), secrets) if secrets else None
        if "signature" in given:
            return self._of_mapping(given, secrets)
        if secrets:
            self.say("secret: is of no use without `signature`")
        return None

    def _of_mapping(self, given: Mapping[str, Any], secrets: tuple[bytes, ...]) -> Signature | None:
        table = self._table(given["signature"], "signature", _SIGNATURE)
        for key, known in (("algorithm", ALGORITHMS), ("encoding", ENCODINGS)):
            if table.get(key, known[0]) not in known:
                self.say(f"signature.{key}: is one of {', '.join(known)}")
        texts = {key: value for key, value in table.items() if isinstance(value, str)}
        if "header" not in texts or texts != table:
            self.say("signature: needs `header`; all its values are texts")
        if not secrets and not self.problems:
            self.say("signature: needs `secret`", "name its place with `env` or `file`")
        if self.problems:
            return None
        return Hmac(secrets=secrets, **texts)

    def _of_provider(self, provider: str, secrets: tuple[bytes, ...]) -> Signature | None:
        if provider == SHOPIFY:
            return Hmac("x-shopify-hmac-sha256", secrets, encoding="base64")
        if provider == "mailgun":
            return Mailgun(secrets)
        if provider == "sendgrid":
            return SendGrid(secrets)
        self.say(f"secret: {provider} signs nothing", "put a write key into the address instead")
        return None

    def _secrets(self, given: object) -> tuple[bytes, ...]:
        """One place of a secret, or several while one replaces another."""
        if given is None:
            return ()
        found: list[bytes] = []
        places = cast("list[object]", given) if isinstance(given, list) else [given]
        for place in places:
            if isinstance(place, str):
                self.say("secret: the secret itself does not belong into a file of the project",
                         "name its place: `secret: {env: NAME}`")  # fmt: skip
                continue
            for kind, name in self._table(place, "secret", _PLACES).items():
                if kind not in _PLACES:
                    continue
                try:
                    secret = self._find_secret(str(kind), str(name)).strip()
                except ShoalError as error:
                    # Where definitions are checked, the secrets of the server are not at hand.
                    self.say(f"secret: {error.message}", error.hint, "warning")
                    continue
                if secret:
                    found.append(secret.encode())
                else:
                    self.say(f"secret: {kind} `{name}` is empty")
        return tuple(found)

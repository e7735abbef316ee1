"""What ``shoal.yml`` says about sending: the mail server, where other channels go, our own address.

::

    email:
      host: smtp.example.org
      port: 587
      tls: starttls            # or tls, or none (on this machine only)
      user: shop
      password_env: SHOAL_SMTP_PASSWORD      # the variable that holds the password
      from: My Shop <news@example.org>
      reply_to: help@example.org
    channels:                  # signed webhooks, one address a channel
      sms: https://sms.example.org/send
    public_url: https://shoal.example.org    # where links to leave lead
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError

if TYPE_CHECKING:
    from yaml import Node

    from shoal.channels.email import MailServer
    from shoal.language.yaml_nodes import Problems

TLS = ("starttls", "tls", "none")
POSTED = ("sms", "push", "webhook", "ticket")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_FIELDS = ("host", "port", "tls", "user", "password_env", "from", "reply_to")


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """The mail server and who writes; ``sender`` is ``(name, address)``."""

    host: str
    sender: tuple[str, str]
    port: int = 587
    tls: str = "starttls"
    user: str | None = None
    password_env: str | None = None
    reply_to: str | None = None

    def server(self) -> MailServer:
        """The server with its password; ShoalError where the variable is not set."""
        from shoal.channels.email import MailServer

        password = None
        if self.password_env is not None:
            password = os.environ.get(self.password_env)
            if password is None:
                raise ShoalError(
                    f"the mail server's password is missing: {self.password_env} is not set",
                    hint="set it in the environment of the process that sends",
                )
        return MailServer(self.host, self.port, self.tls, self.user, password)


def read_email(problems: Problems, node: Node) -> EmailSettings | None:
    """What stands under ``email``."""
    given = problems.fields(node, "`email`", _FIELDS)
    texts = {name: problems.text(it, f"`{name}`") for name, it in given.items()}
    host, tls = texts.get("host"), texts.get("tls") or "starttls"
    if not host or any(sign.isspace() for sign in host):
        problems.add("`email` needs a `host`", given.get("host", node), "host: smtp.example.org")
        return None
    if tls not in TLS:
        problems.add(f"`{tls}` is no way to encrypt", given["tls"], f"one of {', '.join(TLS)}")
    if tls == "none" and host not in _LOOPBACK:
        problems.add(
            "mail would leave this machine unencrypted", given["tls"], "tls: starttls, or tls"
        )
    port = texts.get("port") or "587"
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        problems.add(f"`{port}` is no port", given["port"], "port: 587")
        port = "587"
    sender = _address(problems, texts.get("from"), given.get("from", node), "from")
    reply = texts.get("reply_to")
    if reply is not None:
        _address(problems, reply, given["reply_to"], "reply_to")
    if sender is None:
        return None
    return EmailSettings(
        host, sender, int(port), tls, texts.get("user"), texts.get("password_env"), reply
    )


def _address(problems: Problems, text: str | None, node: Node, what: str) -> tuple[str, str] | None:
    from shoal.channels.email_form import is_address

    name, address = parseaddr(text or "")
    if not is_address(address):
        problems.add(f"`{what}` is no e-mail address", node, f"{what}: My Shop <news@example.org>")
        return None
    return name, address


def read_channels(problems: Problems, node: Node) -> Mapping[str, str]:
    """What stands under ``channels``: an address for each."""
    from shoal.channels.addresses import parse_destination

    found: dict[str, str] = {}
    for name, it in problems.fields(node, "`channels`", POSTED).items():
        text = problems.text(it, f"`{name}`") or ""
        try:
            parse_destination(text)
        except ShoalError as error:
            problems.add(f"{name}: {error.message}", it, error.hint)
        else:
            found[name] = text
    return found


def read_public_url(text: str | None) -> str | None:
    """Our own address on the web, without a slash at its end."""
    from shoal.channels.addresses import parse_destination

    if text is None:
        return None
    found: Any = parse_destination(text)
    if "?" in found.url:
        raise ShoalError(f"`{text}` has a question mark", hint="write https://shoal.example.org")
    return text.rstrip("/")

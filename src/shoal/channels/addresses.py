"""Where something may be sent: to the open internet, not into the network this machine stands in.

A name is resolved here, every address of it is looked at, and what is connected to is an address
that passed: a name that leads elsewhere a moment later leads nowhere.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from shoal.core.errors import ShoalError, UsageError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], list[str]]
"""The addresses of a name, as texts; OSError where there are none."""

LONGEST = 2_000
PORTS = {"http": 80, "https": 443}
_NEVER = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "64:ff9b:1::/48")))
"""Beside what Python knows: how clouds tell a machine its secrets, and what is for networks only."""
_TRANSLATED = ip_network("64:ff9b::/96")


class RefusedAddressError(ShoalError):
    """An address that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be sent to beside the open internet: networks, and names wherever they lead."""

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()

    def covers(self, host: str, address: Address) -> bool:
        """Whether the address is among them."""
        if host in self.names:
            return True
        return any(address.version == it.version and address in it for it in self.networks)


@dataclass(frozen=True, slots=True)
class Destination:
    """An address on the web, taken apart."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def shown_host(self) -> str:
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def parse_destination(url: str) -> Destination:
    """The parts of a URL that messages can be sent to; UsageError for another.

    >>> parse_destination("https://example.org/in?x=1").target
    '/in?x=1'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise UsageError(f"`{url}` is no address on the web") from error
    if parts.scheme not in PORTS or not host:
        raise UsageError(f"`{url}` is no address on the web", hint="write https://host/path")
    if parts.username is not None or parts.password is not None:
        raise UsageError("a destination has no user name and no password in its address")
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not is_plain or len(url) > LONGEST or parts.fragment or port == 0:
        raise UsageError(
            "a destination's address is plain printable ASCII without a fragment",
            hint="write other signs as %XX",
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(url, parts.scheme, host, port or PORTS[parts.scheme], target)


def parse_allowed(texts: Iterable[str]) -> Allowed:
    """Networks (``10.0.0.0/8``), addresses and host names; ShoalError for what is none of them."""
    networks: list[Network] = []
    names: set[str] = set()
    for text in texts:
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            is_name = text.isascii() and text.replace("-", "").replace(".", "").isalnum()
            if not is_name or text.replace(".", "").isdigit():
                raise ShoalError(
                    f"`{text}` is no network, address or host name",
                    hint="write 10.0.0.0/8, 127.0.0.1 or hooks.example.org",
                ) from error
            names.add(text.lower())
    return Allowed(tuple(networks), frozenset(names))


def is_public(address: Address) -> bool:
    """Whether the address is of the open internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is not None:
            return is_public(inner)
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not any(address in it for it in _NEVER)
    )


def resolved(name: str, port: int) -> list[str]:
    """The addresses of a name, as the system has them."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(it[4][0]).partition("%")[0] for it in found))


def address_of(destination: Destination, allowed: Allowed, resolve: Resolve = resolved) -> str:
    """The address to connect to; RefusedAddressError if any address of the name is not for us.

    Plain HTTP is for what is allowed by name alone.
    """
    try:
        found = resolve(destination.host, destination.port)
    except (OSError, UnicodeError) as error:
        raise ShoalError(f"`{destination.host}` cannot be resolved") from error
    if not found:
        raise ShoalError(f"`{destination.host}` has no address")
    for text in found:
        address = ip_address(text)
        is_allowed = allowed.covers(destination.host, address)
        if not is_allowed and not is_public(address):
            raise RefusedAddressError(
                f"`{destination.host}` leads to {address}, which is not on the open internet",
                hint=f"if that is meant, allow it in shoal.yml: `webhooks: {{allow: [{address}]}}`",
            )
        if not is_allowed and destination.scheme != "https":
            raise RefusedAddressError(
                f"`{destination.url}` would be sent unencrypted",
                hint="write https://…, or allow the address in shoal.yml",
            )
    return found[0]

"""Nothing is sent into the network this machine stands in, unless somebody said so."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from shoal.channels.addresses import (
    Allowed,
    RefusedAddressError,
    address_of,
    is_public,
    parse_allowed,
    parse_destination,
)
from shoal.core.errors import ShoalError, UsageError

NOWHERE = Allowed()


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200",
        "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1", "64:ff9b:1::1",
        "2001:0:5ef5:79fd:0:0:80ff:fffe",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_open_internet(text):
    assert not is_public(ip_address(text))
    destination = parse_destination("https://example.org/")
    with pytest.raises(RefusedAddressError):
        address_of(destination, NOWHERE, lambda *_: [text])
    with pytest.raises(RefusedAddressError):  # one bad address among good ones
        address_of(destination, NOWHERE, lambda *_: ["93.184.216.34", text])
    allowed = parse_allowed([text])
    assert address_of(destination, allowed, lambda *_: [text]) == text
    named = parse_allowed(["example.org"])
    assert address_of(destination, named, lambda *_: [text]) == text


@pytest.mark.parametrize(
    "text", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"]
)
def test_addresses_of_the_open_internet(text):
    assert is_public(ip_address(text))
    assert address_of(parse_destination("https://a.example"), NOWHERE, lambda *_: [text]) == text
    with pytest.raises(RefusedAddressError, match="unencrypted"):
        address_of(parse_destination("http://a.example"), NOWHERE, lambda *_: [text])


def test_names_that_lead_nowhere():
    def fails(*_):
        raise OSError("no")

    with pytest.raises(ShoalError, match="cannot be resolved"):
        address_of(parse_destination("https://a.example"), NOWHERE, fails)
    with pytest.raises(ShoalError, match="no address"):
        address_of(parse_destination("https://a.example"), NOWHERE, lambda *_: [])


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://a.example", "https://", "https:///x", "file:///etc/passwd", "//a.example",
        "https://u:p@a.example", "https://u@a.example", "https://a.example/#x", "https://a.example/ x",
        "https://a.example/\n", "https://a.example/é", "https://a.example:0", "https://a.example:99999",
        "https://a.example:x", "https://" + "a" * 3_000, "https://[::1", "https://a..example/",
        "gopher://a.example", "https://a.example/\tx",
    ],
)  # fmt: skip
def test_what_is_no_destination(url):
    with pytest.raises(UsageError):
        parse_destination(url)


def test_the_parts_of_a_destination():
    found = parse_destination("https://Hooks.Example.org:8443/a/b?c=d")
    assert (found.host, found.port, found.target) == ("hooks.example.org", 8443, "/a/b?c=d")
    assert found.shown_host == "hooks.example.org:8443"
    assert parse_destination("https://[2606:4700::1]").shown_host == "[2606:4700::1]"
    # numbers of other bases are resolved like any name, and what they lead to is looked at
    assert parse_destination("http://0x7f000001/").host == "0x7f000001"


@pytest.mark.parametrize("text", ["10.0.0.0/33", "a b", "", "1.2.3", "10.0.0.1/8", "http://x"])
def test_what_cannot_be_allowed(text):
    with pytest.raises(ShoalError):
        parse_allowed([text])

"""An e-mail as the bytes that go out (RFC 5322, 2045, 2047, 8058): plain text beside HTML.

Composed here, as a hundred thousand of them are made in a minute; whatever a value holds, a header is
one line and an address one address.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from dataclasses import dataclass
from email.utils import formataddr, formatdate

from shoal.core.errors import UsageError

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[A-Za-z0-9.-]{1,255}\Z")
_TAGS = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<[^>]*>")
_BREAKS = re.compile(r"(?i)<\s*(br|/p|/div|/h[1-6]|/li|/tr)\b[^>]*>")
_LINKS = re.compile(r"(?is)<a\b[^>]*?href\s*=\s*[\"']([^\"']*)[\"'][^>]*>(.*?)</a\s*>")
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
LONGEST_ADDRESS = 254
_WORD = 42
"""Bytes of one encoded word: with its frame it has less than 75 signs."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person; ``sender`` is ``(name, address)``.

    ``unsubscribe_url`` answers a POST (RFC 8058). ``message_id`` is without its angle brackets.
    """

    sender: tuple[str, str]
    to: str
    subject: str
    text: str
    html: str | None
    message_id: str
    sent_at: float
    unsubscribe_url: str | None = None
    reply_to: str | None = None


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address that a message can be sent to.

    >>> is_address("ana@example.org"), is_address("ana@example.org, all@example.org")
    (True, False)
    """
    return len(text) <= LONGEST_ADDRESS and text.isascii() and bool(_ADDRESS.match(text))


def composed(mail: Mail) -> bytes:
    """The message. UsageError for an address that is none."""
    for address in (mail.to, mail.sender[1]):
        if not is_address(address):
            raise UsageError("not an e-mail address")
    boundary = f"shoal-{binascii.crc32(mail.message_id.encode()):08x}-{len(mail.text):x}"
    headers = [
        f"From: {_from(mail.sender)}",
        f"To: {mail.to}",
        f"Subject: {_words(mail.subject)}",
        f"Date: {formatdate(mail.sent_at)}",
        f"Message-ID: <{mail.message_id}>",
    ]
    if mail.reply_to:
        headers.append(f"Reply-To: {mail.reply_to}")
    if mail.unsubscribe_url:
        headers += [
            f"List-Unsubscribe: <{mail.unsubscribe_url}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
    headers.append("MIME-Version: 1.0")
    if mail.html is None:
        return _joined([*headers, *_part("plain", mail.text)])
    frame = f"--{boundary}"
    return _joined(
        [
            *headers,
            f'Content-Type: multipart/alternative; boundary="{boundary}"',
            "",
            frame,
            *_part("plain", mail.text),
            frame,
            *_part("html", mail.html),
            f"{frame}--",
            "",
        ]
    )


def text_of(markup: str) -> str:
    """HTML as plain text: what stands beside it where no text was written.

    >>> text_of('Hello <b>Ana</b>, <a href="https://x.org">here</a>')
    'Hello Ana, here (https://x.org)'
    """
    linked = _LINKS.sub(lambda it: f"{it[2]} ({it[1]})", markup)
    broken = _BREAKS.sub("\n", linked)
    plain = html.unescape(_TAGS.sub("", broken))
    lines = (" ".join(line.split()) for line in plain.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _part(kind: str, text: str) -> list[str]:
    body = base64.encodebytes(text.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    return [
        f"Content-Type: text/{kind}; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        body.decode("ascii").replace("\n", "\r\n").rstrip("\r\n"),
    ]


def _joined(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _from(sender: tuple[str, str]) -> str:
    name, address = sender
    line = " ".join(name.split())
    if not line:
        return address
    if _PLAIN.match(line):
        return formataddr((line, address))
    return f"{_words(line)} <{address}>"


def _words(text: str) -> str:
    """A header's text on one line, folded and encoded where it has to be."""
    line = " ".join(text.split())
    if _PLAIN.match(line) and len(line) <= 60 and "=?" not in line:
        return line
    chunks: list[bytes] = [b""]
    for sign in line:
        data = sign.encode("utf-8", "replace")
        if len(chunks[-1]) + len(data) > _WORD:
            chunks.append(b"")
        chunks[-1] += data
    coded = (base64.b64encode(chunk).decode("ascii") for chunk in chunks)
    return "\r\n ".join(f"=?utf-8?b?{it}?=" for it in coded)

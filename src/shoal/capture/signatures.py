"""What the sender of a webhook signed, checked with what the project's owner was given.

Replays need no guard of their own: the same message twice is one event.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shoal.capture.telling import object_of
from shoal.capture.wire import Incoming, NotProvenError
from shoal.core.errors import MissingExtraError, ShoalError
from shoal.core.instants import SECOND

ALGORITHMS = ("sha256", "sha512", "sha1")
ENCODINGS = ("hex", "base64")
PATIENCE = 300
"""Seconds a signed time may be off."""
_CERTIFICATE = re.compile(
    r"https://sns\.[a-z0-9-]{3,32}\.amazonaws\.com(\.cn)?/[\w-]{1,100}\.pem\Z", re.ASCII
)
_NOTICE = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_REQUEST = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")

Fetch = Callable[[str], bytes]
"""What stands at an address on the web."""


@dataclass(frozen=True, slots=True)
class Hmac:
    """A keyed hash of the body in a header; with ``timestamp``, of ``{timestamp}.{body}``.

    ``secrets`` are tried one after another, so that one can be replaced without a gap.
    """

    header: str
    secrets: tuple[bytes, ...]
    algorithm: str = "sha256"
    encoding: str = "hex"
    prefix: str = ""
    timestamp: str | None = None

    def check(self, incoming: Incoming, at: int) -> None:
        """Raises NotProvenError."""
        given = incoming.headers.get(self.header.lower(), "").strip()
        if not given.startswith(self.prefix) or not given:
            raise NotProvenError("the signature is missing")
        signed = incoming.body
        if self.timestamp is not None:
            said = incoming.headers.get(self.timestamp.lower(), "")
            _check_time(said, at)
            signed = said.encode() + b"." + signed
        _compare(
            self.secrets, self.algorithm, signed, given.removeprefix(self.prefix), self.encoding
        )


@dataclass(frozen=True, slots=True)
class Mailgun:
    """Mailgun's: over a time and a token, in the body."""

    secrets: tuple[bytes, ...]

    def check(self, incoming: Incoming, at: int) -> None:  # noqa: ARG002  as the others
        """Raises NotProvenError."""
        given = object_of(incoming.document, "signature")
        signed = f"{given.get('timestamp')}{given.get('token')}".encode("utf-8", "replace")
        _compare(self.secrets, "sha256", signed, str(given.get("signature")), "hex")


@dataclass(frozen=True, slots=True)
class SendGrid:
    """SendGrid's: by its private key, over a time and the body."""

    public_keys: tuple[bytes, ...]

    def check(self, incoming: Incoming, at: int) -> None:
        """Raises NotProvenError."""
        said = incoming.headers.get("x-twilio-email-event-webhook-timestamp", "")
        given = incoming.headers.get("x-twilio-email-event-webhook-signature", "")
        _check_time(said, at)
        signature = _decoded(given)
        signed = said.encode() + incoming.body
        if not any(_is_signed_by_curve(key, signature, signed) for key in self.public_keys):
            raise NotProvenError("the signature is not right")


@dataclass(frozen=True, slots=True)
class AmazonSns:
    """Amazon SNS's: by Amazon's certificate; anybody may have a topic, so only ours will do."""

    topic: str
    fetch: Fetch

    def check(self, incoming: Incoming, at: int) -> None:  # noqa: ARG002  as the others
        """Raises NotProvenError."""
        given: Mapping[str, Any] = object_of({"it": incoming.document}, "it")
        address = str(given.get("SigningCertURL"))
        if given.get("TopicArn") != self.topic or _CERTIFICATE.match(address) is None:
            raise NotProvenError("it does not come from the topic")
        names = _NOTICE if given.get("Type") == "Notification" else _REQUEST
        signed = "".join(f"{name}\n{given[name]}\n" for name in names if name in given)
        hashed = "sha256" if given.get("SignatureVersion") == "2" else "sha1"
        signature = _decoded(str(given.get("Signature")))
        if not _is_signed_by_certificate(
            self.fetch(address), signature, signed.encode("utf-8", "replace"), hashed
        ):
            raise NotProvenError("the signature is not right")


Signature = Hmac | Mailgun | SendGrid | AmazonSns


def _check_time(said: str, at: int) -> None:
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise NotProvenError("the signed time is missing")
    if abs(int(said) - at // SECOND) > PATIENCE:
        raise NotProvenError("the signed time is not now")


def _compare(
    secrets: tuple[bytes, ...], algorithm: str, signed: bytes, given: str, encoding: str
) -> None:
    try:
        found = (
            bytes.fromhex(given) if encoding == "hex" else base64.b64decode(given, validate=True)
        )
    except (ValueError, binascii.Error):
        raise NotProvenError("the signature is not right") from None
    for secret in secrets:
        if hmac.compare_digest(hmac.new(secret, signed, algorithm).digest(), found):
            return
    raise NotProvenError("the signature is not right")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise NotProvenError("the signature is not right") from None


def _is_signed_by_curve(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """ECDSA with SHA-256; the key is base64 of its DER, as SendGrid shows it, or PEM."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise _missing() from error
    try:
        if public_key.startswith(b"-----"):
            key = serialization.load_pem_public_key(public_key)
        else:
            key = serialization.load_der_public_key(base64.b64decode(public_key))
    except ValueError as error:
        raise ShoalError("this hook is not set up right now: its public key is none") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _is_signed_by_certificate(
    certificate: bytes, signature: bytes, signed: bytes, hashed: str
) -> bool:
    try:
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
    except ImportError as error:
        raise _missing() from error
    try:
        key = x509.load_pem_x509_certificate(certificate).public_key()
    except ValueError as error:
        raise ShoalError("the sender's certificate cannot be read right now") from error
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    kind = hashes.SHA256() if hashed == "sha256" else hashes.SHA1()  # noqa: S303  the sender's choice
    try:
        key.verify(signature, signed, padding.PKCS1v15(), kind)
    except InvalidSignature:
        return False
    return True


def _missing() -> MissingExtraError:
    return MissingExtraError(
        "this sender signs with a private key, and what checks that is not installed",
        hint="pip install 'shoal[webhooks]'",
    )

"""Bodies as they come over the wire: unpacked within limits, and read strictly, then tolerantly."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass

import numpy as np

from shoal.core.errors import ShoalError

GZIP = b"\x1f\x8b"
_UP_AND_DOWN = bytes(1 if sign in b"[{" else 255 for sign in range(256))
"""An opening bracket as 1, a closing one as -1."""
_NO_BRACKETS = bytes(sign for sign in range(256) if sign not in b"[]{}")
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may be, in bytes, levels and seconds."""

    body: int = 5 << 20
    unpacked: int = 20 << 20
    depth: int = 200
    header_seconds: float = 10.0
    body_seconds: float = 30.0


class BodyTooLargeError(ShoalError):
    """A body beyond the limit, packed or unpacked."""


class NotJsonError(ShoalError):
    """A body that is no JSON at all."""


def unpacked(body: bytes, limits: Limits) -> bytes:
    """The body, whether or not it says that it is packed: clients forget to.

    Raises BodyTooLargeError beyond the limit, NotJsonError for a damaged one.
    """
    if _is_deflated(body):
        return _inflated(body, limits)
    if not body.startswith(GZIP):
        return body
    parts: list[bytes] = []
    left = limits.unpacked
    while body:
        unpacking = zlib.decompressobj(wbits=31)
        try:
            part = unpacking.decompress(body, left + 1)
        except zlib.error as error:
            raise NotJsonError(f"the body is packed, and damaged: {error}") from error
        left -= len(part)
        if left < 0:
            raise BodyTooLargeError(f"the body is larger than {limits.unpacked:,} bytes unpacked")
        if not unpacking.eof:
            raise NotJsonError("the body is packed, and cut off")
        parts.append(part)
        body = unpacking.unused_data  # a gzip file may have several members
    return b"".join(parts)


def _is_deflated(body: bytes) -> bool:
    """Whether a body begins as zlib's do; no JSON and hardly a form begins with those two bytes."""
    return body[:1] == b"\x78" and body[1:2] in {b"\x01", b"\x5e", b"\x9c", b"\xda"}


def _inflated(body: bytes, limits: Limits) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        whole = unpacking.decompress(body, limits.unpacked + 1)
    except zlib.error as error:
        raise NotJsonError(f"the body is packed, and damaged: {error}") from error
    if len(whole) > limits.unpacked:
        raise BodyTooLargeError(f"the body is larger than {limits.unpacked:,} bytes unpacked")
    if not unpacking.eof:
        raise NotJsonError("the body is packed, and cut off")
    return whole


def parsed(body: bytes, limits: Limits) -> object:
    """The document of a body.

    Strictly at first; then as forgivingly as can be, since one odd value must not cost its
    neighbours: NaN and infinities become null, half surrogates stay and are mended later, a number
    longer than Python reads is null; what is not odd reads the same both ways. Raises NotJsonError for what is no JSON, or nested too deeply.
    """
    import msgspec

    check_depth(body, limits)
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return _TOLERANT.decode(body.decode("utf-8-sig", "replace").strip())
    except (ValueError, RecursionError) as error:
        raise NotJsonError(f"the body is not JSON: {error}") from error


def check_depth(body: bytes, limits: Limits) -> None:
    """Raises NotJsonError for a body that is nested too deeply."""
    if _is_too_deep(body, limits.depth):
        raise NotJsonError(f"the body is nested more than {limits.depth} levels deep")


def _is_too_deep(body: bytes, most: int) -> bool:
    """Whether objects and arrays are nested deeper than that.

    Brackets are counted as they stand, which texts that hold some may disturb; so what looks too
    deep is counted again without its texts. What looks shallow and is not, the parser refuses.
    """
    return _depth(body) > most and _depth(_TEXT.sub(b"", body)) > most


def _depth(body: bytes) -> int:
    brackets = body.translate(_UP_AND_DOWN, _NO_BRACKETS)
    if not brackets:
        return 0
    return int(np.frombuffer(brackets, np.int8).cumsum(dtype=np.int32).max())


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:  # longer than any; a strict parser gives up there too
        return None


def _nothing(_: str) -> None:
    return None


_TOLERANT = json.JSONDecoder(parse_constant=_nothing, parse_int=_whole, strict=False)

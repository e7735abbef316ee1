"""Text files as UTF-8, whatever they were written in, a stretch of whole lines at a time."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from shoal.core.errors import ImportFileError
from shoal.sources.batch import Notices
from shoal.sources.opening import Opened, blocks

BLOCK = 1 << 25
"""Bytes per stretch."""
LONGEST_LINE = 1 << 27

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\r\n\f\x1b") + b"\x7f"
REPLACED = "{0} characters are not {1} and were replaced"
REPAIRED = "{0} lines are not UTF-8 and were read as Windows-1252"


def find_encoding(opened: Opened) -> str:
    """The encoding by its mark or its pattern; UTF-8 when nothing speaks against it.

    Raises ImportFileError for what is no text at all.
    """
    head = opened.head
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > 0.1 * len(head):
        raise ImportFileError(
            f"`{opened.name}` is not text", hint="CSV, TSV, JSONL and Parquet files can be read"
        )
    return "utf-8"


def whole_lines(
    opened: Opened, encoding: str | None, notices: Notices, block: int = BLOCK
) -> Iterator[tuple[bytes, int]]:
    """UTF-8 that ends with a line's end (the file's last need not), and the bytes read so far."""
    name = encoding or find_encoding(opened)
    lone_returns = b"\n" not in opened.head and b"\r" in opened.head
    pending = b""
    mark = codecs.BOM_UTF8
    position = 0
    for piece, position in _as_utf8(opened, name, block, notices):
        if lone_returns:
            piece = piece.replace(b"\r", b"\n")  # noqa: PLW2901
        end = piece.rfind(b"\n") + 1
        if not end:
            pending += piece
            if len(pending) > LONGEST_LINE:
                raise ImportFileError(
                    f"`{opened.name}` has a line of more than {LONGEST_LINE >> 20} MiB"
                )
            continue
        yield _repaired((pending + piece[:end]).removeprefix(mark), name, notices), position
        pending, mark = piece[end:], b""
    if pending := pending.removeprefix(mark):
        yield _repaired(pending, name, notices), position


def _as_utf8(
    opened: Opened, name: str, block: int, notices: Notices
) -> Iterator[tuple[bytes, int]]:
    if name == "utf-8":
        yield from blocks(opened, block)
        return
    try:
        decoder = codecs.getincrementaldecoder(name)(errors="replace")
    except LookupError as error:
        raise ImportFileError(f"there is no encoding `{name}`") from error
    position = 0
    for piece, position in blocks(opened, block):
        text = decoder.decode(piece)
        notices.add(REPLACED, name, count=text.count("\ufffd"))
        yield text.encode("utf-8", "replace"), position
    rest = decoder.decode(b"", final=True)
    notices.add(REPLACED, name, count=rest.count("\ufffd"))
    yield rest.encode("utf-8", "replace"), position


def _repaired(data: bytes, name: str, notices: Notices) -> bytes:
    """The same bytes where they are UTF-8; else each line that is not, as Windows-1252."""
    if name != "utf-8" or _is_utf8(data):
        return data
    lines = data.splitlines(keepends=True) if b"\r" not in data else data.split(b"\n")
    joint = b"" if b"\r" not in data else b"\n"
    repaired = 0
    for i, line in enumerate(lines):
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeDecodeError:
            lines[i] = _from_windows(line)
            repaired += 1
    notices.add(REPAIRED, count=repaired)
    return joint.join(lines)


def _from_windows(line: bytes) -> bytes:
    try:
        return line.decode("cp1252").encode()
    except UnicodeDecodeError:  # five bytes mean nothing there; they are controls in Latin-1
        return line.decode("latin-1").encode()


def _is_utf8(data: bytes) -> bool:
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    text = pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True

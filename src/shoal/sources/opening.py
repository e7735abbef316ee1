"""What a file is, by its content first and its name second, and its bytes unpacked."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from shoal.core.errors import ImportFileError

HEAD = 1 << 18
"""Bytes looked at to tell what a file is."""


class FileKind(StrEnum):
    """Formats that can be read."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    GA4 = "ga4"
    """The event export of Google Analytics 4, as JSON lines; only where a mapping says so."""


_KINDS = {
    ".csv": FileKind.CSV,
    ".txt": FileKind.CSV,
    ".tsv": FileKind.TSV,
    ".tab": FileKind.TSV,
    ".jsonl": FileKind.JSONL,
    ".ndjson": FileKind.JSONL,
    ".json": FileKind.JSONL,
    ".parquet": FileKind.PARQUET,
    ".pq": FileKind.PARQUET,
}
_PACKINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_PACKED = {".gz": "gzip", ".zst": "zstd"}
_STRANGERS = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read: its format, how it is packed, and its first bytes unpacked."""

    path: Path
    kind: FileKind
    packing: str | None
    size: int
    head: bytes

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @property
    def misnamed(self) -> str | None:
        """What the name promises and the content does not keep, in words; None if it is true."""
        named = _PACKED.get(self.path.suffix.lower())
        if named is None or named == self.packing:
            return None
        return f"`{self.name}` is not packed with {named}, whatever its name says"


def examine(path: str | Path, kind: FileKind | None = None) -> Opened:
    """The file at the path, found readable. Raises ImportFileError with what is wrong."""
    path = Path(path)
    with _reading(path):
        if path.is_dir():
            raise ImportFileError(f"`{path}` is a folder", hint="name the files in it")
        if path.exists() and not path.is_file():
            raise ImportFileError(f"`{path}` is not a regular file")
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
        packing = next((name for sign, name in _PACKINGS.items() if start.startswith(sign)), None)
        head = _head(path, packing)
    if not head:
        raise ImportFileError(f"`{path.name}` is empty")
    opened = Opened(path, kind or FileKind.CSV, packing, size, head)
    if opened.misnamed and _is_binary(head) and not head.startswith(b"PAR1"):
        raise ImportFileError(opened.misnamed, hint="is the copy complete?")
    stranger = next((what for sign, what in _STRANGERS.items() if head.startswith(sign)), None)
    if stranger:
        raise ImportFileError(
            f"`{path.name}` is {stranger}", hint="export it as CSV, JSONL or Parquet"
        )
    return replace(opened, kind=kind or _kind_of(path, head))


def blocks(opened: Opened, size: int) -> Iterator[tuple[bytes, int]]:
    """The unpacked bytes, block by block, with how much of the file they took so far."""
    with (
        _reading(opened.path),
        pa.OSFile(str(opened.path)) as file,
        _unpacked(file, opened.packing) as stream,
    ):
        while block := stream.read(size):
            yield block, file.tell()


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex."""
    with _reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kind_of(path: Path, head: bytes) -> FileKind:
    named = next(
        (_KINDS[suffix.lower()] for suffix in reversed(path.suffixes) if suffix.lower() in _KINDS),
        None,
    )
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if named is FileKind.PARQUET:
        raise ImportFileError(f"`{path.name}` is not a Parquet file, whatever its name says")
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if named in (None, FileKind.JSONL) and first == b"[":
        raise ImportFileError(
            f"`{path.name}` is one JSON array", hint="write one object per line (JSONL)"
        )
    return named or (FileKind.JSONL if first == b"{" else FileKind.CSV)


def _head(path: Path, packing: str | None) -> bytes:
    try:
        with _stream(path, packing) as stream:
            return stream.read(HEAD)
    except OSError as error:
        if packing is None:
            raise
        with suppress(OSError), _stream(path, packing) as stream:
            if stream.read(1):
                raise
        raise ImportFileError(
            f"`{path.name}` begins as {packing} does, but nothing of it can be unpacked",
            hint="is the copy complete, and is it what its name says?",
        ) from error


def _is_binary(head: bytes) -> bool:
    """Whether no text of any encoding begins so: beside UTF-16 and UTF-32, no text holds a NUL."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    strange = sum(byte < 32 and byte not in b"\t\n\r\f\x1a" for byte in head[:4096])
    return strange > 0 and strange * 20 > len(head[:4096])


@contextmanager
def _stream(path: Path, packing: str | None) -> Generator[pa.NativeFile]:
    with pa.OSFile(str(path)) as file, _unpacked(file, packing) as stream:
        yield stream


def _unpacked(file: pa.NativeFile, packing: str | None) -> pa.NativeFile:
    return file if packing is None else pa.CompressedInputStream(file, packing)


@contextmanager
def _reading(path: Path) -> Generator[None]:
    """Turns what the system says into one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise ImportFileError(f"there is no file `{path}`") from error
    except PermissionError as error:
        raise ImportFileError(f"`{path}` may not be read by this user") from error
    except ValueError as error:  # a NUL in the path; arrow's ArrowInvalid
        raise ImportFileError(f"`{path}` cannot be read: {error}") from error
    except (OSError, EOFError) as error:
        if "compress" in str(error) or "inflate" in str(error) or "zlib" in str(error).lower():
            raise ImportFileError(
                f"`{path.name}` cannot be unpacked to its end", hint="is the copy complete?"
            ) from error
        raise ImportFileError(f"`{path}` cannot be read: {error}") from error

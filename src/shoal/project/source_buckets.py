"""Objects of an S3 bucket, or of anything that speaks like one: those that are not in as they are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import MissingExtraError, ShoalError
from shoal.project.source_files import filled
from shoal.project.source_folders import Piece, is_wanted
from shoal.store.source_books import SeenFile

if TYPE_CHECKING:
    from shoal.sources.definition import SourceDefinition

BLOCK = 1 << 20
TRIES = 3
CONNECT_SECONDS = 10
REQUEST_SECONDS = 60
_PATTERN = re.compile(r"[*?\[]")


def bucket_pieces(
    source: SourceDefinition, seen: Mapping[str, SeenFile], spool: Path
) -> Iterator[Piece]:
    """The objects of a source that are new or changed, by name, each brought here while it is used.

    An object is there whole or not at all, so none is looked at twice. Raises ShoalError.
    """
    from pyarrow import fs

    with _spoken(source):
        place = filled(source.place).removeprefix("s3://")
        found = _PATTERN.search(place)
        root = place[: place.rfind("/", 0, found.start())] if found else place.rstrip("/")
        bucket = _bucket(source)
        infos = bucket.get_file_info(fs.FileSelector(root, recursive=True))
    by_digest = {file.digest for file in seen.values()}
    for info in sorted(infos, key=lambda it: it.path):
        if info.type != fs.FileType.File or not is_wanted(info.path):
            continue
        if found and not fnmatchcase(info.path, place):
            continue
        known = seen.get(info.path)
        at = info.size, info.mtime_ns or 0
        if known is not None and (known.size, known.modified_at) == at:
            continue
        if not info.size:
            yield Piece(info.path, spool, left="it is empty")
            continue
        path = spool / info.base_name
        spool.mkdir(mode=0o700, exist_ok=True)
        try:
            with _spoken(source):
                digest = _brought(bucket, info.path, path)
            is_new = digest not in by_digest
            file = SeenFile(info.path, *at, digest)
            yield Piece(info.path, path, file, is_new=is_new, is_copy=True)
        finally:
            path.unlink(missing_ok=True)


def _brought(bucket: Any, name: str, path: Path) -> str:
    """Copies an object to a file, block by block; its SHA-256."""
    digest = hashlib.sha256()
    with bucket.open_input_stream(name, compression=None) as stream, path.open("wb") as file:
        while block := stream.read(BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _bucket(source: SourceDefinition) -> Any:
    """The bucket's server. Without keys in the file, those of the environment or machine are used."""
    from pyarrow import fs

    systems: Any = fs
    if not hasattr(systems, "S3FileSystem"):
        raise MissingExtraError("this build of pyarrow speaks no S3")
    given: dict[str, Any] = {
        "retry_strategy": systems.AwsStandardS3RetryStrategy(max_attempts=TRIES),
        "connect_timeout": CONNECT_SECONDS,
        "request_timeout": REQUEST_SECONDS,
    }
    if source.endpoint is not None:
        scheme, is_said, rest = filled(source.endpoint).partition("://")
        given["endpoint_override"] = rest if is_said else scheme
        given["scheme"] = scheme if is_said else "https"
    for key in ("region", "access_key", "secret_key"):
        said = getattr(source, key)
        if said is not None:
            given[key] = filled(said)
    return systems.S3FileSystem(**given)


@contextmanager
def _spoken(source: SourceDefinition) -> Generator[None]:
    """Turns what the server says into one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise ShoalError(
            f"there is no `{source.place}`", hint=f"`from` in sources/{source.name}.yml names it"
        ) from error
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:300] or type(error).__name__
        raise ShoalError(
            f"the bucket says: {said}", hint=f"see sources/{source.name}.yml"
        ) from error

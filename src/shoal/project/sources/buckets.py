"""Objects of an S3 bucket, or of anything that speaks like one: those that are not in as they are."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import MissingExtraError, ShoalError
from shoal.project.sources.files import filled
from shoal.project.sources.folders import Piece, is_wanted
from shoal.store.source_books import SeenFile

if TYPE_CHECKING:
    from shoal.sources.definition import SourceDefinition

BLOCK = 1 << 20
TRIES = 3
CONNECT_SECONDS = 10
REQUEST_SECONDS = 60
MOST_FAILED = 4
"""Objects that fail one after the other until as many others say whether the bucket is in trouble."""
_PATTERN = re.compile(r"[*?\[]")


def bucket_pieces(
    source: SourceDefinition, seen: Mapping[str, SeenFile], spool: Path
) -> Iterator[Piece]:
    """The objects of a source that are new or changed, by name, each brought here while it is used.

    An object is there whole or not at all, so none is looked at twice. One that cannot be fetched
    is told, and the others are brought. Raises ShoalError where there is no bucket, or where one
    object after the other fails, wherever among the others it is.
    """
    from pyarrow import fs

    with _spoken(source, source.place):
        place = filled(source.place).removeprefix("s3://")
        found = _PATTERN.search(place)
        root = place[: place.rfind("/", 0, found.start())] if found else place.rstrip("/")
        bucket = _bucket(source)
        infos = bucket.get_file_info(fs.FileSelector(root, recursive=True))
    by_digest = {file.digest for file in seen.values()}
    waiting = deque(_wanted(infos, place if found else None, seen))
    failed = 0
    while waiting:
        info = waiting.popleft()
        if not info.size:
            yield Piece(info.path, spool, left="it is empty")
            continue
        path = spool / info.base_name
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            try:
                with _spoken(source, info.path):
                    digest = _brought(bucket, info.path, path)
            except ShoalError as error:
                failed += 1
                if failed == MOST_FAILED:
                    waiting = _some_first(waiting)
                if failed == 2 * MOST_FAILED:  # it is not these objects, then
                    raise
                yield Piece(info.path, path, trouble=error.message)
                continue
            failed = 0
            file = SeenFile(info.path, info.size, info.mtime_ns or 0, digest)
            yield Piece(info.path, path, file, is_new=digest not in by_digest, is_copy=True)
        finally:
            path.unlink(missing_ok=True)


def _wanted(infos: Iterable[Any], pattern: str | None, seen: Mapping[str, SeenFile]) -> list[Any]:
    """The objects that are not in as they are, by name."""
    from pyarrow import fs

    def is_in(info: Any) -> bool:
        known = seen.get(info.path)
        return known is not None and (known.size, known.modified_at) == (
            info.size,
            info.mtime_ns or 0,
        )

    files = [it for it in infos if it.type == fs.FileType.File and is_wanted(it.path)]
    fitting = [it for it in files if pattern is None or fnmatchcase(it.path, pattern)]
    return sorted((it for it in fitting if not is_in(it)), key=lambda it: it.path)


def _some_first(waiting: Sequence[Any]) -> deque[Any]:
    """A few from all over come first: they say whether it is the bucket or some objects."""
    step = max(len(waiting) // MOST_FAILED, 1)
    chosen = range(len(waiting) - 1, -1, -step)[:MOST_FAILED]
    rest = (it for at, it in enumerate(waiting) if at not in chosen)
    return deque([*(waiting[at] for at in chosen), *rest])


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
def _spoken(source: SourceDefinition, what: str) -> Generator[None]:
    """Turns what the server says of a place or an object into one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise ShoalError(
            f"there is no `{what}`", hint=f"`from` in sources/{source.name}.yml names it"
        ) from error
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:300] or type(error).__name__
        raise ShoalError(
            f"the bucket says: {said}", hint=f"see sources/{source.name}.yml"
        ) from error

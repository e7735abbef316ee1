"""Finding people by what one remembers of their id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shoal.project.reading import Reading


def find_people(reading: Reading, text: str, limit: int) -> dict[str, Any]:
    """User ids that hold the text, in any case: the very one first, then those that begin with it.

    An empty text finds the first ids in their order.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    snapshot = reading.snapshot
    buckets = [snapshot.user_ids(bucket) for bucket in range(snapshot.buckets)]
    ids = pa.chunked_array(buckets, pa.string())
    if text:
        ids = ids.filter(pc.match_substring(ids, text, ignore_case=True))
    found: list[str] = ids.take(pc.sort_indices(ids)).to_pylist() if len(ids) else []
    wanted = text.casefold()
    found.sort(key=lambda it: (it != text, not it.casefold().startswith(wanted)))
    return {"count": len(found), "user_ids": found[:limit]}

"""A table written into the store for whoever owns it to read, and gone when that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from shoal.core.errors import ImportFileError, NotFoundError, StoreError
from shoal.store.files import full_disk_said
from shoal.store.handing import handing

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from shoal.project.opening import Project

Answer = TypeVar("Answer")
TRIES = 3


def handed_over(
    project: Project, name: str, table: pa.Table, send: Callable[[Path], Answer]
) -> Answer:
    """What ``send`` answers for the table as a file ``NAME.parquet``.

    Erasing somebody meanwhile takes the file away, since it may speak of them: it is written again,
    and what is said of them is turned away where it is read.
    """
    import pyarrow.parquet as pq

    for _ in range(TRIES):
        with handing(project.store.root.resolve()) as folder:
            path = folder / f"{name}.parquet"
            with full_disk_said(project.store.root):
                pq.write_table(table, path)
            try:
                return send(path)
            except (ImportFileError, NotFoundError):
                if path.exists():
                    raise
    raise StoreError("people were erased all the while", hint="run it again later")

"""Whether the engine is compiled on this machine, which the first question of all has to wait for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast


def is_prepared() -> bool:
    """Whether the engine's machine code is kept already; it is made once, in half a minute."""
    from shoal.engine.kernel import run

    compiled = cast("Any", run)
    return bool(compiled.signatures) or any(Path(compiled.stats.cache_path).glob("*.run-*.nbi"))

"""Numbers of a request, none larger than what keeps them can hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

LARGEST = 2**53 - 1
"""What every JSON reader holds exactly, and every database as an integer."""

Number = Annotated[int, Path(ge=1, le=LARGEST)]
"""Of a key or a user, in the path."""
Offset = Annotated[int, Query(ge=0, le=LARGEST)]
"""How many rows stand before the page."""

"""How long each step took, said as it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shoal.project.report.figures import Step
from shoal.project.report.words import seconds


@dataclass
class Watch:
    """The steps so far; each is echoed when it is over."""

    echo: Callable[[str], None]
    steps: list[Step] = field(default_factory=list[Step])

    @contextmanager
    def step(self, title: str, detail: str = "") -> Generator[Detail]:
        """Times what happens inside; the detail may be told when it is known."""
        told = Detail(detail)
        start = time.perf_counter()
        yield told
        span = time.perf_counter() - start
        self.steps.append(Step(title, span, told.text))
        beside = f": {told.text}" if told.text else ""
        self.echo(f"{seconds(span):>8}  {title}{beside}")


@dataclass
class Detail:
    """What a step came to, in a few words."""

    text: str

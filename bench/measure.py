"""Time, memory and the machine: how everything here is measured."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Self

PAGE = Path(__file__).parent / "RESULTS.md"


def timed(work: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    """Median wall seconds of ``repeat`` runs, and what the last one gave."""
    seconds: list[float] = []
    answer = None
    for _ in range(repeat):
        began = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - began)
    return median(seconds), answer


def spread(work: Callable[[], Any], repeat: int) -> dict[str, Any]:
    """Wall and processor seconds of ``repeat`` runs: median, least, most."""
    walls: list[float] = []
    used: list[float] = []
    for _ in range(repeat):
        began, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - began)
        used.append(time.process_time() - processor)
    return {
        "median": median(walls),
        "least": min(walls),
        "most": max(walls),
        "processor": median(used),
        "runs": repeat,
    }


class AnonymousMemory:
    """The most anonymous memory of a process (this one) while the block runs, sampled every 5 ms.

    Pages of mapped files do not count: the system can drop and read them again.
    """

    def __init__(self, process: int | None = None) -> None:
        self.process = "self" if process is None else str(process)
        self.before = self.most = anonymous_bytes(self.process)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.most = max(self.most, anonymous_bytes(self.process))

    def _watch(self) -> None:
        while not self._stop.wait(0.005):
            self.most = max(self.most, anonymous_bytes(self.process))


def anonymous_bytes(process: str = "self") -> int:
    """RssAnon of a process; -1 where the system does not tell (it is Linux's)."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return -1
    for line in text.splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return -1


def peak_bytes() -> int:
    """The most resident memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def machine() -> dict[str, str]:
    """What it ran on, in words that fit any machine."""
    model = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        for line in cpu.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "memory": f"{pages / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def load() -> float:
    return round(os.getloadavg()[0], 2)


def versions(*names: str) -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in names}


def child(module: str, *arguments: str) -> dict[str, Any]:
    """What a module of this package prints as JSON, run in a process of its own."""
    began = load()
    told = subprocess.run(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    if told.returncode:
        return {"failed": f"{module} ended with {told.returncode}"}
    answer: dict[str, Any] = json.loads(told.stdout)
    return {**answer, "load_before": began, "load_after": load()}


def write_section(begin: str, end: str, text: str) -> None:
    """The section between two marks of RESULTS.md anew, or one more; nothing else is touched."""
    page = PAGE.read_text(encoding="utf-8")
    before, found, rest = page.partition(begin)
    after = rest.partition(end)[2] if found else ""
    PAGE.write_text(f"{before.rstrip()}\n\n{text}\n{after.lstrip()}", encoding="utf-8")


def say(*words: object) -> None:
    """Progress, on stderr."""
    print(*words, file=sys.stderr, flush=True)

"""What ends an owner is not for its processes to hear: the owner decides when they end."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def unheard() -> Generator[None]:
    """A process begun inside hears neither until it says that it ignores them.

    It inherits that they are held back: it has a group and handlers of its own only some time
    after it began.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_to_the_owner() -> None:
    """The process says so: what was held back is forgotten, and what comes is ignored."""
    for one in ENDING:
        signal.signal(one, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

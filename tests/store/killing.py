"""Does something to a store and kills itself at the n-th call that touches the disk.

Run as a program: reads ``folder task count`` lines, and for each forks a child that does the task
and is killed; writes one line of what the child acknowledged before.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import shoal.events.hashing
import shoal.store.tables  # noqa: F401  (once, not in every child)
from shoal.store import open_store
from tests.store.model import SOURCE, Row, event_of, tables

NOW = 10**15


def rows(word: str, count: int) -> list[Row]:
    return [Row("order", f"{word}{n % 7}", None, n, n, x=n / 2, word=word) for n in range(count)]


def bring(store, say) -> None:
    with store.write() as writer:
        writer.import_tables(SOURCE, tables(rows("new", 40), 8), imported_at=NOW, memory=0)
    say("done")


def append(store, say) -> None:
    with store.write() as writer:
        for number in range(4):
            writer.append([event_of(Row("page", "sent", None, number, number), NOW)])
            say(str(number))
            if number == 2:
                writer.fold()


def erase(store, say) -> None:
    with store.write() as writer:
        writer.erase("old1")
    say("done")


TASKS = {"bring": bring, "append": append, "erase": erase}


def arm(count: int) -> None:
    """Kills the process before its count-th write, fsync, rename or removal."""
    left = [count]

    def armed(function):
        def call(*arguments, **named):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return call

    for name in ("fsync", "fdatasync", "pwrite", "unlink", "ftruncate"):
        setattr(os, name, armed(getattr(os, name)))
    for name in ("replace", "unlink"):
        setattr(Path, name, armed(getattr(Path, name)))


def main() -> None:
    for line in sys.stdin:
        folder, task, count = line.split()
        reader, teller = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            arm(int(count))
            TASKS[task](
                open_store(folder), lambda text, to=teller: os.write(to, f"{text} ".encode())
            )
            os._exit(0)
        os.close(teller)
        told = b""
        while piece := os.read(reader, 4096):
            told += piece
        os.close(reader)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        failed = not killed and status != 0
        sys.stdout.write(
            f"{'failed' if failed else 'killed' if killed else 'ended'} {told.decode()}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()

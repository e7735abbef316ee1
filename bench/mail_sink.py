"""A mail server that takes everything and writes down who each message was for: the far end of a bench.

``python -m bench.mail_sink FILE`` prints its port and serves until its input ends.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sink:
    """The server as its user sees it."""

    port: int
    file: Path

    @property
    def got(self) -> list[str]:
        """Who got a message, in the order in which they came."""
        return self.file.read_text(encoding="utf-8").split() if self.file.exists() else []


@contextmanager
def mail_sink(folder: Path) -> Generator[Sink]:
    """One in a process of its own."""
    file = folder / "got.txt"
    told = subprocess.Popen(
        [sys.executable, "-m", "bench.mail_sink", str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    with told:
        assert told.stdout is not None
        try:
            yield Sink(int(told.stdout.readline()), file)
        finally:
            assert told.stdin is not None
            told.stdin.close()


def main() -> None:
    import socket

    from aiosmtpd.controller import Controller

    class Inbox:
        async def handle_DATA(self, _server, _session, envelope):
            file.write(f"{envelope.rcpt_tos[0].partition('@')[0]}\n")
            file.flush()
            return "250 taken"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Path(sys.argv[1]).open("a", encoding="utf-8") as file:
        controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
        controller.start()
        print(port, flush=True)
        sys.stdin.read()
        controller.stop()


if __name__ == "__main__":
    main()

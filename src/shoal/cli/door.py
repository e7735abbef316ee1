"""The command line's door: arguments in, exit codes out, and no traceback for what a user can mend.

0 is done, 1 a problem the user can mend, 2 wrong usage, 130 interrupted. ``SHOAL_DEBUG=1`` shows
where an error came from.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from shoal.core.errors import ShoalError, UsageError

PROJECT = "--project"
_PLAINER = {
    "Value error, ": "",
    "Input should be a valid integer, unable to parse string as an integer": "it is no whole number",
    "Input should be a valid number, unable to parse string as a number": "it is no number",
    "Input should be": "it has to be",
}
"""What the library says of arguments, in plainer words."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; may be called repeatedly in one process."""
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def hoisted(argv: Sequence[str]) -> list[str]:
    """The arguments with ``--project DIR`` first, wherever it stood before a ``--``.

    >>> hoisted(["segment", "list", "--project", "shop", "--json"])
    ['--project', 'shop', 'segment', 'list', '--json']
    """
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            return [*front, *rest, word, *words]
        if word == PROJECT:
            front = [word, *(value for value in [next(words, None)] if value is not None)]
        elif word.startswith(f"{PROJECT}="):
            front = [word]
        else:
            rest.append(word)
    return [*front, *rest]


def _run(argv: list[str]) -> int:  # noqa: PLR0911  one way out per kind of ending
    import typer

    from shoal.cli.app import command

    try:
        with command.make_context("shoal", hoisted(argv)) as context:
            command.invoke(context)
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        return _fail("stopped; nothing was changed", 1)
    except typer.TyperException as error:
        return _fail(_usage(error), error.exit_code)
    except UsageError as error:
        return _fail(str(error), 2)
    except ShoalError as error:
        return _fail(str(error), 1)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}", 1)
    except Exception as error:  # noqa: BLE001  the last door before the user
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _fail(f"Shoal failed ({what}); SHOAL_DEBUG=1 shows where, please report it", 1)
    return 0


def _fail(message: str, code: int) -> int:
    """Says what went wrong on stderr."""
    sys.stdout.flush()
    if os.environ.get("SHOAL_DEBUG") == "1":
        traceback.print_exc()
    if not message.startswith("Usage:"):
        message = f"Error: {message}"
    print(_encodable(message), file=sys.stderr)
    return code


def _usage(error: Exception) -> str:
    """What was wrong with the arguments, and which help to read."""
    message = getattr(error, "format_message", error.__str__)()
    for theirs, ours in _PLAINER.items():
        message = message.replace(theirs, ours)
    context = getattr(error, "ctx", None)
    if context is None or message.startswith("Usage:"):
        return message
    return f"{message.rstrip('.')}; see `{context.command_path} --help`"


def _encodable(text: str) -> str:
    encoding = sys.stderr.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _silence_stdout() -> None:
    """Nobody reads on: what is left in the buffer must not raise again at exit."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return

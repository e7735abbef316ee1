"""The command line: a thin door over ``project``.

Reads arguments, prints answers, turns errors into exit codes. ``main`` is the console entry.
"""

from shoal.cli.door import main

__all__ = ["main"]

"""One self-contained HTML file that tells a colleague what was found.

Nouns: Report and its parts (``figures``). ``render`` turns a Report into the page; it reads no
store, no clock and no network, and the page it makes loads nothing from anywhere.
"""

from shoal.project.report.figures import Report
from shoal.project.report.page import render

__all__ = ["Report", "render"]

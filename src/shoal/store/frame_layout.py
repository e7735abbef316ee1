"""What the scanner of the log's frames writes down, by columns: what stands where."""

from __future__ import annotations

KIND, USER, ANONYMOUS, MESSAGE, OCCURRED, RECEIVED = 0, 1, 3, 5, 7, 8
PROFILE, ARRIVAL, SPOKEN, MENTIONED, START, END = 9, 10, 11, 12, 13, 14
ROW = 15
"""Columns of an event: its name and raw name (a place among the kinds), spans of its texts (-1 for
none), numbers; whether it mentions anybody, the first number of those; its own span."""
COLUMN, OWNER, FORM, FROM, TO = 0, 1, 2, 3, 4
CELL = 5
"""Columns of a cell: a place among the columns, its event or line, its form, the span it stands in."""
TEXT, BOOLEAN, WHOLE, DECIMAL, ODD, OTHER = 0, 1, 2, 3, 4, 5
"""Forms of a cell. The text of a DECIMAL is the shortest for its double; that of an ODD one is not.
OTHER is whatever a decoder has to read."""
EVENT, LINE, KEY = 0, 1, 2
"""Columns of a column: its event's place among the names, whether it is of lines, its key's span."""
NOT_UNDERSTOOD = -1
SLOTS = 1 << 14

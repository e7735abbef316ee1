"""The kernel's vocabulary: numbers that stand for operations, aggregates and window bounds.

An instruction is one row of an int64 table: ``(operation, to, a, b, c, d)``. Registers hold one
block of points (a point is a profile at an instant): float registers with NaN for unset, truth
registers with 0 false, 1 unknown, 2 true.
"""

from __future__ import annotations

from typing import Final

# --- truth -------------------------------------------------------------------------------------
FALSE: Final = 0
UNKNOWN: Final = 1
TRUE: Final = 2

# --- operations: to, a, b, c, d ----------------------------------------------------------------
CONSTANT: Final = 0  # float to = constants[a]
TRUTH: Final = 1  # truth to = a
LOAD: Final = 2  # float to = column a at each candidate row
TIME_PART: Final = 3  # float to = part a of the row's local time
KNOWN: Final = 4  # truth to = the profile is known at its instant
STORED: Final = 5  # float to = stored values a of each profile
STORED_TRUTH: Final = 6  # truth to = stored truths a of each profile
ADD: Final = 7
SUBTRACT: Final = 8
MULTIPLY: Final = 9
DIVIDE: Final = 10
AGE: Final = 11  # float to = instant - a
COALESCE: Final = 12
CHOOSE: Final = 13  # float to = b where truth a is true, else c
TRUTH_TO_FLOAT: Final = 14
FLOAT_TO_TRUTH: Final = 15
COMPARE: Final = 16  # truth to = a (comparator d) b
COMPARE_CONSTANT: Final = 17  # truth to = a (comparator d) constants[b]
COMPARE_CALENDAR_AGE: Final = 18  # truth to = age(a) (comparator d) b months
BETWEEN: Final = 19  # truth to = b <= a <= c
IN_LIST: Final = 20  # truth to = a among constants[b:c]
IN_TABLE: Final = 21  # truth to = tables[b][a] (a is a text code)
IS_SET: Final = 22
AND: Final = 23
OR: Final = 24
NOT: Final = 25
IS_TRUE: Final = 26  # truth to = TRUE where a is true, else FALSE
IN_TOP: Final = 27  # truth to = a in top; b scope truth; c cut constant; d 1 for bottom
STEP_RANK: Final = 28  # float to = 1 + number of cuts constants[c:d] not above a, in scope b
SHIFT: Final = 30  # float to = instant a, b calendar months later
SHARE_RANK: Final = 29  # float to = percentile by table pair at stored c (values, shares), scope b
UNTIL: Final = 31  # float to = a - instant
ANNIVERSARY: Final = 32  # float to = midnight of a's next anniversary (b 1: of its last one)
LISTED_DAY: Final = 33  # float to = midnight of the next day (c 1: last) table b lists for code a
OWN_TEXT: Final = 34  # float to = code of the profile's own text, as known at the instant
DAYS_TO_LISTED: Final = 35  # float to = days from the row's to the next (c 1: since the last) one

# --- comparators -------------------------------------------------------------------------------
EQUAL: Final = 0
NOT_EQUAL: Final = 1
GREATER: Final = 2
AT_LEAST: Final = 3
LESS: Final = 4
AT_MOST: Final = 5

# --- time parts --------------------------------------------------------------------------------
HOUR: Final = 0
WEEKDAY: Final = 1
DAY_OF_MONTH: Final = 2
MONTH: Final = 3
DAY_OF_YEAR: Final = 4

# --- aggregates: a row of the aggregate table is (function, to, window, column, table) -----------
COUNT: Final = 0
DAYS: Final = 1
FIRST_AT: Final = 2
LAST_AT: Final = 3
GAP: Final = 4
GAP_STD: Final = 5
SUM: Final = 6
AVG: Final = 7
MIN: Final = 8
MAX: Final = 9
FIRST_VALUE: Final = 10
LAST_VALUE: Final = 11
DISTINCT: Final = 12
TOP: Final = 13
SHARE: Final = 14
MEDIAN: Final = 15
STD: Final = 16

# --- window bounds: a row of the window table is (low kind, low, high kind, high) ----------------
UNBOUNDED: Final = 0
ABSOLUTE: Final = 1  # t >= low · t < high
EXACT_AGO: Final = 2  # t > instant - low · t <= instant - high
CALENDAR_AGO: Final = 3  # the same in months

# --- sequence answers ----------------------------------------------------------------------------
SEQUENCE_COUNT: Final = 0
SEQUENCE_HAS: Final = 1  # 1.0 where the first step of a match has a listed value, else 0.0

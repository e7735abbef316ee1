"""What Shoal says of its findings, in Portuguese: for each English phrase one, by what it is about.

The gaps are numbered as in the English phrase. ``{0:um|uns}`` takes the first word beside one.
"""

from __future__ import annotations

from shoal.language.told import Speech
from shoal.project.portuguese import (
    audits,
    bringing,
    building,
    campaigns,
    data,
    plain,
    predicting,
    recommending,
    sourcing,
)

PORTUGUESE = Speech(
    {
        **audits.PHRASES, **data.PHRASES, **bringing.PHRASES, **building.PHRASES, **campaigns.PHRASES,
        **plain.PHRASES, **predicting.PHRASES, **recommending.PHRASES,
        **sourcing.PHRASES,
    },
    ".,",
    (*plain.PHRASES, *plain.ELSEWHERE, *predicting.KEPT, *sourcing.PHRASES),
)  # fmt: skip

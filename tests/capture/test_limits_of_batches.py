from __future__ import annotations

import pytest

from shoal.capture.bodies import BodyTooLargeError
from shoal.capture.captured import Circumstances
from shoal.capture.segment import MOST_ITEMS, read_batch


def test_a_batch_of_endless_nothings_is_refused_before_it_is_read() -> None:
    with pytest.raises(BodyTooLargeError, match="at most"):
        read_batch({"batch": [{}] * (MOST_ITEMS + 1)}, Circumstances(1))
    assert len(read_batch({"batch": [{}] * 100}, Circumstances(1)).refused) == 100

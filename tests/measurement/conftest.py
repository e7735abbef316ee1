from __future__ import annotations

import pytest

from tests.project.made_shop import made_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """People who look, add and buy, as a project; ``plain.histories`` has them as lists."""
    return made_shop(tmp_path_factory.mktemp("made"))

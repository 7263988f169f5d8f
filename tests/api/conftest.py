"""The sample show in a catalog, indexed once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from episodes import Catalog
from episodes.testing import sample_catalog


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Iterator[Catalog]:
    """Not to be changed."""
    with sample_catalog(sample_home) as catalog:
        yield catalog

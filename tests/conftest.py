"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def mirror() -> Path:
    """A mirror of the real recordings; without one the test is skipped."""
    place = os.environ.get("TWINBENCH_MIRROR")
    if not place:
        pytest.skip("the real recordings are left out: TWINBENCH_MIRROR names no mirror")
    return Path(place)

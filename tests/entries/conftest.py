"""Fixtures for entries: a small holdout and a good entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.entries.toy import Holdout, Tracks, episodes_of, good_tracks, make_holdout, write_raw


@pytest.fixture(scope="session")
def holdout() -> Holdout:
    """Inputs and lock."""
    return make_holdout()


@pytest.fixture
def tracks() -> Tracks:
    """Time and q of a good prediction of every episode."""
    return good_tracks()


@pytest.fixture
def entry(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> Path:
    """The folder of a good entry."""
    return write_raw(tmp_path / "entry", holdout.document, episodes_of(tracks))

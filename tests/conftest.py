"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bench.io.workspace import Workspace

# What a test says depends on the code alone: not on how busy the machine is, nor on luck. New
# examples are looked for with `pytest --hypothesis-profile=search`.
settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")


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


@pytest.fixture(scope="session")
def prepared(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the generated dataset ranked; not to be changed, see `workspace`."""
    from tests.support.workspace import make_workspace

    return make_workspace(repository, tmp_path_factory.mktemp("prepared")).root


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path) -> Workspace:
    """A copy of that checkout for one test to change."""
    root = tmp_path / "checkout"
    shutil.copytree(prepared, root)
    return Workspace(root)

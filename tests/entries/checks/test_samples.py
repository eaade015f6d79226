from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.io.store import Episodes
from tests.entries.toy import Holdout, episodes_of, write_raw


def _repeated(plain: Episodes, executions: int = 5) -> Episodes:
    """The episodes with executions spread around their positions."""
    spread = np.linspace(-0.01, 0.01, executions)[:, None]
    samples = plain.signals["q"][:, None, :] + spread
    units = {**plain.info.signals, "samples": plain.info.units}
    signals = {**plain.signals, "samples": samples}
    return replace(plain, info=replace(plain.info, signals=units), signals=signals)


def test_samples_around_their_mean_pass(tmp_path: Path, holdout: Holdout, tracks) -> None:
    repeated = _repeated(episodes_of(tracks))
    folder = write_raw(tmp_path / "e", holdout.document, repeated)
    found = holdout.check(folder).episodes
    for name, place in found.index.items():
        own = repeated.signal("samples", repeated.index[name])
        np.testing.assert_array_equal(found.signal("samples", place), own)


def test_another_q_is_a_problem(tmp_path: Path, holdout: Holdout, tracks) -> None:
    repeated = _repeated(episodes_of(tracks))
    q = repeated.signals["q"].copy()
    q[3, 1] += 0.25
    changed = replace(repeated, signals={**repeated.signals, "q": q})
    folder = write_raw(tmp_path / "e", holdout.document, changed)
    with pytest.raises(ProblemsError) as raised:
        holdout.check(folder)
    (problem,) = raised.value.problems
    first = repeated.info.episodes[0].id
    joint = repeated.info.joints[1]
    mean, came = repeated.signals["q"][3, 1], q[3, 1]
    assert str(problem) == (
        f"not_the_mean: trajectories.zarr: {first!r}, joint {joint!r}, row 3: "
        f"expected the mean of 5 samples, {mean:.9g}, came {came:.9g}"
    )


def test_a_sample_that_is_not_finite_is_a_problem(tmp_path: Path, holdout: Holdout, tracks) -> None:
    repeated = _repeated(episodes_of(tracks))
    repeated.signals["samples"][2, 4, 0] = np.nan
    folder = write_raw(tmp_path / "e", holdout.document, repeated)
    with pytest.raises(ProblemsError) as raised:
        holdout.check(folder)
    assert [p.code for p in raised.value.problems] == ["not_finite"]

"""Copies of the truth planted in entries, and honest entries: what the guard says of each.

Run as a module it writes the table of `docs/guard.md`; the datasets whose recordings are not there
keep the column that they have:

    TWINBENCH_MIRROR=DIR python -m tests.guard.recall
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfiltfilt

from bench.datasets.split import held_commands
from bench.guard.comparison import Comparison
from bench.guard.entry_registry import ENTRY_CHECKS
from bench.guard.finding import Finding
from bench.io.store import Episodes
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot
from tests.guard import tables
from tests.guard.recorded import DATASETS, GENERATED, ROOT, recorded
from tests.guard.tables import NOTHING, PAGE, SURENESS

MARKED = tables.marks("recall")
DELAY = 0.09
"""s; the honest twin is the command, so much late."""


@dataclass(frozen=True)
class Reference:
    """One reference episode, its scored joints alone."""

    id: str
    time: np.ndarray
    q: np.ndarray
    command: np.ndarray
    scored: np.ndarray
    repeats: tuple[np.ndarray, ...]
    seed: int

    @property
    def twin(self) -> np.ndarray:
        return _at(self.time - DELAY, self.time, self.command)

    @property
    def step(self) -> np.ndarray:
        """The step of the encoder, or 0.1 mrad where positions are finer."""
        steps = [np.diff(np.unique(column)) for column in self.q.T]
        return np.array([max(s[s > 1e-6].min(), 1e-4) if (s > 1e-6).any() else 1e-4 for s in steps])

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


Plant = Callable[[Reference], np.ndarray]


def _at(times: np.ndarray, clock: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.stack([np.interp(times, clock, column) for column in values.T], axis=1)


def _noise(size: float) -> Plant:
    return lambda r: r.q + size * r.rng().standard_normal(r.q.shape)


def _late(rows: float) -> Plant:
    return lambda r: _at(r.time - rows * np.median(np.diff(r.time)), r.time, r.q)


def _clock(rate: float) -> Plant:
    """Interpolated from a clock with so many samples for one of the reference's."""

    def plant(r: Reference) -> np.ndarray:
        step = np.median(np.diff(r.time)) / rate
        clock = np.arange(r.time[0] + 0.37 * step, r.time[-1], step)
        return _at(r.time, clock, _at(clock, r.time, r.q))

    return plant


def _thinned(every: int) -> Plant:
    return lambda r: _at(r.time, r.time[::every], r.q[::every])


def _rounded(step: float) -> Plant:
    return lambda r: np.round(r.q / step) * step


def _smoothed(rows: int) -> Plant:
    half = rows // 2
    return lambda r: np.stack(
        [np.convolve(np.pad(c, half, mode="edge"), np.ones(rows) / rows, "valid") for c in r.q.T],
        axis=1,
    )


def _mixed(share: float) -> Plant:
    return lambda r: share * r.q + (1 - share) * r.twin


def _late_and_noisy(rows: float, size: float) -> Plant:
    return lambda r: _late(rows)(r) + size * r.rng().standard_normal(r.q.shape)


def _dithered(step: float) -> Plant:
    """Rounded after noise of as much as a step."""

    def plant(r: Reference) -> np.ndarray:
        return np.round(r.q / step + r.rng().random(r.q.shape) - 0.5) * step

    return plant


def _below(hertz: float, values: np.ndarray, time: np.ndarray) -> np.ndarray:
    """What is slow of (N, J) values, without delay."""
    nyquist = 0.5 / float(np.median(np.diff(time)))
    filtered: np.ndarray = sosfiltfilt(butter(2, hertz / nyquist, output="sos"), values, axis=0)
    return filtered


def _slow(hertz: float) -> Plant:
    return lambda r: _below(hertz, r.q, r.time)


def _moved(size: float) -> Plant:
    """Each joint of each episode off by an amount of its own."""
    return lambda r: r.q + size * r.rng().standard_normal(r.q.shape[1])


def _less_mean_error(r: Reference) -> np.ndarray:
    return r.twin + (r.q - r.twin).mean(axis=0)


def _less_slow_error(hertz: float, share: float) -> Plant:
    return lambda r: r.twin + share * _below(hertz, r.q - r.twin, r.time)


def _further_run(r: Reference) -> np.ndarray:
    return r.q + r.repeats[0] if r.repeats else r.twin


def _further_run_with_noise(r: Reference) -> np.ndarray:
    return _further_run(r) + 1e-3 * r.rng().standard_normal(r.q.shape)


def _mixed_with_a_further_run(r: Reference) -> np.ndarray:
    return 0.5 * (_further_run(r) + r.twin)


def _exact(r: Reference) -> np.ndarray:
    return r.q


def _in_first(plant: Plant) -> Plant:
    return lambda r: plant(r) if r.seed == 0 else r.twin


def _in_joint(plant: Plant) -> Plant:
    """In the joint that moves most."""

    def planted(r: Reference) -> np.ndarray:
        found, joint = r.twin.copy(), int(np.argmax(r.q.std(axis=0)))
        found[:, joint] = plant(r)[:, joint]
        return found

    return planted


def _for(seconds: float, plant: Plant) -> Plant:
    """In the first episode, around its middle."""

    def planted(r: Reference) -> np.ndarray:
        within = np.abs(r.time - r.time.mean()) <= seconds / 2
        return np.where(within[:, None], plant(r), r.twin)

    return _in_first(planted)


LEAKS: Mapping[str, Plant] = {
    "every row": _exact,
    "in single precision": lambda r: r.q.astype(np.float32).astype(np.float64),
    "with 6 decimals": lambda r: np.round(r.q, 6),
    "with 4 decimals": lambda r: np.round(r.q, 4),
    **{f"rounded to {s} mrad": _rounded(s / 1e3) for s in (1, 3, 10)},
    **{f"noise of {s:g} mrad": _noise(s / 1e3) for s in (0.01, 0.1, 0.3, 1, 3, 10, 30)},
    **{f"late by {s:g} row": _late(s) for s in (0.3, 1)},
    "late by 10 rows": _late(10),
    "early by 10 rows": _late(-10),
    "1 % slower": lambda r: _at(r.time / 1.01, r.time, r.q),
    **{f"sampled {s:g} times as often": _clock(s) for s in (1.7, 1, 0.7, 0.5, 0.3)},
    "every second row": _thinned(2),
    "every third row": _thinned(3),
    **{f"mean of {s} rows": _smoothed(s) for s in (3, 5, 9)},
    **{f"{100 * s:g} %, the rest a twin": _mixed(s) for s in (0.5, 0.1, 0.02)},
    "one episode": _in_first(_exact),
    "one episode, noise of 0.3 mrad": _in_first(_noise(3e-4)),
    "one episode, noise of 3 mrad": _in_first(_noise(3e-3)),
    "one episode, 10 %": _in_first(_mixed(0.1)),
    "one joint": _in_joint(_exact),
    "one joint, noise of 1 mrad": _in_joint(_noise(1e-3)),
    "one joint, 10 %": _in_joint(_mixed(0.1)),
    "one joint of one episode": _in_first(_in_joint(_exact)),
    "one joint of one episode, 10 %": _in_first(_in_joint(_mixed(0.1))),
    "2 s": _for(2, _exact),
    "10 s": _for(10, _exact),
    "10 s, 10 %": _for(10, _mixed(0.1)),
    "off by 20 mrad, joint by joint and episode by episode": _moved(0.02),
    "rounded to 2 mrad, after noise of as much": _dithered(2e-3),
    "late by half a row, noise of 3 mrad": _late_and_noisy(0.5, 3e-3),
    "late by 5 rows, noise of 1 mrad": _late_and_noisy(5, 1e-3),
    "below 3 Hz": _slow(3),
    "below 1 Hz": _slow(1),
    "one joint, below 2 Hz": _in_joint(_slow(2)),
    "the twin's mean error taken off, episode by episode": _less_mean_error,
    "the twin's error below 0.5 Hz taken off": _less_slow_error(0.5, 1),
    "the twin's error below 2 Hz taken off by half": _less_slow_error(2, 0.5),
    "a further run of the robot": _further_run,
    "a further run of the robot, noise of 1 mrad": _further_run_with_noise,
    "a further run of the robot, 50 %, the rest a twin": _mixed_with_a_further_run,
}
"""What is planted in an entry that is otherwise the honest twin."""


def _twin(r: Reference) -> np.ndarray:
    return r.twin


HONEST: Mapping[str, Plant] = {
    "the twin": _twin,
    "the twin, rounded to the encoder's step": lambda r: np.round(r.twin / r.step) * r.step,
    "the twin, noise of 1 mrad": lambda r: r.twin + 1e-3 * r.rng().standard_normal(r.q.shape),
    "the twin, noise of 3 mrad in one episode": _in_first(
        lambda r: r.twin + 3e-3 * r.rng().standard_normal(r.q.shape)
    ),
    "the command": lambda r: r.command,
}
"""Entries in which there is nothing to find."""


def references(dataset: str, mirror: Path | None = None) -> list[Reference]:
    """The reference episodes of a dataset's holdout."""
    truth = recorded(dataset, mirror).parts().holdout_truth
    document = Workspace(ROOT).dataset(dataset).document()
    robot = load_robot(ROOT / "robots" / document["robot"] / "robot.json")
    named = [joint.name for _, joint in robot.scored_angles]
    return list(_references(truth, [truth.info.joints.index(name) for name in named]))


def _references(truth: Episodes, columns: list[int]) -> Iterator[Reference]:
    held, infos = held_commands(truth), truth.info.episodes
    seed = 0
    for number, info in enumerate(infos):
        if info.role != "reference":
            continue
        q = truth.signal("q", number)[:, columns]
        valid = np.ones(len(q), dtype=bool)
        if "q_command_valid" in truth.signals:
            valid = truth.signal("q_command_valid", number).copy()
        valid[0] = False
        again = [i for i, e in enumerate(infos) if (e.motion, e.role) == (info.motion, "repeat")]
        yield Reference(
            info.id,
            truth.signal("time", number),
            q,
            held.signal("q_command", number)[:, columns],
            valid,
            tuple(truth.signal("q", i)[:, columns] - q for i in again),
            seed,
        )
        seed += 1


def findings(reference: list[Reference], plant: Plant, *, simulated: bool) -> list[Finding]:
    """What the guard says of an entry."""
    comparisons = [_comparison(r, plant(r), simulated) for r in reference]
    return [
        finding
        for check in ENTRY_CHECKS
        for finding in check.judge([check.look(one) for one in comparisons])[1]
    ]


def _comparison(r: Reference, predicted: np.ndarray, simulated: bool) -> Comparison:
    joints = tuple(f"j{i}" for i in range(r.q.shape[1]))
    return Comparison(
        id=r.id,
        time=r.time,
        scored=r.scored,
        joints=joints,
        arms={"arm": range(len(joints))},
        reference=r.q,
        predicted=predicted,
        command=r.command,
        error=predicted - r.q,
        repeats=r.repeats,
        simulated=simulated,
    )


def column(dataset: str, mirror: Path | None = None) -> dict[str, str]:
    """What is found in every entry of the table, by its name: the surest finding."""
    reference = references(dataset, mirror)
    simulated = dataset in GENERATED
    return {
        name: _surest(findings(reference, plant, simulated=simulated))
        for name, plant in (*LEAKS.items(), *HONEST.items())
    }


def _surest(found: list[Finding]) -> str:
    return min((f.certainty for f in found), key=SURENESS.index, default=NOTHING)


def written(page: str) -> dict[str, dict[str, str]]:
    """The columns of the table that a page has, by dataset."""
    return tables.written(page, MARKED, DATASETS, key=1)


def table(columns: Mapping[str, Mapping[str, str]]) -> str:
    """The table in Markdown."""
    rows = (
        (kind, name, *(columns.get(dataset, {}).get(name, "") for dataset in DATASETS))
        for kind, names in (("copy", LEAKS), ("honest", HONEST))
        for name in names
    )
    return tables.in_markdown(("entry", "of the truth", *DATASETS), rows)


def main() -> None:
    before = written(PAGE.read_text(encoding="utf-8"))
    tables.renew(MARKED, table(tables.columns(before, column)))


if __name__ == "__main__":
    main()

"""The recordings of ur5-force: which are told to be disturbed, and when.

The windows are an oracle's. Of recordings with a live force sensor they come from its log, in which
the force is 5 N or more from its median for 0.1 s; of the others from the currents, against an
undisturbed repeat of the same motion, computed before the detector was written.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.ingest import assembled, read_recordings
from bench.datasets.layout import load_layout
from bench.datasets.split import Parts, split
from bench.disturbance.currents import RESTING
from bench.disturbance.detect import PARTS, ArmDetector, Set, arm_set, detector
from bench.disturbance.pushes import THRESHOLDS, Push
from bench.io.documents import read_document
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot
from tests.docs.pages import ROOT, section, tables

pytestmark = [pytest.mark.recordings, pytest.mark.slow]

Windows = list[tuple[float, float]]

BY_CURRENT: dict[str, Windows] = {
    "No5_Acc_slow_w_disturbance": [
        (12.57, 12.98),
        (18.92, 19.39),
        (20.59, 20.90),
        (21.28, 21.56),
        (21.91, 22.20),
        (24.86, 25.09),
        (25.56, 25.72),
        (26.23, 26.85),
        (27.35, 27.49),
        (27.85, 28.09),
    ],
    "No7_Acc_slow_Verify_Model_short_with_disturbance": [
        (2.87, 3.01),
        (4.90, 5.60),
        (8.43, 9.31),
        (11.58, 12.22),
        (13.90, 14.33),
        (14.63, 14.98),
        (15.76, 16.34),
        (18.46, 19.23),
    ],
    "No9_Singularity_Free_WDist": [
        (4.60, 5.12),
        (6.10, 6.63),
        (10.61, 11.06),
        (12.23, 12.96),
        (13.95, 14.43),
        (20.92, 20.98),
    ],
    "No10_Standstill_WDist": [
        (3.25, 3.55),
        (5.36, 5.57),
        (6.40, 6.59),
        (8.07, 8.69),
        (9.94, 11.26),
    ],
}
"""s on the recording's clock."""
SENSED = (
    "No9_Singularity_Free_ForceSensor",
    "No10_Standstill_ForceSensor_All",
    "No10_Standstill_ForceSensor_All2",
    "No10_Standstill_ForceSensor_Fx",
)
CLOCK, SHIFT = 1.0034, 0.04
"""The sensor's clock is CLOCK times the recording's, and SHIFT s later."""


@pytest.fixture(scope="module")
def parts(repository: Path, mirror: Path) -> Parts:
    folder = repository / "datasets" / "ur5-force"
    dataset = read_document(folder / "dataset.json", "dataset")
    layout = load_layout(Workspace(repository).dataset("ur5-force"))
    recordings = read_recordings(dataset, mirror, layout, lambda _done, _total: None)
    split_rule = read_document(folder / "split.json", "split")
    return split(assembled(dataset, recordings), split_rule)


@pytest.fixture(scope="module")
def sets(repository: Path, parts: Parts) -> dict[str, Set]:
    (arm,) = load_robot(repository / "robots/ur5/robot.json").arms
    stores = {name: store for name, store in parts.items() if name in PARTS}
    stores["holdout"] = parts.holdout_truth  # sets nothing
    return {name: arm_set(store, arm) for name, store in stores.items()}


@pytest.fixture(scope="module")
def own(repository: Path, sets: dict[str, Set]) -> ArmDetector:
    (arm,) = load_robot(repository / "robots/ur5/robot.json").arms
    defaults = {name: threshold.default for name, threshold in THRESHOLDS.items()}
    return detector(arm, sets["calibration"], sets["validation"], defaults)


@pytest.fixture(scope="module")
def found(own: ArmDetector, sets: dict[str, Set]) -> dict[str, list[Push]]:
    return {
        name.removesuffix(".run-a"): own.pushes(name, recording)
        for part in sets.values()
        for name, recording in zip(part.names, part.recordings, strict=True)
    }


@pytest.fixture(scope="module")
def windows(mirror: Path) -> dict[str, Windows]:
    return {**BY_CURRENT, **{name: sensed(mirror, name) for name in SENSED}}


def sensed(mirror: Path, name: str) -> Windows:
    (path,) = mirror.rglob(f"Movement_{name}/csv_files/log_force_sensor.csv")
    lines = path.read_text().rpartition("\n")[0].split("\n")
    log = np.array([[float(x) for x in line.split(", ")[:4]] for line in lines])
    off = np.linalg.norm(log[:, 1:] - np.median(log[:, 1:], axis=0), axis=1)
    on = np.convolve(off, np.ones(9) / 9, "same") > 5
    merged: list[list[float]] = []
    for stamp in log[on, 0]:
        if merged and stamp - merged[-1][1] < 0.1:
            merged[-1][1] = stamp
        else:
            merged.append([stamp, stamp])
    return [((a - SHIFT) / CLOCK, (b - SHIFT) / CLOCK) for a, b in merged if b - a > 0.1]


def overlaps(push: Push, window: tuple[float, float]) -> bool:
    return push.interval[0] <= window[1] + 0.1 and push.interval[1] >= window[0] - 0.1


def row(name: str, part: str, pushes: list[Push], windows: Windows) -> list[str]:
    """What the page says of a recording."""
    most = max((push.ratio for push in pushes), default=0.0)
    hit = sum(any(overlaps(push, window) for push in pushes) for window in windows)
    beside = sum(not any(overlaps(push, window) for window in windows) for push in pushes)
    return [
        name,
        part,
        f"{hit} of {len(windows)}" if windows else "none there",
        str(beside),
        f"{most:.2f}" if pushes else "none",
        "disturbed" if most > THRESHOLDS["verdict"].default else "undisturbed",
    ]


def test_the_page_says_what_is_found(
    found: dict[str, list[Push]], windows: dict[str, Windows], sets: dict[str, Set]
) -> None:
    page = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
    rows = list(tables(section(page, "Pushes")))[1]
    part_of = {name.removesuffix(".run-a"): p for p, own in sets.items() for name in own.names}
    expected = [
        row(name, part_of[name], pushes, windows.get(name, [])) for name, pushes in found.items()
    ]
    assert sorted(rows[1:]) == sorted(expected), "\n".join(f"| {' | '.join(x)} |" for x in expected)


def test_the_page_counts_what_is_found(
    own: ArmDetector,
    sets: dict[str, Set],
    found: dict[str, list[Push]],
    windows: dict[str, Windows],
) -> None:
    text = " ".join(section((ROOT / "docs" / "labels.md").read_text("utf-8"), "Pushes").split())
    alone = {
        name.removesuffix(".run-a"): once.pushes(name, recording)
        for once in [replace(own, settings={**own.settings, "same": 0.0})]
        for part in PARTS
        for name, recording in zip(sets[part].names, sets[part].recordings, strict=True)
    }
    quiet = [name for name in alone if name not in windows]
    false, left = (sum(len(pushes[name]) for name in quiet) for pushes in (alone, found))
    assert f"removes {false - left} of {false} false pushes of calibration and validation" in text
    cells = {name: row(name, "", found[name], each) for name, each in windows.items()}
    counts = {name: [int(word) for word in each[2].split(" of ")] for name, each in cells.items()}
    hit, there = np.sum(list(counts.values()), axis=0)
    beside = sum(int(each[3]) for each in cells.values())
    once_more = [row(name, "", alone[name], each) for name, each in windows.items()]
    all_beside = sum(int(each[3]) for each in once_more)
    lost = sum(int(each[2].split(" of ")[0]) for each in once_more) - hit
    assert (
        f"and {all_beside - beside} of the {all_beside} beside the windows; {lost} window" in text
    )
    most = max(push.ratio for name in quiet for push in found[name])
    assert f"any `verdict` from {np.ceil(100 * most) / 100:.2f} to" in text
    assert f"{hit} of the {there} windows are found, with {beside} pushes beside them" in text
    hit, there = np.sum([each for name, each in counts.items() if "Standstill" in name], axis=0)
    assert f"Of the {there} windows of the resting arm (No10) {hit} are found" in text
    least = min(max(push.ratio for push in found[name]) for name in windows)
    assert f"to {np.floor(100 * least) / 100:.2f} says the same" in text


def test_all_of_the_diagnostic_pool_are_told(
    found: dict[str, list[Push]], windows: dict[str, Windows]
) -> None:
    for name in windows:
        assert max(push.ratio for push in found[name]) > THRESHOLDS["verdict"].default, name


def test_the_page_says_what_stated_masses_and_other_passes_are_worth(
    repository: Path, own: ArmDetector, sets: dict[str, Set], parts: Parts
) -> None:
    """No1 left out of a model without stated masses; TEST, all its pushes taken as they are."""
    text = " ".join(section((ROOT / "docs" / "labels.md").read_text("utf-8"), "Pushes").split())
    (arm,) = load_robot(repository / "robots/ur5/robot.json").arms
    bare = replace(arm, joints=tuple(replace(joint, load=None) for joint in arm.joints))
    known = [arm_set(store, bare) for store in (parts.calibration, parts.validation)]
    blind = detector(bare, known[0], known[1], own.settings)
    (first,) = [k for k, name in enumerate(known[0].names) if name == "No1.run-a"]
    pushes = blind.pushes("No1.run-a", known[0].recordings[first])
    assert f"{max(push.ratio for push in pushes):.2f} times the limit" in text
    once = replace(own, settings={**own.settings, "same": 0.0})
    (test,) = [k for k, name in enumerate(sets["holdout"].names) if name == "TEST.run-a"]
    pushes = once.pushes("TEST.run-a", sets["holdout"].recordings[test])
    assert len(pushes) == 10
    most = max(push.ratio for push in pushes)
    assert f"by ten pushes that nobody made, up to {most:.2f} times the limit" in text


def test_the_page_says_how_weak_a_push_at_rest_is_not_told(own: ArmDetector) -> None:
    text = " ".join(section((ROOT / "docs" / "labels.md").read_text("utf-8"), "Pushes").split())
    base, shoulder, elbow, *wrist = own.limits()[RESTING].round(2).tolist()
    said = f"below about {base:.2f} A at the base, {shoulder:.2f} at the shoulder, {elbow:.2f} at"
    assert f"{said} the elbow or {min(wrist):.2f} to {max(wrist):.2f} at the wrist" in text


@pytest.mark.parametrize("same", [0.05, 0.2])
def test_how_far_one_motion_may_be_apart_changes_no_verdict(
    own: ArmDetector, sets: dict[str, Set], found: dict[str, list[Push]], same: float
) -> None:
    other = replace(own, settings={**own.settings, "same": same})
    verdict = own.settings["verdict"]
    for part in PARTS:
        for name, recording in zip(sets[part].names, sets[part].recordings, strict=True):
            pairs = found[name.removesuffix(".run-a")], other.pushes(name, recording)
            told = {any(push.ratio > verdict for push in pushes) for pushes in pairs}
            assert len(told) == 1, name


def test_no_validation_recording_is_told(
    found: dict[str, list[Push]], sets: dict[str, Set]
) -> None:
    for name in sets["validation"].names:
        most = max((push.ratio for push in found[name.removesuffix(".run-a")]), default=0.0)
        assert most < THRESHOLDS["verdict"].default, name

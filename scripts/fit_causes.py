"""Fits the classifier of causes and writes `bench/attribution/coefficients.json`.

On the setting set of faults alone: strengths and seeds that no proof has. Run it after a change of
a fault, a label rule, a hypothesis or a piece of evidence; about ten minutes on two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from bench.attribution.cases import examined, failing
from bench.attribution.classifier import PLACE, SCHEMA, WITH, WITHOUT
from bench.attribution.episode import Examined
from bench.attribution.features import ESTIMATED, TRACED
from bench.attribution.fitting import chosen_penalty, fit
from bench.attribution.hypothesis import HYPOTHESES
from bench.attribution.proof import NONE
from bench.io.atomic import write_text
from bench.io.documents import check_schema, dump, nine_digits
from bench.io.workspace import Workspace
from bench.scoring.result import ScoreSettings
from bench.scoring.score import declared, robot_of
from bench.twins.faults.pairs import Case, make, setting

DATASET = "so101-synth"


def main() -> int:
    """Simulate, examine, fit, write."""
    place = Workspace.find(Path())
    paths = place.dataset(DATASET)
    settings = ScoreSettings.of(place.params())
    robot, folder = robot_of(place, paths), place.robot_folder(paths.document()["robot"])
    cases = [case for case in setting() if case.fault.name != NONE]
    pairs = make(folder, cases, _told)
    known = declared(paths.document(), settings.seed)
    found = []
    for one in failing(pairs, cases, robot, known, dict(settings.labels)):
        found.append((one.case, examined(one, pairs, robot, folder)))
        _told(one.episode + 1, len(cases))
    write(found, PLACE)
    return 0


def write(found: Sequence[tuple[Case, Examined]], place: Path) -> None:
    """Fit both regressions, their penalties chosen on seeds left out, and write them."""
    truth = [case.fault.name for case, _ in found]
    seeds = [case.seed for case, _ in found]
    hypotheses = [each.name for each in HYPOTHESES]
    whole = np.array([each.evidence for _, each in found])
    evidence = {
        WITH: (whole, (*TRACED, *ESTIMATED)),
        WITHOUT: (whole[:, : len(TRACED)], TRACED),
    }
    fitted, penalties, left_out = {}, {}, {}
    for which, (values, names) in evidence.items():
        penalties[which], scores = chosen_penalty(values, truth, seeds, names, hypotheses)
        for tried, each in scores.items():
            sys.stdout.write(f"{which}, penalty {tried:g}: log score {each.log_score:.3f}\n")
        left_out[which] = asdict(scores[penalties[which]])
        fitted[which] = fit(values, truth, names, hypotheses, penalties[which]).document()
    document = {
        "schema": "twinbench/cause_coefficients/1",
        "fitted_on": {
            "dataset": DATASET,
            "seeds": sorted(set(seeds)),
            "episodes": len(found),
            "penalties": penalties,
            "left_out": nine_digits(left_out),
        },
        **fitted,
    }
    check_schema(document, SCHEMA, place.name)
    write_text(place, dump(document))


def _told(done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        sys.stdout.write(f"{done} of {total}\n")


if __name__ == "__main__":
    sys.exit(main())

"""What the causes of one failing episode cost.

    python benchmarks/attribution.py            # prints a Markdown table; a minute
    python benchmarks/attribution.py --write    # and puts it into docs/benchmarks.md

Episodes of the generated SO-101 with one fault each, from trace and labels to the causes, with the
entry's twin and without. With it the time is that of the rollouts, so that a longer episode costs
no more than the longest window.
"""

from __future__ import annotations

import functools
from pathlib import Path

from bench.attribution.cases import Failing, examined, failing
from bench.attribution.classifier import classifiers
from bench.attribution.episode import conclude, examine
from bench.io.workspace import Workspace
from bench.kinematics.robot import Robot
from bench.scoring.score import declared, robot_of
from bench.twins.faults.pairs import Case, Pairs, make
from bench.twins.faults.registry import fault
from benchmarks.measure import Run, arguments, in_turn, noise, publish, table

FAULTS = (("delay", 0.12), ("gain", 0.4), ("friction", 0.04), ("jam", 0.4))
WITH, WITHOUT = "with a twin", "without"
MOST = 2.0
"""s that an episode may take."""


def attributed(one: Failing, pairs: Pairs, robot: Robot, folder: Path) -> None:
    conclude(examined(one, pairs, robot, folder), classifiers())


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    place = Workspace(Path(__file__).parent.parent)
    paths = place.dataset("so101-synth")
    folder, robot = place.robot_folder("so101"), robot_of(place, paths)
    # A seed that neither coefficients nor proof have.
    cases = [Case(fault(name), strength, 90, "waves") for name, strength in FAULTS]
    pairs = make(folder, cases, lambda _done, _total: None)
    lines, runs = [], []
    for one in failing(pairs, cases, robot, declared(paths.document(), 1), {}):
        whole = functools.partial(attributed, one, pairs, robot, folder)
        reference = pairs.reference.select([one.episode], "all")
        alone = functools.partial(examine, reference, one.trace, one.symptoms, None, robot, folder)
        run: Run = in_turn({WITH: whole, WITHOUT: alone}, chosen.rounds)
        runs.append(run)
        times = [run.times[way] for way in (WITH, WITHOUT)]
        largest = max(times[0].seconds)
        lines.append(
            [
                one.case.fault.name,
                f"{times[0].median:.2f}",
                f"{largest:.2f}",
                f"{times[1].median:.3f}",
                "yes" if largest <= MOST else "no",
            ]
        )
    head = ["fault", "with a twin, s an episode", "the longest, s", "without, s"]
    head += [f"within {MOST:g} s"]
    about = f"so101, 6 joints, episodes of 14 s at 50 Hz, simulated in steps of 2 ms. {noise(runs)}"
    publish("attribution", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()

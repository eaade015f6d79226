"""The hostile cases: what each is, how it is made, and the problems that it must give.

`tests/cases/entries/<group>/<case>/case.json` names the attack and the problems. Other files in the
folder are laid over a good entry; where there are none, the function `<case>` of the module
`tests.support.hostile.<group>` makes what is too large, or no file, for a repository.
"""

from __future__ import annotations

import importlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parents[2] / "cases" / "entries"
ENTRIES = ("folder", "documents", "store", "texts")
"""Groups whose cases are entries; those of the others are what `pack` reads."""
ANY = "..."
"""Stands at the end of a problem for words of a library, which may change."""


@dataclass(frozen=True)
class Case:
    """One hostile input.

    Attributes:
        group: what is hostile.
        name: of the case in its group.
        attack: the row of the table in the documentation.
        verbs: that have to refuse it.
        problems: every line that they print.
    """

    group: str
    name: str
    attack: str
    verbs: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its problems."""
        return frozenset(problem.partition(":")[0] for problem in self.problems)


def cases() -> list[Case]:
    """Every case, in the order of groups and names."""
    return [_case(path) for path in sorted(CASES.glob("*/*/case.json"))]


def _case(path: Path) -> Case:
    said = json.loads(path.read_text(encoding="utf-8"))
    group, name = path.parts[-3:-1]
    default = ("validate", "submit") if group in ENTRIES else ("pack",)
    verbs = tuple(said.get("verbs", default))
    return Case(group, name, said["attack"], verbs, tuple(said["problems"]))


def make(case: Case, good: Path, place: Path) -> None:
    """Make the case in the empty folder `place`, from a good entry.

    What `pack` reads becomes `predictions` beside an `entry.json`; an entry becomes `entry`.
    """
    if case.group in ENTRIES:
        shutil.copytree(good, place / "entry")
        _spoil(case, place / "entry")
    else:
        shutil.copyfile(good / "entry.json", place / "entry.json")
        _spoil(case, place / ("entry.json" if case.group == "description" else "predictions"))


def _spoil(case: Case, place: Path) -> None:
    files = [
        file for file in (CASES / case.group / case.name).iterdir() if file.name != "case.json"
    ]
    for file in files:
        shutil.copyfile(file, place / file.name)
    if not files:
        module = importlib.import_module(f"tests.support.hostile.{case.group}")
        getattr(module, case.name)(place)


def agrees(came: str, expected: str) -> bool:
    """Whether a line is the one of the case; `ANY` at its end stands for any words."""
    if expected.endswith(ANY):
        return came.startswith(expected.removesuffix(ANY))
    return came == expected

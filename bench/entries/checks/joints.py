"""The columns are the dataset's joints, in its order and units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.entries.check import STORE, Check, CheckInput, listed
from bench.io.problems import Problem

CODES = {
    "joints": "the joints are neither the scored ones nor all, in the dataset's order",
    "units": "a joint has another unit than in the dataset",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Compare names, order and units with the inputs."""
    return _differences(given)


def _differences(given: CheckInput) -> Iterator[Problem]:
    info, inputs = given.contents.info, given.inputs.info
    if info is None:
        return
    scored = tuple(name for name in inputs.joints if name in given.scored)
    valid = [scored, inputs.joints] if scored not in ((), inputs.joints) else [inputs.joints]
    if info.joints not in valid:
        expected = " or ".join(listed(joints) for joints in valid)
        same = any(sorted(info.joints) == sorted(joints) for joints in valid)
        came = listed(info.joints) + (" (another order)" if same else "")
        yield Problem("joints", f"{STORE}: joints", expected, came)
    unit = dict(zip(inputs.joints, inputs.units, strict=True))
    for name, came in zip(info.joints, info.units, strict=True):
        if unit.get(name, came) != came:
            yield Problem("units", f"{STORE}: joint {name!r}", unit[name], came)


CHECK = Check("joints", "the columns are the dataset's joints, in order and unit", CODES, run)

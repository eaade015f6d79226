"""What a report is drawn from: a result, its traces and the truth, held against each other.

Stores are read episode by episode; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.datasets.parts import open_part
from bench.io.documents import Document, file_hash, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, content_hash
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.results import contradictions, find_formed_result
from bench.publish.report.data import EpisodeData, Joint, failure_time
from bench.publish.report.departures import departures
from bench.scoring.traces import Traces, open_traces

ROWS = ("weights", "norm", "position", "orientation", "error")
"""Arrays of the traces that are drawn over their `time`."""


def load_result(workspace: Workspace, name: str) -> Document:
    """Find and read a result that a report can be made of (see `find_formed_result`).

    Raises:
        UnknownNameError: no such file, dataset or entry.
        ProblemsError: it is no result of this form, its traces were not kept, it contradicts
            itself, or it is of another robot.json.
    """
    paths, result = find_formed_result(workspace, name)
    if result["traces"] is None:
        expected = f"a result with traces; {_hint(result)}"
        raise ProblemsError([Problem("no_traces", name, expected, "none")])
    problems = [*_another_robot(paths, result), *contradictions(name, result)]
    if problems:
        raise ProblemsError(problems)
    return result


def _another_robot(paths: DatasetPaths, result: Document) -> Iterator[Problem]:
    """Another robot.json than this checkout's was scored with."""
    place = paths.root / "robots" / result["dataset"]["robot"] / "robot.json"
    here = file_hash(place) if place.is_file() else "none"
    scored_with = result["robot_hash"]
    if here != scored_with:
        where = f"result {result['entry']['name']}: robot"
        yield Problem("other_data", where, f"robot.json {here}; {_hint(result)}", scored_with)


class Sources:
    """Gives the arrays of any episode of a result."""

    def __init__(self, workspace: Workspace, result: Document) -> None:
        """Open what the result was computed from.

        Args:
            workspace: the checkout.
            result: the result, from `load_result`.

        Raises:
            UnknownNameError: no such dataset.
            ProblemsError: the traces or the truth are not here, or are not those of the result.
        """
        self.result = result
        self.paths = workspace.dataset(result["dataset"]["name"])
        self._hashes = _locked_hashes(self.paths, result)
        self._truth = _truth(self.paths)
        self._traces = _traces(workspace, result)

    def episode(self, number: int) -> EpisodeData:
        """The arrays of the episode at this place in the result.

        Raises:
            ProblemsError: the truth is not that of the lock, a chunk of the traces does not decode,
                or they are of other rows or other errors than the result.
        """
        record, info = self.result["episodes"][number], self._traces.info
        signals = self._measured(record["id"])
        time = self._traces.read("time", number)
        if not np.array_equal(time, signals["time"]):
            raise _differ(self.result, f"{record['id']}: time", "that of the truth", "another")
        rows = {name: _doubles(self._traces.read(name, number)) for name in ROWS}
        differing = departures(record, info, rows)
        if differing:
            more = f"; and {len(differing) - 1} more numbers" if len(differing) > 1 else ""
            expected = "the root mean squares of the result"
            raise _differ(self.result, record["id"], expected, differing[0] + more)
        joints = tuple(
            Joint(joint["name"], joint["arm"], joint["unit"], joint["scored"])
            for joint in info["joints"]
        )
        columns = [self._truth.info.joints.index(joint.name) for joint in joints]
        labels = tuple(x for x in self.result["labels"] if x["episode"] == record["id"])
        return EpisodeData(
            number=number,
            record=record,
            labels=labels,
            arms=tuple(info["arms"]),
            joints=joints,
            time=time,
            weights=rows["weights"],
            norm=rows["norm"],
            position=rows["position"],
            orientation=rows["orientation"],
            measured=signals["q"][:, columns],
            command=signals["q_command"][:, columns],
            error=rows["error"],
            failed_at=failure_time(labels),
        )

    def _measured(self, name: str) -> dict[str, NDArray[Any]]:
        """Every signal of an episode of the truth, held against the lock."""
        place = self._truth.index[name]
        signals = {signal: self._truth.signal(signal, place) for signal in self._truth.signals}
        found, expected = content_hash(signals), self._hashes[name]
        if found != expected:
            where = f"holdout_truth.zarr: {name}"
            raise ProblemsError([Problem("holdout_changed", where, f"hash {expected}", found)])
        return signals


def _doubles(values: NDArray[Any]) -> NDArray[np.float64]:
    return values.astype(np.float64)


def _locked_hashes(paths: DatasetPaths, result: Document) -> dict[str, str]:
    """Content hash of every episode of the holdout that the result was scored on."""
    lock = read_document(paths.lock, "holdout_lock")
    scored_on = result["dataset"]["holdout"]
    if lock["root"] != scored_on:
        expected = f"the holdout {lock['root']}; {_hint(result)}"
        where = f"result {result['entry']['name']}"
        raise ProblemsError([Problem("holdout_changed", where, expected, scored_on)])
    return {record["id"]: record["hash"] for record in lock["episodes"]}


def _truth(paths: DatasetPaths) -> Episodes:
    return open_part(paths, "holdout_truth")


def _traces(workspace: Workspace, result: Document) -> Traces:
    """The traces that the result names, if they are of this result."""
    folder = (workspace.root / "data" / "traces").resolve()
    place = (workspace.root / result["traces"]).resolve()
    if not place.is_relative_to(folder):
        raise ProblemsError(
            [Problem("not_allowed", "result: traces", "a store in data/traces", str(place))]
        )
    if not place.is_dir():
        expected = f"the traces of the result; {_hint(result)}"
        raise ProblemsError([Problem("no_traces", str(place), expected, "none")])
    traces = open_traces(place)
    told = {
        "dataset": result["dataset"]["name"],
        "entry": result["entry"]["name"],
        "holdout": result["dataset"]["holdout"],
        "predictions": result["entry"]["predictions"],
    }
    for name, expected in told.items():
        if traces.info[name] != expected:
            raise _differ(result, name, str(expected), str(traces.info[name]))
    wanted, held = (
        [record["id"] for record in document["episodes"]] for document in (result, traces.info)
    )
    if len(wanted) != len(held):
        raise _differ(result, "episodes", str(len(wanted)), str(len(held)))
    for place, (expected, came) in enumerate(zip(wanted, held, strict=True), 1):
        if came != expected:
            raise _differ(result, f"episode {place} of {len(held)}", expected, came)
    return traces


def _differ(result: Document, where: str, expected: str, came: str) -> ProblemsError:
    again = f"{expected}; {_hint(result)}"
    return ProblemsError([Problem("traces_differ", f"{result['traces']}: {where}", again, came)])


def _hint(result: Document) -> str:
    """How the traces of a result are made."""
    dataset, entry = result["dataset"]["name"], result["entry"]["name"]
    match result["status"]:
        case "pipeline":
            return f"score it again: twinbench score {dataset} {entry}"
        case "reference":
            return f"score it again: twinbench repeatability {dataset}"
        case _:
            return f"score it again: twinbench recompute {dataset} {entry}"

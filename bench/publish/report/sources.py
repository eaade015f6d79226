"""What a report is drawn from: a result, its traces and the truth, held against each other.

Stores are read episode by episode; nothing is kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, content_hash, open_episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.results import find_result
from bench.publish.report.data import EpisodeData, Joint, failure_time
from bench.scoring.traces import Traces, open_traces

ROWS = ("weights", "norm", "position", "orientation", "error")
"""Arrays of the traces that are drawn over their `time`."""


def load_result(workspace: Workspace, name: str) -> Document:
    """Find and read a result that a report can be made of (see `find_result`).

    Raises:
        UnknownNameError: no such file, dataset or entry.
        ProblemsError: it is no result of this form, or its traces were not kept.
    """
    try:
        _, result = find_result(workspace, name)
    except ProblemsError as error:
        if any(problem.code != "schema" for problem in error.problems):
            raise
        # An older scorer left out what a report shows; its author needs one line, not a hundred.
        came = f"{len(error.problems)} departures, such as {error.problems[0]}"
        expected = "a result of this version's form; score the entry again"
        raise ProblemsError([Problem("result_form", name, expected, came)]) from None
    if result["traces"] is None:
        expected = f"a result with traces; {_hint(result)}"
        raise ProblemsError([Problem("no_traces", name, expected, "none")])
    return result


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
            ProblemsError: the truth is not that of the lock, or the traces are of other rows.
        """
        record, info = self.result["episodes"][number], self._traces.info
        signals = self._measured(record["id"])
        time = self._traces.read("time", number)
        if not np.array_equal(time, signals["time"]):
            raise _differ(self.result, f"{record['id']}: time", "that of the truth", "another")
        rows = {name: _doubles(self._traces.read(name, number)) for name in ROWS}
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
    place = paths.part("holdout_truth")
    if not place.is_dir():
        expected = f"a store; make it with: dvc repro split@{paths.name}"
        raise ProblemsError([Problem("not_made", str(place), expected, "none")])
    return open_episodes(place, allowed=frozenset({"holdout_truth"}))


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
        "episodes": [record["id"] for record in result["episodes"]],
    }
    for name, expected in told.items():
        came = traces.info[name]
        if name == "episodes":
            came = [record["id"] for record in came]
        if came != expected:
            raise _differ(result, name, str(expected)[:200], str(came)[:200])
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

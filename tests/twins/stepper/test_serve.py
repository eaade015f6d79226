"""The loop of a stepper: answers in turn, refuses what it cannot do, and goes on."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.io.stepper import (
    MAX_LINE,
    Close,
    Correct,
    Fork,
    Reset,
    Rows,
    Step,
    request_line,
)
from bench.io.workspace import Workspace
from bench.twins.stepper.kinds import begin_of
from bench.twins.stepper.serve import Server, open_stepper
from bench.twins.twin import Parameter, Twin
from tests.support.workspace import DATASET

RESET = Reset(("a", "b"), ("rad", "rad"), 0.0, np.zeros(2), np.array([1.0, 2.0]), None)


def _echo(delay: float = 0.0) -> Server:
    twin = Twin("echo", "echo", "so101", (Parameter("delay", delay, "s", "assumed"),))
    return Server("mine", begin_of(twin, Path()))


def _answers(server: Server, *lines: bytes) -> list[dict]:
    sink = io.BytesIO()
    server.serve(io.BytesIO(b"".join(lines)), sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def _lines(*requests) -> list[bytes]:
    return [request_line(number, request) for number, request in enumerate(requests, 1)]


def test_an_echo_by_hand() -> None:
    """Delay 0.02; measured 0.5 above it: the rest is shifted by what the correction moved."""
    rows = Rows(np.array([0.02, 0.04]), np.array([[3.0, 4.0], [5.0, 6.0]]))
    later = Rows(np.array([0.06]), np.array([[7.0, 8.0]]))
    measured = np.array([[1.0, 2.0], [3.5, 4.5]])
    velocity = np.zeros((2, 2))
    hello, corrected, forked, ahead, main, closed = _answers(
        _echo(0.02),
        *_lines(
            RESET,
            Correct(rows, measured, np.array([1.0, 0.5]), velocity),
            Fork("f"),
            Step("f", later),
            Step("main", later),
            Close(),
        ),
    )
    assert hello == {"id": 1, "name": "mine", "corrects": ["harness", "own"]}
    assert np.allclose(corrected["before"], [[1, 2], [3, 4]])
    assert np.allclose(corrected["after"], [[1, 2], [3.25, 4.25]])
    assert forked == {"id": 3}
    assert np.allclose(ahead["q"], [[5.25, 6.25]])
    assert main["q"] == ahead["q"]
    assert closed == {"id": 6}


def test_what_it_cannot_do_is_refused_and_the_next_is_answered() -> None:
    step = Step("main", Rows(np.array([0.02]), np.zeros((1, 2))))
    early, broken, _, unknown, fine = _answers(
        _echo(),
        request_line(1, step),
        b"what?\n",
        request_line(3, RESET),
        request_line(4, Step("x", step.rows)),
        request_line(5, step),
    )
    assert early["error"].endswith("expected reset first, came step")
    assert broken == {
        "id": None,
        "error": "stepper_json: request: expected a line of JSON, came what?",
    }
    assert unknown["error"].endswith("expected one of the states main, came x")
    assert fine == {"id": 5, "q": [[0.0, 0.0]]}


def test_a_line_without_end_ends_it() -> None:
    with pytest.raises(ProblemsError, match="stepper_line"):
        _answers(_echo(), b"x" * (MAX_LINE + 10))


def test_a_twin_that_cannot_be_stepped_is_a_problem() -> None:
    with pytest.raises(ProblemsError) as raised:
        begin_of(Twin("t", "regression", "so101", ()), Path())
    assert str(raised.value) == (
        "no_stepper: twin t: expected one of the kinds echo, mujoco, sysid, calibrated, "
        "came regression"
    )


def test_it_opens_the_twin_alone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(
        "bench.twins.stepper.serve.read_twin",
        lambda path: opened.append(path.name) or Twin("echo", "echo", "so101", ()),
    )
    with pytest.raises(StopIteration):
        open_stepper(workspace, DATASET, "delayed-echo")
    assert opened == ["twin.json"]
    assert workspace.allowed("stepper").names == ("twin.json",)

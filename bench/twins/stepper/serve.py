"""Answering a harness: the loop of a stepper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

import numpy as np

from bench.io.problems import Problem, ProblemsError
from bench.io.stepper import (
    CORRECTIONS,
    MAIN,
    MAX_LINE,
    Close,
    Correct,
    Floats,
    Fork,
    Hello,
    Request,
    Reset,
    Step,
    answer_line,
    error_line,
    read_request,
)
from bench.io.workspace import Workspace
from bench.twins.reconstruct import read_twin
from bench.twins.stepper.kinds import begin_of
from bench.twins.stepper.state import Begin, State


def open_stepper(workspace: Workspace, dataset: str, entry: str) -> Begin:
    """What begins episodes of the twin that the pipeline made; of its data it opens nothing else.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the twin is missing, or of a kind that cannot be stepped.
    """
    paths = workspace.dataset(dataset)
    workspace.method(entry)
    may_read = workspace.allowed("stepper")
    twin = read_twin(may_read(paths.twin(entry) / "twin.json"))
    return begin_of(twin, workspace.robot_folder(twin.robot))


class Server:
    """The states of one episode, by name."""

    def __init__(self, name: str, begin: Begin) -> None:
        """Nothing has begun.

        Args:
            name: of the stepper, told to the harness.
            begin: begins an episode.
        """
        self._name, self._begin = name, begin
        self._states: dict[str, State] = {}
        self._joints: int | None = None

    def serve(self, source: BinaryIO, sink: BinaryIO) -> None:
        """Answer line by line, until `close` or the end of the input.

        A request that is none, or cannot be done, is refused, and the next one is read.

        Raises:
            ProblemsError: a line that is too long.
        """
        while line := source.readline(MAX_LINE + 1):
            if len(line) > MAX_LINE:
                expected = f"lines of at most {MAX_LINE} bytes"
                raise ProblemsError([Problem("stepper_line", "request", expected, "a longer one")])
            number, closed = None, False
            try:
                number, request = read_request(line, self._joints)
                closed = isinstance(request, Close)
                answer = answer_line(number, self._answer(request))
            except ProblemsError as error:
                answer = error_line(number, str(error))
            sink.write(answer)
            sink.flush()
            if closed:
                return

    def _answer(self, request: Request) -> Hello | Mapping[str, Floats]:
        match request:
            case Reset():
                self._states = {MAIN: self._begin(request)}
                self._joints = len(request.joints)
                return Hello(self._name, CORRECTIONS)
            case Step():
                return {"q": self._state(request.state).advance(request.rows)}
            case Correct():
                return _corrected(self._states[MAIN], request)
            case Fork():
                self._states[request.state] = self._states[MAIN].copy()
        return {}

    def _state(self, name: str) -> State:
        if name not in self._states:
            expected = f"one of the states {', '.join(self._states)}"
            raise ProblemsError([Problem("stepper_state", "request", expected, name)])
        return self._states[name]


def _corrected(state: State, request: Correct) -> Mapping[str, Floats]:
    before, after = np.empty_like(request.q), np.empty_like(request.q)
    for row, measured in enumerate(request.q):
        before[row] = state.advance(request.rows.part(slice(row, row + 1)))[0]
        if request.gain is None or request.dq is None:
            after[row] = state.observe(measured)
        else:
            after[row] = before[row] + request.gain[row] * (measured - before[row])
            state.move(after[row], request.dq[row])
    return {"before": before, "after": after}

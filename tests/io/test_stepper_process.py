"""A stepper as a process: what it does wrong is said, and nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.io.stepper import MAX_LINE, Correct, Hello, Reset, Rows
from bench.io.stepper_process import Limits, Stepper

LIMITS = Limits(20, 1, 1, 1, 1)
RESET = Reset(("a",), ("rad",), 0.0, np.zeros(1), np.ones(1), None)
ROW = Rows(np.array([0.02]), np.array([[0.5]]))

HEAD = """
import json, os, sys, time
def answer(request, **fields):
    print(json.dumps({"id": request["id"], **fields}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "reset":
        answer(request, name="faulty", corrects=["own"])
    elif request["op"] == "close":
        answer(request)
        break
    else:
"""
"""A stepper in plain Python; what it does when it is to step follows, indented by eight."""


def _script(tmp_path: Path, body: str) -> list[str]:
    place = tmp_path / "stepper.py"
    place.write_text(HEAD + "".join(f"        {line}\n" for line in body.splitlines()))
    return [sys.executable, str(place)]


def _gone(group: int) -> bool:
    """Whether no process of a group is alive."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


FAULTS = {
    "hangs": (
        "time.sleep(60)",
        "stepper_timeout: stepper mine: episode e: step, request 2: "
        "expected an answer, came none in 1 s",
    ),
    "hangs and talks": (
        "while True: print('still here', file=sys.stderr, flush=True); time.sleep(0.4)",
        "stepper_timeout: stepper mine: episode e: step, request 2: expected an answer, came none "
        "in 1 s; its standard error ends: still here | still here | still here",
    ),
    "answers bit by bit": (
        "while True: print('x', end='', flush=True); time.sleep(0.1)",
        "stepper_timeout: stepper mine: episode e: step, request 2: "
        "expected an answer, came none in 1 s",
    ),
    "crashes": (
        "sys.stderr.write('first\\nout of paper\\n'); sys.exit(3)",
        "stepper_ended: stepper mine: episode e: step, request 2: expected an answer, "
        "came its end with exit status 3; its standard error ends: first | out of paper",
    ),
    "is killed": (
        "os.kill(os.getpid(), 9)",
        "stepper_ended: stepper mine: episode e: step, request 2: "
        "expected an answer, came its end by SIGKILL",
    ),
    "closes its output": (
        "os.close(1); time.sleep(60)",
        "stepper_ended: stepper mine: episode e: step, request 2: "
        "expected an answer, came the end of its output",
    ),
    "answers another request": (
        "answer({'id': 1}, q=[[0.0]])",
        "stepper_turn: stepper mine: episode e: step, request 2: "
        "expected the answer with id 2, came id 1",
    ),
    "answers twice": (
        "line = json.dumps({'id': request['id'], 'q': [[0.0]]}) + '\\n'\n"
        "os.write(1, (line + line).encode())",
        "stepper_turn: stepper mine: episode e: step, request 2: "
        "expected one line, came more output",
    ),
    "answers too much": (
        f"os.write(1, b'x' * 1000); sys.stdout.write('x' * {MAX_LINE}); sys.stdout.flush()",
        "stepper_line: stepper mine: episode e: step, request 2: "
        f"expected lines of at most {MAX_LINE} bytes, came a longer one",
    ),
    "gives NaN": (
        "answer(request, q=[[float('nan')]])",
        "stepper_value: stepper mine: episode e: step, request 2: "
        "expected finite numbers, came NaN",
    ),
    "gives another joint": (
        "answer(request, q=[[0.0, 0.0]])",
        "stepper_shape: stepper mine: episode e: step, request 2: "
        "expected q of the shape 1 x 1, came 1 x 2",
    ),
    "prints": (
        "print('step'); answer(request, q=[[0.0]])",
        "stepper_json: stepper mine: episode e: step, request 2: "
        "expected a line of JSON, came step",
    ),
    "refuses": (
        "answer(request, error='cannot step')",
        "stepper_refused: stepper mine: episode e: step, request 2: "
        "expected an answer, came a refusal: cannot step",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_problem_and_ends_the_process(fault: str, tmp_path: Path) -> None:
    body, message = FAULTS[fault]
    with (
        pytest.raises(ProblemsError) as raised,
        Stepper(_script(tmp_path, body), LIMITS, "mine") as stepper,
    ):
        group = stepper.pid
        assert stepper.reset(RESET, "episode e") == Hello("faulty", ("own",))
        stepper.step("main", ROW)
        stepper.step("main", ROW)
    assert _gone(group)
    (problem,) = raised.value.problems
    assert str(problem) == message


def test_one_that_floods_its_error_output_is_ended_in_time(tmp_path: Path) -> None:
    begin = time.monotonic()
    command = _script(tmp_path, "while True: os.write(2, b'y' * 65536)")
    with (
        pytest.raises(ProblemsError, match="stepper_timeout"),
        Stepper(command, LIMITS, "mine") as stepper,
    ):
        stepper.reset(RESET, "episode e")
        stepper.step("main", ROW)
    assert time.monotonic() - begin < 15


def test_a_large_request_to_one_that_does_not_read_ends_in_time() -> None:
    rows = Rows(np.arange(8000.0), np.ones((8000, 1)))
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        pytest.raises(ProblemsError) as raised,
        Stepper(command, Limits(1, 1, 1, 1, 1), "mine") as stepper,
    ):
        stepper.correct(Correct(rows, rows.command))
    assert str(raised.value) == (
        "stepper_timeout: stepper mine: correct, request 1: expected an answer, came none in 1 s"
    )


def test_what_cannot_be_started_is_a_problem() -> None:
    with pytest.raises(ProblemsError) as raised, Stepper(["no-such-program"], LIMITS, "mine"):
        pass
    assert str(raised.value) == (
        "stepper_start: stepper mine: expected a program 'no-such-program', "
        "came No such file or directory"
    )
    with pytest.raises(ProblemsError, match="stepper_start"), Stepper([], LIMITS, "mine"):
        pass


CHILDREN = """
import subprocess
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
answer(request, q=[[0.25]])
"""


def test_the_whole_group_is_gone_at_the_end(tmp_path: Path) -> None:
    with Stepper(_script(tmp_path, CHILDREN), LIMITS, "mine") as stepper:
        stepper.reset(RESET, "episode e")
        assert stepper.step("main", ROW).tolist() == [[0.25]]
        group = stepper.pid
    assert _gone(group)


INTERRUPTED = """
import sys
import numpy as np
from bench.io.stepper import Reset, Rows
from bench.io.stepper_process import Limits, Stepper
with Stepper(sys.argv[1:], Limits(20, 60, 1, 1, 1), "mine") as stepper:
    stepper.reset(Reset(("a",), ("rad",), 0.0, np.zeros(1), np.ones(1), None), "e")
    print(stepper.pid, flush=True)
    stepper.step("main", Rows(np.array([0.02]), np.array([[0.5]])))
"""


def test_an_interrupt_leaves_no_process(tmp_path: Path) -> None:
    command = _script(tmp_path, "time.sleep(60)")
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        group = int(process.stdout.readline())
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors
    assert _gone(group)

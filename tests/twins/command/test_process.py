"""A program that is run once: its end, its limit, and that nothing of it is left."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bench.twins.command.process import LINES, run

CHILD = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
pathlib.Path("pid").write_text(str(child.pid))
"""


def _python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def _is_gone(pid: int) -> bool:
    for _ in range(100):
        if not _is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_status_and_last_lines_of_both_streams(tmp_path: Path) -> None:
    program = "import sys\nfor i in range(9): print(i, flush=True)\nsys.exit('end')"
    ended = run(_python(program), tmp_path, dict(os.environ), 60)
    assert ended.status == 1
    assert ended.said == ("5", "6", "7", "8", "end")
    assert len(ended.said) == LINES


def test_much_output_neither_blocks_nor_is_kept(tmp_path: Path) -> None:
    program = "import sys\nsys.stdout.write('x' * 10_000_000)\nprint('\\nend')"
    assert run(_python(program), tmp_path, dict(os.environ), 60).said[-1] == "end"


def test_it_runs_in_its_folder_with_its_variables_and_no_input(tmp_path: Path) -> None:
    program = "import os, sys; print(os.getcwd(), os.environ['A'], repr(sys.stdin.read()))"
    ended = run(_python(program), tmp_path, {"A": "b"}, 60)
    assert ended.said == (f"{tmp_path.resolve()} b ''",)


def test_no_shell_reads_the_words(tmp_path: Path) -> None:
    words = [*_python("import sys; print(sys.argv[1:])"), "$HOME", "a; touch b", "*"]
    assert run(words, tmp_path, {}, 60).said == ("['$HOME', 'a; touch b', '*']",)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("last", ["time.sleep(300)", "sys.exit(0)"])
def test_its_children_end_with_it(tmp_path: Path, last: str) -> None:
    """At the limit, and where the program ends and leaves a child behind."""
    ended = run(_python(CHILD + last), tmp_path, dict(os.environ), 6)
    assert ended.status == (None if "sleep" in last else 0)
    assert _is_gone(int((tmp_path / "pid").read_text()))


def test_an_interrupt_ends_it(tmp_path: Path) -> None:
    words = _python(
        f"import os, signal\n{CHILD}\nos.kill({os.getpid()}, signal.SIGINT)\ntime.sleep(300)"
    )
    with pytest.raises(KeyboardInterrupt):
        run(words, tmp_path, dict(os.environ), 60)
    assert _is_gone(int((tmp_path / "pid").read_text()))


def test_a_signal_is_a_negative_status(tmp_path: Path) -> None:
    program = f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})"
    assert run(_python(program), tmp_path, dict(os.environ), 60).status == -signal.SIGSEGV


def test_what_cannot_be_started_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run([str(tmp_path / "ghost")], tmp_path, {}, 60)

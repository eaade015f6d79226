"""Whole writes: the old state or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bench.io.atomic import INTERRUPTS, Transaction, interrupts_deferred, write_text


def test_a_failed_block_leaves_everything_as_it_was(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("old")
    with pytest.raises(RuntimeError), Transaction() as transaction:
        transaction.write_text(tmp_path / "a.txt", "new")
        (transaction.folder(tmp_path / "folder") / "x").write_text("new")
        transaction.remove(tmp_path / "a.txt")
        raise RuntimeError
    assert (tmp_path / "a.txt").read_text() == "old"
    assert (tmp_path / "folder" / "x").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "folder"]


def test_everything_appears_together(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    with Transaction() as transaction:
        transaction.write_text(tmp_path / "deep" / "a.txt", "new")
        (transaction.folder(tmp_path / "folder") / "x").write_text("new")
        transaction.remove(tmp_path / "gone")
        assert not (tmp_path / "deep" / "a.txt").exists()
        assert (tmp_path / "gone").exists()
    assert (tmp_path / "deep" / "a.txt").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "folder"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    for content in ("one", "two"):
        with Transaction() as transaction:
            (transaction.folder(tmp_path / "folder") / content).write_text(content)
    assert [p.name for p in (tmp_path / "folder").iterdir()] == ["two"]


def test_new_files_have_the_usual_permissions(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write_text(tmp_path / "a.txt", "x")
        assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(mask)


@pytest.mark.parametrize("number", INTERRUPTS)
def test_an_interrupt_waits_for_the_block(number: signal.Signals) -> None:
    done = []
    previous = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), interrupts_deferred():
            os.kill(os.getpid(), number)
            done.append("after the signal")
    finally:
        signal.signal(number, previous)
    assert done == ["after the signal"]


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from bench.io.atomic import Transaction
        with Transaction() as transaction:
            transaction.write_text(Path(sys.argv[1]), "new")
            print("written", flush=True)
            time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "a.txt")], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (tmp_path / "a.txt").read_text() == "old"

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks import measure
from benchmarks.measure import Ratio, Run, Times


def test_the_ways_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    now = itertools.count()
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(now)))
    ways = {name: lambda name=name: ran.append(name) for name in ("a", "b")}
    run = measure.in_turn(ways, 3, warm=False)
    assert ran == ["a", "b"] * 3
    assert {name: times.seconds for name, times in run.times.items()} == {
        "a": (1.0, 1.0, 1.0),
        "b": (1.0, 1.0, 1.0),
    }
    assert len(run.fixed.seconds) == 3


def test_a_short_way_is_timed_over_several_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])

    def way() -> None:
        clock[0] += measure.SHORTEST / 4
        ran.append(clock[0])

    ran: list[float] = []
    run = measure.in_turn({"short": way}, 2)
    assert len(ran) == 2 + 2 * 4
    assert run.times["short"].median == pytest.approx(measure.SHORTEST / 4)


def test_a_ratio_is_taken_within_each_round() -> None:
    run = Run({"slow": Times((10.0, 40.0, 6.0)), "fast": Times((1.0, 2.0, 3.0))}, Times((1.0,)))
    assert run.ratio("slow", "fast") == Ratio(10.0, 2.0, 20.0)


def test_the_exponent_of_a_power_is_found() -> None:
    sizes = [10, 100, 1000]
    assert measure.exponent(sizes, [3 * size**1.5 for size in sizes]) == pytest.approx(1.5)


def test_numbers_have_two_or_three_digits() -> None:
    values = [0, 0.01234, 1.26, 12.34, 1234.5]
    assert [measure.short(value) for value in values] == ["0", "0.012", "1.3", "12.3", "1234"]


def test_the_time_is_counted_for_the_module_that_spends_it() -> None:
    sizes = np.linspace(1.0, 2.0, 3_000_000)

    def way() -> None:
        measure.exponent(sizes, sizes)  # type: ignore[arg-type]

    found = measure.shares(way, "benchmarks")
    assert sum(found.values()) == pytest.approx(1)
    assert found["measure.py"] > 0.5


def test_tables_are_put_between_the_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n", encoding="utf-8")
    measure.publish("x", ["one", "", "two"], write=False, page=page)
    assert "old" in page.read_text(encoding="utf-8")
    measure.publish("x", ["one", "", "two"], write=True, page=page)
    written = "a\n<!-- x: begin -->\n\none\n\ntwo\n\n<!-- x: end -->\nb\n"
    assert page.read_text(encoding="utf-8") == written
    assert capsys.readouterr().out == "one\n\ntwo\n" * 2
    with pytest.raises(ValueError, match="no marks"):
        measure.publish("y", ["one"], write=True, page=page)


def test_the_page_has_the_marks_of_every_benchmark() -> None:
    text = measure.PAGE.read_text(encoding="utf-8")
    for path in Path(measure.__file__).parent.glob("*.py"):
        if 'publish("' in (source := path.read_text(encoding="utf-8")):
            name = source.partition('publish("')[2].partition('"')[0]
            assert text.count(f"<!-- {name}: begin -->") == 1, name
            assert text.count(f"<!-- {name}: end -->") == 1, name


@pytest.mark.skipif(sys.platform != "linux", reason="marks are read from /proc")
def test_the_high_water_mark_is_that_of_the_largest_moment(tmp_path: Path) -> None:
    from benchmarks.memory import peaks

    def peak(megabytes: int) -> float:
        take = f"b'x' * ({megabytes} * 2**20); import time; time.sleep(0.2)"
        return peaks([sys.executable, "-c", take], tmp_path)[0]

    assert 250 < peak(300) - peak(0) < 350
    with pytest.raises(RuntimeError, match="exit status 3"):
        peaks([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)

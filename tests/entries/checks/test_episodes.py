from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.entries.check import CheckInput, Contents
from bench.entries.checks.episodes import episode_problems, run
from tests.entries.toy import ROWS, SCORED, Holdout, commands, episodes_of

NAMES = st.lists(st.sampled_from("abcdef"), max_size=8)


@given(NAMES, NAMES.map(lambda names: sorted(set(names))))
def test_every_wanted_episode_once_and_no_other(came: list[str], wanted: list[str]) -> None:
    found = {(p.code, p.where, p.came) for p in episode_problems(came, wanted, str)}
    expected = {("missing_episode", name, "none") for name in wanted if name not in came}
    expected |= {("unknown_episode", name, "another") for name in came if name not in wanted}
    expected |= {
        ("duplicate_episode", name, f"{came.count(name)} times")
        for name in wanted
        if came.count(name) > 1
    }
    assert found == expected
    assert len(list(episode_problems(came, wanted, str))) == len(expected)


def test_places_are_those_of_the_store(holdout: Holdout) -> None:
    own = episodes_of({name: commands(3) for name in ("wave.run-a", "nod.run-a", "square.run-a")})
    held = CheckInput(Contents(info=own.info), holdout.inputs, holdout.lock, SCORED)
    assert [str(problem) for problem in run(held)] == [
        "missing_episode: trajectories.zarr: 'circle.run-a': expected its prediction, came none",
        "unknown_episode: trajectories.zarr: 'nod.run-a': "
        "expected an episode of the holdout's inputs, came another",
    ]


def test_any_order_passes_and_nothing_is_said_of_what_cannot_be_read(holdout: Holdout) -> None:
    turned = episodes_of({name: commands(3) for name in reversed(ROWS)})
    for contents in (Contents(info=turned.info), Contents()):
        assert list(run(CheckInput(contents, holdout.inputs, holdout.lock, SCORED))) == []

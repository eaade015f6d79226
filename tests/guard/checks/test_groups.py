from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.split import Parts, inputs_of
from bench.guard.checks.groups import run
from bench.io.store import Episodes
from tests.support.episodes import make_episodes

MOTIONS = ("a", "b", "c", "d", "e")
PARTS = ("calibration", "holdout_truth", "validation")


def regrouped(episodes: Episodes, groups: dict[str, str]) -> Episodes:
    infos = tuple(replace(e, group=groups[e.motion]) for e in episodes.info.episodes)
    return replace(episodes, info=replace(episodes.info, episodes=infos))


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(PARTS), min_size=5, max_size=5),
    st.lists(st.sampled_from("xyz"), min_size=5, max_size=5),
)
def test_exactly_the_groups_in_two_parts_are_found(places: list[str], groups: list[str]) -> None:
    whole = regrouped(make_episodes(MOTIONS, rows=3), dict(zip(MOTIONS, groups, strict=True)))
    place = dict(zip(MOTIONS, places, strict=True))
    taken = {
        part: whole.select(
            [i for i, e in enumerate(whole.info.episodes) if place[e.motion] == part], "all"
        )
        for part in PARTS
    }
    parts = Parts(holdout_inputs=inputs_of(taken["holdout_truth"]), **taken)
    looked_at, findings = run(parts)
    expected = []
    for group in sorted(set(groups)):
        torn = sorted({p for p, g in zip(places, groups, strict=True) if g == group})
        if len(torn) > 1:
            expected.append({"group": group, "parts": torn})
    assert looked_at == len(set(groups))
    assert [dict(finding.evidence) for finding in findings] == expected
    assert {(f.code, f.certainty) for f in findings} <= {("group_torn", "certain")}


def test_the_diagnostic_pool_sets_no_rule() -> None:
    whole = make_episodes(("a", "b", "c"), rows=3)
    groups = regrouped(whole, {"a": "x", "b": "y", "c": "x"})
    chosen = {
        part: groups.select([groups.index[f"{motion}.run-a"]], "all")
        for part, motion in (("calibration", "a"), ("validation", "b"), ("holdout_truth", "b"))
    }
    parts = Parts(holdout_inputs=inputs_of(chosen["holdout_truth"]), **chosen)
    pool = groups.select([groups.index["c.run-a"]], "diagnostic")
    assert run(replace(parts, diagnostic=pool)) == run(parts)

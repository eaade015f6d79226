"""The rules, in the order in which their labels stand in results: one line each."""

from __future__ import annotations

from collections.abc import Mapping

from bench.io.problems import UnknownNameError
from bench.scoring.labels import (
    divergence,
    event_extra,
    event_missed,
    event_order,
    event_shifted,
    friction_like,
    gain,
    grasp_missed,
    gravity_like,
    inertia_like,
    lag,
    noise,
    object_displaced,
    object_lost,
    offset,
    oscillation,
    overshoot,
    posture_related,
    saturation,
    speed_related,
    stall_false,
    stall_missed,
    unstable,
)
from bench.scoring.labels.label import Label, Rule
from bench.scoring.trace import EpisodeTrace

RULES: tuple[Rule, ...] = (
    offset.RULE,
    lag.RULE,
    friction_like.RULE,
    inertia_like.RULE,
    gravity_like.RULE,
    gain.RULE,
    speed_related.RULE,
    posture_related.RULE,
    stall_missed.RULE,
    stall_false.RULE,
    overshoot.RULE,
    oscillation.RULE,
    noise.RULE,
    divergence.RULE,
    saturation.RULE,
    unstable.RULE,
    event_missed.RULE,
    event_extra.RULE,
    event_shifted.RULE,
    event_order.RULE,
    grasp_missed.RULE,
    object_lost.RULE,
    object_displaced.RULE,
)


def thresholds(settings: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Every threshold as it is used, by rule and name: the defaults and what overrides them."""
    return {
        rule.name: {
            name: settings.get(rule.name, {}).get(name, threshold.default)
            for name, threshold in rule.thresholds.items()
        }
        for rule in RULES
    }


def labels_of(trace: EpisodeTrace, settings: Mapping[str, Mapping[str, object]]) -> list[Label]:
    """The labels of an episode by all rules.

    Args:
        trace: the episode.
        settings: thresholds that differ from their defaults, by rule and name.

    Raises:
        UnknownNameError: the settings name a rule or a threshold that does not exist.
        ProblemsError: a threshold is not a positive finite number.
    """
    known = [rule.name for rule in RULES]
    for name in settings:
        if name not in known:
            raise UnknownNameError("label", name, known)
    return [label for rule in RULES for label in rule.apply(trace, settings.get(rule.name, {}))]

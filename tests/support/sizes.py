"""Whether the number that a rule calls the size of its labels is what its threshold is held to."""

from __future__ import annotations

from bench.scoring.labels.label import Label, Rule
from bench.scoring.trace import EpisodeTrace

LOWER, NEAR = 50, 1e-6


def check_sizes(rule: Rule, trace: EpisodeTrace) -> int:
    """Every label of a low threshold is there just below its size, and gone just above it.

    Returns:
        How many labels there were.
    """
    assert rule.size is not None
    threshold, number = rule.size.threshold, rule.size.number
    defaults = {name: one.default for name, one in rule.thresholds.items()}

    def found(value: float) -> list[Label]:
        return rule.find(trace, {**defaults, threshold: value})

    labels = found(defaults[threshold] / LOWER)
    for label in labels:
        size = abs(label.numbers[number])
        below = [_same(label, other) for other in found(size * (1 - NEAR))]
        above = [_same(label, other) for other in found(size * (1 + NEAR))]
        assert any(below), label
        assert not any(above), label
    return len(labels)


def _same(label: Label, other: Label) -> bool:
    """The same body or event of the same joints."""
    told = [
        (each.arm, each.joints, each.numbers.get("body"), each.numbers.get("time"))
        for each in (label, other)
    ]
    return told[0] == told[1]

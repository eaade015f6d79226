"""Numbers of a result as the page prints them, in the units of the tables."""

from __future__ import annotations

from bench.io.documents import Document
from bench.leaderboard.tables import shown
from bench.publish.report import html
from bench.publish.report.html import Html
from bench.scoring.labels.registry import RULES
from bench.scoring.metrics.metric import Metric

NONE = "–"
LABEL_UNITS = {
    "rad": ("mrad", 1e3),
    "rad/s": ("mrad/s", 1e3),
    "m": ("mm", 1e3),
    "1": ("", 1.0),
    "as recorded": ("", 1.0),
}
"""Unit that a rule declares to the unit and factor that are shown."""
SHOWN_UNITS = {
    "rad": ("rad", 1.0, "mrad", 1e3),
    "m": ("mm", 1e3, "mm", 1e3),
    "fraction": ("%", 1e2, "%", 1e2),
}
"""Unit of a joint to unit and factor of its positions, and of its errors."""


def number(value: float | None, factor: float = 1.0) -> str:
    """A value times the factor, as the leaderboard prints it."""
    return NONE if value is None else shown(factor * value)


def interval(estimate: Document, factor: float = 1.0) -> str:
    """The ends of an estimate's interval."""
    if estimate["low"] is None or estimate["high"] is None:
        return NONE
    return f"{number(estimate['low'], factor)} to {number(estimate['high'], factor)}"


def with_interval(estimate: Document, factor: float = 1.0) -> Html:
    """A value, and below or beside it the ends of its interval."""
    value, ends = number(estimate["value"], factor), interval(estimate, factor)
    return html.safe(value) if ends == NONE else html.with_ends(value, ends)


def per_cent(part: float, whole: float) -> str:
    """A share of something; of nothing there is none."""
    return f"{100 * part / whole:.2f} %" if whole > 0 else NONE


def joint_units(unit: str) -> tuple[str, float, str, float]:
    """Unit and factor of a joint's positions, and of its errors, as they are shown."""
    return SHOWN_UNITS.get(unit, (unit, 1.0, unit, 1.0))


def with_unit(metric: Metric) -> str:
    """A metric's name with the unit that it is shown in."""
    return f"{metric.name} [{metric.shown_unit}]"


def label_number(rule_name: str, name: str, value: float) -> str:
    """A number of a label in the unit that its rule declares, angles and lengths as in tables."""
    told = next((rule.numbers.get(name, "") for rule in RULES if rule.name == rule_name), "")
    unit, _, _ = told.partition(",")
    unit, factor = LABEL_UNITS.get(unit, (unit, 1.0))
    return f"{number(value, factor)} {unit}".rstrip()

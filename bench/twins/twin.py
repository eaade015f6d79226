"""Records of a twin: its parameters, and how a fit came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.io.documents import Document
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.twins.expected import Expected

Progress = Callable[[int, int], None]
"""Told how many steps are done, and of how many."""


@dataclass(frozen=True)
class Parameter:
    """One number of a twin.

    Attributes:
        name: `<joint>.<quantity>`, or `<quantity>` for the whole robot.
        value: in `unit`.
        unit: SI unit, rad, or `1`.
        determined: `fitted` if the data fixed it, else why it has this value (for example
            `published`, `assumed`).
        source: where a value that was not fitted comes from; empty if it was fitted.
        standard_error: in `unit`, None if it was not estimated.
        bounds: lower and upper bound of the search, None if there was none.
        interval: 95 % interval in `unit`, None if it was not estimated.
        prior: value in `unit` that the fit was drawn towards, None if there was none.
        prior_source: where the prior comes from; empty if there was none.
    """

    name: str
    value: float
    unit: str
    determined: str
    source: str = ""
    standard_error: float | None = None
    bounds: tuple[float, float] | None = None
    interval: tuple[float, float] | None = None
    prior: float | None = None
    prior_source: str = ""


@dataclass(frozen=True)
class ResidualRange:
    """What is left uncertain of one parameter: where a repeated execution draws it from.

    Attributes:
        parameter: its name.
        low, high: in the parameter's unit. Of a normal distribution the quantiles at 2.5 and
            97.5 %.
        distribution: `uniform` or `normal`.
        derived_from: what the range was derived from.
    """

    parameter: str
    low: float
    high: float
    distribution: str
    derived_from: str


@dataclass(frozen=True)
class Twin:
    """A predictor of the robot: `kind` says what computes, `parameters` and `settings` with what.

    Attributes:
        name: the entry's name.
        kind: a name in `bench.twins.kinds`.
        robot: name of the robot.
        parameters: its numbers.
        settings: choices that are no numbers of the robot (window lengths, time steps, model).
        residual_ranges: what is left uncertain; empty where it was not estimated.
    """

    name: str
    kind: str
    robot: str
    parameters: tuple[Parameter, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    residual_ranges: tuple[ResidualRange, ...] = ()

    def value(self, name: str) -> float:
        """The value of one parameter."""
        return next(p.value for p in self.parameters if p.name == name)

    @property
    def joints(self) -> frozenset[str]:
        """The joints that it has parameters of."""
        return frozenset(p.name.rpartition(".")[0] for p in self.parameters if "." in p.name)


@dataclass(frozen=True)
class Fit:
    """What a fit gives back.

    Attributes:
        parameters: the twin's numbers.
        settings: the twin's choices.
        evaluations: how often validation data were looked at.
        residual_ranges: what is left uncertain; empty where it was not estimated.
        figures: what else the method says of its fit, for the provenance record.
    """

    parameters: tuple[Parameter, ...]
    settings: Mapping[str, Any]
    evaluations: int = 0
    residual_ranges: tuple[ResidualRange, ...] = ()
    figures: Document = field(default_factory=dict)


@dataclass(frozen=True)
class Material:
    """What a fit may see.

    Attributes:
        calibration: episodes to fit on.
        validation: episodes to choose on.
        robot: the robot.
        robot_folder: folder with `robot.json` and the model that it names.
        settings: the method's settings from `params.yaml`.
        seed: of every random draw.
    """

    calibration: Episodes
    validation: Episodes
    robot: Robot
    robot_folder: Path
    settings: Mapping[str, Any]
    seed: int


Fitter = Callable[[Material, Progress], Fit]
Roller = Callable[[Twin, Episodes, Robot, Path, Progress], Episodes]


@dataclass(frozen=True)
class Kind:
    """A kind of twin.

    Attributes:
        name: as in `twin.json`.
        meaning: one line.
        fit: makes parameters from calibration and validation.
        rollout: predicts every episode of the holdout inputs (signals `time`, `q_command`,
            `q_start`): a set of the split `entry` with `time` (T,), `q` (T, J), and `failed_at`
            (E,) s, infinite where nothing broke.
        settings: JSON Schema of its settings in `params.yaml`.
        assets: files of the robot's folder that it reads beside `robot.json`, for the provenance
            record.
        simulates: whether it reads the robot's model, too.
        expects: which parameters a twin must and may have; None where `rollout` itself refuses
            others.
        twin_settings: JSON Schema of the settings in `twin.json`.
    """

    name: str
    meaning: str
    fit: Fitter
    rollout: Roller
    settings: Document
    assets: tuple[str, ...] = ()
    simulates: bool = False
    expects: Callable[[Twin, Robot], Expected] | None = None
    twin_settings: Document = field(default_factory=lambda: {"type": "object"})


def parameters_document(parameters: tuple[Parameter, ...]) -> list[Document]:
    """The parameters as they stand in `twin.json` and `provenance.json`."""
    return [
        {
            "name": p.name,
            "value": p.value,
            "unit": p.unit,
            "determined": p.determined,
            "source": p.source,
            "standard_error": p.standard_error,
            "interval": None if p.interval is None else list(p.interval),
            "bounds": None if p.bounds is None else list(p.bounds),
            "prior": p.prior,
            "prior_source": p.prior_source,
        }
        for p in parameters
    ]


def twin_of(document: Document) -> Twin:
    """The twin of a `twin.json` that was checked against its schema."""
    return Twin(
        document["name"],
        document["kind"],
        document["robot"],
        tuple(map(_parameter, document["parameters"])),
        document["settings"],
        tuple(ResidualRange(**each) for each in document["residual_ranges"]),
    )


def _parameter(record: Document) -> Parameter:
    pairs = {key: tuple(value) for key, value in record.items() if isinstance(value, list)}
    fields: Document = {**record, **pairs}
    return Parameter(**fields)

"""A small bimanual robot, its recordings and predictions of them, made from nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.kinematics.robot import Arm, Joint, Limits, Robot, Transform
from bench.scoring.alignment import traces
from bench.scoring.events import EventRule
from bench.scoring.metrics.metric import Missing
from bench.scoring.metrics.registry import METRICS
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared


@dataclass(frozen=True)
class Scene:
    """What the scorer compares: robot, reference, entry, declarations."""

    robot: Robot
    reference: Episodes
    entry: Episodes
    declared: Declared

    def traces(self) -> list[EpisodeTrace]:
        """The scored episodes."""
        return list(traces(self.entry, self.reference, self.robot, self.declared))

    def values(self) -> dict[str, float | None]:
        """Every metric's mean over the episodes that have it."""
        found: dict[str, float | None] = {}
        each = self.traces()
        for metric in METRICS:
            values = [metric.compute(trace) for trace in each]
            numbers = [v for v in values if not isinstance(v, Missing)]
            found[metric.name] = float(np.mean(numbers)) if numbers else None
        return found


def joint(name: str, kind: str = "revolute", **fields) -> Joint:
    """A joint a little away from the one before, its axis askew."""
    unit = {"prismatic": "m"}.get(kind, "rad")
    number = sum(map(ord, name))
    axis = np.array([0.3, 0.2 + 0.1 * (number % 5), 1.0])
    made = {
        "name": name,
        "type": kind,
        "parent": "base",
        "child": name,
        "origin": Transform((0.05, 0.01 * (number % 7), 0.1)),
        "axis": tuple(axis / np.linalg.norm(axis)),
        "limits": Limits(None, None, 9.0, 9.0) if kind == "continuous" else Limits(-3, 3, 9, 9),
        "unit": unit,
        "range": {"continuous": 2 * np.pi, "prismatic": 0.4}.get(kind, 3.0 + 0.1 * (number % 3)),
        "weight": 0.2,
        "scored": True,
        "mimic": None,
        "encoder_step": None,
        **fields,
    }
    return Joint(**made)


def arm(name: str, mount: Transform, *, slide: bool) -> Arm:
    """Three turning joints and perhaps a sliding one, and a gripper that is scored."""
    third = joint(f"{name}_c", "continuous")
    chain = [joint(f"{name}_a"), joint(f"{name}_b"), third]
    chain.append(joint(f"{name}_d", "prismatic" if slide else "revolute"))
    gripper = joint(f"{name}_grip", unit="fraction", range=1.0)
    tool = Transform((0.1, 0.0, 0.05))
    return Arm(name, mount, tuple(chain), tool, "tool", (gripper,), ("a fraction",))


def robot() -> Robot:
    """Two arms."""
    left = arm("left", Transform((0.0, 0.3, 0.2)), slide=True)
    right = arm("right", Transform((0.0, -0.3, 0.2), (0.8, 0.0, 0.6, 0.0)), slide=False)
    return Robot("pair", (left, right))


def scene(*, executions: int = 24, episodes: int = 3, seed: int = 3) -> Scene:
    """Smooth motions of 20 s and predictions that are late, off and spread."""
    rng = np.random.default_rng(seed)
    made = robot()
    names = made.joint_names
    infos, parts = [], []
    for number in range(episodes):
        time = np.arange(0, 20 + number, 0.02)
        size = np.array([0.02 if name.endswith("_d") else 0.5 for name in names])
        speed, phase = rng.uniform(0.8, 1.6, len(names)), rng.uniform(0, 6, len(names))
        wave = lambda t, s=size, v=speed, f=phase: 0.5 + s * np.sin(t[:, None] * v + f)  # noqa: E731
        drift = 0.02 * rng.normal(1, 0.3, len(names)) * time[:, None] / 20
        wander = 0.01 * np.sin(time[:, None, None] * rng.uniform(1, 3, (executions, len(names))))
        samples = wave(time - 0.08)[:, None, :] + drift[:, None, :] + wander
        masked = (time > 5) & (time < 6)
        parts.append(
            {
                "time": time,
                "q": wave(time),
                "q_command": wave(time + 0.05),
                "q_command_valid": ~masked,
                "samples": samples,
                "prediction": samples.mean(axis=1),
                "action": wave(time + 0.02),
            }
        )
        infos.append(EpisodeInfo(f"m{number}.run", f"g{number}", f"m{number}", "run", "reference"))
    start = np.concatenate([[0], np.cumsum([len(p["time"]) for p in parts])]).astype(np.int64)
    rows = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    units = made.units
    info = StoreInfo("toy", "pair", "recorded", "holdout_truth", names, units, {}, tuple(infos))
    measured = {name: rows[name] for name in ("time", "q", "q_command", "q_command_valid")}
    predicted = {
        "time": rows["time"],
        "q": rows["prediction"],
        "samples": rows["samples"],
        "q_command": rows["action"],
    }
    rule = EventRule("closes", "left_grip", "falling", 0.5, 0.1, 0.5)
    noise = dict.fromkeys(names, 0.0001)
    return Scene(
        made,
        Episodes(info, start, measured),
        Episodes(replace(info, split="entry"), start, predicted),
        Declared((rule,), noise, 1),
    )


def with_signals(episodes: Episodes, change) -> Episodes:
    """The episodes with each joint signal replaced by what `change` makes of its values."""
    signals = {
        name: change(values) if values.ndim > 1 else values
        for name, values in episodes.signals.items()
    }
    return replace(episodes, signals=signals)

"""How a joint with a position servo follows its commands, in closed form.

With q the position and x(t) = c(t − d) the delayed command, straight between command rows:

    q'' = w² (x − q + i ∫(x − q) dt) + 2 z w (f x' − q') − w² g sat(x' / 0.01 rad/s)

where sat cuts to ±1 and i = s · 2 z w, so that the loop is stable for s < 1. The equation is
linear and its input straight in pieces, so its solution is known: three exponentials that are
started anew at every command row. No grid is laid, whatever the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.store import Episodes

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

UNITS = {
    "frequency": "rad/s",
    "damping": "1",
    "integral": "1",
    "feed_forward": "1",
    "delay": "s",
    "friction": "rad",
}
"""The numbers of a servo (w, z, s, f, d, g) with their units, in the order of every array."""
SLOW = 0.01
"""Speed of the command, rad/s, below which the friction fades."""


@dataclass(frozen=True)
class Track:
    """One joint's commands in several episodes, end to end, and how each episode begins.

    The commands stand at nodes: a node for every row, and one ahead of every episode, where the
    delayed command of row 0 begins to hold.

    Attributes:
        first: (T,) row 0 of each row's episode.
        row: (T,) node of each row.
        ahead: (E,) node ahead of each episode.
        clock: (T,) s; an episode begins 1 s after the end of the one before.
        command: (T + E,) rad at the nodes.
        position: (E,) rad at row 0.
        speed: (E,) rad/s at row 0.
    """

    first: Places
    row: Places
    ahead: Places
    clock: Floats
    command: Floats
    position: Floats
    speed: Floats


def track(inputs: Episodes, joint: int) -> Track:
    """One column of the inputs `time`, `q_command`, `q_start`, `dq_start` (0 where missing)."""
    start, time = inputs.start[:-1], inputs.signals["time"]
    number = np.repeat(np.arange(len(start)), np.diff(inputs.start))
    first = start[number]
    begin = np.concatenate([[0.0], np.cumsum(time[inputs.start[1:] - 1] - time[start] + 1)])
    row, ahead = np.arange(len(time)) + number + 1, start + np.arange(len(start))
    command = np.empty(len(row) + len(ahead))
    command[row] = inputs.signals["q_command"][:, joint]
    command[ahead] = command[ahead + 1]
    position = inputs.signals["q_start"]
    speed = inputs.signals.get("dq_start", np.zeros_like(position))
    clock = time - time[first] + begin[number]
    return Track(first, row, ahead, clock, command, position[:, joint], speed[:, joint])


def respond(one: Track, servo: Floats) -> Floats:
    """Positions (T,) in rad of a joint with this servo, (6,) in the order of `UNITS`.

    The error y = q − x obeys y''' + 2 z w y'' + w² y' + w² i y = −x''' − 2 z w (1 − f) x'' −
    w² g sat'. At a root r of the left side's polynomial, P being its derivative there, a bend of x
    by b with a step of sat by a adds −((r + 2 z w (1 − f)) b + w² g a) / P · exp(r t) to y. The
    first command is held before row 0, and the integral begins at 0.
    """
    frequency, damping, share, forward, delay, friction = servo.tolist()
    step, slope = _pieces(one, delay)
    node, since = _delayed(one, delay)
    drag, modes = _modes(frequency, damping, share)
    bend, jolt = np.diff(slope), np.diff(np.clip(slope / SLOW, -1, 1))
    off = one.position - one.command[one.ahead]
    position = one.command[node] + slope[node] * since
    for root, derivative in modes:
        mode = np.empty(len(step), type(root))
        mode[1:] = -((root + drag * (1 - forward)) * bend + frequency**2 * friction * jolt)
        mode[one.ahead] = root * ((root + drag) * off + one.speed)
        growth = np.exp(root * step)
        growth[one.ahead] = 0
        _accumulate(mode, growth)
        part = mode[node] * np.exp(root * since) / derivative
        # The upper root of a conjugate pair stands for both.
        position += 2 * part.real if isinstance(root, complex) else part
    return position


def _pieces(one: Track, delay: float) -> tuple[Floats, Floats]:
    """At each node: time since the one before, and slope of the command after it.

    No time passes from one episode to the node ahead of the next.
    """
    step, slope = np.zeros(len(one.command)), np.zeros(len(one.command))
    step[one.row[1:]] = np.diff(one.clock)
    step[one.ahead + 1] = delay
    np.divide(np.diff(one.command), step[1:], out=slope[:-1], where=step[1:] > 0)
    return step, slope


def _delayed(one: Track, delay: float) -> tuple[Places, Floats]:
    """Of each row, the last node at or before its time less the delay, and the time since."""
    before = np.searchsorted(one.clock, one.clock - delay, side="right") - 1
    early = before < one.first
    node = np.where(early, one.row[one.first] - 1, one.row[before])
    start = np.where(early, one.clock[one.first], one.clock[before] + delay)
    return node, one.clock - start


def _modes(frequency: float, damping: float, share: float) -> tuple[float, list[tuple[Any, Any]]]:
    """2 z w, and the roots of r³ + 2 z w r² + w² r + w² i with the derivative at each.

    Real roots come as float, of a conjugate pair the upper one as complex. Where roots all but
    coincide the damping is raised by 1e-9 of itself, which parts them.
    """
    for raised in (damping, damping * (1 + 1e-9)):
        drag = 2 * raised * frequency
        roots = np.roots([1.0, drag, frequency**2, frequency**2 * share * drag])
        apart = roots[:, None] - roots + np.eye(3)
        if np.abs(apart).min() > 1e-5 * frequency:
            break
    pairs = zip(roots.tolist(), apart.prod(axis=1).tolist(), strict=True)
    upper = [(complex(r), complex(p)) for r, p in pairs if complex(r).imag >= 0]
    return drag, [(r, p) if r.imag > 0 else (r.real, p.real) for r, p in upper]


def _accumulate(values: NDArray[Any], growth: NDArray[Any]) -> None:
    """Solve v_k ← v_k + growth_k v_{k−1} in place, by doubling the distance; spoils `growth`."""
    reach = 1
    while reach < len(values) and np.abs(growth).max() > 1e-20:
        values[reach:] += growth[reach:] * values[:-reach]
        growth[reach:] *= growth[:-reach]
        reach *= 2

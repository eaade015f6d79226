"""What a fit is held against: the measured rows of some recordings, simulated again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.formulas.weighting import time_weights
from bench.io.store import Episodes
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.integrate import Response
from bench.twins.simulation.parallel import run_all
from bench.twins.simulation.physics import Values, physics_from

Floats = NDArray[np.float64]

BROKEN = 1.0
"""rad; how far off a simulation counts from when it broke."""


@dataclass(frozen=True)
class Form:
    """What is simulated, but for its parameters.

    Attributes:
        links: path of the robot's model.
        settings: of the twin: step, scene.
    """

    links: Path
    settings: Mapping[str, object]


@dataclass(frozen=True)
class Runs:
    """Recordings to fit.

    Attributes:
        episodes: with `time`, `q_command`, `q`; masked commands held.
        columns: of the fitted joints.
        form: what is simulated.
    """

    episodes: Episodes
    columns: tuple[int, ...]
    form: Form

    @property
    def joints(self) -> tuple[str, ...]:
        """The fitted joints."""
        return tuple(self.episodes.info.joints[c] for c in self.columns)

    @property
    def motions(self) -> tuple[str, ...]:
        """The motion of every episode."""
        return tuple(episode.motion for episode in self.episodes.info.episodes)

    def beginnings(self, seconds: float) -> Runs:
        """The same runs as far as so many seconds."""
        start, kept = [0], []
        for number in range(len(self.episodes)):
            time = self.episodes.signal("time", number)
            rows = int(np.searchsorted(time - time[0], seconds, side="right"))
            first = int(self.episodes.start[number])
            kept.append(np.arange(first, first + rows))
            start.append(start[-1] + rows)
        rows_kept = np.concatenate(kept)
        signals = {
            name: self.episodes.signals[name][rows_kept]
            for name in ("time", "q", "q_command", "q_command_valid")
            if name in self.episodes.signals
        }
        units = {name: self.episodes.info.signals[name] for name in signals}
        info = replace(self.episodes.info, signals=units)
        return replace(self, episodes=Episodes(info, np.array(start, dtype=np.int64), signals))

    def weights(self, episode: int) -> Floats:
        """(N,) time weights of the rows that are scored: not row 0, not masked ones."""
        time = self.episodes.signal("time", episode)
        counted = np.arange(len(time)) > 0
        if "q_command_valid" in self.episodes.signals:
            counted &= self.episodes.signal("q_command_valid", episode)
        return time_weights(time, counted)

    def errors(self, values: Values) -> list[Floats]:
        """Simulated minus measured positions of the fitted joints, (N, J) for every episode.

        Args:
            values: every parameter of the twin by name.
        """
        return [self._error(e, r) for e, r in enumerate(self._simulated(values))]

    def error_of(self, episode: int, values: Values) -> Floats:
        """The same of one episode."""
        return self._error(episode, self._simulated(values, [episode])[0])

    def _simulated(self, values: Values, which: list[int] | None = None) -> list[Response]:
        info = self.episodes.info
        physics = physics_from(values, self.form.settings, info.joints, "the fit")
        arm = assemble(self.form.links, physics, info.units)
        chosen = list(range(len(self.episodes))) if which is None else which
        # The longest first, so that no core waits for it at the end.
        order = sorted(chosen, key=lambda e: -len(self.episodes.signal("time", e)))

        def one(place: int) -> Response:
            time, command, q = (
                self.episodes.signal(name, order[place]) for name in ("time", "q_command", "q")
            )
            return arm.respond(time, command, q[0])

        found = dict(zip(order, run_all(one, len(order), _silent), strict=True))
        return [found[episode] for episode in chosen]

    def _error(self, episode: int, response: Response) -> Floats:
        columns = list(self.columns)
        measured = self.episodes.signal("q", episode)[:, columns]
        error: Floats = response.position[:, columns] - measured
        if np.isfinite(response.failed_at):
            error[self.episodes.signal("time", episode) >= response.failed_at] = BROKEN
        return error


def _silent(_done: int, _total: int) -> None:
    pass

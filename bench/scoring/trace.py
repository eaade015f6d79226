"""One scored episode of one entry: everything that metrics and label rules look at."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.formulas import samples as executions
from bench.formulas.joint_regression import Explained, explain
from bench.formulas.lag import Motion, Shift, best_shifts, moving_joints
from bench.formulas.over_time import Clock
from bench.formulas.quantiles import weighted_quantiles
from bench.formulas.weighting import root_mean_square, weighted_mean
from bench.kinematics.gravity import gravity_torques
from bench.kinematics.robot import Arm
from bench.scoring.bodies import Bodies
from bench.scoring.events import EventMatch, find_events
from bench.scoring.speeds import Speeds
from bench.scoring.summary import Rows, Scales, Summary, summaries
from bench.scoring.trace_records import Declared, Others, Turned

MOST_LEFT = 0.5
"""Share of a joint's centred squared error that a shift in time may leave to count as its cause."""

LEAST_EXPLAINED = 0.005
"""rad: a joint whose error varies less is not explained; every rule asks for more."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class EpisodeTrace:
    """An entry's prediction against the reference, at the reference's N times.

    J scored revolute joints of all arms in the robot's order, A arms, K others.

    Attributes:
        id: the episode.
        group: its group.
        run: which execution was predicted; the reference's own unless a repeat is scored.
        time: (N,) s, the reference's clock.
        weights: (N,) s, time weights; 0 where a row is not scored.
        masked: (N,) rows that the reference masks.
        arms: names of the A arms.
        joints: names of the J joints.
        arm_of: name of each joint's arm.
        joint_weights: (J,) weight of each joint; with those of `others` 1 over an arm.
        ranges: (J,) normalising range Δ of each joint, rad.
        limits: (J, 2) lower and upper position limit, rad; infinite where there is none.
        reference: (N, J) measured positions, rad.
        predicted: (N, J) predicted positions, rad; the mean where executions are repeated.
        command: (N, J) commands in force, rad.
        error: (N, J) predicted minus measured, rad, of continuous joints within (−π, π].
        others: grippers and prismatic joints that the entry predicts.
        position_error: (N, A) distance of the tool, m.
        orientation_error: (N, A) angle of the tool, rad.
        samples: (N, M, J) predicted positions of M executions, each within half a turn of the
            measured one where the joint is continuous; None where the entry has one execution.
        action_error: (N, J) predicted minus recorded commands; None where none are predicted.
        current: (N, J) measured magnitude, in the recording's unit; None where not recorded.
        failed_at: when the simulator broke, s; None where it did not.
        declared: what the dataset declares.
        models: the arms as the robot has them, for gravity; none where they are not known.
        bodies: what lies about and is moved; None where it was not recorded or not predicted.
    """

    id: str
    group: str
    run: str
    time: Floats
    weights: Floats
    masked: Flags
    arms: tuple[str, ...]
    joints: tuple[str, ...]
    arm_of: tuple[str, ...]
    joint_weights: Floats
    ranges: Floats
    limits: Floats
    reference: Floats
    predicted: Floats
    command: Floats
    error: Floats
    others: Others
    position_error: Floats
    orientation_error: Floats
    samples: Floats | None
    action_error: Floats | None
    current: Floats | None
    failed_at: float | None
    declared: Declared
    models: tuple[Arm, ...] = ()
    bodies: Bodies | None = None

    @functools.cached_property
    def scored(self) -> Flags:
        """(N,) rows that count."""
        return self.weights > 0

    @functools.cached_property
    def scored_rows(self) -> NDArray[np.intp]:
        """The rows that count, by number."""
        return np.flatnonzero(self.scored)

    @functools.cached_property
    def is_scored(self) -> bool:
        """Whether any row counts."""
        return len(self.scored_rows) > 0

    @functools.cached_property
    def endless(self) -> Flags:
        """(J,) joints without limits: the continuous ones."""
        return np.array([not np.isfinite(pair).any() for pair in self.limits], dtype=np.bool_)

    @functools.cached_property
    def followed_error(self) -> Floats:
        """(N, J) rad, `error` without jumps at half a turn, its mean within (−π, π].

        Of an error that grows past half a turn the mean, the spread and the shift in time need a
        signal that goes on; the root mean square takes the shorter way round, `error`.
        """
        if not self.endless.any():
            return self.error
        followed = np.where(self.endless, np.unwrap(self.error, axis=0), self.error)
        turns = np.ceil(weighted_mean(followed, self.weights) / (2 * np.pi) - 0.5)
        return np.where(self.endless, followed - 2 * np.pi * turns, followed)

    @functools.cached_property
    def mean_error(self) -> Floats:
        """(J,) weighted mean of each joint's error."""
        return weighted_mean(self.followed_error, self.weights)

    @functools.cached_property
    def joint_rms(self) -> Floats:
        """(J,) root mean square error of each joint."""
        return root_mean_square(self.error, self.weights)

    @functools.cached_property
    def followed_rms(self) -> Floats:
        """(J,) the same of `followed_error`, whose mean is `mean_error`."""
        if not self.endless.any():
            return self.joint_rms
        return root_mean_square(self.followed_error, self.weights)

    @functools.cached_property
    def scales(self) -> Scales:
        """Of the angles, then of the others."""
        others = self.others
        return Scales(
            self.arms,
            (*self.arm_of, *others.arm_of),
            np.concatenate([self.ranges, others.ranges]),
            np.concatenate([self.joint_weights, others.weights]),
        )

    @functools.cached_property
    def summary(self) -> Summary:
        """The errors in a few numbers."""
        rows = Rows(
            Clock(self.time, self.weights, np.zeros(1, dtype=np.int64)),
            np.concatenate([self.error.T, self.others.error.T]),
            self.position_error.T,
            self.orientation_error.T,
        )
        return next(summaries(rows, self.scales))

    def knowing(self, scales: Scales, summary: Summary) -> EpisodeTrace:
        """This trace, whose scales and summary were computed together with others'."""
        vars(self).update(scales=scales, summary=summary)
        return self

    @property
    def norms(self) -> Floats:
        """(A + 1, N) normalised error of each arm, then of all (`Scales.norms`)."""
        return self.summary.norms

    @property
    def scoring_arms(self) -> frozenset[str]:
        """The arms that have a scored joint."""
        return self.scales.scoring_arms

    @property
    def norm(self) -> Floats:
        """(N,) normalised error over all arms."""
        norm: Floats = self.norms[-1]
        return norm

    @functools.cached_property
    def other_rms(self) -> Floats:
        """(K,) root mean square error of each gripper and prismatic joint."""
        return root_mean_square(self.others.error, self.weights)

    @functools.cached_property
    def norm_quantiles(self) -> tuple[float, float]:
        """Median and 95th percentile of `norm` over time."""
        median, high = weighted_quantiles(self.norm, self.weights, (0.5, 0.95))
        return float(median), float(high)

    @property
    def executions(self) -> Floats:
        """(N, M, J) positions of every execution, near the measured ones; M = 1 without samples."""
        if self.samples is not None:
            return self.samples
        return (self.reference + self.error)[:, None, :]

    @functools.cached_property
    def measured_executions(self) -> Floats:
        """(N, M, J) `executions` as they would be measured: with the declared noise."""
        spread = np.empty_like(self.executions)
        for column, name in enumerate(self.joints):
            # Draws of its own for each joint, so that their order does not matter.
            own = self.executions[..., [column]]
            noise = np.array([self.declared.noise.get(name, 0.0)])
            spread[..., [column]] = executions.with_noise(own, noise, self.seed_of(name))
        return spread

    @functools.cached_property
    def band(self) -> tuple[Floats, Floats] | None:
        """The 5 % and the 95 % quantile (N, J) of `measured_executions`.

        None where there are too few executions for it.
        """
        if self.executions.shape[1] < executions.FEWEST_FOR_BAND:
            return None
        return executions.band(self.measured_executions)

    def seed_of(self, what: str) -> int:
        """Seed of draws: of the declared one, the episode and what is drawn, whatever its place."""
        text = f"{self.declared.seed} {self.id} {what}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")

    @functools.cached_property
    def events(self) -> tuple[EventMatch, ...]:
        """The declared events, found in reference and entry and matched."""
        return find_events(self.declared.events, self.time, self.scored, self.positions)

    def positions(self, joint: str) -> tuple[Floats, Floats] | None:
        """A joint's measured and predicted positions (N,) each; None where it is not compared."""
        if joint in self.joints:
            column = self.joints.index(joint)
            return self.turned.reference[:, column], self.turned.predicted[:, column]
        if joint in self.others.names:
            column = self.others.names.index(joint)
            return self.others.reference[:, column], self.others.predicted[:, column]
        return None

    @functools.cached_property
    def turned(self) -> Turned:
        """The positions, where a joint without limits is followed from turn to turn."""
        endless = self.endless
        if not endless.any():
            return Turned(self.reference, self.predicted, self.command)
        reference = np.where(endless, np.unwrap(self.reference, axis=0), self.reference)
        ahead = self.command - reference
        ahead = ahead - 2 * np.pi * np.round(ahead / (2 * np.pi))
        command = np.where(endless, reference + ahead, self.command)
        error = self.followed_error if self.is_scored else self.error
        return Turned(reference, reference + error, command)

    @functools.cached_property
    def speeds(self) -> Mapping[str, Speeds]:
        """Speeds of `reference` and `predicted`."""
        turned = self.turned
        return {
            "reference": Speeds(self.time, turned.reference),
            "predicted": Speeds(self.time, turned.predicted),
        }

    def going(self, speeds: Mapping[str, Speeds]) -> EpisodeTrace:
        """This trace, of whose speeds some are known by another."""
        vars(self).update(speeds=speeds)
        return self

    @functools.cached_property
    def moving(self) -> Flags:
        """(J,) joints that the reference moves."""
        return moving_joints(self.turned.reference, self.weights)

    @functools.cached_property
    def columns_of(self) -> Mapping[str, list[int]]:
        """The columns of each arm's joints, by arm, in the order of the columns."""
        columns: dict[str, list[int]] = {}
        for column, arm in enumerate(self.arm_of):
            columns.setdefault(arm, []).append(column)
        return columns

    @functools.cached_property
    def shifts(self) -> Mapping[str, Shift | None]:
        """The shift in time that explains each arm's error best, for arms with angles."""
        positions = self.turned
        motion = Motion(
            self.time,
            positions.reference,
            positions.predicted,
            self.ranges,
            self.weights,
            self.moving,
        )
        columns = self.columns_of
        return dict(zip(columns, best_shifts(motion, list(columns.values())), strict=True))

    @functools.cached_property
    def explained(self) -> Explained:
        """Which motion each joint's error goes with, where a shift in time does not explain it."""
        arms = list(self.columns_of)
        arm_of = [arms.index(arm) for arm in self.arm_of]
        spread = self.followed_rms**2 - self.mean_error**2
        return explain(
            self.time,
            self.turned.reference,
            self.followed_error + self.shifted,
            self.scored,
            arm_of,
            self.gravity_at,
            np.flatnonzero(spread >= LEAST_EXPLAINED**2),
        )

    @functools.cached_property
    def late(self) -> Floats:
        """(J,) s, the shift of the joint's arm where it removes most of its error, else 0."""
        late = np.zeros(len(self.joints))
        for arm, columns in self.columns_of.items():
            shift = self.shifts[arm]
            if shift is not None:
                late[columns] = np.where(shift.after <= MOST_LEFT * shift.before, shift.lag, 0.0)
        return late * self.moving

    @functools.cached_property
    def shifted(self) -> Floats:
        """(N, J) rad, what `late` adds to the prediction where it is taken back."""
        predicted = self.turned.predicted
        added = np.zeros_like(predicted)
        for j in np.flatnonzero(self.late):
            moved = np.interp(self.time + self.late[j], self.time, predicted[:, j])
            added[:, j] = moved - predicted[:, j]
        return added

    @functools.cached_property
    def weighed(self) -> Flags:
        """(J,) joints of arms whose masses are known, so that gravity is."""
        heavy = {
            joint.name
            for arm in self.models
            if any(each.load for each in arm.joints)
            for joint in arm.chain_joints
        }
        return np.array([name in heavy for name in self.joints], dtype=np.bool_)

    def gravity_at(self, rows: NDArray[np.intp]) -> Floats:
        """(n, J) N m, what gravity does to the measured robot at some rows; zeros where unknown."""
        found = np.zeros((len(rows), len(self.joints)))
        places = {name: column for column, name in enumerate(self.joints)}
        for arm in self.models:
            names = [joint.name for joint in arm.chain_joints]
            positions = [self.positions(name) for name in names]
            known = [each[0][rows] for each in positions if each is not None]
            if len(known) < len(names):
                continue
            torques = gravity_torques(arm, np.stack(known, axis=1))
            if torques is not None:
                own = [(k, places[name]) for k, name in enumerate(names) if name in places]
                found[:, [place for _, place in own]] = torques[:, [k for k, _ in own]]
        return found

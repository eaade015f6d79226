"""Boxes that are alike, together in cells of some thousand: a window meets few cells.

The boxes are cut at the median of one number after the other (Bentley, Multidimensional binary
search trees used for associative searching, CACM 1975), the one in which they are spread most
compared to what a window reaches. A window of which a joint may disagree has no number to go by; so
the joints are in two groups, and of one of these all joints agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.guard.near_duplicates.features import NUMBERS, Boxes
from bench.guard.near_duplicates.motion import Floats, Integers, Singles

CELL = 8192
"""Boxes of a cell, at most."""
SAMPLED = 500
"""Boxes, and windows, from which the spread of a number is taken, about."""


@dataclass(frozen=True)
class Groups:
    """Two groups of joints; each joint is in one of them.

    Attributes:
        first: never empty; joints that tell much come first in both.
        second: empty if there is but one joint.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]

    def turned(self) -> Groups:
        """The other one first."""
        return Groups(self.second, self.first)


def axes_of(joints: tuple[int, ...]) -> Integers:
    """Which of all numbers are those of some joints: their means first, then their cosines."""
    axes: Integers = (np.arange(NUMBERS)[:, None] + NUMBERS * np.array(joints)).ravel()
    return axes


def spreads(searched: Boxes, least: Singles, most: Singles) -> Floats:
    """(D,) how far the boxes are spread in each number, compared to what meets a window.

    Args:
        searched: the boxes.
        least: (D, W) the least that each number of a match may be.
        most: (D, W) the most.
    """
    some = slice(None, None, max(len(searched) // SAMPLED, 1))
    few = slice(None, None, max(least.shape[1] // SAMPLED, 1))
    low, high = searched.low[some], searched.high[some]
    reach = np.median(most[:, few] - least[:, few], axis=1)
    meets = reach + np.median(high - low, axis=0)
    found: Floats = np.asarray(np.std(low + high, axis=0) / meets, dtype=np.float64)
    return found


def groups_of(spread: Floats) -> Groups:
    """The joints in two groups that tell about as much as each other.

    Args:
        spread: (D,) from `spreads`.
    """
    told = np.log(np.maximum(spread.reshape(-1, NUMBERS), 1e-3)).sum(axis=1)
    order = [int(joint) for joint in np.argsort(-told, kind="stable")]
    return Groups(
        tuple(joint for place, joint in enumerate(order) if place % 4 in (0, 3)),
        tuple(joint for place, joint in enumerate(order) if place % 4 in (1, 2)),
    )


def cells(searched: Boxes, joints: tuple[int, ...], spread: Floats) -> Iterator[Integers]:
    """Numbers of the boxes of each cell, whose boxes are alike in these joints.

    Args:
        searched: the boxes.
        joints: whose numbers are cut.
        spread: (D,) of all numbers, from `spreads`.
    """
    axes = axes_of(joints)
    left, cuts = spread[axes], []
    for _ in range(max(len(searched) - 1, 0).bit_length()):
        widest = int(np.argmax(left))
        left[widest] /= 2
        cuts.append(int(axes[widest]))
    columns = {axis: searched.low[:, axis] + searched.high[:, axis] for axis in set(cuts)}
    yield from _cut(np.arange(len(searched)), [columns[axis] for axis in cuts])


def _cut(numbers: Integers, columns: list[Singles]) -> Iterator[Integers]:
    """Halves of halves of the numbers, by one column after the other, until a cell holds them."""
    if len(numbers) <= CELL:
        yield numbers
        return
    half = len(numbers) // 2
    order = np.argpartition(columns[0][numbers], half)
    for part in (order[:half], order[half:]):
        yield from _cut(numbers[part], columns[1:])

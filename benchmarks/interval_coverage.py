"""What the statistics promise, simulated: coverage of intervals and false winners on boards.

    python benchmarks/interval_coverage.py                            # prints Markdown tables
    python benchmarks/interval_coverage.py --write docs/statistics.md # puts them between marks

Compared to: percentile and BCa intervals from the same resamples, unadjusted pairwise intervals,
and max-t without balance. About two minutes on one core.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bench.scoring.statistics import mean_intervals, rank_ranges, skill
from bench.scoring.statistics.bootstrap import ratios, resample_counts, t_statistics

Floats = NDArray[np.float64]
Labels = NDArray[np.int_]

GROUPS = (6, 9, 12, 22, 48)
SHAPES = ("normal", "lognormal", "unequal")
SIZES = (1, 1, 1, 2, 3, 6)  # episodes of a group, drawn anew for each batch of `unequal`
BEGIN, END = "<!-- simulated: begin -->", "<!-- simulated: end -->"
TAIL = 0.025


def labels(shape: str, groups: int, rng: np.random.Generator) -> Labels:
    sizes = rng.choice(SIZES, groups) if shape == "unequal" else np.ones(groups, dtype=int)
    return np.repeat(np.arange(groups), sizes)


def episodes(shape: str, member: Labels, columns: int, rng: np.random.Generator) -> Floats:
    """(E, columns) errors with mean 1."""
    effect: Floats = rng.normal(size=(member.max() + 1, columns))[member]
    if shape == "normal":
        return 1 + 0.5 * effect
    if shape == "lognormal":
        return np.asarray(np.exp(0.6 * effect - 0.18))
    return np.asarray(np.exp(0.6 * effect - 0.18 + rng.normal(0, 0.2, effect.shape) - 0.02))


def plain_intervals(values: Floats, member: Labels, counts: Floats) -> dict[str, Floats]:
    """Percentile and BCa ends, (2, M) each."""
    sums = np.stack([values[member == g].sum(axis=0) for g in range(member.max() + 1)])
    sizes = np.bincount(member).astype(float)
    value = sums.sum(axis=0) / sizes.sum()
    drawn = np.sort((counts @ sums / (counts @ sizes)[:, np.newaxis]).T, axis=1)
    left = (sums.sum(axis=0) - sums) / (sizes.sum() - sizes)[:, np.newaxis]
    gap = left.mean(axis=0) - left
    acceleration = (gap**3).sum(axis=0) / (6 * (gap**2).sum(axis=0) ** 1.5)
    normal, resamples = NormalDist(), len(counts)
    below = (drawn < value[:, np.newaxis]).mean(axis=1)
    ends: dict[str, list[list[float]]] = {"percentile": [[], []], "BCa": [[], []]}
    for metric, row in enumerate(drawn):
        bias = normal.inv_cdf(min(max(below[metric], 1 / resamples), 1 - 1 / resamples))
        for side, z in enumerate((normal.inv_cdf(TAIL), normal.inv_cdf(1 - TAIL))):
            bent = normal.cdf(bias + (bias + z) / (1 - acceleration[metric] * (bias + z)))
            for name, share in (("percentile", normal.cdf(z)), ("BCa", bent)):
                place = min(max(round(share * (resamples + 1)) - 1, 0), resamples - 1)
                ends[name][side].append(row[place])
    return {name: np.array(sides) for name, sides in ends.items()}


def coverage(shape: str, groups: int, simulations: int, resamples: int) -> dict[str, float]:
    """Share of intervals of the mean that hold the true mean 1."""
    rng, batch = np.random.default_rng(groups), 100
    counts = resample_counts(groups, resamples, 1).astype(float)
    hits: dict[str, list[Floats]] = {}
    for _ in range(simulations // batch):
        member = labels(shape, groups, rng)
        values = episodes(shape, member, batch, rng)
        found = mean_intervals(values, member, seed=1, resamples=resamples)
        ours = np.array([[e.low, e.high] for e in found], dtype=float).T
        for name, (low, high) in {
            "studentised": ours,
            **plain_intervals(values, member, counts),
        }.items():
            hits.setdefault(name, []).append((low <= 1) & (high >= 1))
    return {name: float(np.mean(held)) for name, held in hits.items()}


def skill_coverage(
    shape: str, groups: int, simulations: int, resamples: int
) -> tuple[float, float, float]:
    """Coverage of the interval of skill, of a percentile interval, and the share without one.

    What is hard for one of entry, naive entry and repeat is hard for all three; the true means
    are 16, 23 and 7.5.
    """
    rng = np.random.default_rng(groups)
    ours, plain = [], []
    for _ in range(simulations):
        member = labels(shape, groups, rng)
        hard = rng.normal(0, 0.35, groups)[member]
        entry, naive, repeat = (
            mean * _errors(shape, hard + rng.normal(0, 0.35, groups)[member], rng)
            for mean in (16.0, 23.0, 7.5)
        )
        found = skill(entry, naive, repeat, member, seed=1, resamples=resamples)
        if found.low is None or found.high is None:
            continue
        counts = resample_counts(groups, resamples, 1).astype(float)
        gained, room = (np.bincount(member, naive - x) for x in (entry, repeat))
        drawn = np.sort((counts @ gained) / (counts @ room))
        place = round((resamples + 1) * TAIL) - 1
        ours.append(found.low <= 7 / 15.5 <= found.high)
        plain.append(drawn[place] <= 7 / 15.5 <= drawn[-1 - place])
    return float(np.mean(ours)), float(np.mean(plain)), 1 - len(ours) / simulations


def _errors(shape: str, effect: Floats, rng: np.random.Generator) -> Floats:
    """(E,) errors with mean 1 from effects with variance 2 · 0.35²."""
    if shape == "normal":
        return 1 + effect
    if shape == "lognormal":
        return np.asarray(np.exp(effect - 0.1225))
    return np.asarray(np.exp(effect - 0.1225 + rng.normal(0, 0.2, effect.shape) - 0.02))


def board(shape: str, entries: int, member: Labels, rng: np.random.Generator) -> Floats:
    """(K, E) errors of equally good entries; what is hard is hard for all."""
    hard: Floats = rng.normal(size=member.max() + 1)[member]
    own: Floats = rng.normal(size=(entries, member.max() + 1))[:, member]
    if shape == "normal":
        return 20 + 4 * hard + 4 * own
    noise = rng.normal(0, 0.2, own.shape) if shape == "unequal" else 0.0
    return np.asarray(np.exp(3 + 0.4 * hard + 0.4 * own + noise))


def false_winners(
    shape: str, groups: int, boards: int, resamples: int
) -> tuple[float, float, float]:
    """Boards of ten equal entries with a significant pair: family test, unadjusted; and power.

    The power is that of finding an entry which is worse by the board's smallest detectable
    difference, mean over the nine pairs that it is in.
    """
    rng, entries = np.random.default_rng(groups), 10
    first, second = np.triu_indices(entries, 1)
    family, unadjusted, power = [], [], []
    for seed in range(boards):
        member = labels(shape, groups, rng)
        values = board(shape, entries, member, rng)
        found = rank_ranges(values, member, seed=seed, resamples=resamples)
        family.append(found.better.any())
        if found.smallest_detectable is not None:
            moved = found.low[0, 1:] + found.smallest_detectable
            power.append(float(np.mean(moved > 0)))
        pairs = (values[first] - values[second]).T
        alone = mean_intervals(pairs, member, seed=seed, resamples=resamples)
        ends = np.array([[e.low, e.high] for e in alone], dtype=float)
        unadjusted.append(bool((ends[:, 0] > 0).any() or (ends[:, 1] < 0).any()))
    return float(np.mean(family)), float(np.mean(unadjusted)), float(np.mean(power))


def near_copies(copies: int, boards: int, resamples: int) -> tuple[float, float]:
    """Median critical value of eight entries' pairs beside near-copies: ours, plain max-t.

    A near-copy equals the first entry but for 8 of the 22 groups.
    """
    rng, groups, own = np.random.default_rng(copies), 22, 8
    ours, plain = [], []
    for seed in range(boards):
        values = board("lognormal", own, np.arange(groups), rng)
        near = np.repeat(values[:1], copies, axis=0)
        for row in near:
            row[rng.choice(groups, 8, replace=False)] *= np.exp(rng.normal(0, 0.4, 8))
        table = np.vstack([values, near])
        found = rank_ranges(table, np.arange(groups), seed=seed, resamples=resamples)
        ours.append(np.nanmedian(found.critical[:own, :own][np.triu_indices(own, 1)]))
        first, second = np.triu_indices(len(table), 1)
        gaps = (table[first] - table[second]).T
        pairs = ratios(gaps, np.ones(groups), np.abs(gaps).max(axis=0))
        counts = resample_counts(groups, resamples, seed)
        largest = np.concatenate([np.abs(t).max(axis=1) for t in t_statistics(pairs, counts)])
        plain.append(np.sort(largest)[math.ceil(0.95 * (resamples + 1)) - 1])
    return float(np.median(ours)), float(np.median(plain))


def table(title: str, of: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"**{title}** ({of})", "", "| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def tables(simulations: int, boards: int) -> Iterator[str]:
    rows = []
    for groups in GROUPS:
        for shape in SHAPES:
            share = coverage(shape, groups, simulations, 9999)
            rows.append([str(groups), shape, *(f"{share[name]:.3f}" for name in share)])
    yield table(
        "Coverage of 95 % intervals of a mean",
        f"{simulations} simulations a row, 9,999 resamples",
        ["groups", "shape", "studentised (ours)", "percentile", "BCa"],
        rows,
    )
    rows = []
    for groups in GROUPS:
        for shape in SHAPES:
            shares = skill_coverage(shape, groups, simulations // 2, 1999)
            rows.append([str(groups), shape, *(f"{share:.3f}" for share in shares)])
    yield table(
        "Coverage of 95 % intervals of skill",
        f"{simulations // 2} simulations a row, 1,999 resamples",
        ["groups", "shape", "studentised (ours)", "percentile", "null"],
        rows,
    )
    rows = []
    for groups in GROUPS:
        for shape in SHAPES:
            family, alone, power = false_winners(shape, groups, boards, 999)
            rows.append([str(groups), shape, f"{family:.3f}", f"{alone:.3f}", f"{power:.2f}"])
    yield table(
        "Share of boards of ten equal entries with a false winner",
        f"{boards} boards a row, 999 resamples",
        ["groups", "shape", "all pairs together (ours)", "unadjusted pairs", "power"],
        rows,
    )
    rows = []
    for copies in (0, 2, 8):
        ours, plain = near_copies(copies, boards // 40, 9999)
        rows.append([str(copies), f"{ours:.2f}", f"{plain:.2f}"])
    yield table(
        "Median critical value of eight entries beside near-copies of the first",
        f"22 groups, lognormal, {boards // 40} boards a row, 9,999 resamples",
        ["near-copies", "balanced (ours)", "plain max-t"],
        rows,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--boards", type=int, default=1000)
    parser.add_argument("--write", type=Path, help="put the tables between the marks of this file")
    chosen = parser.parse_args()
    text = "\n".join(tables(chosen.simulations, chosen.boards))
    if chosen.write is None:
        print(text)
        return
    before, rest = chosen.write.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    chosen.write.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What participants are shown of the holdout must not hold what was measured there."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.datasets.layout import Layout
from bench.datasets.revealed import revealed_rows
from bench.datasets.split import Parts
from bench.guard.finding import Finding, SplitCheck
from bench.io.store import Array


def run(layout: Layout, parts: Parts) -> tuple[int, list[Finding]]:
    """Look for unmasked rows of the holdout's inputs whose command is a measurement."""
    rows: dict[str, int] = {}
    looked_at = 0
    for number, episode in enumerate(parts.holdout_inputs.info.episodes):
        shown, found = _shown_and_revealed(layout, parts, number)
        looked_at += int(shown.sum())
        if found.any():
            rows[episode.id] = int(found.sum())
    if not rows:
        return looked_at, []
    total = sum(rows.values())
    evidence = {"episodes": rows, "rows": total, "share": total / looked_at}
    return looked_at, [Finding("inputs_reveal_truth", "certain", evidence)]


def _shown_and_revealed(layout: Layout, parts: Parts, number: int) -> tuple[Array, Array]:
    """Of one episode the rows that are not masked, and those among them that reveal the truth.

    Masked rows are taken from the truth, as logged: beside them a row without an equal in the
    log, because packets were lost, is told from a command.
    """
    inputs, truth = parts.holdout_inputs, parts.holdout_truth
    measured = truth.index[inputs.info.episodes[number].id]
    command = inputs.signal("q_command", number)
    shown = np.ones(len(command), dtype=np.bool_)
    if "q_command_valid" in inputs.signals:
        shown = inputs.signal("q_command_valid", number)
        command = np.where(shown[:, None], command, truth.signal("q_command", measured))
    time, q = inputs.signal("time", number), truth.signal("q", measured)
    return shown, shown & revealed_rows(time, command, q, layout)


def check(layout: Layout) -> SplitCheck:
    """The check for a dataset of this layout."""
    meaning = "no command of the holdout is a measurement of it"
    return SplitCheck("inputs", meaning, partial(run, layout))

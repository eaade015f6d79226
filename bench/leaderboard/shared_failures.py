"""Whether an entry fails where the robot does: agreement on what both do wrong by themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.scoring.labels.failures import FAILURES
from bench.scoring.result import estimate_document
from bench.scoring.statistics import kappa, similarity

Flags = NDArray[np.bool_]


def shared_failures(result: Document) -> Document | None:
    """Cohen's kappa of every failure over episodes, and how alike the failures are distributed.

    Args:
        result: the result; several runs of an episode count as one, which fails if a run does. It
            says how it is resampled.

    Returns:
        In `failures`, per name, in how many episodes the robot shows it, the entry, and both, with
        `kappa`; in `distribution` 1 minus the Jensen-Shannon divergence of the failures on both
        sides. None of a result that does not say what fails.
    """
    if "failures" not in result:
        return None
    groups = {e["id"]: e["group"] for e in result["episodes"] if e["rows_scored"] > 0}
    robot, entry = (_flags(result, side, list(groups)) for side in ("reference", "entry"))
    labels = list(groups.values())
    resampling = {key: result["scorer"][key] for key in ("seed", "resamples", "level")}
    failures = {
        name: {
            "reference": int(robot[:, k].sum()),
            "entry": int(entry[:, k].sum()),
            "both": int((robot[:, k] & entry[:, k]).sum()),
            "kappa": estimate_document(kappa(robot[:, k], entry[:, k], labels, **resampling), "1"),
        }
        for k, name in enumerate(FAILURES)
    }
    alike = similarity(robot, entry, labels, **resampling)
    return {"failures": failures, "distribution": estimate_document(alike, "1")}


def _flags(result: Document, side: str, episodes: list[str]) -> Flags:
    """(E, K) whether a side shows a failure in an episode."""
    shown = {(f["episode"], f["failure"]) for f in result["failures"] if f["side"] == side}
    flags: Flags = np.array(
        [[(episode, name) in shown for name in FAILURES] for episode in episodes], dtype=np.bool_
    ).reshape(len(episodes), len(FAILURES))
    return flags

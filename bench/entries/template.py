"""The `entry.json` that `twinbench inputs` hands out with the inputs."""

from __future__ import annotations

from bench.entries.texts import PLACEHOLDERS
from bench.io.documents import Document
from bench.io.store import Episodes


def template(inputs: Episodes, lock: Document) -> Document:
    """An `entry.json` for these inputs, to be filled in; `validate` refuses it as it is."""
    return {
        "schema": "twinbench/entry/1",
        "name": PLACEHOLDERS["name"],
        "lab": PLACEHOLDERS["lab"],
        "method": PLACEHOLDERS["method"],
        "dataset": inputs.info.dataset,
        "holdout": lock["root"],
        "track": "rollout",
        "licence": PLACEHOLDERS["licence"],
        "contact": PLACEHOLDERS["contact"],
    }

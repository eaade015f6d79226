"""Results as tables of pandas, for people who analyse them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bench.io.documents import Document

if TYPE_CHECKING:
    import pandas as pd


def metrics_frame(results: Iterable[Document]) -> pd.DataFrame:
    """One row an entry and metric: value and interval in the metric's own unit.

    Args:
        results: documents of the kind `result`.

    Returns:
        Columns entry, lab, dataset, metric, unit, value, low, high, groups, episodes.
    """
    import pandas as pd

    columns = ("unit", "value", "low", "high", "groups", "episodes")
    return pd.DataFrame(
        {
            "entry": result["entry"]["name"],
            "lab": result["entry"]["lab"],
            "dataset": result["dataset"]["name"],
            "metric": name,
            **{column: estimate[column] for column in columns},
        }
        for result in results
        for name, estimate in result["metrics"].items()
    )


def episodes_frame(results: Iterable[Document]) -> pd.DataFrame:
    """One row an entry, episode and metric.

    Args:
        results: documents of the kind `result`.

    Returns:
        Columns entry, dataset, episode, group, metric, value.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "entry": result["entry"]["name"],
            "dataset": result["dataset"]["name"],
            "episode": episode["id"],
            "group": episode["group"],
            "metric": name,
            "value": value,
        }
        for result in results
        for episode in result["episodes"]
        for name, value in episode["metrics"].items()
    )

"""Results as pandas tables."""

from __future__ import annotations

import pytest

from bench.io.documents import read_document
from bench.io.workspace import Workspace
from bench.publish.frames import episodes_frame, metrics_frame
from tests.support.workspace import DATASET, ENTRIES


def test_the_frames_say_what_the_results_say(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    results = [read_document(paths.result(name), "result") for name in ENTRIES]
    metrics, episodes = metrics_frame(results), episodes_frame(results)
    assert len(metrics) == sum(len(r["metrics"]) for r in results)
    headline = metrics[metrics.metric == "joint_rmse"].set_index("entry")
    for result in results:
        name, estimate = result["entry"]["name"], result["metrics"]["joint_rmse"]
        row = headline.loc[name]
        assert (row.value, row.low, row.unit) == (estimate["value"], estimate["low"], "rad")
    means = episodes[episodes.metric == "joint_rmse"].groupby("entry").value.mean()
    for name in ENTRIES:
        assert means[name] == pytest.approx(headline.loc[name].value, rel=1e-8)

"""Every check of the pipeline, run over a checkout's."""

from __future__ import annotations

from bench.guard.finding import Finding
from bench.guard.pipeline.registry import PIPELINE_CHECKS
from bench.guard.pipeline.stages import read_pipeline
from bench.io.workspace import Workspace


def guard_pipeline(workspace: Workspace) -> list[Finding]:
    """The findings of a checkout's pipeline, all at once.

    Raises:
        ProblemsError: `dvc.yaml`, `dvc.lock` or `params.yaml` cannot be read.
    """
    pipeline = read_pipeline(workspace)
    return [finding for check in PIPELINE_CHECKS for finding in check.run(pipeline)]

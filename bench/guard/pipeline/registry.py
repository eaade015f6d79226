"""The checks of the pipeline: one line each."""

from __future__ import annotations

from bench.guard.checks import stage_reads
from bench.guard.pipeline.check import PipelineCheck

PIPELINE_CHECKS: tuple[PipelineCheck, ...] = (stage_reads.CHECK,)

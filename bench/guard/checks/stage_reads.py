"""No stage reads more than its allow-list, and none that fits or predicts reads the truth.

What holds the truth are the raw recordings, the store of all episodes, the truth's store, every
folder around one of them, and what a stage makes that reads one of them; but not the parts that
`split` takes apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.guard.finding import Finding
from bench.guard.pipeline.check import PipelineCheck
from bench.guard.pipeline.stages import Pipeline, Stage

CODE = "stage_reads_more"
FREE = ("bench/", "methods/", "robots/")
"""Code, also of labs, and robots: read by every stage that needs them, on no allow-list."""
READS_TRUTH = frozenset(
    {"fetch", "ingest", "split", "score", "sync", "repeatability", "rank", "rank_sync"}
)
"""Stages whose work is the recordings, the truth, or what was scored on it."""
FORBIDDEN: Mapping[str, frozenset[str]] = {
    "reconstruct": frozenset({"holdout_truth.zarr", "holdout_inputs.zarr", "all.zarr"}),
    "rollout": frozenset({"holdout_truth.zarr", "all.zarr", "calibration.zarr", "validation.zarr"}),
    "stepper": frozenset(
        {"holdout_truth.zarr", "holdout_inputs.zarr", "all.zarr", "calibration.zarr"}
        | {"validation.zarr", "holdout.lock.json"}
    ),
    "sync": frozenset({"all.zarr", "calibration.zarr", "validation.zarr"}),
}
"""What no allow-list of a stage may name."""
PURE = ("calibration", "validation", "holdout_inputs", "diagnostic")
"""Parts of a split that hold no truth."""
ENDS = ("ingest", "split", "reconstruct", "rollout")
"""Stages behind which the truth is not followed: of the first two `_holds` knows what they make;
that the others read it is found there, and not again in all that comes of it."""


def run(pipeline: Pipeline) -> Iterator[Finding]:
    """Hold every stage of `dvc.yaml` and of `dvc.lock` against the lists, and follow the truth."""
    yield from _widened(pipeline.allow)
    for source in dict.fromkeys(stage.source for stage in pipeline.stages):
        stages = [stage for stage in pipeline.stages if stage.source == source]
        truth = _truth(stages, pipeline.raw)
        for kind in dict.fromkeys(stage.kind for stage in stages):
            own = [stage for stage in stages if stage.kind == kind]
            yield from _stage_findings(own, pipeline, truth)
    yield from _undeclared(pipeline.stages)


def _widened(allow: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for stage, names in allow.items():
        more = sorted(FORBIDDEN.get(stage, frozenset()) & set(names))
        if more:
            evidence = {"in": "params.yaml", "stage": stage, "allows": more}
            yield Finding(CODE, "certain", evidence)


def _stage_findings(
    stages: Sequence[Stage], pipeline: Pipeline, truth: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Those of one kind of stage: what leads to the truth, and what is on no list."""
    kind, source = stages[0].kind, stages[0].source
    leads: dict[str, list[str]] = {}
    more: set[str] = set()
    for stage in stages:
        for path in stage.reads:
            through = None if kind in READS_TRUTH else _leads(path, truth, pipeline.raw)
            if through is not None:
                leads[path] = list(through)
            elif not _is_allowed(path, kind, pipeline.allow):
                more.add(path)
    if leads:
        evidence = {"in": source, "stage": kind, "reads": dict(sorted(leads.items()))}
        yield Finding(CODE, "certain", evidence)
    if more:
        yield Finding(CODE, "likely", {"in": source, "stage": kind, "reads": sorted(more)})


def _is_allowed(path: str, kind: str, allow: Mapping[str, Sequence[str]]) -> bool:
    """Whether a path is on the list of its stage; a stage without a list is free."""
    if kind not in allow or path.startswith(FREE):
        return True
    names = {*allow[kind], "dataset.json"}
    if path.startswith("data/twins/") and path.count("/") == 3:
        return "twin.json" in names  # the folder of the documents that the list names
    return path.rpartition("/")[2] in names


def _truth(stages: Sequence[Stage], raw: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What stages make of the truth, and by way of which stages and paths it came there."""
    made: dict[str, tuple[str, ...]] = {}
    waiting = True
    while waiting:
        waiting = False
        for stage in stages:
            found = (
                (path, way) for path in stage.reads if (way := _leads(path, made, raw)) is not None
            )
            first = next(found, None)
            if first is None or stage.kind in ENDS:
                continue
            for path in stage.makes:
                if path not in made:
                    made[path] = (stage.name, first[0], *first[1])
                    waiting = True
    return made


def _leads(
    path: str, made: Mapping[str, tuple[str, ...]], raw: Sequence[str]
) -> tuple[str, ...] | None:
    """By way of what a path leads to the truth; () where it is the truth, None where it is not."""
    if _holds(path, raw):
        return ()
    for other, way in made.items():
        if _overlap(path, other):
            return way
    return None


def _holds(path: str, raw: Sequence[str]) -> bool:
    """Whether a file or folder is one that holds what was measured on the holdout."""
    if any(_overlap(path, recording) for recording in raw):
        return True
    parts = path.split("/")
    if path in ("", ".", "data", "data/raw", "data/episodes", "data/split"):
        return True
    if parts[:2] in (["data", "raw"], ["data", "episodes"]):
        return True
    return parts[:2] == ["data", "split"] and (
        len(parts) == 3 or parts[3].removesuffix(".zarr") not in PURE
    )


def _overlap(path: str, other: str) -> bool:
    """Whether one of two paths is or lies in the other."""
    return path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/")


def _undeclared(stages: Sequence[Stage]) -> Iterator[Finding]:
    """What a stage ran with, by `dvc.lock`, and does not name in `dvc.yaml`."""
    declared = {stage.name: set(stage.reads) for stage in stages if stage.source == "dvc.yaml"}
    more: dict[str, set[str]] = {}
    for stage in stages:
        if stage.source != "dvc.yaml" and stage.name in declared:
            extra = {path for path in stage.reads if not path.startswith(FREE)}
            if extra - declared[stage.name]:
                more.setdefault(stage.kind, set()).update(extra - declared[stage.name])
    for kind, paths in more.items():
        evidence = {"in": "dvc.lock", "stage": kind, "undeclared": sorted(paths)}
        yield Finding(CODE, "likely", evidence)


CHECK = PipelineCheck(
    "stage_reads", "no stage reads more than its allow-list, and no fit reads the truth", CODE, run
)

"""The stages of `dvc.yaml` and `dvc.lock`, with what each reads and makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.io.documents import Document, check_schema
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import Workspace

YAML, LOCK = "dvc.yaml", "dvc.lock"
_FILLED = re.compile(r"\$\{([^}]*)\}")
_PATHS: Document = {"type": ["array", "null"], "items": {"type": ["string", "object"]}}
_STAGE: Document = {
    "type": "object",
    "properties": dict.fromkeys(("deps", "outs", "metrics", "plots"), _PATHS),
}
_FORM: Document = {
    "type": "object",
    "properties": {
        "stages": {
            "type": "object",
            "additionalProperties": {
                **_STAGE,
                "properties": {
                    **_STAGE["properties"],
                    "foreach": {"type": ["string", "array", "object"]},
                    "do": _STAGE,
                },
                "dependentRequired": {"foreach": ["do"]},
            },
        }
    },
}
"""As much of the form of `dvc.yaml` and `dvc.lock` as is read here."""


@dataclass(frozen=True)
class Stage:
    """One stage, for one item of its list.

    Attributes:
        name: `<stage>@<item>`, or `<stage>`.
        reads: the paths that it depends on, from the checkout's root.
        makes: the paths of its outputs.
        source: the file that says so.
    """

    name: str
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    source: str

    @property
    def kind(self) -> str:
        """The stage without its item."""
        return self.name.partition("@")[0]


@dataclass(frozen=True)
class Pipeline:
    """All stages, and what they may read.

    Attributes:
        stages: of `dvc.yaml`, then those that `dvc.lock` says ran.
        allow: names that each stage may read, `allow` of `params.yaml`.
        raw: the raw recordings of each dataset, with holdout and all.
    """

    stages: tuple[Stage, ...]
    allow: Mapping[str, Sequence[str]]
    raw: tuple[str, ...] = ()


def read_pipeline(workspace: Workspace) -> Pipeline:
    """Read the pipeline of a checkout; one without `dvc.yaml` has no stages.

    Raises:
        ProblemsError: a file is no YAML, or no pipeline as DVC writes it.
    """
    params = workspace.params()
    stages = [*_declared(_loaded(workspace.root / YAML), params)]
    stages += _ran(_loaded(workspace.root / LOCK))
    raw = tuple(str(item["raw"]) for item in params["pipeline"]["ingested"].values())
    return Pipeline(tuple(stages), params["allow"], raw)


def _loaded(path: Path) -> Document:
    import yaml

    if not path.is_file():
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        came = " ".join(str(error).split())[:200]
        raise ProblemsError([Problem("not_yaml", path.name, "YAML", came)]) from None
    check_schema(loaded, _FORM, path.name)
    document: Document = loaded
    return document


def _declared(pipeline: Document, params: Document) -> Iterator[Stage]:
    for kind, stage in pipeline.get("stages", {}).items():
        if "foreach" not in stage:
            yield _stage(kind, stage, params, {})
            continue
        items = stage["foreach"]
        if isinstance(items, str):
            found = _FILLED.fullmatch(items)
            items = _at(params, found[1]) if found else []
            items = [] if isinstance(items, str) else items
        pairs = items.items() if isinstance(items, Mapping) else ((item, item) for item in items)
        for key, item in pairs:
            yield _stage(f"{kind}@{key}", stage["do"], params, {"key": key, "item": item})


def _stage(name: str, stage: Document, params: Document, item: Document) -> Stage:
    known = {**params, **item}
    reads, makes = (
        tuple(
            _filled(path, known)
            for field in fields
            for each in stage.get(field) or ()
            for path in (each if isinstance(each, Mapping) else [each])
        )
        for fields in (("deps",), ("outs", "metrics", "plots"))
    )
    return Stage(name, reads, makes, YAML)


def _filled(text: str, known: Document) -> str:
    return _FILLED.sub(lambda found: str(_at(known, found[1])), str(text)).rstrip("/")


def _at(known: Any, place: str) -> Any:
    """The value at a dotted place; where there is none, the place itself, as it stands."""
    value = known
    for part in place.strip().split("."):
        if not isinstance(value, Mapping) or part not in value:
            return f"${{{place}}}"
        value = value[part]
    return value


def _ran(lock: Document) -> Iterator[Stage]:
    for name, stage in lock.get("stages", {}).items():
        reads, makes = (
            tuple(str(each.get("path", "")).rstrip("/") for each in stage.get(field) or ())
            for field in ("deps", "outs")
        )
        yield Stage(name, reads, makes, LOCK)

"""The stages of `dvc.yaml` and `dvc.lock`, with what each reads and makes."""

from __future__ import annotations

import itertools
import os
import posixpath
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.io.documents import Document, check_schema
from bench.io.workspace import Workspace
from bench.io.yaml_files import read_yaml

YAML, LOCK = "dvc.yaml", "dvc.lock"
_FILLED = re.compile(r"\$\{([^}]*)\}")
_NAMED = re.compile(r"[\w.-]*(?:/[\w.-]+)+")
"""What looks like a path in a command."""
_PATHS: Document = {"type": ["array", "null"], "items": {"type": ["string", "object"]}}
_STAGE: Document = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("deps", "outs", "metrics", "plots"), _PATHS),
        "cmd": {"type": ["string", "array"]},
        "wdir": {"type": "string"},
    },
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
                    "matrix": {"type": "object"},
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
        reads: the paths that it depends on, from the checkout's root, and those that its command
            names.
        makes: the paths of its outputs.
        source: the file that says so.
        works_in: the folder from which its paths are written, from the checkout's root.
    """

    name: str
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    source: str
    works_in: str = "."

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
    declared = list(_declared(_loaded(workspace.root / YAML), params))
    folders = {stage.name: stage.works_in for stage in declared}
    ran = _ran(_loaded(workspace.root / LOCK), folders)
    raw = tuple(str(item["raw"]) for item in params["pipeline"]["ingested"].values())
    stages = [_followed(stage, workspace.root) for stage in (*declared, *ran)]
    return Pipeline(tuple(stages), params["allow"], raw)


def _followed(stage: Stage, root: Path) -> Stage:
    """A stage that also reads what its paths are links to."""
    behind = dict.fromkeys(_behind_links(path, root) for path in stage.reads if "://" not in path)
    more = [path for path in behind if path not in stage.reads]
    return replace(stage, reads=(*stage.reads, *more)) if more else stage


def _behind_links(path: str, root: Path) -> str:
    """Where a path leads, from the root; `data` may itself be a link to another disk."""
    # Of links in a circle it says where they stand; `Path.resolve` raises an error.
    place = Path(os.path.realpath(root / path))
    for name in ("data", "."):
        home = Path(os.path.realpath(root / name))
        if place.is_relative_to(home):
            return posixpath.normpath(posixpath.join(name, place.relative_to(home).as_posix()))
    return path


def _loaded(path: Path) -> Document:
    if not path.is_file():
        return {}
    loaded = read_yaml(path, path.name)
    check_schema(loaded, _FORM, path.name)
    document: Document = loaded
    return document


def _declared(pipeline: Document, params: Document) -> Iterator[Stage]:
    for kind, stage in pipeline.get("stages", {}).items():
        if "foreach" in stage:
            for key, item in _listed(stage["foreach"], params):
                yield _stage(f"{kind}@{key}", stage["do"], params, {"key": key, "item": item})
        elif "matrix" in stage:
            for key, item in _combined(stage["matrix"], params):
                yield _stage(f"{kind}@{key}", stage, params, {"key": key, "item": item})
        else:
            yield _stage(kind, stage, params, {})


def _listed(items: Any, params: Document) -> Iterable[tuple[Any, Any]]:
    """The items of a list, or of a place in the parameters, each with its key."""
    if isinstance(items, str):
        found = _FILLED.fullmatch(items)
        items = _at(params, found[1]) if found else []
        items = [] if isinstance(items, str) else items
    return items.items() if isinstance(items, Mapping) else [(item, item) for item in items]


def _combined(matrix: Document, params: Document) -> Iterator[tuple[str, Document]]:
    """Every combination of the values of a matrix, with its key."""
    values = [[item for _, item in _listed(items, params)] for items in matrix.values()]
    for chosen in itertools.product(*values):
        yield "-".join(map(str, chosen)), dict(zip(matrix, chosen, strict=True))


def _stage(name: str, stage: Document, params: Document, item: Document) -> Stage:
    known = {**params, **item}
    folder = posixpath.normpath(_filled(stage.get("wdir", "."), known))
    reads, makes = (
        [
            _from_root(_filled(path, known), folder)
            for field in fields
            for each in stage.get(field) or ()
            for path in (each if isinstance(each, Mapping) else [each])
        ]
        for fields in (("deps",), ("outs", "metrics", "plots"))
    )
    reads += _named(_filled(stage.get("cmd", ""), known), folder, {*reads, *makes})
    return Stage(name, tuple(reads), tuple(makes), YAML, folder)


def _named(command: str, folder: str, known: Container[str]) -> list[str]:
    """The paths that a command names, beyond those that are known."""
    named = (_from_root(found[0], folder) for found in _NAMED.finditer(command))
    return [path for path in dict.fromkeys(named) if path not in known]


def _from_root(path: str, folder: str) -> str:
    """A path that is written from a folder, from the root and without detours; no address."""
    return path if "://" in path else posixpath.normpath(posixpath.join(folder, path))


def _filled(text: str, known: Document) -> str:
    return _FILLED.sub(lambda found: str(_at(known, found[1])), str(text))


def _at(known: Any, place: str) -> Any:
    """The value at a dotted place; where there is none, the place itself, as it stands."""
    value = known
    for part in place.strip().split("."):
        if not isinstance(value, Mapping) or part not in value:
            return f"${{{place}}}"
        value = value[part]
    return value


def _ran(lock: Document, folders: Mapping[str, str]) -> Iterator[Stage]:
    """The stages of a lock; it does not say in which folder they work."""
    for name, stage in lock.get("stages", {}).items():
        folder = folders.get(name, ".")
        reads, makes = (
            [_from_root(str(each.get("path", "")), folder) for each in stage.get(field) or ()]
            for field in ("deps", "outs")
        )
        reads += _named(str(stage.get("cmd", "")), folder, {*reads, *makes})
        yield Stage(name, tuple(reads), tuple(makes), LOCK, folder)

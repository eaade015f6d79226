"""The form of an attribution: its JSON Schema."""

from __future__ import annotations

from bench.attribution.hypothesis import COMPONENTS, HYPOTHESES
from bench.attribution.vocabulary import FLAGS, LISTS
from bench.io.documents import Document

_HASH: Document = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _text(description: str) -> Document:
    return {"type": "string", "maxLength": 2000, "description": description}


def _list(items: Document, description: str) -> Document:
    return {"type": "array", "items": items, "description": description}


def _record(properties: dict[str, Document], description: str = "") -> Document:
    found: Document = {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }
    return {**found, "description": description} if description else found


_ESTIMATE = _record(
    {
        "parameter": _text("Name in the entry's `twin.json`."),
        "unit": _text("Of the numbers beside it."),
        "value": {"type": "number", "description": "As the twin has it."},
        "estimate": {"type": "number", "description": "As this episode has it."},
        "range": {
            "type": ["array", "null"],
            "items": {"type": "number", "description": "An end."},
            "minItems": 2,
            "maxItems": 2,
            "description": "Residual range; null where none is declared.",
        },
    }
)
_MEMBER = _record(
    {
        "hypothesis": {
            "enum": [each.name for each in HYPOTHESES],
            "description": "Its name among the causes that are considered.",
        },
        "component": {"enum": list(COMPONENTS), "description": "What it belongs to."},
        "parameter": _text("What of it is off."),
        "joints": _list(_text("A joint."), "Joints that have it; none if it is the whole robot."),
        "outside_residual_range": {
            "enum": ["yes", "no", "unknown"],
            "description": "Whether the estimate lies outside the range that the twin declares.",
        },
        "explains": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 1,
            "description": "Share of the squared error that goes with the estimate; null where "
            "nothing was estimated.",
        },
        "estimates": _list(_ESTIMATE, "Numbers of the twin, estimated anew on the episode."),
    }
)
_TERMS = _record(
    {
        name: _list({"enum": list(known), "description": "A term."}, "Terms that fit.")
        for name, known in LISTS.items()
    },
    "The same in the words of published lists.",
)
_CAUSE = _record(
    {
        "members": {
            **_list(_MEMBER, "One cause, or several that the evidence cannot tell apart."),
            "minItems": 1,
        },
        "probability": {
            "type": "number",
            "minimum": 0,
            "maximum": 1.000001,
            "description": "That it is one of them.",
        },
        "terms": _TERMS,
    }
)
_EPISODE = _record(
    {
        "id": _text("The episode."),
        "labels": {**_list(_text("A label."), "What it shows."), "minItems": 1},
        "suspect": _text("The joint with most of the error."),
        "verdict": {
            "enum": ["cause", "set", "undetermined"],
            "description": "Whether the first of the causes is one, a set, or too uncertain.",
        },
        "reason": {
            "type": ["string", "null"],
            "maxLength": 2000,
            "description": "Why nothing is determined; null otherwise.",
        },
        "causes": _list(_CAUSE, "The most probable first."),
        "flags": _list({"enum": list(FLAGS), "description": "A flag."}, "What else holds."),
    }
)
SCHEMA: Document = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "twinbench/attribution/1",
    "title": "Causes of the failures of an entry",
    **_record(
        {
            "schema": {"const": "twinbench/attribution/1", "description": "Form and version."},
            "dataset": _record(
                {
                    "name": _text("Its name."),
                    "version": {"type": "integer", "description": "Its version."},
                    "robot": _text("Its robot."),
                    "kind": _text("Whether it was recorded or simulated."),
                    "holdout": {**_HASH, "description": "Root of the lock."},
                },
                "What was predicted.",
            ),
            "entry": _record(
                {
                    "name": _text("Its name."),
                    "lab": _text("Whose it is."),
                    "hash": {**_HASH, "description": "Of its content."},
                    "predictions": {**_HASH, "description": "Of what it predicts."},
                },
                "What predicted it.",
            ),
            "scorer": _text("Version of the scorer whose labels are read."),
            "twin": _record(
                {
                    "estimated": {
                        "type": "boolean",
                        "description": "Whether numbers of the entry's twin are estimated anew.",
                    },
                    "reason": {
                        "type": ["string", "null"],
                        "maxLength": 2000,
                        "description": "Why they are not; null otherwise.",
                    },
                },
                "The entry's twin.",
            ),
            "assessed": _list(
                {"enum": list(COMPONENTS), "description": "A component."},
                "Components that causes were looked for in.",
            ),
            "not_assessed": _list(
                {"enum": list(COMPONENTS), "description": "A component."},
                "Components that nothing in the dataset tells of.",
            ),
            "failing": {
                "type": "integer",
                "minimum": 0,
                "description": "Episodes with a label, in the result.",
            },
            "episodes": _list(_EPISODE, "Those that were looked at."),
        }
    ),
}
"""Of what `twinbench attribute` writes."""

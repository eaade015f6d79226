"""Writes the tables of the documentation that follow from schemas, registries and verbs.

A page has the markers `<!-- table NAME: begin -->` and `<!-- table NAME: end -->`; what stands
between them is made here. Run it after a change of a schema, a metric or a verb.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = tuple[str, str, str]

MARKED = re.compile(
    r"(<!-- table (?P<name>[a-z_]+): begin -->\n).*?(<!-- table (?P=name): end -->)", re.DOTALL
)
NAMED = {"name": "name", "sha256": "SHA-256"}
"""Definitions of the schemas that are one text; `docs/formats.md` says what they are."""
KNOWN = {"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$": "name", "^[0-9a-f]{64}$": "SHA-256"}
"""The same where a schema spells them out."""
TYPES = {"string": "text", "number": "number", "integer": "integer", "boolean": "true or false"}
VALUES = {
    "Path": "PATH",
    "StringParamType": "TEXT",
    "Choice": "NAME",
    "IntRange": "NUMBER",
    "FloatRange": "NUMBER",
    "FloatParamType": "NUMBER",
}
"""How an option's value is written, by its type in click."""
LONGEST_PATTERN = 48


def main(arguments: Sequence[str]) -> int:
    """Write every page whose tables are old; with --check only say which they are."""
    docs = Path(__file__).parent.parent / "docs"
    old = 0
    for path in sorted(docs.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        new = renewed(text)
        if new != text:
            old += 1
            sys.stdout.write(f"{path.name}: {'old' if '--check' in arguments else 'written'}\n")
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    return 1 if old and "--check" in arguments else 0


def renewed(page: str) -> str:
    """The page with every marked table made anew."""
    return MARKED.sub(lambda found: f"{found[1]}\n{table(found['name'])}\n\n{found[3]}", page)


def table(name: str) -> str:
    """The table of that name: one of those below, or the kind of a document."""
    made: Mapping[str, Callable[[], str]] = {
        "metrics": metrics_table,
        "invariances": invariances_table,
        "verbs": verbs_table,
        "options": options_table,
        "proof_faults": faults_table,
        "proof_found": found_table,
        "proof_labels": proof_table,
        "hypotheses": hypotheses_table,
        "components": components_table,
        "cause_terms": terms_table,
        "evidence": evidence_table,
        "proof_causes": causes_table,
        "proof_causes_found": causes_found_table,
        "proof_reliability": reliability_table,
        "proof_outside": outside_table,
    }
    return made[name]() if name in made else schema_tables(name)


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def metrics_table() -> str:
    """The metrics of a result."""
    from bench.scoring.metrics.registry import METRICS

    headings = ("metric", "symbol", "in results", "in tables", "better", "meaning", "null where")
    rows = [
        (
            f"`{m.name}`",
            m.symbol,
            m.unit,
            m.shown_unit,
            m.direction if m.target is None else f"near {m.shown_factor * m.target:g}",
            m.meaning,
            m.null,
        )
        for m in METRICS
    ]
    return markdown(headings, rows)


def _proof() -> Any:
    """What the stage `faults` found on the generated dataset."""
    place = Path(__file__).parent.parent / "datasets" / "so101-synth" / "label_proof.json"
    return json.loads(place.read_text(encoding="utf-8"))


def faults_table() -> str:
    """The faults that are put in, and which labels they must and may show."""
    rows = []
    for fault in _proof()["faults"]:
        must = {name for group in fault["shows"] for name in group}
        rows.append(
            (
                f"`{fault['name']}`",
                fault["meaning"],
                ", ".join(f"{strength:g}" for strength in fault["strengths"]),
                fault["unit"],
                " and ".join(" or ".join(f"`{n}`" for n in group) for group in fault["shows"]),
                ", ".join(f"`{name}`" for name in fault["may"] if name not in must),
            )
        )
    headings = ("fault", "meaning", "strengths", "unit", "must show", "may show beside")
    return markdown(headings, rows)


def found_table() -> str:
    """The confusion matrix: in how many entries of each fault each label was found."""
    rows = [
        (
            f"`{fault['name']}`",
            str(fault["entries"]),
            ", ".join(f"`{name}` {count}" for name, count in _most_first(fault["found"])),
        )
        for fault in _proof()["faults"]
    ]
    return markdown(("fault", "entries", "labels found, and in how many entries"), rows)


def _most_first(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))


def proof_table() -> str:
    """Precision and recall of each label on the faults that were put in."""

    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    proof = _proof()
    names = ("precision", "recall", "f1")
    rows = [
        (
            f"`{name}`",
            *(str(each[key]) for key in ("right", "wrong", "missing")),
            *(shown(each[key]) for key in names),
        )
        for name, each in proof["labels"].items()
    ]
    mean = ("mean", "", "", "", "", "", shown(proof["macro_f1"]))
    return markdown(("label", "right", "wrong", "missing", *names), [*rows, mean])


def hypotheses_table() -> str:
    """The causes that attribution considers."""
    from bench.attribution.hypothesis import HYPOTHESES

    rows = [
        (
            f"`{each.name}`",
            f"`{each.component}`",
            f"`{each.parameter}`",
            each.scope,
            "yes" if each.simulated else "no",
            ", ".join(f"`{label}`" for label in each.shows),
            each.meaning,
        )
        for each in HYPOTHESES
    ]
    heading = ("hypothesis", "component", "parameter", "of", "estimated", "shows one of", "meaning")
    return markdown(heading, rows)


def components_table() -> str:
    """The components of causes, and without which signal they are not assessed."""
    from bench.attribution.hypothesis import COMPONENTS, STREAMS

    rows = [
        (f"`{name}`", meaning, f"`{STREAMS[name]}`" if name in STREAMS else "never yet")
        for name, meaning in COMPONENTS.items()
    ]
    return markdown(("component", "what belongs to it", "assessed with"), rows)


def terms_table() -> str:
    """The components of causes in the words of published lists."""
    from bench.attribution.vocabulary import FLAGS, LISTS, OUTSIDE, TERMS

    sources = {**{f"`{name}`": own for name, own in TERMS.items()}}
    sources["outside the residual range"] = OUTSIDE
    sources |= {f"flag `{name}`": own for name, own in FLAGS.items()}
    rows = [
        (name, *(", ".join(own.get(each, ())) for each in LISTS)) for name, own in sources.items()
    ]
    return markdown(("cause", *(f"`{each}`" for each in LISTS)), rows)


def evidence_table() -> str:
    """What the classifier of causes reads."""
    from bench.attribution.features import FEATURES, LABELS

    rows = [(f"`{f.name}`", _cell(f.meaning)) for f in FEATURES if not f.name.startswith("label.")]
    labels = ", ".join(f"`{name}`" for name in LABELS)
    left = "log share of the error that a hypothesis leaves when its number is estimated anew"
    first = ("`label.*`", f"1 if the episode has the label, else 0: {labels}")
    return markdown(("evidence", "meaning"), [first, *rows, ("`left.*`", left)])


BOTH = ("with_estimates", "without_estimates")
NOT_RUN = "Not there yet: `dvc repro faults@so101-synth` makes it."


def _proof_of_causes() -> Any:
    """What the stage found of causes; None where it has not run since there are any."""
    return _proof().get("causes")


def causes_table() -> str:
    """Precision and recall of each cause, with a twin and without."""
    found = _proof_of_causes()
    if found is None:
        return NOT_RUN
    proved = [found[each] for each in BOTH]
    rows = []
    for name, own in proved[0]["causes"].items():
        counts = [str(own[k]) for k in ("right", "wrong", "missing", "undetermined", "sets")]
        shares = [_share(own[k]) for k in ("precision", "recall", "f1")]
        rows.append((f"`{name}`", *counts, *shares, _share(proved[1]["causes"][name]["f1"])))
    for title, key in (("mean", "macro_f1"), ("log score", "log_score"), ("by chance", "chance")):
        rows.append((title, *[""] * 7, _share(proved[0][key]), _share(proved[1][key])))
    headings = ("right", "wrong", "missing", "undetermined", "sets", "precision", "recall", "f1")
    return markdown(("cause", *headings, "f1 without a twin"), rows)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def causes_found_table() -> str:
    """The confusion matrix of causes."""
    found = _proof_of_causes()
    if found is None:
        return NOT_RUN
    proved = [found[each]["confusion"] for each in BOTH]
    rows = [
        (
            f"`{name}`",
            str(own["episodes"]),
            *(
                ", ".join(f"`{n}` {count}" for n, count in _most_first(each[name]["found"]))
                for each in proved
            ),
        )
        for name, own in proved[0].items()
    ]
    return markdown(("fault", "failing episodes", "named", "named without a twin"), rows)


def reliability_table() -> str:
    """How often first causes are right, by their probability."""
    found = _proof_of_causes()
    if found is None:
        return NOT_RUN
    rows = []
    for title, name in (("with a twin", BOTH[0]), ("without", BOTH[1])):
        for own in found[name]["reliability"]:
            between = f"{own['low']:g} to {own['high']:g}"
            shares = [_share(own[key]) for key in ("probability", "right")]
            rows.append((title, between, str(own["episodes"]), *shares))
    return markdown(("", "probability", "episodes", "mean probability", "right"), rows)


def outside_table() -> str:
    """What is said of residual ranges where the cause is right."""
    found = _proof_of_causes()
    if found is None:
        return NOT_RUN
    rows = [
        (f"`{name}`", *(str(own[word]) for word in ("yes", "no", "unknown")))
        for name, own in found[BOTH[0]]["outside"].items()
    ]
    return markdown(("cause", "outside", "inside", "unknown"), rows)


def invariances_table() -> str:
    """What metrics do not change with, and which metrics those are."""
    from bench.scoring.metrics.metric import INVARIANCES
    from bench.scoring.metrics.registry import METRICS

    rows = []
    for name, meaning in INVARIANCES.items():
        change = [f"`{m.name}`" for m in METRICS if name not in m.invariant]
        keep = [f"`{m.name}`" for m in METRICS if name in m.invariant]
        if not change:
            words = "every metric"
        elif len(change) <= len(keep):
            words = "every metric but " + ", ".join(change)
        else:
            words = ", ".join(keep)
        rows.append((f"`{name}`", meaning, words))
    return markdown(("name", "change", "does not change"), rows)


def verbs_table() -> str:
    """The verbs of the command, in the order of the flow."""
    rows = [(f"`{usage}`", command.help.split("\n\n")[0]) for usage, command in _commands()]
    return markdown(("verb", "what it does"), [(u, " ".join(h.split())) for u, h in rows])


def options_table() -> str:
    """The options of all verbs."""
    rows = []
    for usage, command in _commands():
        verb = " ".join(word for word in usage.split() if word.islower())
        for option in command.params:
            if option.param_type_name == "option":
                rows.append((f"`{verb}`", *_option(option)))
    return markdown(("verb", "option", "meaning"), rows)


def _option(option: Any) -> tuple[str, str]:
    value = "" if option.is_flag else f" {option.metavar or VALUES[type(option.type).__name__]}"
    spelt = ", ".join(f"`{name}{value}`" for name in option.opts)
    meaning = (option.help or "").rstrip(".")
    if option.show_default and option.default is not None:
        meaning += f"; default {option.default}" if meaning else f"default {option.default}"
    if option.required:
        meaning += "; required"
    return spelt, _cell(meaning + ".")


def _commands() -> Iterator[tuple[str, Any]]:
    """Usage and command of every verb, those of a group apart."""
    import click

    from bench.cli.main import VERBS, cli

    with click.Context(cli) as context:
        for name in VERBS:
            command = cli.get_command(context, name)
            if isinstance(command, click.Group):
                for inner, one in command.commands.items():
                    yield _usage(f"{name} {inner}", one), one
            elif command is not None:
                yield _usage(name, command), command


def _usage(name: str, command: Any) -> str:
    given = [one for one in command.params if one.param_type_name == "argument"]
    words = [one.name.upper() if one.required else f"[{one.name.upper()}]" for one in given]
    return " ".join([name, *words])


def schema_tables(kind: str) -> str:
    """The fields of the documents of a kind, then those of the parts that they are built from."""
    from bench.io.documents import schema

    loaded = schema(kind)
    parts = {n: d for n, d in loaded.get("$defs", {}).items() if n not in NAMED}
    blocks = [_fields(loaded)]
    blocks += [f"**{name}**\n\n{_fields(part)}" for name, part in parts.items()]
    return "\n\n".join(blocks)


def _fields(schema: Mapping[str, Any]) -> str:
    return markdown(("field", "form", "meaning"), list(_rows(schema, "", {})))


def _rows(schema: Mapping[str, Any], path: str, seen: dict[str, str]) -> Iterator[Row]:
    """A row for each field below `path`; `seen` holds the objects that were described already."""
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        yield from _row(field, f"{path}{name}", "" if required else ", optional", seen)
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict):
        yield from _row(inner, f"{path}*", "", seen)


def _row(field: Mapping[str, Any], path: str, more: str, seen: dict[str, str]) -> Iterator[Row]:
    item, place = field, path
    while "items" in item:
        item, place = item["items"], f"{place}[]"
    bare = {key: value for key, value in item.items() if key != "description"}
    known = seen.setdefault(json.dumps(bare, sort_keys=True), place)
    is_known = known != place and len(item.get("properties", ())) > 2
    form = _form(field) + (f", as `{known}`" if is_known else "")
    yield f"`{path}`", _cell(form + more), _cell(_meaning(field))
    if not is_known:
        yield from _rows(item, f"{place}.", seen)


def _meaning(field: Mapping[str, Any]) -> str:
    """Its description, and that of the items of a list where they are plain."""
    meaning = str(field.get("description", ""))
    item = field.get("items", {})
    if "properties" not in item and item.get("description"):
        meaning += f" Each: {item['description']}"
    return meaning


def _form(field: Mapping[str, Any]) -> str:
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return _either([f"`{json.dumps(value)}`" for value in field["enum"]])
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return NAMED.get(name, f"**{name}**")
    if "anyOf" in field:
        return _either([_form(one) for one in field["anyOf"]])
    types = field.get("type", "object")
    return _either([_typed(one, field) for one in ([types] if isinstance(types, str) else types)])


def _either(forms: Sequence[str]) -> str:
    return forms[0] if len(forms) == 1 else ", ".join(forms[:-1]) + " or " + forms[-1]


def _typed(kind: str, field: Mapping[str, Any]) -> str:
    if kind == "array":
        return _list(field)
    if kind == "object":
        keys = field.get("propertyNames", {}).get("enum", ())
        return "object" + (" with keys " + _either([f"`{k}`" for k in keys]) if keys else "")
    if kind == "string":
        pattern = field.get("pattern", "").removesuffix(r"(?!\n)")
        return KNOWN.get(pattern) or "text" + _length(field) + _pattern(pattern)
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤"}
    limits = [f" {sign} {field[key]}" for key, sign in bounds.items() if key in field]
    return TYPES.get(kind, kind) + (",".join(limits) if kind in ("number", "integer") else "")


def _list(field: Mapping[str, Any]) -> str:
    item = field.get("items", {})
    of = "" if "properties" in item else f" of {_form(item)}"
    low, high = field.get("minItems"), field.get("maxItems")
    number = f" of length {low}" if low is not None and low == high else ""
    return f"list{number}{of}"


def _length(field: Mapping[str, Any]) -> str:
    return f", at most {field['maxLength']} characters" if "maxLength" in field else ""


def _pattern(pattern: str) -> str:
    if not pattern:
        return ""
    return f", `{pattern}`" if len(pattern) <= LONGEST_PATTERN else ", of a set form"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Terms of published lists."""

from __future__ import annotations

from typing import Any

from bench.attribution.hypothesis import COMPONENTS, HYPOTHESES, STREAMS
from bench.attribution.vocabulary import FLAGS, LISTS, OUTSIDE, TERMS, terms
from bench.io.documents import schema


def test_every_component_and_every_term_is_mapped() -> None:
    assert set(TERMS) == set(COMPONENTS)
    for name, known in LISTS.items():
        used = {
            term
            for source in (*TERMS.values(), OUTSIDE, *FLAGS.values())
            for term in source.get(name, ())
        }
        assert used == set(known)


def test_every_hypothesis_has_an_assessed_component() -> None:
    assert {each.component for each in HYPOTHESES} == set(STREAMS)


def test_one_cause_has_several_terms() -> None:
    assert terms(["physics.friction"], True, ["compounding"]) == {
        "misses": ["residual range miss", "simulator physics miss"],
        "parts": ["residual range"],
        "gaps": ["closed-loop error compounding", "dynamics gap"],
        "handling": [],
    }


def test_what_happened_to_the_robot_is_no_failure_of_a_twin() -> None:
    found = terms(["reference.disturbance"], False, [])
    assert list(found) == list(LISTS)
    assert not any(found.values())


def test_the_form_of_an_attribution_knows_the_same_names() -> None:
    known = enums(schema("attribution"))
    assert known["hypothesis"] == [each.name for each in HYPOTHESES]
    assert known["component"] == known["assessed"] == known["not_assessed"] == list(COMPONENTS)
    assert known["flags"] == list(FLAGS)
    for name, terms_of_list in LISTS.items():
        assert known[name] == list(terms_of_list)


def enums(form: Any) -> dict[str, list[str]]:
    """The values that a schema allows, by name of the field, also of its items."""
    found = {}
    for name, field in form.get("properties", {}).items():
        inner = field.get("items", field)
        if "enum" in inner:
            found[name] = inner["enum"]
        found |= enums(inner)
    return found

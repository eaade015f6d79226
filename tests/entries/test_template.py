from __future__ import annotations

from bench.entries.template import template
from bench.io.documents import check
from tests.entries.toy import Holdout


def test_template_fits_its_schema_and_names_dataset_and_holdout(holdout: Holdout) -> None:
    document = template(holdout.inputs, holdout.lock)
    assert check(document, "entry", "template") == document
    assert (document["dataset"], document["holdout"]) == ("toy", holdout.lock["root"])

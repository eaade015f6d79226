"""`twinbench faults`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bench.cli.main import printable, workspace
from bench.cli.progress import bar

if TYPE_CHECKING:
    from bench.io.documents import Document
    from bench.io.workspace import DatasetPaths, Workspace
    from bench.twins.faults.pairs import Case, Pairs
    from bench.twins.twin import Progress


@click.command()
@click.argument("dataset")
@click.option(
    "--seeds",
    type=click.IntRange(1, 100),
    help="Entries of each fault and strength; default: as many as params.yaml says.",
)
@click.option("--fault", "chosen", multiple=True, help="Only this fault; repeatable.")
@click.pass_context
def command(
    context: click.Context, dataset: str, seeds: int | None, chosen: tuple[str, ...]
) -> None:
    """Put known faults into entries; say how well labels and causes find them.

    Simulates DATASET's robot and entries with one fault each, three strengths and the seeds from 1
    on, and writes them to data/faults, and label_proof.json beside the dataset; some faults or
    other seeds are a part of the proof, which replaces nothing of that. The strengths and seeds
    are none that rules or causes were set on. Some ten minutes to half an hour on two cores; it
    needs the extra `sim`.
    """
    from bench.io.atomic import Transaction
    from bench.io.documents import check, dump, nine_digits
    from bench.io.problems import Problem, ProblemsError, UnknownNameError
    from bench.io.store import fill_store
    from bench.twins.faults.pairs import make, proof
    from bench.twins.faults.registry import FAULTS

    place = workspace(context)
    paths = place.dataset(dataset)
    if not (paths.folder / "true_parameters.json").exists():
        expected = "a generated dataset, with true_parameters.json"
        raise ProblemsError([Problem("not_generated", dataset, expected, "none")])
    known = [fault.name for fault in FAULTS]
    for name in chosen:
        if name not in known:
            raise UnknownNameError("fault", name, known)
    all_seeds = place.params()["pipeline"]["faulted"].get(dataset, {}).get("seeds", 1)
    part = bool(chosen) or seeds not in (None, all_seeds)
    cases = [
        case
        for case in proof(range(1, (seeds or all_seeds) + 1))
        if case.fault.name in (chosen or known)
    ]
    with bar(f"faults {dataset}", "pairs") as progress:
        pairs = make(place.robot_folder(paths.document()["robot"]), cases, progress)
    with bar(f"causes {dataset}", "pairs") as progress:
        causes = _causes(place, paths, cases, pairs, progress)
    whole = {**_document(place, paths, cases, pairs), "causes": nine_digits(causes)}
    document = check(whole, "label_proof", dataset)
    with Transaction() as transaction:
        folder = transaction.folder(paths.part_of_faults if part else paths.faults)
        for name, episodes in (("reference", pairs.reference), ("entry", pairs.entry)):
            store = folder / f"{name}.zarr"
            store.mkdir()
            fill_store(store, episodes)
        if part:
            (folder / paths.label_proof.name).write_text(dump(document))
        else:
            transaction.file(paths.label_proof).write_text(dump(document))
    labels = len(document["labels"])
    counted = "1 label" if labels == 1 else f"{labels} labels"
    made = "1 pair" if len(cases) == 1 else f"{len(cases)} pairs"
    of_causes = document["causes"]["with_estimates"]["macro_f1"]
    click.echo(
        f"{dataset}: {made}, {counted}, macro-F1 {document['macro_f1']:.3f}, "
        f"of causes {of_causes:.3f}"
    )
    if part:
        click.echo(printable(f"a part of the proof, in {paths.part_of_faults}"))


def _causes(
    place: Workspace, paths: DatasetPaths, cases: list[Case], pairs: Pairs, progress: Progress
) -> Document:
    """What `label_proof.json` says of causes."""
    from bench.attribution.cases import proved
    from bench.scoring.result import ScoreSettings
    from bench.scoring.score import declared, robot_of

    settings = ScoreSettings.of(place.params())
    document = paths.document()
    folder = place.robot_folder(document["robot"])
    known = declared(document, 1)
    labels = dict(settings.labels)
    return proved(pairs, cases, robot_of(place, paths), folder, known, labels, progress)


def _document(place: Workspace, paths: DatasetPaths, cases: list[Case], pairs: Pairs) -> Document:
    """What `label_proof.json` says."""
    from bench.scoring.alignment import traces
    from bench.scoring.labels.proof import Truth, prove
    from bench.scoring.labels.registry import labels_of
    from bench.scoring.result import ScoreSettings
    from bench.scoring.score import declared, robot_of

    settings = ScoreSettings.of(place.params())
    found: dict[str, set[str]] = {case.entry: set() for case in cases}
    seconds = 0.0
    every = traces(
        pairs.entry, pairs.reference, robot_of(place, paths), declared(paths.document(), 1)
    )
    for case, trace in zip(cases, every, strict=True):
        labels = labels_of(trace, dict(settings.labels))
        found[case.entry] |= {label.name for label in labels}
        seconds += float(trace.weights.sum())
    by_entry = {case.entry: case for case in cases}
    truths = [
        Truth(name, case.fault.name, case.fault.shows, frozenset(case.fault.may))
        for name, case in by_entry.items()
    ]
    proved = prove(truths, {name: frozenset(names) for name, names in found.items()})
    return {
        "schema": "twinbench/label_proof/1",
        "dataset": paths.name,
        "seeds": sorted({case.seed for case in cases}),
        "episodes": len(cases),
        "seconds": round(seconds, 3),
        "faults": [
            {
                "name": fault.name,
                "meaning": fault.meaning,
                "component": fault.component,
                "parameter": fault.parameter,
                "unit": fault.unit,
                "strengths": sorted(set(fault.strengths)),
                "motions": list(fault.kinds),
                "shows": [list(group) for group in fault.shows],
                "may": sorted(fault.may),
                **proved["confusion"][fault.name],
            }
            for fault in dict.fromkeys(case.fault for case in cases)
        ],
        "labels": proved["labels"],
        "macro_f1": proved["macro_f1"],
    }

"""`twinbench attribute`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.entry_option import entry_option
from bench.cli.main import printable, workspace
from bench.cli.outputs import check_output
from bench.cli.progress import bar
from bench.cli.sentences import print_sentence

if TYPE_CHECKING:
    from bench.io.documents import Document


@click.command()
@click.argument("result")
@click.option("--episode", "episodes", multiple=True, help="Only this episode; repeatable.")
@entry_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write; default: data/attributions/DATASET/ENTRY.json, which is replaced, and "
    "none where --episode is given.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file that -o names.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole document as JSON.")
@click.pass_context
def command(
    context: click.Context,
    result: str,
    episodes: tuple[str, ...],
    folder: Path | None,
    output: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Say what may be behind the failures of a RESULT, and how probable that is.

    RESULT is a result file, or DATASET/ENTRY for the one on that leaderboard. Its labels are the
    symptoms. Where the entry has a twin.json, the numbers that may be off are estimated anew on
    every episode that fails, and compared with the ranges that it declares; simulated twins need
    the extra `sim` for that. What is estimated enters no twin.
    """
    from bench.attribution.attribute import attribute, attribution_place, check_result
    from bench.entries.places import entry_place
    from bench.io.atomic import write_text
    from bench.io.documents import dump
    from bench.leaderboard.results import find_result

    place = workspace(context)
    paths, document = find_result(place, result)
    check_result(document, episodes)
    name, dataset = document["entry"]["name"], paths.name
    target = output
    if target is not None:
        check_output(target, folder=False, overwrite=overwrite)
    elif not episodes:
        target = attribution_place(place, dataset, name)
        target.parent.mkdir(parents=True, exist_ok=True)
    source = folder or entry_place(paths, document)
    with bar(f"attribute {dataset} {name}", "episodes") as progress:
        found = attribute(place, paths, document, source, episodes, progress)
    if target is not None:
        write_text(target, dump(found))
    if as_json:
        click.echo(dump(found), nl=False)
        return
    _print(found)
    if target is not None:
        click.echo(printable(str(target)))


def _print(found: Document) -> None:
    entry, dataset = found["entry"]["name"], found["dataset"]["name"]
    looked = f"{len(found['episodes'])} of {found['failing']} failing episodes"
    click.echo(printable(f"{entry} on {dataset}: {looked}"))
    if not found["twin"]["estimated"]:
        print_sentence(f"nothing is estimated anew: {found['twin']['reason']}", indent=2, hanging=4)
    for episode in found["episodes"]:
        print_sentence(f"{episode['id']}: {_verdict(episode)}", indent=2, hanging=4)
    print_sentence(f"not assessed: {', '.join(found['not_assessed'])}", indent=2, hanging=4)


def _verdict(episode: Document) -> str:
    """The first cause in words."""
    first = episode["causes"][0]
    words = " or ".join(_member(member) for member in first["members"])
    text = f"{words}, probability {first['probability']:.2f}"
    if episode["verdict"] == "undetermined":
        return f"undetermined, as {episode['reason']}; first {text}"
    return text


def _member(member: Document) -> str:
    where = f" of {', '.join(member['joints'])}" if member["joints"] else ""
    beyond = member["outside_residual_range"]
    ranged = {"yes": " (outside the residual range)", "no": " (within the residual range)"}
    return f"{member['component']} {member['parameter']}{where}{ranged.get(beyond, '')}"

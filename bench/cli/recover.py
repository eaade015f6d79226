"""`twinbench recover`."""

from __future__ import annotations

import click

from bench.cli.main import workspace
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@click.option("--seeds", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.pass_context
def command(context: click.Context, dataset: str, seeds: int) -> None:
    """Fit robots whose parameters are known; say how often intervals hold them.

    Generates a minute of a three-joint motion of DATASET's robot for every seed and writes
    recovery.json beside the dataset. About twenty seconds a seed on two cores.
    """
    from bench.io.atomic import Transaction
    from bench.io.documents import check, dump
    from bench.io.problems import Problem, ProblemsError
    from bench.twins.identification.recovery import recover

    place = workspace(context)
    paths = place.dataset(dataset)
    if not (paths.folder / "true_parameters.json").exists():
        expected = "a generated dataset, with true_parameters.json"
        raise ProblemsError([Problem("not_generated", dataset, expected, "none")])
    folder = place.robot_folder(paths.document()["robot"])
    with bar(f"recover {dataset}", "seeds") as progress:
        found = check(recover(folder, range(1, seeds + 1), progress), "recovery", dataset)
    with Transaction() as transaction:
        transaction.file(paths.recovery).write_text(dump(found))
    shares = found["shares"]
    click.echo(
        f"{dataset}: {shares['intervals']} intervals, {shares['hold']:.1%} hold the truth "
        f"(mujoco.sysid's {shares['sysid_hold']:.1%})"
    )

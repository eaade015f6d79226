"""`twinbench robot`."""

from __future__ import annotations

import click

from bench.cli.main import workspace


@click.group()
def command() -> None:
    """Compile and show robot descriptions."""


@command.command("compile")
@click.argument("robot")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; say whether it agrees.")
@click.pass_context
def compile_(context: click.Context, robot: str, only_check: bool) -> None:
    """Compile robots/ROBOT/robot.json from its model and its description.json."""
    from bench.io.documents import dump, write_document
    from bench.io.problems import Problem, ProblemsError
    from bench.kinematics.compile import compile_robot
    from bench.kinematics.robot import load_robot

    folder = workspace(context).robot_folder(robot)
    place = folder / "robot.json"
    document = compile_robot(folder)
    if not only_check:
        write_document(place, document, "robot")
    elif not place.exists() or place.read_text() != dump(document):
        expected = f"what `twinbench robot compile {robot}` writes"
        raise ProblemsError([Problem("not_compiled", str(place), expected, "something else")])
    arms = load_robot(place).arms
    logged = sum(len(arm.logged_joints) for arm in arms)
    done = "agrees" if only_check else "written"
    click.echo(f"{robot}: {place} {done}: {len(arms)} arm(s), {logged} logged joints (columns)")


@command.command("show")
@click.argument("robot")
@click.pass_context
def show(context: click.Context, robot: str) -> None:
    """Print the joints of a ROBOT: what is scored, with which range and weight."""
    from bench.cli.columns import columns
    from bench.kinematics.robot import load_robot

    loaded = load_robot(workspace(context).robot_folder(robot) / "robot.json")
    records = [
        {
            "arm": arm.name,
            "joint": joint.name,
            "type": joint.type,
            "unit": joint.unit,
            "range": joint.range,
            "weight": joint.weight,
            "scored": joint.scored,
        }
        for arm in loaded.arms
        for joint in arm.logged_joints
    ]
    for line in columns(records):
        click.echo(line)

"""Dispatch of the command `twinbench`, and its exit statuses.

0 done, 1 problems with the input, 2 wrong usage, 128 + n interrupted by signal n.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click

import bench
from bench.cli.key_option import take_from_environment
from bench.io.atomic import INTERRUPTS
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.workspace import Workspace

VERBS = {
    "fetch": "Get a dataset's recordings, verified.",
    "generate": "Make the raw counts of a generated dataset.",
    "ingest": "Read a dataset's logs into an episode store.",
    "split": "Take a dataset apart: calibration, validation, holdout.",
    "keys": "Make the keys that holdouts are sealed to.",
    "seal": "Encrypt the truth of a holdout for its organisers.",
    "unseal": "Open a sealed truth in the checkout.",
    "reconstruct": "Fit a twin to calibration data.",
    "recover": "Fit robots that are known; do intervals hold them?",
    "faults": "Put known faults into entries; are they found?",
    "rollout": "Let a twin predict the holdout from its inputs.",
    "inputs": "Hand out the holdout inputs with a template.",
    "pack": "Turn CSV, NPZ or HDF5 trajectories into an entry.",
    "validate": "List every problem of an entry.",
    "score": "Score an entry on the holdout.",
    "sync": "Score a stepper: corrected by measurements, it predicts ahead.",
    "stepper": "Serve a twin as a stepper.",
    "repeatability": "Score the robot's further runs on the holdout.",
    "rank": "Write and print a dataset's leaderboard.",
    "compare": "Hold two results against each other.",
    "attribute": "Say what may be behind a result's failures.",
    "report": "Draw a result: figures and a page.",
    "explain": "Say what went wrong, and what to try first.",
    "verify": "Recompute a result and say whether it agrees.",
    "submit": "Validate, score and record an entry.",
    "recompute": "Score a submitted entry again, as the organiser.",
    "withdraw": "Take a submitted entry off the leaderboard.",
    "attempts": "Check that the logs of attempts have only grown.",
    "list": "List datasets, episodes or entries.",
    "show": "Show a dataset, an episode, an entry or a leaderboard.",
    "thresholds": "Say what labels a robot has against itself.",
    "pushes": "Say where the recorded robot was pushed.",
    "guard": "Say what the guard found in a dataset or an entry.",
    "provenance": "Say and check what a twin was made from.",
    "export": "Write calibration, validation or inputs as CSV or HDF5.",
    "robot": "Compile and show robot descriptions.",
}

EXTRAS = {
    **dict.fromkeys(("absl", "colorama", "mujoco", "scipy", "tabulate"), "sim"),
    **dict.fromkeys(("torch", "pytorch_kinematics"), "torch"),
    "matplotlib": "report",
}
"""Libraries that come with an extra, and its name."""
LISTED = 30
ALL_PROBLEMS = "TWINBENCH_ALL_PROBLEMS"


class Verbs(click.Group):
    """A group that imports a verb's module only when the verb is called."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """The verbs in the order of the flow."""
        return list(VERBS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import the verb's module and return its command."""
        if name not in VERBS:
            return None
        module = importlib.import_module(f"bench.cli.{name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the valid verbs where the one given is unknown."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            context.fail(f"unknown verb {args[0]!r}; valid: {', '.join(VERBS)}")
        return super().resolve_command(context, args)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(bench.__version__, prog_name="twinbench")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TWINBENCH_ROOT",
    default=Path(),
    help="Folder of the checkout; default: the one that the current folder lies in.",
)
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """Benchmark for the digital twins of robots.

    Fetch recordings, fit or submit a twin, score it on a holdout, compare.
    """
    context.obj = root
    take_from_environment(context)


def workspace(context: click.Context) -> Workspace:
    """The checkout that the verb works on."""
    return Workspace.find(context.obj)


def run() -> None:
    """Run the command and leave with its exit status."""
    came: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    for number in INTERRUPTS:
        # Python itself interrupts at SIGINT; SIGHUP is ignored under nohup.
        if number != signal.SIGINT and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    status = _status(came)
    # What is done is done: an interrupt from here on would only change the exit status.
    for number in INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(status)


def _status(came: Sequence[int]) -> int:
    """Run the command and say what went wrong.

    Args:
        came: the signals that interrupted it, filled while it runs.

    Returns:
        The exit status.
    """
    try:
        status = cli.main(standalone_mode=False, prog_name="twinbench") or 0
    except ProblemsError as error:
        _print_problems(error)
        status = 1
    except UnknownNameError as error:
        click.echo(f"Error: {printable(str(error))}", err=True)
        status = 2
    except click.UsageError as error:
        error.show()
        status = 2
    except click.ClickException as error:
        error.show()
        status = 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was left half done", err=True)
        status = 128 + (came[0] if came else signal.SIGINT)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get(error.name or "")
        if extra is None:
            raise
        click.echo(f"Error: this needs {error.name}: pip install 'twinbench[{extra}]'", err=True)
        status = 1
    except BrokenPipeError:
        # The reader of a pipe has left (`twinbench list | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except PermissionError as error:
        _print_problems(ProblemsError([_not_permitted(error)]))
        status = 1
    except OSError as error:
        click.echo(f"Error: {printable(str(error))}", err=True)
        status = 1
    return status


def _not_permitted(error: PermissionError) -> Problem:
    place = Path(str(error.filename or "."))
    place = place.parent if place.name.endswith(".part") else place
    came = error.strerror or "an error"
    return Problem("not_permitted", str(place), "a place that may be read or written", came)


def _print_problems(error: ProblemsError) -> None:
    """Every problem on a line; of one code the first `LISTED`, then how many more there are."""
    counted: Counter[str] = Counter()
    for problem in error.problems:
        counted[problem.code] += 1
        if counted[problem.code] <= LISTED or os.environ.get(ALL_PROBLEMS):
            click.echo(printable(str(problem)), err=True)
    if not os.environ.get(ALL_PROBLEMS):
        for code, number in counted.items():
            if number > LISTED:
                more = f"{number - LISTED} more like it; {ALL_PROBLEMS}=1 lists all"
                click.echo(f"{code}: {more}", err=True)
    click.echo(f"{len(error.problems)} problem(s)", err=True)


def printable(text: str) -> str:
    """The text with control characters written as escapes: what comes from outside is data."""
    return "".join(c if c.isprintable() or c == " " else ascii(c)[1:-1] for c in text)

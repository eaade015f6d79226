"""Results of the track sync: scored and recorded, read again, ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bench.io.documents import Document, dump, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.stepper import CORRECTIONS
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.agreement import ANOTHER_MACHINE, agreement, short
from bench.leaderboard.authorship import author_problems
from bench.leaderboard.change import Change
from bench.leaderboard.locks import Tell, board_lock, nobody
from bench.leaderboard.recording import Run
from bench.leaderboard.settings import Settings, sampling_problems
from bench.leaderboard.sync_board import sync_board
from bench.leaderboard.sync_tables import sync_csv, sync_markdown
from bench.leaderboard.terms import Terms
from bench.scoring.result import ScoreSettings
from bench.scoring.sync.naive import NAIVE
from bench.scoring.sync.result import aggregated_sync
from bench.scoring.sync.score import Entrant, Progress, score_sync


def results_folder(paths: DatasetPaths) -> Path:
    """The folder with the results of the track."""
    return paths.board / "sync" / "results"


def score_stepper(
    workspace: Workspace,
    dataset: str,
    entrant: Entrant,
    make_run: Callable[[Path], Run],
    progress: Progress,
    tell: Tell = nobody,
) -> Document:
    """Score a stepper and record its result.

    Args:
        workspace: the checkout.
        dataset: name of the dataset.
        entrant: the stepper.
        make_run: makes the record of the run.
        progress: told how far it is.
        tell: told if another process is waited for.

    Returns:
        The result.

    Raises:
        UnknownNameError: no such dataset.
        ProblemsError: nothing is written then.
    """
    paths = workspace.dataset(dataset)
    result = score_sync(workspace, paths, entrant, progress)
    problems = list(author_problems("result", result, workspace.params()["entries"]))
    if problems:
        raise ProblemsError(problems)
    place = results_folder(paths) / f"{entrant.name}.json"
    with board_lock(paths, tell), Change(paths) as transaction:
        transaction.write_text(place, dump(result))
        run = make_run(Path(entrant.command[0]))
        transaction.write_text(place.with_name(f"{entrant.name}.run.json"), dump(vars(run)))
    return result


def rank_sync(workspace: Workspace, dataset: str, tell: Tell = nobody) -> Document:
    """Order and compare every stepper of a dataset; write sync.json, .csv and .md.

    Args:
        workspace: the checkout.
        dataset: its name.
        tell: told if another process is waited for.

    Returns:
        The document of the tables.

    Raises:
        UnknownNameError: no such dataset.
        ProblemsError: no results, or results that do not compare or contradict themselves.
    """
    paths = workspace.dataset(dataset)
    with board_lock(paths, tell), Change(paths) as transaction:
        settings, terms = Settings.of(workspace.params()), Terms.of(paths)
        board = sync_board(read_sync_results(workspace, paths), settings, terms)
        transaction.write_text(paths.board / "sync.json", dump(board))
        transaction.write_text(paths.board / "sync.csv", sync_csv(board))
        transaction.write_text(paths.board / "sync.md", sync_markdown(board))
        return board


def read_sync_results(workspace: Workspace, paths: DatasetPaths) -> list[Document]:
    """Every result of the track, by name of the entry.

    Raises:
        ProblemsError: everything in which a result contradicts its file's name, the holdout's
            episodes, or its own episodes, or says that it is what it cannot be.
    """
    entries = workspace.params()["entries"]
    lock = read_document(paths.lock, "holdout_lock")
    locked = [(e["id"], e["group"]) for e in lock["episodes"] if e["role"] == "reference"]
    results: list[Document] = []
    problems: list[Problem] = []
    for path in sorted(results_folder(paths).glob("*.json")):
        if path.name.count(".") == 1:
            results.append(read_document(path, "sync_result"))
            problems += _problems(path, results[-1], locked)
            problems += author_problems(f"sync/results/{path.name}", results[-1], entries)
    if problems:
        raise ProblemsError(problems)
    return results


def _problems(path: Path, result: Document, locked: list[tuple[str, str]]) -> Iterator[Problem]:
    where, name = f"sync/results/{path.name}", result["entry"]["name"]
    if name != path.stem:
        yield Problem("result_name", where, f"the entry {path.stem}", name)
    if [(e["id"], e["group"]) for e in result["episodes"]] != locked:
        expected = "the reference episodes of the lock, in order"
        yield Problem("result_episodes", where, expected, "others")
        return
    wrong = list(sampling_problems(where, result["scorer"])) + list(_missing(where, result))
    yield from wrong
    if wrong:
        return
    scorer = result["scorer"]
    settings = ScoreSettings(scorer["seed"], scorer["resamples"], scorer["level"], {})
    can = [name for name in CORRECTIONS if result["corrections"][name] is not None]
    own = aggregated_sync(result["episodes"], can, settings)
    claimed = {key: result[key] for key in own}
    for found in agreement(own, claimed, ANOTHER_MACHINE).disagreements[:5]:
        expected = f"{short(found.own)} from the episodes"
        yield Problem("result_numbers", f"{where}: {found.where}", expected, short(found.claimed))


def _missing(where: str, result: Document) -> Iterator[Problem]:
    """An episode with targets has numbers of every correction, naive row and joint."""
    can = {name for name in CORRECTIONS if result["corrections"][name] is not None}
    joints = list(result["naive"]["hold"]["joints"])
    for episode in result["episodes"]:
        runs = [*episode["corrections"].values(), *episode["naive"].values()]
        names = (set(episode["corrections"]), set(episode["naive"]))
        expected = (can, set(NAIVE)) if episode["targets"] else (set(), set())
        if names != expected or any(list(run["joints"]) != joints for run in runs):
            place = f"{where}: episode {episode['id']}"
            yield Problem("result_metrics", place, "every correction, row and joint", "others")

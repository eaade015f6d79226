"""A sealed holdout from a secret seed to a row on the board, as organiser and lab do it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bench.io.documents import read_document
from tests.support.command import START

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NAME = "so101-hidden"
SEED = "9f2c41d07be35a8866d1c0fe2b7490aa13579bdf02468ace5566778812345678"
COMMITTED = ("dataset.json", "split.json", "holdout.lock.json", "guard.json", "sealed.json")
SECRET = ("holdout_truth", "episodes.all")


def command(root: Path, *words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run twinbench in a checkout, with a folder for temporary files that the tests look into."""
    temporary = root.parent / f"{root.name}-tmp"
    temporary.mkdir(exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if k != "TWINBENCH_KEY"}
    environment |= {"TMPDIR": str(temporary), "PYTHONPATH": str(_repository()), **variables}
    done = subprocess.run(
        [*START, *map(str, words)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert "Traceback" not in done.stderr, done.stderr
    left = [p.name for p in temporary.iterdir() if p.name.startswith("twinbench-")]
    assert not left
    return done


def done(root: Path, *words: str | Path, **variables: str) -> str:
    """Run it where nothing may go wrong."""
    ended = command(root, *words, **variables)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _repository() -> Path:
    return Path(__file__).parent.parent.parent


def _checkout(root: Path) -> Path:
    """A clone with a dataset that has not been recorded yet."""
    source, folder = _repository(), root / "datasets" / NAME
    folder.mkdir(parents=True)
    shutil.copytree(source / "robots", root / "robots")
    shutil.copyfile(source / "params.yaml", root / "params.yaml")
    for name in ("dataset.json", "split.json"):
        text = (source / "datasets" / "so101-synth" / name).read_text()
        document = json.loads(text.replace("so101-synth", NAME))
        if name == "dataset.json":
            document["raw"] = "fetched"
        (folder / name).write_text(json.dumps(document, indent=1))
    return root


def _lab(organiser: Path, root: Path) -> Path:
    """What a lab has: what is committed, and the stores that the organiser hands out."""
    _checkout(root)
    for name in COMMITTED:
        shutil.copyfile(organiser / "datasets" / NAME / name, root / "datasets" / NAME / name)
    for part in ("calibration", "validation", "holdout_inputs"):
        place = Path("data/split", NAME, f"{part}.zarr")
        shutil.copytree(organiser / place, root / place)
    return root


def _entry(lab: Path, name: str, delay: int, who: str) -> Path:
    """The commands, some rows late, as an entry."""
    done(lab, "inputs", NAME, "-o", f"{name}-in")
    template = lab / f"{name}-in" / "entry.json"
    entry = json.loads(template.read_text())
    entry |= {"name": name, "lab": who, "method": "late commands", "licence": "CC0-1.0"}
    entry |= {"contact": "lab@example.org"}
    entry.pop("url", None)
    template.write_text(json.dumps(entry))
    predictions = lab / f"{name}-out"
    predictions.mkdir()
    for path in sorted((lab / f"{name}-in" / "inputs").glob("*.csv")):
        head, *rows = path.read_text().splitlines()
        names = head.split(",")
        keep = [i for i, column in enumerate(names) if column.startswith("q_command.")]
        heading = ["time", *(names[i].removeprefix("q_command.") for i in keep)]
        cells = [row.split(",") for row in rows]
        late = [cells[max(0, i - delay)] for i in range(len(cells))]
        lines = [
            ",".join([now[0], *(then[i] for i in keep)])
            for now, then in zip(cells, late, strict=True)
        ]
        (predictions / path.name).write_text("\n".join([",".join(heading), *lines]) + "\n")
    done(lab, "pack", predictions, "--entry", template, "-o", name)
    return lab / name


@pytest.fixture(scope="module")
def organiser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The organiser's checkout, sealed, without any open truth."""
    root = _checkout(tmp_path_factory.mktemp("organiser") / "checkout")
    outside = root.parent
    (outside / "seed").write_text(SEED + "\n")
    done(root, "generate", NAME, "--seed-file", outside / "seed")
    done(root, "ingest", NAME)
    done(root, "split", NAME)
    made = done(
        root,
        *("keys", "new", outside / "organiser.key", "--name", "The organisers"),
        *("--contact", "twins@example.org", "--lab", "Organising lab"),
    )
    secret = outside / "organiser.key"
    assert secret.read_text().split(":")[1].strip() not in made
    ended = command(root, "seal", NAME, "--to", outside / "organiser.key.pub", "--remove-truth")
    assert ended.returncode == 0, ended.stderr
    assert "can be opened by The organisers (twins@example.org)" in ended.stdout
    assert ended.stderr == f"{NAME}: still in the open: data/raw/{NAME}/counts.npz\n"
    shutil.rmtree(root / "data" / "raw")
    return root


@pytest.fixture
def key(organiser: Path) -> str:
    return (organiser.parent / "organiser.key").read_text()


@pytest.fixture
def fresh(organiser: Path, tmp_path: Path) -> Path:
    """A clone of the organiser's checkout, as a CI job has it."""
    return Path(shutil.copytree(organiser, tmp_path / "checkout"))


def _files(root: Path) -> dict[str, bytes]:
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and not p.name.endswith(".lock")
    }


def test_the_seed_and_the_key_stand_in_no_file(organiser: Path, key: str) -> None:
    secret = key.split(":")[1].strip()
    raw = bytes.fromhex(SEED)
    written = _files(organiser)
    assert len(written) > 30
    for needle in (SEED.encode(), str(int(SEED, 16)).encode(), raw, raw[::-1], secret.encode()):
        assert [name for name, content in written.items() if needle in content] == []
    assert stat.S_IMODE((organiser.parent / "organiser.key").stat().st_mode) == 0o600


def test_nothing_in_the_open_holds_the_truth(organiser: Path) -> None:
    assert not [name for name in _files(organiser) if any(word in name for word in SECRET)]
    assert not (organiser / "data" / "episodes" / NAME / "all.zarr").exists()


def test_a_lab_validates_without_a_key_and_is_told_whom_to_send_it_to(
    organiser: Path, tmp_path: Path
) -> None:
    lab = _lab(organiser, tmp_path / "lab")
    folder = _entry(lab, "late", 5, "A Lab")
    assert "late: valid, 12 episodes" in done(lab, "validate", folder)
    before = _files(lab)
    ended = command(lab, "submit", folder)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"sealed: holdout of {NAME}: expected the key of an organiser, with --key FILE or in "
        "TWINBENCH_KEY, came no key: The organisers (twins@example.org) can open it; send them "
        "the entry folder, or where it can be fetched, once `twinbench validate` finds no problem "
        "in it\n1 problem(s)\n"
    )
    assert _files(lab) == before


def test_the_organiser_scores_and_only_aggregates_come_out(
    organiser: Path, fresh: Path, tmp_path: Path, key: str
) -> None:
    lab = _lab(organiser, tmp_path / "lab")
    entries = [_entry(lab, f"late-{n}", n, f"Lab {n}") for n in (2, 5)]
    entries.append(_entry(lab, "own", 6, "Organising lab"))
    before = _files(fresh)
    printed = done(fresh, "submit", entries[0], TWINBENCH_KEY=key)
    printed += done(fresh, "submit", entries[1], "--key", organiser.parent / "organiser.key")
    printed += done(fresh, "submit", entries[2], TWINBENCH_KEY=key)
    after = _files(fresh)
    written = {name: content for name, content in after.items() if before.get(name) != content}
    board = f"leaderboards/{NAME}"
    names = {name for name in written if not name.startswith("data/entries/")}
    assert names == {
        *(f"{board}/{name}" for name in ("attempts.jsonl", "results.sealed")),
        *(f"{board}/leaderboard.{kind}" for kind in ("json", "csv", "md")),
        f"{board}/labels.csv",
        *(f"{board}/released/{name}.json" for name in ("late-2", "late-5", "own")),
    }
    table = read_document(fresh / board / "leaderboard.json", "leaderboard")
    ranked = {row["entry"]: row["rank"] for row in table["rows"]}
    assert set(ranked) == {"late-2", "late-5", "own"}
    assert ranked["late-2"] == [3, 3]
    assert {row["leave_one_out"] for row in table["rows"]} == {None}
    said = "The truth can be opened by: Organising lab. Entries of these labs are marked ‡."
    assert said in table["notes"]
    assert table["truth_holders"] == ["Organising lab"]
    marked = {row["entry"]: row["opens_truth"] for row in table["rows"]}
    assert marked == {"late-2": False, "late-5": False, "own": True}
    assert not any("recordings are public" in note for note in table["notes"])
    lock = read_document(fresh / "datasets" / NAME / "holdout.lock.json", "holdout_lock")
    episodes = {episode["id"] for episode in lock["episodes"]}
    episodes |= {episode["group"] for episode in lock["episodes"]}
    for name in names - {f"{board}/results.sealed"}:
        text = written[name].decode()
        assert not [episode for episode in episodes if episode in text], name
    assert not [episode for episode in episodes if episode in printed]
    released = read_document(fresh / board / "released" / "own.json", "released")
    assert released["opens_truth"] is True
    row = next(row for row in table["rows"] if row["entry"] == "own")
    assert released["metrics"] == row["metrics"]


def test_recompute_rank_and_withdraw_need_the_key_too(
    organiser: Path, fresh: Path, tmp_path: Path, key: str
) -> None:
    lab = _lab(organiser, tmp_path / "lab")
    for number in (3, 5):
        done(fresh, "submit", _entry(lab, f"late-{number}", number, "A Lab"), TWINBENCH_KEY=key)
    done(fresh, "reconstruct", NAME, "delayed-echo")
    done(fresh, "rollout", NAME, "delayed-echo")
    before = _files(fresh)
    for words in (
        ("recompute", NAME, "late-5"),
        ("rank", NAME),
        ("withdraw", NAME, "late-5"),
        ("score", NAME, "delayed-echo"),
        ("unseal", NAME),
    ):
        ended = command(fresh, *words)
        assert ended.returncode == 1
        assert ended.stderr.startswith("sealed: "), ended.stderr
    assert _files(fresh) == before
    done(fresh, "rank", NAME, "--quiet", TWINBENCH_KEY=key)
    after = _files(fresh)
    assert after == before
    done(fresh, "recompute", NAME, "late-5", TWINBENCH_KEY=key)
    board = fresh / "leaderboards" / NAME
    released = read_document(board / "released" / "late-5.json", "released")
    assert released["status"] == "recomputed"
    done(fresh, "withdraw", NAME, "late-5", TWINBENCH_KEY=key)
    assert not (board / "released" / "late-5.json").exists()
    rows = read_document(board / "leaderboard.json", "leaderboard")["rows"]
    assert [row["entry"] for row in rows] == ["late-3"]
    assert "1 entries" in done(fresh, "rank", NAME, "--quiet", TWINBENCH_KEY=key)


def test_a_key_that_is_none_or_another_s_writes_nothing(
    organiser: Path, fresh: Path, tmp_path: Path
) -> None:
    folder = _entry(_lab(organiser, tmp_path / "lab"), "late", 5, "A Lab")
    other = "twinbench-secret-key-1:" + "42" * 32
    before = _files(fresh)
    for variables, code in (
        ({"TWINBENCH_KEY": "secret"}, "not_a_key: TWINBENCH_KEY: "),
        ({"TWINBENCH_KEY": other}, "wrong_key: "),
        ({"TWINBENCH_KEY": ""}, "sealed: "),
    ):
        ended = command(fresh, "submit", folder, **variables)
        assert ended.returncode == 1
        assert ended.stderr.startswith(code)
        assert "4242" not in ended.stderr
    assert _files(fresh) == before


def test_results_that_no_key_holder_sealed_are_refused(
    organiser: Path, fresh: Path, tmp_path: Path, key: str
) -> None:
    lab = _lab(organiser, tmp_path / "lab")
    done(fresh, "submit", _entry(lab, "late", 5, "A Lab"), TWINBENCH_KEY=key)
    place = fresh / "leaderboards" / NAME / "results.sealed"
    whole = place.read_bytes()
    salt, payload = 11 + len(NAME) + 64, 11 + len(NAME) + 64 + 32 + 1 + 32
    for at, code in ((9, "sealed_other"), (salt, "sealed_head"), (payload, "sealed_chunk")):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 3]) + whole[at + 1 :])
        before = _files(fresh)
        ended = command(fresh, "rank", NAME, TWINBENCH_KEY=key)
        assert ended.returncode == 1
        assert ended.stderr.startswith(f"{code}: "), ended.stderr
        assert _files(fresh) == before
    shutil.copyfile(fresh / "datasets" / NAME / "truth.sealed", place)
    ended = command(fresh, "rank", NAME, TWINBENCH_KEY=key)
    assert ended.stderr.startswith("sealed_other: ")


def test_sealing_anew_would_lose_the_results(fresh: Path, key: str, organiser: Path) -> None:
    board = fresh / "leaderboards" / NAME
    board.mkdir(parents=True)
    (board / "results.sealed").write_bytes(b"x")
    done(fresh, "unseal", NAME, TWINBENCH_KEY=key)
    public = organiser.parent / "organiser.key.pub"
    ended = command(fresh, "seal", NAME, "--to", public, "--overwrite")
    assert ended.returncode == 1
    assert ended.stderr.startswith("results_kept: ")


INTERRUPTED = """
import os, signal, sys
import bench.scoring.score as scoring
def interrupt(job, *_):
    assert job.reference.is_dir()
    print(job.reference, flush=True)
    os.kill(os.getpid(), signal.Signals[os.environ["SENT"]])
scoring.score_blocks = interrupt
from bench.cli import main
sys.argv = ["twinbench", *sys.argv[1:]]
main()
"""
"""The command, interrupted while the truth is open."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_an_interrupt_leaves_no_open_truth(
    organiser: Path, fresh: Path, tmp_path: Path, key: str, number: signal.Signals
) -> None:
    folder = _entry(_lab(organiser, tmp_path / "lab"), "late", 5, "A Lab")
    before = _files(fresh)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, "submit", folder],
        cwd=fresh,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "SENT": number.name,
            "TWINBENCH_KEY": key,
            "TMPDIR": str(temporary),
            "PYTHONPATH": str(_repository()),
        },
    )
    assert ended.returncode == 128 + number, ended.stderr
    assert Path(ended.stdout.strip()).is_relative_to(temporary)
    assert not [p for p in temporary.iterdir() if p.name.startswith("twinbench-")]
    assert _files(fresh) == before


def test_a_secret_seed_is_not_for_a_dataset_that_publishes_one(tmp_path: Path) -> None:
    root = _checkout(tmp_path / "checkout")
    shutil.copytree(_repository() / "datasets" / "so101-synth", root / "datasets" / "so101-synth")
    (tmp_path / "seed").write_text(SEED)
    ended = command(root, "generate", "so101-synth", "--seed-file", tmp_path / "seed")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "public_seed: so101-synth: expected no true_parameters.json, which names a seed that "
        "anyone may know, came one",
        'raw_committed: so101-synth: dataset.json: expected raw "fetched": counts in data/raw, '
        "which git ignores, came others",
        "2 problem(s)",
    ]


def test_the_pipeline_s_entries_are_scored_with_the_key(fresh: Path, key: str) -> None:
    done(fresh, "reconstruct", NAME, "delayed-echo")
    done(fresh, "rollout", NAME, "delayed-echo")
    printed = done(fresh, "score", NAME, "delayed-echo", "--json", TWINBENCH_KEY=key)
    place = fresh / "leaderboards" / NAME / "released" / "delayed-echo.json"
    assert json.loads(printed) == read_document(place, "released")
    assert not (fresh / "data" / "traces").exists()
    done(fresh, "rank", NAME, "--quiet", TWINBENCH_KEY=key)


LOOK = """
import os
from bench.cli.main import cli
assert "TWINBENCH_KEY" in os.environ
cli(["list"], standalone_mode=False)
print("TWINBENCH_KEY" in os.environ)
"""


def test_no_process_that_a_verb_starts_gets_the_key(fresh: Path, key: str) -> None:
    """A stepper or a method is a lab's program; it inherits the environment."""
    ended = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=fresh,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TWINBENCH_KEY": key, "PYTHONPATH": str(_repository())},
    )
    assert ended.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("words", [("repeatability", NAME), ("sync", NAME, "delayed-echo")])
def test_what_would_publish_single_episodes_is_refused(
    fresh: Path, key: str, words: tuple[str, ...]
) -> None:
    done(fresh, "unseal", NAME, TWINBENCH_KEY=key)
    before = _files(fresh)
    ended = command(fresh, *words, TWINBENCH_KEY=key)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0] == (
        f"sealed_verb: holdout of {NAME}: expected an open one, as what this verb writes says how "
        "far off single episodes are, came a sealed one"
    )
    assert _files(fresh) == before


HELD_UP = """
import os, signal, sys
import bench.io.atomic as atomic
finish = atomic.Transaction.__exit__
def interrupted(self, kind, error, trace):
    if kind is None:
        os.kill(os.getpid(), signal.SIGINT)
        interrupt = KeyboardInterrupt()
        finish(self, type(interrupt), interrupt, None)
        raise interrupt
    return finish(self, kind, error, trace)
atomic.Transaction.__exit__ = interrupted
signal.signal(signal.SIGINT, lambda *_: None)
from bench.cli import main
sys.argv = ["twinbench", *sys.argv[1:]]
main()
"""
"""The command, interrupted when everything is prepared and nothing is in place."""


def test_an_interrupted_seal_leaves_the_old_state(organiser: Path, fresh: Path, key: str) -> None:
    done(fresh, "unseal", NAME, TWINBENCH_KEY=key)
    before = _files(fresh)
    public = organiser.parent / "organiser.key.pub"
    ended = subprocess.run(
        [sys.executable, "-c", HELD_UP, "seal", NAME, "--to", public, "--overwrite"],
        cwd=fresh,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(_repository())},
    )
    assert ended.returncode == 130, ended.stderr
    assert _files(fresh) == before

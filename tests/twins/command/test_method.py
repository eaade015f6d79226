"""A method that is a command: what it is given, what becomes of its papers, what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bench.entries.checking import checked_entry
from bench.entries.provenance.checking import check_papers
from bench.entries.provenance.finding import find_papers
from bench.io.problems import UnknownNameError
from bench.io.store import Episodes
from bench.io.workspace import Workspace
from bench.leaderboard.rank import rank
from bench.leaderboard.scoring import score_entry
from bench.twins import echo
from bench.twins.kinds import KINDS
from bench.twins.reconstruct import reconstruct
from bench.twins.rollout import rollout
from tests.entries.provenance.records import HASHES, refused
from tests.support.workspace import DATASET, no_run, silent
from tests.twins.command.methods import (
    ENTRY,
    WHERE,
    names,
    paper,
    with_change,
    with_command,
    with_program,
)

EXAMPLE = ["{python}", "{root}/methods/fit_delay.py", "{input}", "{output}"]


@pytest.fixture
def lab(workspace: Workspace, repository: Path) -> Workspace:
    """A checkout with the documented example as a method."""
    (workspace.root / "methods").mkdir()
    shutil.copy(repository / "docs/examples/fit_delay.py", workspace.root / "methods")
    return with_command(workspace, EXAMPLE, options={"longest_delay": 0.2})


def test_the_example_goes_all_the_way_to_the_board(lab: Workspace) -> None:
    """It finds the delay that our own fit finds, so it scores the same."""
    paths = lab.dataset(DATASET)
    record = reconstruct(lab, DATASET, ENTRY, silent)
    own = json.loads((paths.twin("delayed-echo") / "provenance.json").read_text())
    assert record["parameters"][0]["value"] == own["parameters"][0]["value"]
    assert record["errors"] == own["errors"]
    rollout(lab, DATASET, ENTRY, silent)
    assert checked_entry(lab, paths, paths.rollout(ENTRY)).documents["twin"]["kind"] == "echo"
    result = score_entry(lab, DATASET, ENTRY, no_run)
    rows = {row["entry"]: row for row in rank(lab, DATASET)["rows"]}
    assert rows[ENTRY]["status"] == "pipeline"
    assert result["metrics"]["joint_rmse"] == rows["delayed-echo"]["metrics"]["joint_rmse"]
    # Nobody watched what the program read.
    assert [(f["code"], f["certainty"]) for f in result["findings"]] == [
        ("provenance_unknown", "unknown")
    ]
    assert rows[ENTRY]["rank"] is not None


def test_the_record_holds_and_names_the_method(lab: Workspace) -> None:
    reconstruct(lab, DATASET, ENTRY, silent)
    check_papers(lab, find_papers(lab, f"{DATASET}/{ENTRY}"))
    record = paper(lab, "provenance")
    script = lab.root / "methods/fit_delay.py"
    digest = hashlib.sha256(script.read_bytes()).hexdigest()
    assert [asset["path"] for asset in record["assets"]] == [
        "robots/so101/robot.json",
        "methods/fit_delay.py",
    ]
    assert record["assets"][1]["sha256"] == digest
    assert record["method"]["kind"] == "echo"
    assert record["method"]["command"] == f"twinbench reconstruct {DATASET} {ENTRY}"
    assert record["method"]["settings"]["command"] == EXAMPLE
    assert record["figures"] == {"candidates": 201}
    assert str(lab.root) not in json.dumps(record)


def test_data_of_other_origin_stay_in_the_record(workspace: Workspace) -> None:
    data = [{"name": "drawn", "kind": "simulated", "derived_from": []}]
    with_change(workspace, f"record.update(data={data!r})")
    record = reconstruct(workspace, DATASET, ENTRY, silent)
    assert record["data"] == data
    assert paper(workspace, "provenance")["data"] == data


def test_a_twin_that_says_it_is_made_from_the_holdout_is_refused(workspace: Workspace) -> None:
    made = [{"name": "circle.run-a", "method": "simulated again"}]
    data = [{"name": "more", "kind": "derived", "derived_from": made}]
    with_change(workspace, f"record.update(data={data!r})")
    (line,) = refused(lambda: reconstruct(workspace, DATASET, ENTRY, silent))
    assert line.startswith(
        "leak: provenance.json: provenance_derived_from_holdout: expected nothing of the holdout, "
        "came certain finding provenance_derived_from_holdout: "
    )
    assert not workspace.dataset(DATASET).twin(ENTRY).exists()


def test_the_same_bytes_again(lab: Workspace) -> None:
    folder = lab.dataset(DATASET).twin(ENTRY)
    reconstruct(lab, DATASET, ENTRY, silent)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    reconstruct(lab, DATASET, ENTRY, silent)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_it_is_given_what_it_may_read_and_nothing_else(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWINBENCH_MIRROR", "/somewhere")
    seen = tmp_path / "seen"
    copy = f"import shutil; shutil.copytree(given, {str(seen)!r})\n"
    copy += f"pathlib.Path({str(tmp_path / 'names')!r}).write_text(repr(sorted(os.environ)))\n"
    copy += "assert not list(output.iterdir())\n"
    copy += "assert sorted(p.name for p in pathlib.Path().iterdir()) == ['input', 'output']"
    reconstruct(with_change(workspace, copy), DATASET, ENTRY, silent)
    paths = workspace.dataset(DATASET)
    robot = {f"robot/{p.name}" for p in (workspace.root / "robots/so101").iterdir()}
    assert names(seen) == robot | {
        "calibration.zarr",
        "validation.zarr",
        "holdout.lock.json",
        "guard.json",
        "dataset.json",
        "settings.json",
        "provenance.json",
    }
    assert (seen / "guard.json").read_bytes() == paths.guard.read_bytes()
    assert json.loads((seen / "settings.json").read_text()) == {
        "entry": ENTRY,
        "dataset": DATASET,
        "robot": "so101",
        "seed": 1,
        "options": {},
    }
    variables = eval((tmp_path / "names").read_text())
    assert [name for name in variables if name.startswith("TWINBENCH")] == [
        "TWINBENCH_INPUT",
        "TWINBENCH_OUTPUT",
    ]


def test_what_it_does_to_its_copies_stays_there(workspace: Workspace) -> None:
    stores = [workspace.dataset(DATASET).part(part) for part in ("calibration", "validation")]
    before = {p: p.read_bytes() for store in stores for p in store.rglob("*") if p.is_file()}
    change = "import shutil; [shutil.rmtree(p) for p in given.glob('*.zarr')]"
    reconstruct(with_change(workspace, change), DATASET, ENTRY, silent)
    assert {p: p.read_bytes() for p in before} == before


def test_errors_and_method_are_not_the_command_s_word(workspace: Workspace) -> None:
    change = (
        "record['errors'] = dict(fit=0.0, validation=0.0)\n"
        "record['method'].update(kind='mine', version='9')\n"
        "record['calibration']['episodes'] = record['calibration']['episodes'][:1]"
    )
    reconstruct(with_change(workspace, change), DATASET, ENTRY, silent)
    record = paper(workspace, "provenance")
    assert record["errors"]["fit"] > 0.01
    assert (record["method"]["kind"], record["method"]["version"]) == ("echo", "0.1.0")
    assert len(record["calibration"]["episodes"]) == 1


# Refused, and nothing written.


@pytest.fixture(scope="module")
def checkout(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A checkout in which nothing but the method is changed."""
    root = tmp_path_factory.mktemp("refused") / "checkout"
    shutil.copytree(prepared, root)
    return Workspace(root)


def problems(place: Workspace) -> list[str]:
    found = refused(lambda: reconstruct(place, DATASET, ENTRY, silent))
    assert not place.dataset(DATASET).twin(ENTRY).exists()
    return found


def test_a_program_that_is_not_there(checkout: Workspace) -> None:
    assert problems(with_command(checkout, ["twinbench-no-such-program"])) == [
        f"command_not_run: {WHERE}: expected a program that can be started, came "
        "'twinbench-no-such-program': No such file or directory"
    ]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            "import sys; print('one'); sys.exit(3)",
            f"command_failed: {WHERE}: expected exit status 0, came exit status 3; its last lines: "
            "one",
        ),
        (
            "import os; os.kill(os.getpid(), 11)",
            f"command_failed: {WHERE}: expected exit status 0, came signal 11; it printed nothing",
        ),
        (
            "import time; print('a'); print('b', flush=True); time.sleep(300)",
            f"command_too_long: {WHERE}: expected an end within 6 s, came none, and it was ended "
            "with its children; its last lines: a | b",
        ),
    ],
)
def test_a_program_that_does_not_end_well(checkout: Workspace, program: str, message: str) -> None:
    assert problems(with_program(checkout, program, 6)) == [message]


MUJOCO = """
units = dict(kp="N m/rad", kv="N m s/rad", force_min="N m", force_max="N m",
             damping="N m s/rad", frictionloss="N m", armature="kg m2")
joints = json.loads((given / "robot" / "servos.json").read_text())["sets"]["A"]["joints"]
twin.update(kind="mujoco", settings=dict(step="abc"))
twin["parameters"] = record["parameters"] = [
    dict(delay, name=f"{joint}.{name}", value=value, unit=units[name])
    for joint, values in joints.items() for name, value in values.items()
]
"""
NO_PAPERS = [
    f"missing_file: {name}.json: expected a plain file, written by the command, came none"
    for name in ("provenance", "twin")
]


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        ("raise SystemExit", NO_PAPERS),
        (
            "(output / 'twin.json').write_text('{'); (output / 'provenance.json').mkdir()\n"
            "raise SystemExit",
            [
                "not_a_file: provenance.json: expected a plain file, written by the command, came "
                "a folder, pipe, socket or device",
                "not_json: twin.json: expected a JSON document, came Expecting property name "
                "enclosed in double quotes at line 1, column 2",
            ],
        ),
        (
            "(output / 'twin.json').symlink_to(given / 'settings.json')\n"
            "os.mkfifo(output / 'provenance.json')\nraise SystemExit",
            [
                "not_a_file: provenance.json: expected a plain file, written by the command, came "
                "a folder, pipe, socket or device",
                "link: twin.json: expected a plain file, written by the command, came a link",
            ],
        ),
        (
            "record['parameters'] = []; del twin['settings']",
            [
                "schema: provenance.json: parameters: expected at least 1 items, came []",
                "schema: twin.json: top level: expected the fields settings, came none of them",
            ],
        ),
        (
            "twin['kind'] = 'command'",
            [
                f"unknown_kind: twin.json: kind: expected one of {', '.join(KINDS)}, came "
                "'command'",
            ],
        ),
        (
            "twin.update(name='other', robot='ur5'); record.update(entry='third')",
            [
                f"wrong_paper: provenance.json: entry: expected '{ENTRY}', came 'third'",
                "wrong_paper: provenance.json: entry: expected 'other', came 'third'",
                f"wrong_paper: twin.json: name: expected '{ENTRY}', came 'other'",
                "wrong_paper: twin.json: robot: expected 'so101', came 'ur5'",
            ],
        ),
        (
            "twin['parameters'] = record['parameters'] = [\n"
            "  dict(delay, name='shoulder_pan_joint.offset', unit='rad'),\n"
            "  dict(delay, name='elbow_flex.offset')]",
            [
                "missing_parameter: twin.json: parameters/delay: expected a value, came none",
                "unit: twin.json: parameters/elbow_flex.offset: expected unit rad, came unit s",
                "unknown_parameter: twin.json: parameters/shoulder_pan_joint.offset: expected a "
                "parameter of kind echo for this robot, came another",
            ],
        ),
        (
            "delay['value'] = -0.1",
            [
                "out_of_range: twin.json: parameters/delay: expected a number from 0 to 10, came "
                "-0.1",
            ],
        ),
        (
            f"first = record['calibration']['episodes'][0]; first['hash'] = '{HASHES[0]}'\n"
            "record['validation']['episodes'][0]['id'] = 'ghost.run-a'\n"
            f"record['holdout']['root'] = '{HASHES[1]}'",
            [
                "episode_hash: provenance.json: calibration/episodes/0: expected OWN, the hash of "
                f"'chirp.run-a', came {HASHES[0]}",
                f"wrong_paper: provenance.json: holdout/root: expected 'ROOT', came '{HASHES[1]}'",
                "other_episode: provenance.json: validation/episodes/0: expected an episode of "
                "validation, came 'ghost.run-a'",
            ],
        ),
        (
            "lock = json.loads((given / 'holdout.lock.json').read_text())['episodes'][0]\n"
            "episodes = record['calibration']['episodes']\n"
            "episodes[:] = [dict(id=lock['id'], hash=lock['hash'])]",
            [
                "holdout_episode: provenance.json: calibration/episodes/0: expected no episode of "
                "the holdout, came 'circle.run-a', by id, hash, group",
                "other_episode: provenance.json: calibration/episodes/0: expected an episode of "
                "calibration, came 'circle.run-a'",
            ],
        ),
        (
            MUJOCO,
            [
                'schema: twin.json: settings: step: expected a number, came "abc"',
            ],
        ),
        (
            "twin.update(kind='regression', settings=dict(length=1))\n"
            "delay.update(name='elbow_flex.command_0', unit='1', value=1e308)\n"
            "more = dict(delay, name='elbow_flex.constant', unit='rad', value=1e308)\n"
            "twin['parameters'] = record['parameters'] = [delay, more]",
            [
                "twin_refused: twin.json: expected predictions that are finite, came an error of "
                "nan (fit)",
            ],
        ),
        (
            "twin.update(kind='regression', settings={})",
            [
                "schema: twin.json: settings: top level: expected the fields length, came none of "
                "them",
            ],
        ),
    ],
)
def test_papers_that_will_not_do(checkout: Workspace, change: str, messages: list[str]) -> None:
    paths = checkout.dataset(DATASET)
    known = json.loads((paths.twin("delayed-echo") / "provenance.json").read_text())
    own, root = known["calibration"]["episodes"][0]["hash"], known["holdout"]["root"]
    found = problems(with_change(checkout, change))
    assert found == [text.replace("OWN", own).replace("ROOT", root) for text in messages]


def test_a_twin_that_its_kind_cannot_roll_out(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> Episodes:
        raise ValueError("no such thing")

    monkeypatch.setattr(echo, "KIND", replace(echo.KIND, rollout=broken))
    assert problems(with_change(checkout, "")) == [
        "twin_refused: twin.json: expected a twin that the kind echo can roll out, came "
        "ValueError: no such thing"
    ]


def test_settings_are_checked(checkout: Workspace) -> None:
    where = f"params.yaml: entries/{ENTRY}/settings"
    assert problems(with_command(checkout, [], 0)) == [
        f"schema: {where}: command: expected at least 1 items, came []",
        f"schema: {where}: time_limit: expected more than 0, came 0",
    ]
    assert problems(with_command(checkout, ["a\nb"])) == [
        f"control_character: {where}: command/0: expected one line of text without control "
        "characters, came 'a\\nb'"
    ]


def test_a_kind_that_is_neither_a_twin_nor_a_command(checkout: Workspace) -> None:
    path = with_command(checkout, ["a"]).root / "params.yaml"
    path.write_text(path.read_text().replace("kind: command", "kind: comand"))
    with pytest.raises(UnknownNameError) as raised:
        reconstruct(checkout, DATASET, ENTRY, silent)
    assert str(raised.value).startswith("unknown kind 'comand'; valid: ")
    assert str(raised.value).endswith(", command")

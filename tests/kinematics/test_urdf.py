"""Reading URDF: what is read, and the exact words for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.io.problems import ProblemsError
from bench.kinematics.robot import Limits, Load, Mimic
from bench.kinematics.urdf import MAX_BYTES, read_urdf

GOOD = """<?xml version="1.0"?>
<robot name="r">
  <material name="grey"/>
  <link name="a"/>
  <link name="b"><visual><geometry><mesh filename="../x.stl"/></geometry></visual></link>
  <link name="c"/><link name="d"/>
  <joint name="one" type="revolute">
    <origin xyz="0.1 -2e-1 0.30000000000000004" rpy="0 0 1.5708"/>
    <parent link="a"/><child link="b"/><axis xyz="0 0 2"/>
    <limit lower="-1" upper="1.5" effort="3" velocity="2"/>
  </joint>
  <joint name="two" type="continuous">
    <parent link="b"/><child link="c"/><axis xyz="1 0 0"/>
    <mimic joint="one" multiplier="-0.5"/>
  </joint>
  <joint name="three" type="fixed"><parent link="b"/><child link="d"/></joint>
  <transmission name="t"><joint name="one"/></transmission>
</robot>
"""


def _read(folder: Path, text: str | bytes) -> list[str]:
    """The problems of a text, as lines."""
    path = folder / "robot.urdf"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ProblemsError) as raised:
        read_urdf(path, "robot.urdf")
    return [str(problem) for problem in raised.value.problems]


def test_joints_as_written(tmp_path: Path) -> None:
    (tmp_path / "robot.urdf").write_text(GOOD)
    urdf = read_urdf(tmp_path / "robot.urdf", "robot.urdf")
    assert urdf.links == ("a", "b", "c", "d")
    one, two, three = (urdf.joint_of[link] for link in "bcd")
    assert one.xyz == (0.1, -0.2, 0.30000000000000004)
    assert one.rpy == (0.0, 0.0, 1.5708)
    assert one.axis == (0.0, 0.0, 2.0)
    assert one.limits == Limits(-1.0, 1.5, 2.0, 3.0)
    assert two.mimic == Mimic("one", -0.5, 0.0)
    assert two.limits == Limits(None, None, None, None)
    assert (three.type, three.axis, three.limits, three.xyz) == ("fixed", None, None, (0, 0, 0))


def test_masses_as_written(tmp_path: Path) -> None:
    heavy = (
        '<link name="a"><inertial><origin xyz="0.1 0 -2e-2" rpy="1 0 0"/><mass value="1.5"/>'
        '</inertial></link><link name="b"><inertial><mass value="0"/></inertial>'
    )
    text = GOOD.replace('<link name="a"/>\n  <link name="b">', heavy)
    assert heavy in text
    (tmp_path / "robot.urdf").write_text(text)
    assert read_urdf(tmp_path / "robot.urdf", "robot.urdf").masses == {
        "a": Load(1.5, (0.1, 0.0, -0.02))
    }


@pytest.mark.parametrize(
    ("mass", "problem"),
    [
        ("-1", "negative_mass: robot.urdf: link a: inertial: mass: expected 0 kg or more, came -1"),
        ("m", "not_a_number: robot.urdf: link a: inertial: mass: expected a number, came m"),
    ],
)
def test_bad_masses(tmp_path: Path, mass: str, problem: str) -> None:
    inertial = f'<inertial><mass value="{mass}"/></inertial>'
    text = GOOD.replace('<link name="a"/>', f'<link name="a">{inertial}</link>')
    assert _read(tmp_path, text) == [problem]


JOINT = "robot.urdf: joint one"
BAD = {
    "unknown link": (
        '<child link="c"/>',
        '<child link="x"/>',
        ["unknown_link: robot.urdf: joint two: child: expected a link of the file, came x"],
    ),
    "no link": (
        '<parent link="a"/>',
        "",
        [f"missing_link: {JOINT}: expected a parent link, came none"],
    ),
    "cycle": (
        '<parent link="a"/>',
        '<parent link="c"/>',
        ["cycle: robot.urdf: link b: expected a tree, came b → c → b"],
    ),
    "joint on itself": (
        '<parent link="b"/><child link="d"/>',
        '<parent link="d"/><child link="d"/>',
        ["cycle: robot.urdf: link d: expected a tree, came d → d"],
    ),
    "two joints for one link": (
        '<child link="d"/>',
        '<child link="c"/>',
        ["two_parents: robot.urdf: link c: expected one joint that moves it, came two, three"],
    ),
    "no axis": (
        '<axis xyz="0 0 2"/>',
        "",
        [f"missing_axis: {JOINT}: expected an axis, came none"],
    ),
    "zero axis": (
        '<axis xyz="0 0 2"/>',
        '<axis xyz="0 0 0.0"/>',
        [f"zero_axis: {JOINT}: expected an axis with a direction, came 0 0 0.0"],
    ),
    "no limits": (
        '<limit lower="-1" upper="1.5" effort="3" velocity="2"/>',
        "",
        [f"missing_limits: {JOINT}: expected limits lower and upper, came no lower and no upper"],
    ),
    "half a limit": (
        'lower="-1" upper="1.5"',
        'lower="-1"',
        [f"missing_limits: {JOINT}: expected limits lower and upper, came no upper"],
    ),
    "limits the wrong way round": (
        'lower="-1" upper="1.5"',
        'lower="1.5" upper="-1"',
        [f"limits: {JOINT}: expected a lower limit below the upper, came 1.5 and -1"],
    ),
    "not finite": (
        "0.1 -2e-1",
        "nan 1e999",
        [
            f"not_finite: {JOINT}: origin xyz: expected a finite number, came 1e999",
            f"not_finite: {JOINT}: origin xyz: expected a finite number, came nan",
        ],
    ),
    "not a number": (
        'upper="1.5"',
        'upper="1_5"',
        [f"not_a_number: {JOINT}: limit upper: expected a number, came 1_5"],
    ),
    "two numbers": (
        'rpy="0 0 1.5708"',
        'rpy="0 0"',
        [f"not_a_vector: {JOINT}: origin rpy: expected three numbers, came 2"],
    ),
    "floating": (
        'type="fixed"',
        'type="floating"',
        [
            "joint_type: robot.urdf: joint three: expected one of revolute, continuous, "
            "prismatic, fixed, came floating"
        ],
    ),
    "no type": (
        ' type="fixed"',
        "",
        [
            "joint_type: robot.urdf: joint three: expected one of revolute, continuous, "
            "prismatic, fixed, came none"
        ],
    ),
    "same name": (
        'name="three"',
        'name="two"',
        ["duplicate_name: robot.urdf: joint two: expected each name once, came it twice"],
    ),
    "no name": (
        '<link name="a"/>',
        '<link name="a"/><link/>',
        ["missing_name: robot.urdf: link: expected a name, came none"],
    ),
    "mimic of nothing": (
        '<mimic joint="one"',
        '<mimic joint="x"',
        [
            "unknown_joint: robot.urdf: joint two: mimic: expected a joint that moves by itself, "
            "came x"
        ],
    ),
    "mimic of itself": (
        '<mimic joint="one"',
        '<mimic joint="two"',
        [
            "unknown_joint: robot.urdf: joint two: mimic: expected a joint that moves by itself, "
            "came two"
        ],
    ),
    "another root": (
        GOOD,
        "<sdf/>",
        ["not_urdf: robot.urdf: expected the root element robot, came sdf"],
    ),
    "cut short": (
        "</robot>",
        "",
        ["not_xml: robot.urdf: expected XML, came no element found: line 19, column 0"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named(tmp_path: Path, name: str) -> None:
    old, new, problems = BAD[name]
    assert GOOD.count(old) == 1
    assert _read(tmp_path, GOOD.replace(old, new)) == problems


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = GOOD
    for name in ("unknown link", "zero axis", "no limits", "floating"):
        text = text.replace(*BAD[name][:2])
    expected = [
        line for n in ("unknown link", "zero axis", "no limits", "floating") for line in BAD[n][2]
    ]
    assert sorted(_read(tmp_path, text)) == sorted(expected)


ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE robot [
  <!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
  <!ENTITY c SYSTEM "file:///etc/passwd">
]>
<robot name="&b;"><link name="&c;"/></robot>
"""


@pytest.mark.parametrize("text", [ENTITIES, '<!DOCTYPE robot SYSTEM "http://x/y.dtd"><robot/>'])
def test_document_types_are_refused(tmp_path: Path, text: str) -> None:
    assert _read(tmp_path, text) == [
        "doctype: robot.urdf: expected no document type and no entities, came <!DOCTYPE robot>"
    ]


def test_undeclared_entities_are_refused(tmp_path: Path) -> None:
    (problem,) = _read(tmp_path, '<robot name="&x;"/>')
    assert problem.startswith("not_xml: robot.urdf: expected XML, came undefined entity")


def test_size_and_number_are_bounded(tmp_path: Path) -> None:
    assert _read(tmp_path, b" " * (MAX_BYTES + 1)) == [
        f"too_large: robot.urdf: expected at most {MAX_BYTES} bytes, came {MAX_BYTES + 1} bytes"
    ]
    assert _read(tmp_path, "<robot>" + "<joint/>" * 5000 + "</robot>") == [
        "too_large: robot.urdf: expected at most 4096 joints, came 5000"
    ]


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(
        ProblemsError, match=r"missing_file: .* expected a URDF file, came no such file"
    ):
        read_urdf(tmp_path / "robot.urdf", "robot.urdf")

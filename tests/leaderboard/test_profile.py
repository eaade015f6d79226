from __future__ import annotations

from bench.io.documents import Document
from bench.leaderboard.profile import profile_of
from tests.leaderboard.made import label, names, result

EPISODES = dict.fromkeys(names(4), 0.1)


def test_a_label_is_counted_by_episode_arm_and_joint() -> None:
    labels = [
        label("lag", "m00.run-a", ["elbow"], strength=0.2),
        label("lag", "m00.run-a", ["elbow", "wrist"], strength=0.6),
        label("lag", "m01.run-a", ["wrist"], strength=0.1),
        label("lag", "m02.run-a", ["wrist"], strength=0.3),
        label("lag", "m02.run-a", ["elbow"], arm="right", strength=1.0),
        label("offset", "m03.run-a", ["elbow"], strength=0.5),
    ]
    groups = {"m00.run-a": "g", "m01.run-a": "g", "m02.run-a": "h", "m03.run-a": "h"}
    profile = profile_of(result("a", EPISODES, groups=groups, labels=labels))
    assert profile == [
        {
            "label": "lag",
            "arm": "arm",
            "episodes": 3,
            "share": 0.75,
            "groups": 2,
            "joints": {"wrist": 3, "elbow": 1},
            "strength": 0.3,  # of 0.6, 0.1 and 0.3
        },
        {
            "label": "offset",
            "arm": "arm",
            "episodes": 1,
            "share": 0.25,
            "groups": 1,
            "joints": {"elbow": 1},
            "strength": 0.5,
        },
        {
            "label": "lag",
            "arm": "right",
            "episodes": 1,
            "share": 0.25,
            "groups": 1,
            "joints": {"elbow": 1},
            "strength": 1.0,
        },
    ]
    assert list(profile[0]["joints"]) == ["wrist", "elbow"]


def test_what_is_as_frequent_stands_in_the_order_of_the_rules() -> None:
    labels = [label(n, "m00.run-a", ["j"]) for n in ("zeal", "noise", "lag", "anger", "offset")]
    found = [item["label"] for item in profile_of(result("a", EPISODES, labels=labels))]
    assert found == ["offset", "lag", "noise", "anger", "zeal"]


def test_the_share_is_of_scored_episodes() -> None:
    made: Document = result("a", EPISODES, labels=[label("lag", "m00.run-a", ["j"])])
    for episode in made["episodes"][1:3]:
        episode["rows_scored"] = 0
    assert profile_of(made)[0]["share"] == 0.5
    for episode in made["episodes"]:
        episode["rows_scored"] = 0
    assert profile_of(made)[0]["share"] is None


def test_several_runs_of_an_episode_are_one() -> None:
    made = result("repeat", {"m00.run-a": [0.1, 0.2], "m01.run-a": 0.1})
    labels = [label("lag", "m00.run-a", ["j"], strength=s) for s in (0.1, 0.9)]
    (item,) = profile_of({**made, "labels": labels})
    assert (item["episodes"], item["share"], item["joints"]) == (1, 0.5, {"j": 1})
    assert item["strength"] == 0.9


def test_nothing_fails() -> None:
    assert profile_of(result("a", EPISODES)) == []

"""What the guard found, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.io.documents import Document

MEANINGS: Mapping[str, str] = {
    "group_torn": "A group of near-duplicates or runs of one motion has episodes in two parts of "
    "the split: a twin can be fitted on what it is scored on.",
    "equal_recordings": "Two episodes are the same recording.",
    "equal_commands": "A holdout episode was commanded like a fitted one: what the robot did there "
    "was seen.",
    "near_duplicate": "A holdout motion and a fitted one are alike, perhaps shifted, slower, "
    "quicker or cropped: about what the robot did there was seen.",
    "inputs_reveal_truth": "Inputs of the holdout hold what was measured there.",
    "provenance_names_holdout": "The record names something of the holdout among what was read.",
    "provenance_same_group": "The record names a run of a motion that is held out.",
    "provenance_derived_from_holdout": "The record names something that was made from the holdout.",
    "provenance_unknown": "The lab does not say, or nobody watched, what the twin was made from.",
    "stage_reads_more": "A stage of the pipeline reads what it may not see.",
    "lock_missing": "The holdout has no lock, or one that cannot be read.",
    "lock_broken": "The holdout's lock is another dataset's, or was changed.",
    "holdout_changed": "An episode of the holdout is not what the lock says.",
    "holdout_missing": "An episode of the holdout is missing.",
    "holdout_extra": "There is an episode in the holdout that does not belong to it.",
    "rows_of_truth": "Rows of the entry are rows of the truth, to the sixth decimal and beyond "
    "chance.",
    "truth_in_entry": "The entry has small motion that only the measurement has: noise, steps of "
    "the encoder, slips.",
    "closer_than_the_robot": "The entry is closer to a run of the robot, the scored one or "
    "another, than a prediction can be, going by how far runs lie apart.",
    "entries_alike": "The entry predicts nearly the same as another one that was scored before it, "
    "or as one of which the log does not say which came first.",
}
"""What a finding says, by its code."""
CERTAINTIES: Mapping[str, str] = {
    "certain": "This is certain.",
    "likely": "This is likely; an honest cause is possible.",
    "hint": "This is a hint: worth a question.",
    "unknown": "Nobody said, so it is not known.",
}
RANKING: Mapping[str, str] = {
    "certain": "An entry with it is not ranked.",
    "likely": "An entry with it is ranked, and its row is marked.",
    "hint": "An entry with it is ranked, and its row is marked.",
    "unknown": "An entry with it is ranked, and its row is marked.",
}
SHOWN = 10
"""Items of a list or a group of numbers that are written out."""
DEEPEST = 2


def explained(
    checks: Sequence[Document] | None, findings: Sequence[Document], *, of_entry: bool
) -> Iterator[str]:
    """Lines that say what was looked at, and everything that was found.

    Args:
        checks: the checks that ran, as in `guard.json`; None where that is not known.
        findings: what they found.
        of_entry: say what they mean for an entry's place on a leaderboard, too.
    """
    for check in checks or ():
        yield f"Looked at: {check['meaning']}; {check['looked_at']} compared."
    if not findings:
        yield "Nothing was found."
    for finding in findings:
        yield ""
        yield f"{finding['code']} ({finding['certainty']})"
        if finding["code"] in MEANINGS:
            yield f"  {MEANINGS[finding['code']]}"
        certainty = finding["certainty"]
        ranking = f" {RANKING[certainty]}" if of_entry else ""
        yield f"  {CERTAINTIES[certainty]}{ranking}"
        yield from _evidence(finding["evidence"])
        yield f"  More: {finding['anchor']}"


def _evidence(evidence: Document) -> Iterator[str]:
    if not evidence:
        yield "  The evidence is not published."
    for name, value in evidence.items():
        yield f"  {name.replace('_', ' ')}: {_text(value)}"


def _text(value: object, depth: int = 0) -> str:
    """A value on one line, cut where it would be long."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if not isinstance(value, (dict, list)):
        return str(value)
    if depth > DEEPEST:
        return "…"
    if isinstance(value, dict):
        texts = [f"{name} {_text(inner, depth + 1)}" for name, inner in value.items()]
    else:
        texts = [_text(inner, depth + 1) for inner in value]
    more = [f"and {len(texts) - SHOWN} more"] if len(texts) > SHOWN else []
    joined = ", ".join(texts[:SHOWN] + more)
    return f"({joined})" if depth else joined

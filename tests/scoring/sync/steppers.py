"""Steppers for tests, in plain Python: what they do is written down here, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = """
import json, math, sys
LAG, OFFSET, SPY, CORRECTS = {lag}, {offset}, {spy!r}, {corrects!r}
def note(line):
    if SPY:
        with open(SPY, "a") as file:
            file.write(line)
class State:
    def __init__(self, time, q, command):
        self.time, self.q, self.command = time, q, command
    def advance(self, time, command):
        share = math.exp(-(time - self.time) / LAG) if LAG else 0.0
        self.q = [c + OFFSET + share * (q - c - OFFSET) for q, c in zip(self.q, self.command)]
        self.time, self.command = time, command
states = {{}}
def answer(r):
    if r["op"] == "reset":
        states["main"] = State(r["time"], r["q"], r["command"])
        return dict(name="test", corrects=CORRECTS)
    if r["op"] == "fork":
        main = states["main"]
        states[r["state"]] = State(main.time, main.q, main.command)
        return {{}}
    if r["op"] == "step":
        state, q = states[r["state"]], []
        for t, c in zip(r["time"], r["command"]):
            state.advance(t, c)
            q.append(state.q)
        return dict(q=q)
    if r["op"] == "correct":
        state, before, after = states["main"], [], []
        for k, m in enumerate(r["q"]):
            state.advance(r["time"][k], r["command"][k])
            before.append(state.q)
            g = 1.0 if r["gain"] is None else r["gain"][k]
            g *= {follow}
            state.q = [a + g * (b - a) for a, b in zip(state.q, m)]
            after.append(state.q)
        return dict(before=before, after=after)
    return {{}}
for line in sys.stdin:
    note(line)
    r = json.loads(line)
    print(json.dumps(dict(id=r["id"], **answer(r))), flush=True)
    if r["op"] == "close":
        break
"""


def first_order(
    place: Path,
    *,
    lag: float = 0.1,
    offset: float = 0.0,
    corrects: tuple[str, ...] = ("harness", "own"),
    spy: Path | None = None,
    follow: float = 1.0,
) -> list[str]:
    """A command that starts a first-order lag towards the command plus an offset.

    Its own correction takes the measured positions. Every line that it is sent is noted in `spy`.
    """
    path = place / "stepper.py"
    text = SCRIPT.format(
        lag=lag,
        offset=offset,
        spy=str(spy) if spy else "",
        corrects=list(corrects),
        follow=follow,
    )
    path.write_text(text)
    return [sys.executable, str(path)]

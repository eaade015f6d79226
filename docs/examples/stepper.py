"""A lab's own stepper without twinbench: every joint follows its command with a first-order lag.

    twinbench sync so101-synth lag-of-ours --command "python3 docs/examples/stepper.py"

A row says: from this time on this command is in force. A joint at q moves towards the command in
force as q' = (command - q) / LAG. Its own correction adds the last difference to all that follows.
"""

import json
import math
import sys

LAG = 0.1


class State:
    def __init__(self, time, q, command):
        self.time, self.q, self.command = time, q, command
        self.offset = [0.0] * len(q)

    def advance(self, time, command):
        share = math.exp(-(time - self.time) / LAG)
        rest = [c + o for c, o in zip(self.command, self.offset, strict=True)]
        self.q = [r + share * (q - r) for q, r in zip(self.q, rest, strict=True)]
        self.time, self.command = time, command

    def correct(self, measured):
        self.offset = [
            o + 0.1 * (m - q) for o, q, m in zip(self.offset, self.q, measured, strict=True)
        ]
        self.q = list(measured)

    def moved_to(self, q):
        self.q = q

    def copy(self):
        other = State(self.time, list(self.q), self.command)
        other.offset = list(self.offset)
        return other


def answer(request, states):
    op = request["op"]
    if op == "reset":
        states.clear()
        states["main"] = State(request["time"], request["q"], request["command"])
        return {"name": "first-order-lag", "corrects": ["harness", "own"]}
    if op == "fork":
        states[request["state"]] = states["main"].copy()
        return {}
    if op == "step":
        state, q = states[request["state"]], []
        for time, command in zip(request["time"], request["command"], strict=True):
            state.advance(time, command)
            q.append(state.q)
        return {"q": q}
    if op == "correct":
        return corrected(request, states["main"])
    return {}  # close


def corrected(request, state):
    before, after = [], []
    for row, measured in enumerate(request["q"]):
        state.advance(request["time"][row], request["command"][row])
        before.append(state.q)
        if request["gain"] is None:
            state.correct(measured)
        else:  # the harness's correction; this model has no velocity to set to dq
            gain = request["gain"][row]
            state.moved_to([q + gain * (m - q) for q, m in zip(state.q, measured, strict=True)])
        after.append(state.q)
    return {"before": before, "after": after}


def main():
    states = {}
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"id": request["id"], **answer(request, states)}), flush=True)
        if request["op"] == "close":
            break


if __name__ == "__main__":
    main()

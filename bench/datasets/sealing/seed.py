"""The secret seed of a generated dataset that is to be sealed.

The generator is public: who guesses the seed has the truth. A seed is therefore as long as a key.
"""

from __future__ import annotations

import re
from pathlib import Path

from bench.io.problems import Problem, ProblemsError

MIN_BITS = 128
MIN_DISTINCT = 8
"""Of 16 random bytes fewer than 8 differ with a probability of 6e-13; of a pattern, mostly."""
MAX_TEXT = 4096
_HEX = re.compile(r"\s*([0-9a-fA-F]*)\s*")


def read_seed(path: Path) -> bytes:
    """Read a seed of hexadecimal digits; what came is not repeated in the problem.

    Raises:
        ProblemsError: it is not there, not hexadecimal, or weaker than 128 bits.
    """
    expected = f"at least {MIN_BITS // 4} hexadecimal digits, as from: openssl rand -hex 32"
    try:
        with path.open("rb") as file:
            text = file.read(MAX_TEXT).decode("ascii", errors="replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise ProblemsError([Problem("missing_file", str(path), expected, "no file")]) from None
    found = _HEX.fullmatch(text)
    if found is None or len(found[1]) % 2:
        raise ProblemsError([Problem("not_a_seed", str(path), expected, "something else")])
    seed = bytes.fromhex(found[1])
    if 8 * len(seed) < MIN_BITS:
        came = f"{8 * len(seed)} bits"
        raise ProblemsError([Problem("weak_seed", str(path), expected, came)])
    if len(set(seed)) < MIN_DISTINCT:
        came = "a pattern, which can be guessed"
        raise ProblemsError([Problem("weak_seed", str(path), expected, came)])
    return seed

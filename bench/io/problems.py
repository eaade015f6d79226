"""What is wrong with an input, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_SHOWN = 300
"""Characters of a place, and of what came, that a line shows: both may come from a stranger."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with an input.

    Attributes:
        code: short name in snake case, stable between versions; the documentation lists it.
        where: file, episode, row or field that is meant.
        expected: what was expected there.
        came: what came instead.
    """

    code: str
    where: str
    expected: str
    came: str

    def __str__(self) -> str:
        """One line, as the terminal prints it; a long place, or much that came, is cut short."""
        where, came = _shown(self.where), _shown(self.came)
        return f"{self.code}: {where}: expected {self.expected}, came {came}"


def _shown(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


class ProblemsError(ValueError):
    """An input has problems; all of them are listed, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep `problems`, sorted by place and code."""
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda p: (p.where, p.code, p.expected, p.came))
        )
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> tuple[type[ProblemsError], tuple[tuple[Problem, ...]]]:
        """Made again from the problems: it may come from another process."""
        return type(self), (self.problems,)


class UnknownNameError(LookupError):
    """A name that nothing here has; the message lists the names that exist."""

    def __init__(self, kind: str, name: str, valid: Sequence[str]) -> None:
        """Say which `kind` of thing has no `name`, and which names are valid."""
        self.kind, self.name, self.valid = kind, name, tuple(valid)
        listed = ", ".join(self.valid) if self.valid else "none"
        super().__init__(f"unknown {kind} {name!r}; valid: {listed}")

    def __reduce__(self) -> tuple[type[UnknownNameError], tuple[str, str, tuple[str, ...]]]:
        """Made again from its parts: it may come from another process."""
        return type(self), (self.kind, self.name, self.valid)

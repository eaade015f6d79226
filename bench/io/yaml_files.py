"""YAML as `params.yaml` and `dvc.yaml` are read: safely, and no key twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.io.problems import Problem, ProblemsError

MERGE = "tag:yaml.org,2002:merge"


def read_yaml(path: Path, name: str) -> Any:
    """What a YAML file holds.

    Args:
        path: the file.
        name: what a problem calls it.

    Raises:
        ProblemsError: it is no YAML, a mapping in it has a key twice, of which one would be lost,
            or something in it holds itself.
    """
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where PyYAML was built so
    try:
        loader = base(path.read_text(encoding="utf-8"))
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _Look(loader).at(node)
            return loader.construct_document(node)
        finally:
            loader.dispose()
    # What YAML calls a date, a number or a flag and is none ends in any of the last ones.
    except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, ValueError) as error:
        came = " ".join(str(error).split())[:200]
        raise ProblemsError([Problem("not_yaml", name, "YAML", came)]) from None
    except RecursionError:
        raise ProblemsError([Problem("not_yaml", name, "YAML", "too deep a nesting")]) from None


class _Look:
    """A look at what was written, before merges put other keys beside it."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._above: list[int] = []
        self._done: set[int] = set()

    def at(self, node: Any) -> None:
        """Raise an error of YAML at the first key that stands twice, or thing that holds itself."""
        from yaml.constructor import ConstructorError

        if id(node) in self._above:
            raise ConstructorError(None, None, "something that holds itself", node.start_mark)
        if id(node) in self._done or node.id == "scalar":
            return
        self._above.append(id(node))
        if node.id == "mapping":
            self._keys([key for key, _ in node.value])
        for each in node.value:
            self.at(each[1] if node.id == "mapping" else each)
        self._above.pop()
        self._done.add(id(node))

    def _keys(self, keys: Sequence[Any]) -> None:
        from yaml.constructor import ConstructorError

        seen = set()
        for key in keys:
            if key.id == "scalar" and key.tag != MERGE:
                told = self._loader.construct_object(key)
                if told in seen:
                    said = f"the key {str(key.value)[:60]!r} twice"
                    raise ConstructorError(None, None, said, key.start_mark)
                seen.add(told)

"""YAML as `params.yaml` and `dvc.yaml` are read: safely, and no key twice."""

from __future__ import annotations

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
        ProblemsError: it is no YAML, or a mapping in it has a key twice: of the two one would be
            lost.
    """
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where PyYAML was built so

    class OnceLoader(base):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            own = [key for key, _ in node.value if key.tag != MERGE]
            for number, key in enumerate(own):
                if any(key.tag == one.tag and key.value == one.value for one in own[:number]):
                    said = f"the key {str(key.value)[:60]!r} twice"
                    raise yaml.constructor.ConstructorError(None, None, said, key.start_mark)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(path.read_text(encoding="utf-8"), OnceLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        came = " ".join(str(error).split())[:200]
        raise ProblemsError([Problem("not_yaml", name, "YAML", came)]) from None

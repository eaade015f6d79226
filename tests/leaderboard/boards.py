"""The leaderboard of the prepared checkout, and text that would act if it were let through."""

from __future__ import annotations

import copy

from bench.io.documents import Document, read_document
from bench.io.workspace import Workspace
from tests.support.workspace import DATASET

HOSTILE = "<script>x</script> [a](http://evil.example) | *b* `c` $d$ @all \x1b[31m\u202e www.x.org"


def written(workspace: Workspace) -> Document:
    """What `rank` wrote."""
    path = workspace.dataset(DATASET).board / "leaderboard.json"
    return copy.deepcopy(read_document(path, "leaderboard"))

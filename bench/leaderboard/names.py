"""Names of labs and entries as a careless reader sees them."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """The text without spaces, in one case and one form of each character.

    Two names of which this is the same are one name.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(folded.split())

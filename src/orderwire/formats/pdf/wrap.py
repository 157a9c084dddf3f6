"""Break opportunities for words that are too long for their column: the layout engine would let them run over."""

import re
from functools import cache

ZERO_WIDTH_SPACE = "\u200b"

_SPACED = r"[^\s\u200b\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
"""What belongs to a word in scripts that put spaces between words."""


@cache
def _overlong(limit: int) -> re.Pattern[str]:
    return re.compile(f"{_SPACED}{{{limit + 1},}}")


def wrap(text: str, limit: int) -> str:
    """The text, with invisible break opportunities in words of more than `limit` characters."""
    return _overlong(limit).sub(_split, text) if len(text) > limit else text


def _split(word: re.Match[str]) -> str:
    text = word.group()
    return ZERO_WIDTH_SPACE.join(text[i : i + 6] for i in range(0, len(text), 6))

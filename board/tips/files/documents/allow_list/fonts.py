"""Typefaces that say nothing about who wrote a document."""

import re
from pathlib import Path

_LINES = Path(__file__).with_name("fonts.txt").read_text(encoding="utf-8").splitlines()
NAMES = {name.strip() for line in _LINES if not line.startswith("#") for name in line.split(",")}
_WEIGHT = re.compile(
    r"(thin|extralight|ultralight|demilight|semilight|light|regular|medium|semibold|demibold"
    r"|bold|extrabold|heavy|black|italic|[@'\"\s_-])+"
)


def _plain(name: str) -> str:
    return _WEIGHT.sub("", name.casefold())


_KNOWN = {_plain(name) for name in NAMES}


def is_usual(family: str) -> bool:
    """Whether many people have the typeface, in any weight; also for a list of them."""
    return all(_plain(name) in _KNOWN for name in re.split("[,;]", family))

"""Readable words in bytes of unknown structure."""

import re
from collections.abc import Iterator
from textwrap import wrap

from .results import DETAIL_MAX

_HANGUL = rb"(?:\xea[\xb0-\xbf]|[\xeb\xec][\x80-\xbf]|\xed[\x80-\x9e])[\x80-\xbf]"
_RUN = re.compile(rb"(?:[\x20-\x7e]|" + _HANGUL + rb"){6,}")
_WIDE_RUN = re.compile(rb"(?:[\x20-\x7e]\0){6,}")  # UTF-16 of either order, but for its edge
_WORD = re.compile(r"[A-Za-z]{5}|[가-힣]{2}|[\w.+-]+@[\w.-]+|\d{4}-\d\d|\d+\.\d{3}")
_RUNS_MAX = 50_000


def runs(data: bytes) -> Iterator[str]:
    """Runs of six readable characters or more, in order of encoding and position."""
    for pattern, encoding in ((_RUN, "utf-8"), (_WIDE_RUN, "utf-16-le")):
        for _, match in zip(range(_RUNS_MAX), pattern.finditer(data), strict=False):
            yield match[0].decode(encoding, "replace").strip()


def has_word(run: str) -> bool:
    """Whether there is a word, a number or an address in it; a table of rising numbers has none."""
    return bool(_WORD.search(run)) and (len(run) < 10 or list(run) != sorted(run))


def first_readable(data: bytes) -> str:
    """The first run of four characters or more; empty if there is none."""
    found = re.finditer(r"[\w .,+:/()@-]{4,}", data.decode("utf-8", "ignore"))
    return next((match[0] for match in found if match[0] != "data"), "")


def words(data: bytes, *, copy: bytes = b"") -> Iterator[str]:
    """Runs with a word in them that `copy` does not have, each at most a finding long."""
    kept = set(runs(copy))
    for run in dict.fromkeys(runs(data)):
        if run not in kept and has_word(run):
            yield from wrap(run, DETAIL_MAX)

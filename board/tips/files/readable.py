"""Readable words in bytes of unknown structure."""

import re
from collections.abc import Iterator
from itertools import islice
from textwrap import wrap

from .results import DETAIL_MAX

_HANGUL = rb"(?:\xea[\xb0-\xbf]|[\xeb\xec][\x80-\xbf]|\xed[\x80-\x9e])[\x80-\xbf]"
_RUN = re.compile(rb"(?:[\x20-\x7e]|" + _HANGUL + rb"){6,}|(?:" + _HANGUL + rb"){3,}")
_WIDE_RUN = re.compile(rb"(?:[\x20-\x7e]\0){6,}")  # UTF-16 of either order, but for its edge
# Korean in encodings in which many bytes look like it: three syllables, a name, with edges.
_SYLLABLES = (
    ("utf-16-le", re.compile(rb"[\0-\xff][\xac-\xd7](?:[\0-\xff][\xac-\xd7]|[\x20-\x7e]\0){2,}")),
    ("utf-16-be", re.compile(rb"[\xac-\xd7][\0-\xff](?:[\xac-\xd7][\0-\xff]|\0[\x20-\x7e]){2,}")),
    ("cp949", re.compile(rb"(?:[\xb0-\xc8][\xa1-\xfe]| ){3,}")),
)
_BEFORE = {b"", b"\xfe", b"\xff", *(bytes([byte]) for byte in range(0x20))}  # or an order mark
_BEHIND = {b"", b"\0", b"\n", b"\r"}
_NAME = re.compile(r"[가-힣]{3}")
_WORD = re.compile(r"[A-Za-z]{5}|[가-힣]{2}|[\w.+-]+@[\w.-]+|\d{4}-\d\d|\d+\.\d{3}|\d{8}|://")
_RUNS_MAX = 50_000
_KOREAN_MAX = 4 * DETAIL_MAX  # bytes of one text


def runs(data: bytes) -> Iterator[str]:
    """Runs of six readable characters or of a Korean name, in order of encoding and position."""
    for pattern, encoding in ((_RUN, "utf-8"), (_WIDE_RUN, "utf-16-le")):
        for match in islice(pattern.finditer(data), _RUNS_MAX):
            yield match[0].decode(encoding, "replace").strip()
    for encoding, pattern in _SYLLABLES:
        for match in islice(pattern.finditer(data), _RUNS_MAX):
            before, behind = match.start(), match.end()
            edges = (
                data[max(before - 1, 0) : before] in _BEFORE,
                data[behind : behind + 1] in _BEHIND,
            )
            if all(edges) and (text := _korean(match[0][:_KOREAN_MAX], encoding)):
                yield text


def _korean(data: bytes, encoding: str) -> str:
    """The text if there is a Korean name in it, and no syllable that nobody uses."""
    text = data.decode(encoding, "replace").strip()
    are_usual = all(len(letter.encode("euc_kr", "replace")) <= 2 for letter in text)
    return text if are_usual and _NAME.search(text) else ""


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

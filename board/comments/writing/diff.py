"""What an edit changed, for people to read: whole words, and within a word the syllables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

import regex

# A word with the space before it, so that the spaces between other words are no common ground.
_WORD = regex.compile(r"\s*\S+")
_SYLLABLE = regex.compile(r"\X")
# Beyond, comparing word by word could take seconds: what lies between equal ends is one change.
_WORDS_MAX = 600


@dataclass(frozen=True, slots=True)
class Change:
    """Text that stayed (`before` and `after` are equal), was taken out, put in, or replaced."""

    before: str
    after: str

    @property
    def is_unchanged(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Version:
    written_at: datetime
    changes: list[Change]  # since the one before; the first text has changed nothing


def history(versions: Sequence[tuple[str, datetime]]) -> list[Version]:
    """Newest first, of texts oldest first."""
    before = versions[0][0]
    told = []
    for text, written_at in versions:
        told.append(Version(written_at, list(changes(before, text))))
        before = text
    return told[::-1]


def changes(before: str, after: str) -> Iterator[Change]:
    """From the beginning of the text to its end."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _WORDS_MAX:
        yield from _within(before, after)
        return
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Change("".join(old[a:b]), "".join(new[c:d]))
        else:
            yield from _replaced(old[a:b], new[c:d])


def _replaced(old: list[str], new: list[str]) -> Iterator[Change]:
    """Word by word where each became one much like it, else all of them at once."""
    pairs = list(zip(old, new, strict=False))
    if len(old) == len(new) and all(_are_alike(*pair) for pair in pairs):
        for pair in pairs:
            yield from _within(*pair)
    elif _are_alike("".join(old), "".join(new)):
        yield from _within("".join(old), "".join(new))
    else:
        space = _space_before(old) if _space_before(old) == _space_before(new) else ""
        if space:
            yield Change(space, space)
        yield Change("".join(old)[len(space) :], "".join(new)[len(space) :])


def _space_before(words: list[str]) -> str:
    first = "".join(words[:1])
    return first[: len(first) - len(first.lstrip())]


def _are_alike(before: str, after: str) -> bool:
    """Half of the shorter one is common to both, at its beginning and its end."""
    old, new = _SYLLABLE.findall(before.strip()), _SYLLABLE.findall(after.strip())
    start, end = _common_ends(old, new)
    return 2 * (start + end) >= min(len(old), len(new)) > 0


def _within(before: str, after: str) -> Iterator[Change]:
    """One change between a common beginning and a common end."""
    old, new = _SYLLABLE.findall(before), _SYLLABLE.findall(after)
    start, end = _common_ends(old, new)
    for a, b in (
        (old[:start], new[:start]),
        (old[start : len(old) - end], new[start : len(new) - end]),
        (old[len(old) - end :], new[len(new) - end :]),
    ):
        if a or b:
            yield Change("".join(a), "".join(b))


def _common_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end

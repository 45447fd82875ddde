"""Text diff between versions of a comment, for readers: by words, and by syllables within one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

import regex

# A word with the space before it, so that spaces alone never match.
_WORD = regex.compile(r"\s*\S+")
_SYLLABLE = regex.compile(r"\X")
# Above this, word by word could take seconds: all between equal ends is one change.
_WORDS_MAX = 600


@dataclass(frozen=True, slots=True)
class Change:
    """Text that stayed (`before` and `after` are equal), was removed, added or replaced."""

    before: str
    after: str

    @property
    def is_unchanged(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Version:
    written_at: datetime
    changes: list[Change]  # since the previous version; none in the first


def history(versions: Sequence[tuple[str, datetime]]) -> list[Version]:
    """The versions newest first, from texts oldest first."""
    before = versions[0][0]
    result = []
    for text, written_at in versions:
        result.append(Version(written_at, list(changes(before, text))))
        before = text
    return result[::-1]


def changes(before: str, after: str) -> Iterator[Change]:
    """All pieces of the text, in order."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _WORDS_MAX:
        yield from _syllable_change(before, after)
        return
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Change("".join(old[a:b]), "".join(new[c:d]))
        else:
            yield from _word_changes(old[a:b], new[c:d])


def _word_changes(old: list[str], new: list[str]) -> Iterator[Change]:
    """Word by word if each word became a similar one, else all words as one change."""
    pairs = list(zip(old, new, strict=False))
    if len(old) == len(new) and all(_are_similar(*pair) for pair in pairs):
        for pair in pairs:
            yield from _syllable_change(*pair)
    elif _are_similar("".join(old), "".join(new)):
        yield from _syllable_change("".join(old), "".join(new))
    else:
        space = _leading_space(old) if _leading_space(old) == _leading_space(new) else ""
        if space:
            yield Change(space, space)
        yield Change("".join(old)[len(space) :], "".join(new)[len(space) :])


def _leading_space(words: list[str]) -> str:
    first = "".join(words[:1])
    return first[: len(first) - len(first.lstrip())]


def _are_similar(before: str, after: str) -> bool:
    """Whether equal beginnings and ends make up half of the shorter text."""
    old, new = _SYLLABLE.findall(before.strip()), _SYLLABLE.findall(after.strip())
    start, end = _common_ends(old, new)
    return 2 * (start + end) >= min(len(old), len(new)) > 0


def _syllable_change(before: str, after: str) -> Iterator[Change]:
    """One change between a common beginning and end, by syllables."""
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
    """The lengths of the common beginning and end."""
    limit = min(len(old), len(new))
    start = 0
    while start < limit and old[start] == new[start]:
        start += 1
    end = 0
    while end < limit - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end

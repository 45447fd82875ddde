"""Rules about words: what each looks for, and where in a text it is found."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar, Generic, Literal, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from board.moderation.words.folding import Plain, plain
from board.moderation.words.forms import Candidate, Form, forms_of, readings_of
from board.moderation.words.patterns import Pattern, Words, anchor_of

Of = TypeVar("Of")
_Many = defaultdict[str, list[tuple[int, Of]]]  # each with the rule it is of
Place = tuple[int, int, int]  # characters from, up to, which rule


class Action(enum.StrEnum):
    HOLD = "hold"  # a moderator looks before readers do
    REFUSE = "refuse"  # the writer is asked to write it otherwise
    WARN = "warn"  # the writer is asked once, and may post


class WrongRule(ValueError):
    """A rule that cannot be kept: "empty", "long", or "wide" where it would match nearly all."""

    def __init__(self, reason: Literal["empty", "long", "wide"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rule:
    """A `word` is found with any particle and in disguise, a `pattern` only as it is written.

    A space in a word may be missing in the text: 미친 놈 finds 미친놈. A pattern stands for whole
    words: `*` for any letters of a word or none, `?` for one, and a space between two words.

    Raises WrongRule, with the reason, for a text no rule can have.
    """

    id: int
    kind: Literal["word", "pattern"]
    text: str
    action: Action = Action.HOLD
    category: str = ""
    severity: int = 1  # 1 to 3
    disguised: bool = True  # False: a word is found only as it is spelt

    TEXT_MAX: ClassVar = 40  # characters

    def __post_init__(self) -> None:
        if len(self.text) > self.TEXT_MAX:
            raise WrongRule("long")
        letters = sum(char.isalnum() for char in self.spelling)
        if not letters:
            raise WrongRule("empty")
        if self.kind == "pattern" and "*" in self.text and letters < 2:
            raise WrongRule("wide")

    @property
    def spelling(self) -> str:
        text = plain(self.text).lowered
        if self.kind == "word":
            text = text.replace("*", "").replace("?", "")
        return " ".join(text.split())


class Hit(NamedTuple):
    """`text[start:end]`, in characters of the text as it was given, is what the rule is about."""

    rule: int
    start: int
    end: int
    matched: str


class Rules:
    """Many rules, looked for at once: the time grows with the text and hardly with the rules.

    Nothing is found inside an allowed word, as it is written: 새끼 is not in 새끼손가락.
    """

    def __init__(self, rules: Iterable[Rule], allowed: Iterable[str] = ()) -> None:
        self._rules = list(rules)
        forms: _Many[Form] = defaultdict(list)
        patterns: _Many[Pattern] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            heard = forms_of(rule.spelling) if rule.kind == "word" else []
            for form in heard:
                forms[form.letters].append((number, form))
            if not heard:  # ㅗㅗ is one sound, and is looked for as it is written
                patterns[anchor_of(rule.spelling)].append((number, Pattern.of(rule.spelling)))
        self._forms, self._patterns = _Finder(forms), _Finder(patterns)
        self._allowed = _Finder(dict.fromkeys(_with_and_without_spaces(allowed)))

    def hits(self, text: str) -> list[Hit]:
        """Where rules apply, in the order of the text; where a rule applies twice, the longer."""
        shown = plain(text)
        places = {*self._words_in(text), *self._patterns_in(shown.lowered)}
        if not places:
            return []
        innocent = self._innocent(shown.lowered)
        guilty = sorted(place for place in places if innocent[place[0]] < place[1])
        return [self._hit(text, shown, place) for place in sorted(_longest(guilty))]

    def _hit(self, text: str, shown: Plain, place: Place) -> Hit:
        start, end = shown.span(place[0], place[1])
        return Hit(self._rules[place[2]].id, start, end, text[start:end])

    def _words_in(self, text: str) -> Iterator[Place]:
        for reading, folded in readings_of(text):
            for forms, start, end in self._forms.found(folded.text):
                for number, form in forms:
                    candidate = Candidate(folded, reading, form, start, end)
                    if candidate.is_found(disguised=self._rules[number].disguised):
                        yield candidate.first, candidate.last, number

    def _patterns_in(self, lowered: str) -> Iterator[Place]:
        words = Words.of(lowered)
        # A word that repeats an anchor is matched once all the same.
        there = {
            (words.at(start), *each)
            for meant, start, _ in self._patterns.found(lowered)
            for each in meant
        }
        for at, number, pattern in there:
            found = pattern.match(words, at)
            if found:
                yield *found, number

    def _innocent(self, lowered: str) -> list[int]:
        """For each character, how far the allowed words reach that start there or before it."""
        reach = [0] * len(lowered)
        for _, start, end in self._allowed.found(lowered):
            reach[start] = max(reach[start], end)
        return list(accumulate(reach, max))


class _Finder(Generic[Of]):
    """All the places of many strings in a text, in one pass (Aho-Corasick)."""

    def __init__(self, meant: Mapping[str, Of]) -> None:
        self._meant = list(meant.values())
        self._automaton = AhoCorasick(meant, store_patterns=False)

    def found(self, text: str) -> Iterator[tuple[Of, int, int]]:
        if not self._meant:
            return
        for which, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            yield self._meant[which], start, end


def _with_and_without_spaces(allowed: Iterable[str]) -> Iterator[str]:
    for word in allowed:
        spelling = " ".join(plain(word).lowered.split())
        if spelling:
            yield spelling
            yield spelling.replace(" ", "")


def _longest(places: list[Place]) -> Iterator[Place]:
    """Of the places of one rule that overlap, sorted by their start, the longest."""
    kept: dict[int, Place] = {}
    for place in places:
        before = kept.get(place[2])
        if before and place[0] < before[1]:
            kept[place[2]] = max(before, place, key=lambda each: each[1] - each[0])
            continue
        if before:
            yield before
        kept[place[2]] = place
    yield from kept.values()

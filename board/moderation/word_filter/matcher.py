"""Rules about words: what each looks for, and where in a text it is found."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, zip_longest
from typing import ClassVar, Generic, Literal, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from board.moderation.word_filter.candidates import Candidate
from board.moderation.word_filter.normalization import NormalizedText, Reading
from board.moderation.word_filter.phonetics import PhoneticForm, Place, form_type
from board.moderation.word_filter.variants import readings_of, variants_of
from board.moderation.word_filter.visible_text import VisibleText, visible_text
from board.moderation.word_filter.wildcards import Pattern, Words, anchor_of

Of = TypeVar("Of")
_Many = defaultdict[str, list[Of]]


class Action(enum.StrEnum):
    HOLD = "hold"  # a moderator looks before readers do
    REFUSE = "refuse"  # the writer is asked to write it otherwise
    WARN = "warn"  # the writer is asked once, and may post


class InvalidRule(ValueError):
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
            raise InvalidRule("long")
        letters = sum(char.isalnum() for char in self.spelling)
        if not letters:
            raise InvalidRule("empty")
        if self.kind == "pattern" and "*" in self.text and letters < 2:
            raise InvalidRule("wide")

    @property
    def spelling(self) -> str:
        text = visible_text(self.text).lowered
        if self.kind == "word":
            text = text.replace("*", "").replace("?", "")
        return " ".join(text.split())


class Hit(NamedTuple):
    """`text[start:end]`, in characters of the text as it was given, is what the rule is about."""

    rule: int
    start: int
    end: int
    matched: str


class Matcher:
    """Many rules, looked for at once: the time grows with the text and hardly with the rules.

    Nothing is found inside an allowed word, as it is written: 새끼 is not in 새끼손가락.
    """

    # Spots looked at in one text, and words found there. Only nonsense needs more: then words are
    # found as they are spelt, and no longer in disguise, so that no text takes long.
    CANDIDATES_MAX: ClassVar = 500

    def __init__(self, rules: Iterable[Rule], allowed: Iterable[str] = ()) -> None:
        self._rules = list(rules)
        sounds: dict[tuple[type[PhoneticForm], str], PhoneticForm] = {}
        spelt: _Many[int] = defaultdict(list)
        patterns: _Many[tuple[int, Pattern]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            forms = variants_of(rule.spelling) if rule.kind == "word" else []
            for form in forms:
                kind = form_type(form)
                sound = sounds.setdefault((kind, form.letters), kind())
                sound.add(number, form, disguised=rule.disguised)
            if forms:
                for spelling in _with_and_without_spaces([rule.spelling]):
                    spelt[spelling].append(number)
            else:  # ㅗㅗ is one sound, and is looked for as it is written
                patterns[anchor_of(rule.spelling)].append(
                    (number, Pattern.from_text(rule.spelling))
                )
        self._sounds = _AhoCorasick((letters, sound) for (_, letters), sound in sounds.items())
        self._spelt, self._patterns = _AhoCorasick(spelt.items()), _AhoCorasick(patterns.items())
        self._allowed = _AhoCorasick((word, None) for word in _with_and_without_spaces(allowed))

    def hits(self, text: str) -> list[Hit]:
        """Where rules apply, in the order of the text; where a rule applies twice, the longer."""
        shown = visible_text(text)
        places = {*self._words_in(text), *self._patterns_in(shown.lowered)}
        if not places:
            return []
        innocent = self._innocent(shown.lowered)
        guilty = sorted(place for place in places if innocent[place[0]] < place[1])
        return [self._hit(text, shown, place) for place in sorted(_longest(guilty))]

    def _hit(self, text: str, shown: VisibleText, place: Place) -> Hit:
        start, end = shown.span(place[0], place[1])
        return Hit(self._rules[place[2]].id, start, end, text[start:end])

    def _words_in(self, text: str) -> set[Place]:
        found: set[Place] = set()
        looks = self.CANDIDATES_MAX
        for sound, spot in self._heard_in(text):
            read = list(sound.read(spot))
            found.update(read)
            looks -= 1 + len(read)
            if looks < 1:
                return found.union(self._spelt_in(spot.folded.visible.lowered, found))
        return found

    def _heard_in(self, text: str) -> Iterator[tuple[PhoneticForm, Candidate]]:
        """In each reading in turn, so that none is left out where there is too much."""
        ways = [self._heard(*way) for way in readings_of(text)]
        return filter(None, chain.from_iterable(zip_longest(*ways)))

    def _heard(
        self, reading: Reading, folded: NormalizedText
    ) -> Iterator[tuple[PhoneticForm, Candidate]]:
        for sound, start, end in self._sounds.found(folded.text):
            if folded.letters[start].opens:
                yield sound, Candidate(folded, reading, start, end)

    def _spelt_in(self, lowered: str, found: set[Place]) -> Iterator[Place]:
        """The words of the other rules, as they are spelt."""
        known = {number for *_, number in found}
        for numbers, start, end in self._spelt.found(lowered):
            yield from ((start, end, number) for number in numbers if number not in known)

    def _patterns_in(self, lowered: str) -> Iterator[Place]:
        anchors = self._patterns.found(lowered)
        if not anchors:
            return
        words = Words.from_text(lowered)
        # A word that repeats an anchor is matched once all the same.
        there = {(words.at(start), *each) for meant, start, _ in anchors for each in meant}
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


class _AhoCorasick(Generic[Of]):
    """All the places of many strings in a text, in one pass (Aho-Corasick)."""

    def __init__(self, meant: Iterable[tuple[str, Of]]) -> None:
        strings, self._meant = [], []
        for string, means in meant:
            strings.append(string)
            self._meant.append(means)
        self._automaton = AhoCorasick(strings, store_patterns=False)

    def found(self, text: str) -> list[tuple[Of, int, int]]:
        """Each with where it stands: characters from, up to."""
        places = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(self._meant[which], start, end) for which, start, end in places]


def _with_and_without_spaces(allowed: Iterable[str]) -> Iterator[str]:
    for word in allowed:
        spelling = " ".join(visible_text(word).lowered.split())
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

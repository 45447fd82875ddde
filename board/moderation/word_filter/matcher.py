"""Word rules, and the matcher that finds them in a text."""

import enum
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import ClassVar, Literal, NamedTuple, TypeVar

from board.moderation.word_filter.automaton import Automaton
from board.moderation.word_filter.candidates import Candidate
from board.moderation.word_filter.false_positives import (
    AllowedWords,
    has_plain_sense,
    homonyms_in,
    is_parted,
    with_and_without_spaces,
)
from board.moderation.word_filter.normalization import NormalizedText, Reading
from board.moderation.word_filter.phonetics import PhoneticForm, Place, form_type
from board.moderation.word_filter.variants import readings_of, variants_of
from board.moderation.word_filter.visible_text import Span, VisibleText, visible_text
from board.moderation.word_filter.wildcards import Pattern, Words, anchor_of

_PARTED_BY_DOTS = re.compile(r"[가-힣](?:\.[가-힣])+")

T = TypeVar("T")
_Lists = defaultdict[str, list[T]]


class Action(enum.StrEnum):
    HOLD = "hold"  # a moderator reviews it before readers see it
    REFUSE = "refuse"  # the author must rephrase it
    WARN = "warn"  # the author is warned once, and may post


class InvalidRule(ValueError):
    """An invalid rule: "empty", "long", or "wide", which would match nearly everything."""

    def __init__(self, reason: Literal["empty", "long", "wide"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rule:
    """A word rule. A `word` matches with any particle and in disguise, a `pattern` as written.

    A space in a word may be missing in the text: 미친 놈 matches 미친놈. A pattern matches whole
    words: `*` is any letters of a word or none, `?` is one, and a space separates two words.
    A word whose syllables are parted by dots is also an everyday word, and matches only in
    disguise: 죽.어 matches 죽1어 and 죽ㅇㅓ but not 죽어.

    Raises InvalidRule, with the reason, for a text no rule can have.
    """

    id: int
    kind: Literal["word", "pattern"]
    text: str
    action: Action = Action.HOLD
    category: str = ""
    severity: int = 1  # 1 to 3
    disguised: bool = True  # False: a word matches only as it is spelt

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
    def in_disguise_only(self) -> bool:
        parted = _PARTED_BY_DOTS.fullmatch(self.text)
        return bool(self.kind == "word" and self.disguised and parted)

    @property
    def spelling(self) -> str:
        text = visible_text(self.text).lowered
        if self.kind == "word":
            text = text.replace("*", "").replace("?", "")
        if self.in_disguise_only:
            text = text.replace(".", "")
        return " ".join(text.split())


class Hit(NamedTuple):
    """A match of a rule: `text[start:end]`, in characters of the original text."""

    rule: int
    start: int
    end: int
    matched: str


class Matcher:
    """Finds many rules at once: the time grows with the text and hardly with their number.

    Nothing is found inside an allowed word.
    """

    # Candidates checked in one text, plus words found there. Only nonsense has more: then words
    # match as they are spelt, no longer in disguise, so that no text takes long.
    CANDIDATES_MAX: ClassVar = 500

    def __init__(self, rules: Iterable[Rule], allowed: Iterable[str] = ()) -> None:
        self._rules = list(rules)
        forms_by_letters: dict[tuple[type[PhoneticForm], str], PhoneticForm] = {}
        spelt: _Lists[int] = defaultdict(list)
        patterns: _Lists[tuple[int, Pattern]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            variants = variants_of(rule.spelling) if rule.kind == "word" else []
            for variant in variants:
                kind = form_type(variant)
                form = forms_by_letters.setdefault((kind, variant.letters), kind())
                form.add(number, variant, disguised=rule.disguised)
            if variants:
                for spelling in with_and_without_spaces(rule.spelling):
                    spelt[spelling].append(number)
            else:  # ㅗㅗ is one sound, and matches as it is written
                patterns[anchor_of(rule.spelling)].append(
                    (number, Pattern.from_text(rule.spelling))
                )
        self._forms = Automaton((letters, form) for (_, letters), form in forms_by_letters.items())
        self._spelt, self._patterns = Automaton(spelt.items()), Automaton(patterns.items())
        self._allowed = AllowedWords(allowed)

    def hits(self, text: str) -> list[Hit]:
        """Matches in the order of the text; of overlapping matches of a rule, the longest."""
        visible = visible_text(text)
        places = {*self._words_in(text), *self._patterns_in(visible.lowered)}
        places -= {place for place in places if self._is_everyday(visible.lowered, place)}
        if not places:
            return []
        abusive = self._abusive_spans(visible.lowered, {place[:2] for place in places})
        remaining = sorted(place for place in places if place[:2] in abusive)
        return [self._hit(text, visible, place) for place in sorted(_longest(remaining))]

    def _hit(self, text: str, visible: VisibleText, place: Place) -> Hit:
        start, end = visible.span(place[0], place[1])
        return Hit(self._rules[place[2]].id, start, end, text[start:end])

    def _is_everyday(self, lowered: str, place: Place) -> bool:
        return self._rules[place[2]].in_disguise_only and not is_parted(lowered, *place[:2])

    def _words_in(self, text: str) -> set[Place]:
        found: set[Place] = set()
        budget = self.CANDIDATES_MAX
        for form, candidate in self._all_candidates(text):
            matched = list(form.match(candidate))
            found.update(matched)
            budget -= 1 + len(matched)
            if budget < 1:
                return found.union(self._spelt_in(candidate.normalized.visible.lowered, found))
        return found

    def _all_candidates(self, text: str) -> Iterator[tuple[PhoneticForm, Candidate]]:
        """Candidates of the readings in turn, so that none is left out when the budget ends."""
        readings = [self._candidates(*reading) for reading in readings_of(text)]
        return filter(None, chain.from_iterable(zip_longest(*readings)))

    def _candidates(
        self, reading: Reading, normalized: NormalizedText
    ) -> Iterator[tuple[PhoneticForm, Candidate]]:
        for form, start, end in self._forms.find(normalized.text):
            if normalized.letters[start].opens:
                yield form, Candidate(normalized, reading, start, end)

    def _spelt_in(self, lowered: str, found: set[Place]) -> Iterator[Place]:
        """Words of the rules not found yet, as they are spelt."""
        already = {number for *_, number in found}
        for numbers, start, end in self._spelt.find(lowered):
            yield from ((start, end, number) for number in numbers if number not in already)

    def _patterns_in(self, lowered: str) -> Iterator[Place]:
        anchors = self._patterns.find(lowered)
        if not anchors:
            return
        words = Words.from_text(lowered)
        # A word that repeats an anchor is matched only once.
        anchored = {(words.at(start), *each) for values, start, _ in anchors for each in values}
        for at, number, pattern in anchored:
            found = pattern.match(words, at)
            if found:
                yield *found, number

    def _abusive_spans(self, lowered: str, spans: set[Span]) -> set[Span]:
        """Spans outside allowed words that are not in a plain sense, each looked at once."""
        is_allowed, homonyms = self._allowed.covered_in(lowered), homonyms_in(lowered)
        return {
            (start, end)
            for start, end in spans
            if not is_allowed(start, end)
            and not (homonyms and has_plain_sense(homonyms, lowered, start, end))
        }


def _longest(places: list[Place]) -> Iterator[Place]:
    """The longest of overlapping places of one rule; `places` are sorted by their start."""
    pending: dict[int, Place] = {}
    for place in places:
        before = pending.get(place[2])
        if before and place[0] < before[1]:
            pending[place[2]] = max(before, place, key=lambda each: each[1] - each[0])
            continue
        if before:
            yield before
        pending[place[2]] = place
    yield from pending.values()

"""What a text itself reveals: personal numbers, workplaces and job titles.

Precision before recall: a warning on every sentence would be read by nobody. So a number needs its
usual format (and its check digit, where it has one); for offices see job_titles.py.
"""

import re
from collections.abc import Callable, Iterator

from board.text.personal_numbers import (
    birth_date,
    digits_of,
    passes_business_check,
    passes_luhn,
    passes_resident_check,
)

from ..results import DETAIL_MAX, Finding, FindingKind
from . import job_titles

_RESIDENT_DIGITS = 13
TEXT_MAX = 1_000_000  # characters that are searched

_EDGE = r"(?<![\w.@+/=-])"
_NO_DIGIT = r"(?![\d@]|-\d)"
_MOBILE = r"01[016789][-. ]?\d{3,4}[-. ]?\d{4}"
_LANDLINE = r"0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)(?:\) ?|[-. ]{1,2})\d{3,4}[-. ]\d{4}"
_ABROAD = r"\+82[- ]?(?:\(0\))?0?1?\d{1,2}[- ]?\d{3,4}[- ]?\d{4}"
_EXTENSION = r"(?<![가-힣])내선(?: ?번호)? ?:? ?\d{3,5}(?!\d)"

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u3164\ufeff\uffa0"
    "\U000e0000-\U000e007f]|(?<=[가-힣A-Za-z0-9 ])[\u200c\u200d]"
)


def _is_resident(number: str) -> bool:
    """A day that exists and a century; written in one run and in full, also the check digit."""
    if birth_date(number) is None:
        return False
    is_masked = len(digits_of(number)) < _RESIDENT_DIGITS
    return is_masked or "-" in number or " " in number or passes_resident_check(number)


def _always(_text: str) -> bool:
    return True


_RULES: tuple[tuple[FindingKind, re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        FindingKind.RESIDENT,
        re.compile(rf"{_EDGE}\d{{6}}(?: ?- ?|)[0-9](?:\d{{6}}|[*●xX]{{6}})(?![\d*-])"),
        _is_resident,
    ),
    (
        FindingKind.CARD,
        re.compile(rf"{_EDGE}[2-69]\d{{3}}([- ]?)\d{{4}}\1\d{{4}}\1\d{{4}}{_NO_DIGIT}"),
        passes_luhn,
    ),
    (
        FindingKind.PHONE,
        re.compile(rf"{_EDGE}\(?(?:{_MOBILE}|{_LANDLINE}|{_ABROAD}){_NO_DIGIT}|{_EXTENSION}"),
        _always,
    ),
    (
        FindingKind.BUSINESS,
        re.compile(rf"{_EDGE}\d{{3}}-\d{{2}}-\d{{5}}{_NO_DIGIT}"),
        passes_business_check,
    ),
    (
        FindingKind.EMAIL,
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}"),
        _always,
    ),
    (
        FindingKind.STAFF,
        re.compile(
            r"(?:사번|사원 ?번호|직원 ?번호|군번|학번|employee (?:no\.?|number|id))"
            r"(?:은|는|이)?\s?[:#]?\s?[A-Za-z]{0,3}-?\d[\d-]{2,11}",
            re.I,
        ),
        _always,
    ),
    (
        FindingKind.PLATE,
        re.compile(rf"{_EDGE}\d{{2,3}} ?[가-힣] ?\d{{4}}(?![\d년원명건개%])"),
        _always,
    ),
    *((FindingKind.DEPARTMENT, *office) for office in job_titles.offices()),
    (FindingKind.RANK, *job_titles.ranks()),
)


def find_pii(text: str) -> list[Finding]:
    """What in `text` may identify its author, in order of position; nothing overlaps."""
    text = text[:TEXT_MAX]
    taken: list[Finding] = []
    for start, finding in sorted(_matches(text), key=lambda pair: pair[0]):
        if not taken or taken[-1].span is None or start >= taken[-1].span[1]:
            taken.append(finding)
    if first := _INVISIBLE.search(text):
        count = sum(1 for _ in _INVISIBLE.finditer(text))
        taken.insert(0, Finding(FindingKind.INVISIBLE, str(count), span=first.span()))
    return taken


def _matches(text: str) -> Iterator[tuple[int, Finding]]:
    for kind, pattern, is_true in _RULES:
        for match in pattern.finditer(text):
            if is_true(match[0]):
                yield match.start(), Finding(kind, match[0][:DETAIL_MAX], True, match.span())


def visible(text: str) -> str:
    """The text without invisible characters."""
    return _INVISIBLE.sub("", text)

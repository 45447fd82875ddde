"""What a text itself reveals: personal numbers, workplaces and job titles.

Precision before recall: a warning on every sentence would be read by nobody. So a number needs its
usual format (and its check digit, where it has one); for offices see job_titles.py.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

from ..results import DETAIL_MAX, Finding, FindingKind
from . import job_titles

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


def _digits(text: str) -> list[int]:
    return [int(digit) for digit in re.findall(r"\d", text)]


def _is_resident(text: str) -> bool:
    """A day that exists and a century; written in one run, also the check digit."""
    digits = _digits(text)
    century = {9: 1800, 0: 1800, 1: 1900, 2: 1900, 5: 1900, 6: 1900}.get(digits[6], 2000)
    year, month, day = (digits[n] * 10 + digits[n + 1] for n in (0, 2, 4))
    try:
        date(century + year, month, day)
    except ValueError:
        return False
    if "-" in text or " " in text:
        return True
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(weight * digit for weight, digit in zip(weights, digits, strict=False))
    return (11 - total % 11) % 10 == digits[12]


def _is_business(text: str) -> bool:
    """Ten digits whose last checks the others, as the tax office counts."""
    digits = _digits(text)
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(weight * digit for weight, digit in zip(weights, digits, strict=False))
    return (10 - (total + digits[8] * 5 // 10) % 10) % 10 == digits[9]


def _is_card(text: str) -> bool:
    """ISO/IEC 7812: the digits add up by Luhn's rule."""
    digits = _digits(text)
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


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
        _is_card,
    ),
    (
        FindingKind.PHONE,
        re.compile(rf"{_EDGE}\(?(?:{_MOBILE}|{_LANDLINE}|{_ABROAD}){_NO_DIGIT}|{_EXTENSION}"),
        _always,
    ),
    (FindingKind.BUSINESS, re.compile(rf"{_EDGE}\d{{3}}-\d{{2}}-\d{{5}}{_NO_DIGIT}"), _is_business),
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

"""What a text itself reveals: personal numbers, workplaces and job titles.

Precision before recall: a warning on every sentence would be read by nobody. So a number needs its
usual format (and its check digit, where it has one); for offices see job_titles.py.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from board.text.personal_numbers import (
    birth_date,
    digits_of,
    passes_business_check,
    passes_luhn,
    passes_resident_check,
)

from ..results import DETAIL_MAX, Finding, FindingKind
from . import addresses, job_titles
from .folding import INVISIBLE, fold

_RESIDENT_DIGITS = 13
TEXT_MAX = 1_000_000  # characters that are searched

_EDGE = r"(?<![\w.@+/=-])"
_NO_DIGIT = r"(?![\d@]|-\d)"
_MOBILE = r"01[016789][-. ]?\d{3,4}[-. ]?\d{4}"
_LANDLINE = r"0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)(?:\) ?|[-. ]{1,2})\d{3,4}[-. ]\d{4}"
_ABROAD = r"\+82[- ]?(?:\(0\))?0?1?\d{1,2}[- ]?\d{3,4}[- ]?\d{4}"
_EXTENSION = r"(?<![가-힣])내선(?: ?번호)? ?:? ?\d{3,5}(?!\d)"


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
    (FindingKind.LINK, addresses.PATH, _always),
    (FindingKind.LINK, addresses.HOST, _always),
    (FindingKind.IDENTIFIER, addresses.MAC, _always),
    (FindingKind.PLACE, addresses.COORDINATES, _always),
    (FindingKind.DEVICE, addresses.SENT_FROM, _always),
    (FindingKind.AUTHOR, addresses.SIGNATURE, _always),
    *((FindingKind.DEPARTMENT, *office) for office in job_titles.offices()),
    (FindingKind.RANK, *job_titles.ranks()),
)


def find_pii(text: str) -> list[Finding]:
    """What in `text` may identify its author, in order of position; nothing overlaps.

    Decomposed letters, full width and invisible characters hide nothing; spans are of `text`.
    """
    text = text[:TEXT_MAX]
    folded, positions = fold(text)
    taken: list[Finding] = []
    for finding in sorted(_matches(folded), key=_start):
        if not taken or _start(finding) >= _end(taken[-1]):
            taken.append(finding)
    findings = [
        replace(finding, span=(positions[_start(finding)], positions[_end(finding)]))
        for finding in taken
    ]
    if first := INVISIBLE.search(text):
        count = sum(1 for _ in INVISIBLE.finditer(text))
        findings.insert(0, Finding(FindingKind.INVISIBLE, str(count), span=first.span()))
    return findings


def _matches(text: str) -> Iterator[Finding]:
    for kind, pattern, is_true in _RULES:
        for match in pattern.finditer(text):
            if is_true(match[0]):
                yield Finding(kind, match[0][:DETAIL_MAX], True, match.span())


def _start(finding: Finding) -> int:
    return finding.span[0] if finding.span else 0


def _end(finding: Finding) -> int:
    return finding.span[1] if finding.span else 0

"""Numbers that lead to a person: telephones, residents, cards, accounts, as Koreans write them."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

import regex

from board.db import now
from board.text.links import find_links
from board.text.personal_numbers import birth_date, digits_of, passes_luhn

# Not inside a longer number, an address, or a word of another alphabet.
_ALONE = r"(?<![A-Za-z0-9/=&#?_%+-])(?<![0-9][.,:])"
_END = r"(?![0-9])(?!-[0-9])"
_GAP = r"[ .,·()_/~‐-―ㅡ-]{0,3}"
_DIGIT = "[0-9공영일이삼사오육륙칠팔구]"
_MOBILE = regex.compile(
    # 010-1234-5678, (010) 1234 5678, +82 10 1234 5678, 공일공 일이삼사 오륙칠팔, o1o-1234-5678
    rf"{_ALONE}(?:(?:\+|00)82{_GAP}[0oO공영]?|[0oO공영]) ?[1일] ?[016789oO공영일육륙칠팔구]"
    rf"{_GAP}(?:{_DIGIT} ?){{3,4}}{_GAP}(?:{_DIGIT} ?){{3}}{_DIGIT}{_END}"
)
_LANDLINE = regex.compile(
    # Never without anything between: a long number that begins with 02 is most often another thing.
    rf"{_ALONE}\(?0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[2-8])[ .)-]{{1,2}}"
    rf"[0-9]{{3,4}}[ .-][0-9]{{4}}{_END}"
)
_RESIDENT = regex.compile(rf"{_ALONE}[0-9]{{6}} ?[-‐-―~ ]? ?[1-8][0-9]{{6}}{_END}")
_CARD = regex.compile(
    rf"{_ALONE}(?:[3-69][0-9]{{3}}([ .-]?)[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{4}}"
    rf"|3[47][0-9]{{2}}([ .-]?)[0-9]{{6}}\2[0-9]{{5}}){_END}"
)
_BANKS = (
    "은행", "뱅크", "카뱅", "농협", "수협", "신협", "새마을금고", "우체국", "토스", "계좌", "입금",
    "송금", "국민", "신한", "우리", "하나", "기업",
)  # fmt: skip
# A number a bank would give, close behind the name of one; no amount, no count.
_ACCOUNT = regex.compile(
    rf"(?:{'|'.join(_BANKS)})[^0-9\n]{{0,15}}?{_ALONE}"
    r"(?P<number>[0-9]{10,14}|(?=[0-9-]{11,19}(?![0-9-]))[0-9]{3,6}(?:-[0-9]{1,7}){2,3})"
    rf"{_END}(?! ?[원달유엔명개건조억만천백번호회])"
)
# How the large banks group theirs; such a number is nothing else, with any word before it.
_GROUPED = regex.compile(
    rf"{_ALONE}(?P<number>[0-9]{{6}}-[0-9]{{2}}-[0-9]{{6}}|[0-9]{{3}}-[0-9]{{2,3}}-[0-9]{{6}}"
    r"|[0-9]{4}-[0-9]{3}-[0-9]{6}|[0-9]{3}-[0-9]{6}-[0-9]{5}|[0-9]{3}-[0-9]{4}-[0-9]{4}-[0-9]{2}"
    r"|[0-9]{3}-[0-9]{6}-[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{2}-[0-9]{7}"
    rf"|[0-9]{{4}}-[0-9]{{4}}-[0-9]{{4}}-[0-9]){_END}"
)
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_OTHER_DIGIT = regex.compile(r"[^\P{Nd}0-9]")
_ACCOUNT_DIGITS = range(10, 15)
_OF_A_FIRM = regex.compile("[0-9]{3}-[0-9]{2}-[0-9]{5}")
_OLDEST = 110  # years; numbers of firms look like those of people born before


@lru_cache(maxsize=64)  # warned about first, then looked at by rules that hold such comments
def find(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where each such number starts and ends, and its kind: phone, resident, card or account."""
    return tuple(_finding(text))


def find_spans(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each such number stands."""
    return ((start, end) for start, end, _kind in find(text))


def _finding(text: str) -> Iterator[tuple[int, int, str]]:
    plain = _narrow(text)
    for start, end in find_links(plain):
        plain = plain[:start] + " " * (end - start) + plain[end:]
    for pattern, is_one, kind in _PERSONAL:
        for match in pattern.finditer(plain):
            if is_one(number := match.groupdict().get("number") or match.group()):
                yield match.end() - len(number), match.end(), kind


def _narrow(text: str) -> str:
    """Full-width signs as ASCII and the digits of every script as 0 to 9, each in its place."""
    return _OTHER_DIGIT.sub(_as_ascii, text.translate(_NARROW))


def _as_ascii(digit: regex.Match[str]) -> str:
    return str(unicodedata.decimal(digit[0], digit[0]))


def _is_of_a_person(number: str) -> bool:
    """Begins with the birthday of somebody who may be alive. Since 2020 the last digits are drawn
    by lot, so there is no sum to check."""
    born, today = birth_date(number), now().date()
    return born is not None and born <= today and born.year > today.year - _OLDEST


def _is_of_an_account(number: str) -> bool:
    return len(digits_of(number)) in _ACCOUNT_DIGITS and not _OF_A_FIRM.fullmatch(number)


_PERSONAL: list[tuple[regex.Pattern[str], Callable[[str], bool], str]] = [
    (_MOBILE, bool, "phone"),
    (_LANDLINE, bool, "phone"),
    (_RESIDENT, _is_of_a_person, "resident"),
    (_CARD, passes_luhn, "card"),
    (_ACCOUNT, _is_of_an_account, "account"),
    (_GROUPED, _is_of_an_account, "account"),
]

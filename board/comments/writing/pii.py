"""Numbers that lead to a person: telephones, residents, cards, accounts, as Koreans write them."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

import regex
from flask_babel import gettext as _

from board.comments.body import LINK
from board.comments.writing.warnings import TextWarning
from board.db import now
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
# How the large banks group theirs; such a number is nothing else, whatever stands before it.
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


def check(text: str) -> Iterator[TextWarning]:
    return (advise(start, end) for start, end, advise in _found(text))


def find_spans(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each such number stands."""
    return ((start, end) for start, end, _advise in _found(text))


@lru_cache(maxsize=64)  # advised on first, and then looked at by whoever holds such comments
def _found(text: str) -> list[tuple[int, int, Callable[[int, int], TextWarning]]]:
    return list(_finding(text))


def _finding(text: str) -> Iterator[tuple[int, int, Callable[[int, int], TextWarning]]]:
    plain = LINK.sub(lambda link: " " * len(link.group()), _narrow(text))
    for pattern, is_one, advise in _PERSONAL:
        for match in pattern.finditer(plain):
            if is_one(number := match.groupdict().get("number") or match.group()):
                start = match.end() - len(number)
                yield start, match.end(), advise


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


def _phone(start: int, end: int) -> TextWarning:
    why = _("Anyone could call it, and comments get copied elsewhere.")
    return TextWarning(start, end, "phone", _("This looks like a phone number."), why)


def _resident(start: int, end: int) -> TextWarning:
    why = _("It can be used for identity theft. Please leave it out.")
    return TextWarning(
        start, end, "resident", _("This looks like a resident registration number."), why
    )


def _card(start: int, end: int) -> TextWarning:
    why = _("Someone could pay with this card.")
    return TextWarning(start, end, "card", _("This looks like a card number."), why)


def _account(start: int, end: int) -> TextWarning:
    why = _("Bank details can be used for fraud.")
    return TextWarning(start, end, "account", _("This looks like a bank account number."), why)


_PERSONAL: list[
    tuple[regex.Pattern[str], Callable[[str], bool], Callable[[int, int], TextWarning]]
] = [
    (_MOBILE, bool, _phone),
    (_LANDLINE, bool, _phone),
    (_RESIDENT, _is_of_a_person, _resident),
    (_CARD, passes_luhn, _card),
    (_ACCOUNT, _is_of_an_account, _account),
    (_GROUPED, _is_of_an_account, _account),
]

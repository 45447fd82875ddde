"""Korean personal numbers: dates and check digits that tell them from other numbers.

Pure, with nothing but the standard library, because the file sandbox loads this module alone.
"""

import re
from datetime import date

# The seventh digit of a resident registration number says in which century somebody was born.
_CENTURIES = {
    9: 1800,
    0: 1800,
    1: 1900,
    2: 1900,
    5: 1900,
    6: 1900,
    3: 2000,
    4: 2000,
    7: 2000,
    8: 2000,
}
_RESIDENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def digits_of(number: str) -> list[int]:
    """The decimal digits of any script, in order."""
    return [int(digit) for digit in re.findall(r"\d", number)]


def birth_date(resident_number: str) -> date | None:
    """The date a resident registration number begins with; None where there is no such day."""
    digits = digits_of(resident_number)
    year, month, day = (digits[n] * 10 + digits[n + 1] for n in (0, 2, 4))
    try:
        return date(_CENTURIES[digits[6]] + year, month, day)
    except ValueError:
        return None


def passes_resident_check(number: str) -> bool:
    """The last of 13 digits checks the others. Numbers given since October 2020 have none."""
    digits = digits_of(number)
    return (11 - _weighted(digits, _RESIDENT_WEIGHTS) % 11) % 10 == digits[12]


def passes_business_check(number: str) -> bool:
    """The last of ten digits checks the others, as the National Tax Service counts."""
    digits = digits_of(number)
    total = _weighted(digits, _BUSINESS_WEIGHTS) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


def passes_luhn(number: str) -> bool:
    """The check digit of payment cards: ISO/IEC 7812-1, by the formula of H. P. Luhn."""
    digits = digits_of(number)[::-1]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _weighted(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=False))

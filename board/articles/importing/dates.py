"""Feed dates: RFC 822, ISO 8601, and as Koreans write them, with or without a time zone."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
_YEARS = range(1900, 2200)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_HOURS = {  # of zone names, from UTC
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "kst": 9, "jst": 9, "sgt": 8, "hkt": 8,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "aest": 10, "aedt": 11,
}  # fmt: skip
_WEEKDAY = re.compile(
    r"\(?\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.?,?\)?|\(?[월화수목금토일]요일\)?,?"
    r"|\([월화수목금토일]\)|^[월화수목금토일],|^(?!(?:am|pm|오전|오후),)[^\W\d]{2,4}\.?,(?=\s*\d)",
    re.I,
)
_LABEL = re.compile(
    r"^(?:기사)?(?:입력|등록|작성|승인|송고|발행|게재|수정)(?:일시?|시각|시간)?\s*:?\s*"
)
_CHINESE = str.maketrans("年月日時分秒", "년월일시분초")
_HALF = r"am|pm|a\.m\.|p\.m\.|오전|오후"
_CLOCK = rf"""(?:(?P<half>{_HALF})\s*)?
    (?P<hour>\d{{1,2}})\s*(?::|시)\s*(?:(?P<minute>\d{{1,2}})\s*(?:분)?)?
    (?:\s*:?\s*(?P<second>\d{{1,2}})(?:[.,]\d+)?\s*(?:초)?)?
    (?:\s*(?P<half_after>{_HALF}))?"""
_ZONE = r"""(?:\s*(?P<zone>[a-z]{1,5}|[a-z]+/[a-z_]+))?(?:\s*(?P<offset>[+-]\d{1,2}(?::?\d\d)?))?
    (?:\s*\([a-z가-힣 ]+\)|\[[a-z/_]+\])?"""
_TIME = rf"(?:\s*(?:[T,]|at\b)?\s*(?:{_CLOCK}|(?P<digits>\d{{4}}(?:\d\d)?)){_ZONE})?"
_NUMERIC = r"(?P<year>\d{4})\s*[-./년]\s*(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*[.일]?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|일)?"
_MONTH = r"(?:(?P<name>[a-z]{3,9})\.?|(?P<month>\d{1,2})월)"  # Java's month in Korean
_HALF_FIRST = rf"(?:(?P<half_first>{_HALF})[\s,]*(?=.*[:시]))?"  # 오전 2026-12-01 9:00
_CLOCK_FIRST = rf"{_CLOCK}{_ZONE}[\s,(]+"
_FORMS = tuple(
    re.compile(form, re.I | re.X)
    for form in (
        _HALF_FIRST + _NUMERIC + _TIME,
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)" + _TIME,
        rf"{_DAY}[\s-]*{_MONTH},?[\s-]*(?P<year>\d{{4}}|\d\d){_TIME}",
        rf"{_MONTH}\s*{_DAY},?\s*(?P<year>\d{{4}}){_TIME}",
        rf"{_MONTH}\s*{_DAY}\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",  # of C's asctime
        rf"{_CLOCK_FIRST}{_NUMERIC}\)?",
        rf"{_CLOCK_FIRST}{_DAY}[\s-]*{_MONTH},?[\s-]*(?P<year>\d{{4}})\)?",
        rf"{_CLOCK_FIRST}{_MONTH}\s*{_DAY},?\s*(?P<year>\d{{4}})\)?",
    )
)


def parse_date(text: str) -> datetime | None:
    """UTC, or None for a text that is no date, or not clearly one. Without a zone: Seoul time."""
    text = unicodedata.normalize("NFKC", text)[:100].translate(_CHINESE).strip()
    text = " ".join(_WEEKDAY.sub(" ", _LABEL.sub("", text)).split()).strip(" ,")
    match = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if match is None:
        return None
    try:
        moment = _moment(match.groupdict())
        return moment.astimezone(UTC) if moment.year in _YEARS else None
    except (ValueError, LookupError, OverflowError):
        return None


def _moment(found: dict[str, str | None]) -> datetime:
    """Raises ValueError, LookupError and OverflowError for what no calendar has."""
    name, year = found.get("name"), int(found["year"] or 0)
    month = _month(name) if name else int(found["month"] or 0)
    year += _century(found["year"] or "")
    day = datetime(year, month, int(found["day"] or 0), tzinfo=_zone(found))
    return day + _time_of_day(found)


def _month(name: str) -> int:
    """From 1. `name`: three letters of it at least. Raises ValueError."""
    return [month.startswith(name.lower()) for month in _MONTHS].index(True) + 1


def _century(year: str) -> int:
    """RFC 2822, 4.3: two digits from 50 on are of the last century. The year 0001 is no date."""
    return 0 if len(year) > 2 else 2000 if int(year) < 50 else 1900


def _time_of_day(found: dict[str, str | None]) -> timedelta:
    """24:00 is the end of the day. Raises ValueError."""
    digits = found.get("digits")
    if digits:
        hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0)
    else:
        parts = (found["hour"], found["minute"], found["second"])
        hour, minute, second = (int(part or 0) for part in parts)
    hour = _hour(hour, _half(found))
    if (hour, minute, second) > (24, 0, 0) or minute > 59 or second > 60:
        raise ValueError
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _half(found: dict[str, str | None]) -> str:
    """Half of the day: am, pm or empty. Raises ValueError if two are given that differ."""
    said = (found.get(name) or "" for name in ("half_first", "half", "half_after"))
    halves = {"am" if each[0] in "aA" or each == "오전" else "pm" for each in said if each}
    if len(halves) > 1:
        raise ValueError
    return halves.pop() if halves else ""


def _hour(hour: int, half: str) -> int:
    """The hour from 0 to 24."""
    if half == "am":
        if hour > 12:
            raise ValueError
        return hour % 12
    return hour + 12 if half and hour < 12 else hour


def _zone(found: dict[str, str | None]) -> tzinfo:
    """Raises LookupError for a zone nobody knows: hours off would be worse than no date."""
    name, offset = (found.get("zone") or "").lower(), found.get("offset")
    if name and "/" in name:
        return ZoneInfo("/".join(part.title() for part in name.split("/")))
    if name and name not in _HOURS:
        raise LookupError(name)
    if offset:
        sign = -1 if offset[0] == "-" else 1
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, 0)
        return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
    return timezone(timedelta(hours=_HOURS[name])) if name else SEOUL

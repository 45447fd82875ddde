"""Feed dates: RFC 822, ISO 8601, and Korean ones without a time zone."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
_YEARS = range(1900, 2200)
_NUMERIC = re.compile(
    r"(\d{4})\s?([-./]?)\s?(\d{1,2})\s?\2\s?(\d{1,2})\.?"
    r"(?:(?:T|\s*)(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?\s*(Z|UTC|KST|[+-]\d\d:?\d\d)?",
    re.I,
)


def parse_date(text: str) -> datetime | None:
    """UTC; None for an empty text. A date without a zone is Seoul time. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    try:
        numeric = _NUMERIC.fullmatch(text)
        parsed = _numeric(numeric) if numeric else _rfc822(text)
        if parsed.year in _YEARS:
            return parsed.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    raise ValueError(f"its date {text[:60]} cannot be read")


def _numeric(match: re.Match[str]) -> datetime:
    year, _, month, day, *clock, zone = match.groups(default="")
    hour, minute, second = (int(part or 0) for part in clock)
    local = datetime(int(year), int(month), int(day), hour, minute, second)
    if zone.upper() in ("", "KST"):
        return local.replace(tzinfo=SEOUL)
    return local.replace(tzinfo=datetime.strptime(zone.upper().replace("UTC", "Z"), "%z").tzinfo)


def _rfc822(text: str) -> datetime:
    text = re.sub(r"([+-]\d\d):(\d\d)$", r"\1\2", text)
    parsed = parsedate_to_datetime(text)
    if parsed.tzinfo is None:  # KST is not a zone of RFC 822; -0000 means UTC
        parsed = parsed.replace(tzinfo=UTC if text.endswith("-0000") else SEOUL)
    return parsed

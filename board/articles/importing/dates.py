"""Times as feeds write them: RFC 822, ISO 8601, and the Korean habit of leaving out the zone."""

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
    """None when nothing is said. Without a zone it is the time in Seoul. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    try:
        numeric = _NUMERIC.fullmatch(text)
        found = _numeric(numeric) if numeric else _rfc822(text)
        if found.year in _YEARS:
            return found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    raise ValueError(f"its date {text[:60]} cannot be read")


def _numeric(match: re.Match[str]) -> datetime:
    year, _, month, day, *clock, zone = match.groups(default="")
    hour, minute, second = (int(part or 0) for part in clock)
    there = datetime(int(year), int(month), int(day), hour, minute, second)
    if zone.upper() in ("", "KST"):
        return there.replace(tzinfo=SEOUL)
    return there.replace(tzinfo=datetime.strptime(zone.upper().replace("UTC", "Z"), "%z").tzinfo)


def _rfc822(text: str) -> datetime:
    text = re.sub(r"([+-]\d\d):(\d\d)$", r"\1\2", text)
    there = parsedate_to_datetime(text)
    if there.tzinfo is None:  # KST is not a zone of RFC 822; -0000 means UTC
        there = there.replace(tzinfo=UTC if text.endswith("-0000") else SEOUL)
    return there

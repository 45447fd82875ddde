"""Security events, summed up for `doctor --since`; and the end of old files."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import click

from board.db import now
from board.runtime.event_log import BYTES_MAX, Event, events_since, files, old_files
from board.web.request.observability.security_events import folder

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
Finding = tuple[bool, str]


class Period(click.ParamType[datetime]):
    """The moment so long ago: 90m, 24h, 7d."""

    name = "period"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        match = re.fullmatch(r"([0-9]{1,4})([mhd])", value)
        if not match:
            self.fail(f"{value!r} is no period such as 24h, 7d or 90m", param, ctx)
        return now() - timedelta(**{_UNITS[match[2]]: int(match[1])})


def findings(since: datetime | None) -> list[Finding]:
    """What happened since then, most frequent first; nothing without `since`."""
    if since is None:
        return []
    start = f"since {since:%Y-%m-%d %H:%M} UTC"
    found = [(True, sentence) for sentence in _sentences(events_since(folder(), since))]
    full = [path.name for path in files(folder()) if path.stat().st_size >= BYTES_MAX]
    found += [(False, f"{name} is full: later events of that day are missing") for name in full]
    return [(True, f"security events {start}: {'' if found else 'none'}".rstrip(": ")), *found]


def has_old() -> bool:
    return bool(old_files(folder()))


def delete_old() -> None:
    for path in old_files(folder()):
        path.unlink(missing_ok=True)


def _sentences(events: Iterable[Event]) -> list[str]:
    numbers: Counter[str] = Counter()
    clients: defaultdict[str, set[str]] = defaultdict(set)
    routes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        reason = event.get("reason")
        name = f"{event['event']} ({reason})" if reason else str(event["event"])
        count = 1 + int(event.get("skipped", 0))
        numbers[name] += count
        routes[name][event.get("route", "none")] += count
        clients[name].add(event.get("client", "none"))
    return [
        f"{name}: {number}, {_clients(clients[name])}, mostly at {_most(routes[name])}"
        for name, number in numbers.most_common()
    ]


def _clients(marks: set[str]) -> str:
    return "by one client" if len(marks) == 1 else f"by {len(marks)} clients"


def _most(routes: Counter[str]) -> str:
    return routes.most_common(1)[0][0]

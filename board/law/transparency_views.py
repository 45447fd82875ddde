"""The desk's numbers for everyone: a page, a table and JSON that say the same."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext

from board.db import now
from board.db.clock import local
from board.law.authorities.data_requests import DataRequest
from board.law.authorities.forms import (
    disclosure_kinds,
    disclosure_outcomes,
    order_kinds,
    order_outcomes,
)
from board.law.authorities.orders import Order
from board.moderation.rulings import statistics
from board.moderation.rulings.statistics import Figures
from board.runtime.app import current_app_object
from board.web.access import everyone, open_to

bp = Blueprint("transparency", __name__)

MONTHS = 12
HALVES = 4
# A month is over for good once nothing decided in it can be taken back.
_SETTLED = timedelta(minutes=1)


@bp.get("/transparency")
@open_to(everyone)
def index() -> ResponseReturnValue:
    return render_template(
        "law/transparency.html",
        months=_months(),
        halves=_halves(),
        duration=_duration,
        order_kinds=dict(order_kinds()),
        order_outcomes=order_outcomes(),
        disclosure_kinds=dict(disclosure_kinds()),
        disclosure_outcomes=disclosure_outcomes(),
    )


@bp.get("/transparency.json")
@open_to(everyone)
def as_json() -> ResponseReturnValue:
    return {
        "months": [{"month": f"{first:%Y-%m}", **_told(each)} for first, each in _months()],
        "half_years": [half.told() for half in _halves()],
    }


@bp.get("/transparency.csv")
@open_to(everyone)
def as_csv() -> ResponseReturnValue:
    """One number a line: month or half-year, what was counted, reason if any, number."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["month", "counted", "reason", "number"])
    for first, each in _months():
        for counted, reason, number in _lines(each):
            writer.writerow([f"{first:%Y-%m}", counted, reason, number])
    for half in _halves():
        for counted, rows in (("orders", half.orders), ("disclosures", half.disclosures)):
            for kind, outcome, number in rows:
                writer.writerow([half.name, counted, f"{kind}/{outcome or 'waiting'}", number])
    return Response(table.getvalue(), mimetype="text/csv")


class Half(NamedTuple):
    """What authorities ordered and asked for in half a year: kind, outcome, how many."""

    name: str  # 2026-H2
    start: datetime
    orders: Sequence[tuple[str, str, int]]
    disclosures: Sequence[tuple[str, str, int]]

    @property
    def label(self) -> str:
        """2026년 하반기, or Second half of 2026."""
        year, half = self.name.split("-H")
        if half == "1":
            return gettext("First half of %(year)s", year=year)
        return gettext("Second half of %(year)s", year=year)

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = {"half_year": self.name}
        for counted, rows in (("orders", self.orders), ("disclosures", self.disclosures)):
            told[counted] = [
                {"kind": kind, "outcome": outcome or "waiting", "number": number}
                for kind, outcome, number in rows
            ]
        return told


def _halves() -> list[Half]:
    """The half-years of two years, the one we are in first."""
    today = local(now())
    start, found = _first(today.replace(day=1, month=1 if today.month < 7 else 7)), []
    end, newest = _first(start + timedelta(days=186)), statistics.newest_id()
    for _ in range(HALVES):
        name = f"{start.year}-H{1 if start.month < 7 else 2}"
        found.append(_half(current_app_object(), name, start, end, newest))
        start, end = _first(start - timedelta(days=180)), start
    return found


def _lines(figures: Figures) -> Iterator[tuple[str, str, int]]:
    for counted, number in _told(figures).items():
        if isinstance(number, dict):
            yield from ((counted, reason, count) for reason, count in number.items())
        elif number is not None:
            yield counted, "", number


def _told(figures: Figures) -> dict[str, Any]:
    return {
        "hidden": dict(figures.hidden),
        "kept": figures.kept,
        "restored": figures.restored,
        "appeals_upheld": figures.upheld,
        "appeals_rejected": figures.rejected,
        "threads_steered": figures.restricted,
        "median_seconds_to_decision": figures.median_seconds,
    }


def _months() -> list[tuple[datetime, Figures]]:
    """The first moment of each of the last twelve months and what was done in it, newest first."""
    newest = statistics.newest_id()
    start = _first(local(now()))
    end = _first(start + timedelta(days=32))
    months = []
    for _ in range(MONTHS):
        is_over = end < now() - _SETTLED
        months.append((start, _figures(current_app_object(), start, end, 0 if is_over else newest)))
        start, end = _first(start - timedelta(days=1)), start
    return months


def _first(moment: datetime) -> datetime:
    """The first moment of its month, in the newsroom's time zone."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=16)
def _half(_app: Flask, name: str, start: datetime, end: datetime, _newest: int) -> Half:
    """Whatever is registered or answered is in the log too, so its newest entry tells."""
    return Half(name, start, Order.counts(start, end), DataRequest.counts(start, end))


@lru_cache(maxsize=64)
def _figures(_app: Flask, start: datetime, end: datetime, _newest: int) -> Figures:
    return statistics.figures(start, end)


def _duration(seconds: int) -> str:
    return format_timedelta(timedelta(seconds=seconds), threshold=1.5)

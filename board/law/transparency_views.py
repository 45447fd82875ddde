"""Transparency report: a page, CSV and JSON with the same figures, open to everyone."""

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
    data_request_kinds,
    data_request_outcomes,
    order_kinds,
    order_outcomes,
)
from board.law.authorities.orders import Order
from board.moderation.rulings import statistics
from board.moderation.rulings.statistics import Figures
from board.runtime.app import current_app_object
from board.web.access import everyone, open_to
from board.web.response.csv_cells import csv_cell

bp = Blueprint("transparency", __name__)

MONTHS = 12
HALF_YEARS = 4
# A month's figures are final once no decision in it can be undone.
_UNDO_PERIOD = timedelta(minutes=1)


@bp.get("/transparency")
@open_to(everyone)
def index() -> ResponseReturnValue:
    return render_template(
        "law/transparency.html",
        months=_months(),
        half_years=_half_years(),
        duration=_duration,
        order_kinds=dict(order_kinds()),
        order_outcomes=order_outcomes(),
        data_request_kinds=dict(data_request_kinds()),
        data_request_outcomes=data_request_outcomes(),
    )


@bp.get("/transparency.json")
@open_to(everyone)
def as_json() -> ResponseReturnValue:
    return {
        "months": [
            {"month": f"{start:%Y-%m}", **_as_dict(figures)} for start, figures in _months()
        ],
        "half_years": [half.as_dict() for half in _half_years()],
    }


@bp.get("/transparency.csv")
@open_to(everyone)
def as_csv() -> ResponseReturnValue:
    """One figure a line: month or half-year, what is counted, reason if any, number."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["month", "counted", "reason", "number"])
    for start, figures in _months():
        for counted, reason, number in _csv_rows(figures):
            writer.writerow([f"{start:%Y-%m}", counted, csv_cell(reason), number])
    for half in _half_years():
        for counted, rows in (("orders", half.orders), ("disclosures", half.disclosures)):
            for kind, outcome, number in rows:
                writer.writerow([half.name, counted, f"{kind}/{outcome or 'waiting'}", number])
    return Response(table.getvalue(), mimetype="text/csv")


class HalfYear(NamedTuple):
    """Orders and data requests received in half a year: kind, outcome, number."""

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

    def as_dict(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"half_year": self.name}
        for counted, rows in (("orders", self.orders), ("disclosures", self.disclosures)):
            fields[counted] = [
                {"kind": kind, "outcome": outcome or "waiting", "number": number}
                for kind, outcome, number in rows
            ]
        return fields


def _half_years() -> list[HalfYear]:
    """The last four half-years, the current one first."""
    today = local(now())
    start = _start_of_month(today.replace(day=1, month=1 if today.month < 7 else 7))
    end, newest = _start_of_month(start + timedelta(days=186)), statistics.newest_id()
    half_years = []
    for _ in range(HALF_YEARS):
        name = f"{start.year}-H{1 if start.month < 7 else 2}"
        half_years.append(_cached_half_year(current_app_object(), name, start, end, newest))
        start, end = _start_of_month(start - timedelta(days=180)), start
    return half_years


def _csv_rows(figures: Figures) -> Iterator[tuple[str, str, int]]:
    for counted, number in _as_dict(figures).items():
        if isinstance(number, dict):
            yield from ((counted, reason, count) for reason, count in number.items())
        elif number is not None:
            yield counted, "", number


def _as_dict(figures: Figures) -> dict[str, Any]:
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
    """Start and figures of each of the last twelve months, newest first."""
    newest = statistics.newest_id()
    start = _start_of_month(local(now()))
    end = _start_of_month(start + timedelta(days=32))
    months = []
    for _ in range(MONTHS):
        is_over = end < now() - _UNDO_PERIOD
        months.append(
            (start, _cached_figures(current_app_object(), start, end, 0 if is_over else newest))
        )
        start, end = _start_of_month(start - timedelta(days=1)), start
    return months


def _start_of_month(moment: datetime) -> datetime:
    """The first moment of its month; `moment` is in the newsroom's time zone."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=16)
def _cached_half_year(
    _app: Flask, name: str, start: datetime, end: datetime, _newest: int
) -> HalfYear:
    """Keyed by the newest ruling: every registration and answer is a ruling, so a change misses."""
    return HalfYear(name, start, Order.counts(start, end), DataRequest.counts(start, end))


@lru_cache(maxsize=64)
def _cached_figures(_app: Flask, start: datetime, end: datetime, _newest: int) -> Figures:
    return statistics.figures(start, end)


def _duration(seconds: int) -> str:
    return format_timedelta(timedelta(seconds=seconds), threshold=1.5)

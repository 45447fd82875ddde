"""The desk's numbers for everyone: a page, a table and JSON that say the same."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta

from board.access import everyone, open_to
from board.comments.pages import this_app
from board.db import now
from board.language import local
from board.moderation import transparency
from board.moderation.transparency import Figures

bp = Blueprint("transparency", __name__)

MONTHS = 12
# A month is over for good once nothing decided in it can be taken back.
_SETTLED = timedelta(minutes=1)


@bp.get("/transparency")
@open_to(everyone)
def index() -> ResponseReturnValue:
    months = _months()
    most = max((sum(each.hidden.values()) for _, each in months), default=0)
    return render_template(
        "moderation/transparency.html", months=months, most=most, duration=_duration
    )


@bp.get("/transparency.json")
@open_to(everyone)
def as_json() -> ResponseReturnValue:
    return {"months": [{"month": f"{first:%Y-%m}", **_told(each)} for first, each in _months()]}


@bp.get("/transparency.csv")
@open_to(everyone)
def as_csv() -> ResponseReturnValue:
    """One number a line: month, what was counted, reason if any, number."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["month", "counted", "reason", "number"])
    for first, each in _months():
        for counted, reason, number in _lines(each):
            writer.writerow([f"{first:%Y-%m}", counted, reason, number])
    return Response(table.getvalue(), mimetype="text/csv")


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
        "threads_steered": figures.steered,
        "median_seconds_to_decision": figures.median_seconds,
    }


def _months() -> list[tuple[datetime, Figures]]:
    """The first moment of each of the last twelve months and what was done in it, newest first."""
    newest = transparency.newest_id()
    start = _first(local(now()))
    end = _first(start + timedelta(days=32))
    months = []
    for _ in range(MONTHS):
        is_over = end < now() - _SETTLED
        months.append((start, _figures(this_app(), start, end, 0 if is_over else newest)))
        start, end = _first(start - timedelta(days=1)), start
    return months


def _first(moment: datetime) -> datetime:
    """The first moment of its month, in the newsroom's time zone."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=64)
def _figures(_app: Flask, start: datetime, end: datetime, _newest: int) -> Figures:
    return transparency.figures(start, end)


def _duration(seconds: int) -> str:
    return format_timedelta(timedelta(seconds=seconds), threshold=1.5)

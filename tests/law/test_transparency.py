"""Everyone sees the figures of the desk; page, CSV and JSON have the same."""

import csv
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from board.comments.writing import create
from board.db import writing
from board.moderation.appeals.models import decide, submit_appeal
from board.moderation.rulings import decisions as moderation
from board.moderation.rulings import undo
from conftest import count_queries, say

SEOUL = ZoneInfo("Asia/Seoul")
AUTUMN = datetime(2026, 11, 20, 12, tzinfo=SEOUL)


def months(guest):
    rows = guest.get("/transparency.json").json["months"]
    return {row.pop("month"): row for row in rows}


@pytest.fixture
def decisions(app, ada, mo, harbour):
    with time_machine.travel(AUTUMN, tick=False):
        for text, reason in (("One", "abuse"), ("Two", "abuse"), ("Three", "spam")):
            comment = say(harbour, ada, text)
            with writing():
                ruling = moderation.hide(comment, by=mo, reason=reason)
        with writing():
            waiting = submit_appeal(ruling, by=ada, text="Not spam")
            decide(waiting, by=None, uphold=True, note="It was not.")
        yield


def test_decisions_are_counted_by_month_and_reason(guest, decisions):
    november = months(guest)["2026-11"]

    assert november == {
        "hidden": {"abuse": 2, "spam": 1},
        "kept": 0,
        "restored": 1,
        "appeals_upheld": 1,
        "appeals_rejected": 0,
        "threads_steered": 0,
        "median_seconds_to_decision": None,
    }


def test_the_page_and_the_csv_have_the_same_figures(guest, decisions):
    page, table = guest.get("/transparency").text, guest.get("/transparency.csv")

    rows = {tuple(row[:3]): row[3] for row in csv.reader(table.text.splitlines())}
    assert table.mimetype == "text/csv"
    assert rows["2026-11", "hidden", "abuse"] == "2"
    assert rows["2026-11", "appeals_upheld", ""] == "1"
    assert ("2026-11", "median_seconds_to_decision", "") not in rows
    november = re.search(r'<th scope="row">2026.11.</th>(.*?)</tr>', page, re.DOTALL)
    assert re.findall("<td.*?>(.*?)</td>", november[1]) == ["3", "0", "1", "1", "0", "0", "–"]
    assert "<dt>욕설·인신공격</dt><dd>2</dd>" in page


def test_the_last_twelve_months_are_shown_newest_first(guest, decisions):
    names = list(months(guest))

    assert (names[0], names[1], names[-1], len(names)) == ("2026-11", "2026-10", "2025-12", 12)


def test_a_month_ends_at_midnight_in_the_newsroom(guest, ada, mo, harbour):
    comment = say(harbour, ada, "At midnight")
    for moment in (datetime(2026, 10, 31, 23, 59, 59, tzinfo=SEOUL), AUTUMN.replace(day=1, hour=0)):
        with time_machine.travel(moment, tick=False), writing():
            moderation.hide(comment, by=mo, reason="abuse")
            moderation.restore(comment, by=mo, reason="review")

    with time_machine.travel(AUTUMN, tick=False):
        figures = months(guest)

    assert (figures["2026-10"]["hidden"], figures["2026-11"]["hidden"]) == (
        {"abuse": 1},
        {"abuse": 1},
    )


def test_the_time_to_a_decision_is_the_median(guest, ada, mo, harbour, monkeypatch):
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
    with time_machine.travel(AUTUMN, tick=False) as clock:
        waiting = [say(harbour, ada, f"Remark {number}") for number in range(3)]
        for comment, minutes in zip(waiting, (1, 4, 600), strict=True):
            clock.shift(timedelta(minutes=minutes))
            with writing():
                moderation.keep(comment, by=mo)

        assert months(guest)["2026-11"]["median_seconds_to_decision"] == 300


def test_undone_decisions_are_not_counted(guest, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    with time_machine.travel(AUTUMN, tick=False):
        with writing():
            ruling = moderation.hide(comment, by=mo, reason="abuse")
            undo.take_back(ruling, by=mo)

        assert months(guest)["2026-11"]["hidden"] == {}


def test_figures_are_cached_until_there_is_a_newer_ruling(guest, ada, harbour, decisions):
    guest.get("/transparency.json")
    say(harbour, ada, "Four")  # so that the page itself is not cached

    with count_queries() as queries:
        guest.get("/transparency.json")

    assert len([each for each in queries if each.startswith("SELECT")]) == 2


def test_a_board_without_decisions_says_so(guest):
    assert "이 기간에 숨긴 댓글이 없습니다." in guest.get("/transparency").text

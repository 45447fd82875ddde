"""Backups are kept by days, weeks and months."""

from datetime import UTC, datetime, timedelta

import pytest

from board.ops.backup.retention import Periods, kept

MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)


def daily(count, *, begin=MONDAY):
    return [(number, begin + timedelta(days=number)) for number in range(count)]


def test_days_weeks_and_months_keep_their_last_backup():
    days_of = {number: moment.date().isoformat() for number, moment in daily(100)}

    assert sorted(days_of[n] for n in kept(daily(100), Periods(3, 3, 3))) == [
        "2026-04-30", "2026-05-31", "2026-06-07", "2026-06-08", "2026-06-09",
    ]  # fmt: skip


def test_the_last_of_a_day_is_kept():
    hourly = [(number, MONDAY + timedelta(hours=number)) for number in range(40)]

    assert kept(hourly, Periods(2, 0, 0)) == {20, 39}


def test_the_newest_is_kept_even_if_nothing_is():
    assert kept(daily(5), Periods(0, 0, 0)) == {4}
    assert kept([], Periods(7, 4, 3)) == set()


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_jumps_deletes_one_day_at_most(jump):
    before = daily(7)

    assert kept([*before, (7, MONDAY + jump)], Periods(7, 0, 0)) == {1, 2, 3, 4, 5, 6, 7}


def test_a_pause_of_a_year_deletes_nothing_old():
    assert kept([*daily(6), (6, MONDAY + timedelta(days=365))], Periods(7, 0, 0)) == set(range(7))

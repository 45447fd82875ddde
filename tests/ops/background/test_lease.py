"""A lease: one process at a time has it, whatever dies and whatever the clocks say."""

import time
from datetime import timedelta

import pytest
import time_machine

from board.db import db, now, writing
from board.runtime import lease
from board.runtime.lease import DURATION, Lease, LeaseHolder


@pytest.fixture(autouse=True)
def board(app):
    """A database."""


@pytest.fixture
def pass_seconds(monkeypatch):
    """Lets seconds pass on the clock that does not jump."""
    passed = [0.0]
    real = time.monotonic
    monkeypatch.setattr(lease.time, "monotonic", lambda: real() + passed[0])

    def let_pass(seconds: float) -> None:
        passed[0] += seconds

    return let_pass


def ask(holder: str) -> bool:
    return LeaseHolder("work", holder).refresh()


def test_the_first_of_two_machines_has_the_lease():
    assert [ask("one"), ask("two"), ask("one")] == [True, False, True]


def test_another_machine_takes_over_when_the_holder_has_died():
    assert ask("one")
    with time_machine.travel(now() + DURATION + timedelta(seconds=1), tick=False):
        assert [ask("two"), ask("one")] == [True, False]


def test_what_is_released_is_free_at_once():
    first = LeaseHolder("work", "one")
    assert first.refresh()

    first.release()

    assert not first.holds
    assert ask("two")


def test_nobody_releases_the_lease_of_another():
    assert ask("one")

    LeaseHolder("work", "two").release()

    assert not ask("two")


def test_two_leases_have_two_holders():
    assert [LeaseHolder(name, name).refresh() for name in ("work", "other")] == [True, True]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_stops_nothing(hours):
    assert ask("one")
    with time_machine.travel(now() + timedelta(hours=hours), tick=False):
        assert ask("two")


def test_clocks_that_differ_by_seconds_do_not_take_it_from_each_other():
    with time_machine.travel(now() + timedelta(seconds=20), tick=False):
        assert ask("ahead")

    assert not ask("behind")


def test_it_is_renewed_every_ten_seconds(pass_seconds):
    holder = LeaseHolder("work", "one")
    until = []
    for seconds in (0, 9, 2):
        pass_seconds(seconds)
        with time_machine.travel(now() + timedelta(seconds=len(until)), tick=False):
            assert holder.refresh()
        db.session.expire_all()
        until.append(db.session.get(Lease, "work").until)
        db.session.rollback()

    assert until[0] == until[1] < until[2]


def test_a_holder_that_could_not_renew_it_stops_before_another_begins(pass_seconds):
    holder = LeaseHolder("work", "one")
    assert holder.refresh()
    with writing():
        db.session.get(Lease, "work").holder = "two"

    pass_seconds(9)
    assert holder.refresh()
    pass_seconds(2)
    assert not holder.refresh()


def test_a_busy_database_costs_the_lease_after_twenty_seconds(pass_seconds, monkeypatch):
    def is_busy(*_: object) -> bool:
        raise lease.LockTimeout

    holder = LeaseHolder("work", "one")
    assert holder.refresh()
    monkeypatch.setattr(lease, "_acquire", is_busy)

    pass_seconds(19)
    assert holder.refresh()
    pass_seconds(2)
    assert not holder.refresh()

"""A clock that is wrong for a while takes nothing away: what is final waits until it is believable.

Twelve seconds were enough to end a takedown of 30 days for good.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, now, writing
from board.law.claims import evidence
from board.law.claims.evidence import Evidence, Upload
from board.law.claims.models import Claim, State
from board.law.claims.workflow import block, receive_claim, reject
from board.ops.doctor import doctor
from board.runtime import clock_check, jobs
from conftest import say
from support.host_clock import HostClock, host_clock

DAYS, SECONDS, MINUTES = timedelta(days=1), timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def believable_clock() -> None:
    """The check itself, instead of a clock that is always believed."""


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostClock]:
    with host_clock(monkeypatch) as clock:
        yield clock


@pytest.fixture
def comment(harbour: Article, ada: User) -> Comment:
    return say(harbour, ada, "She lives at 3 Pier Street")


@pytest.fixture
def received(comment: Comment) -> Claim:
    """A claim that a passport came with."""
    files = evidence.encrypt_uploads([Upload("identity", "id.pdf", b"%PDF-1.7 passport")])
    with writing():
        claim, _ = receive_claim(
            comment, name="Kim", contact="kim@pier.example", kind="privacy", sentence="3",
            text="Mine", wish="block", requester="person",
        )  # fmt: skip
        db.session.flush()
        evidence.attach(claim, files)
    return claim


@pytest.fixture
def claim(received: Claim, mo: User) -> Claim:
    """Its comment is taken down for thirty days."""
    with writing():
        block(received, by=mo, says="The address is taken down.")
    return received


@pytest.fixture
def examine(app: Flask) -> Callable[[], list[str]]:
    """What `doctor` finds wrong with the clock."""

    def run() -> list[str]:
        result: Result = app.test_cli_runner().invoke(doctor)
        return [line for line in result.output.splitlines() if "BAD the clock" in line]

    return run


def tick(clock: HostClock, seconds: int) -> list[str]:
    """The final jobs that ran meanwhile; they are looked after every ten seconds."""
    done: list[str] = []
    final = {job.name for job in jobs.jobs if job.is_final}
    for _ in range(seconds // 10 + 1):
        done += [name for name in jobs.run_pending() if name in final]
        clock.go(10 * SECONDS)
    return done


def test_twelve_seconds_forty_days_ahead_end_no_takedown(
    clock: HostClock, claim: Claim, comment: Comment
) -> None:
    clock.step(40 * DAYS)
    assert tick(clock, 12) == []
    clock.step(-40 * DAYS)
    assert tick(clock, 12) == []

    db.session.expire_all()
    assert (claim.state, comment.is_visible) == (State.BLOCKED, False)
    clock.go(30 * DAYS)  # at once, as the clock is where it was
    assert tick(clock, 0) == ["takedowns"]


def test_they_erase_no_evidence(clock: HostClock, received: Claim, mo: User) -> None:
    with writing():
        reject(received, by=mo, says="It is no address.")
    clock.step(40 * DAYS)
    assert tick(clock, 12) == []

    assert [file.decrypt() for file in db.session.query(Evidence)] == [b"%PDF-1.7 passport"]
    clock.step(-40 * DAYS)
    clock.go(31 * DAYS)
    assert tick(clock, 0) == ["evidence"]


def test_a_clock_put_back_ends_nothing_either_when_it_is_right_again(
    clock: HostClock, claim: Claim
) -> None:
    clock.step(-40 * DAYS)
    assert tick(clock, 12) == []
    clock.step(40 * DAYS)
    assert tick(clock, 12) == [] and clock_check.is_believable()


@pytest.mark.slow
def test_a_clock_that_goes_on_evenly_for_an_hour_is_believed(
    clock: HostClock, claim: Claim
) -> None:
    clock.step(40 * DAYS)
    assert tick(clock, 3580) == []
    assert tick(clock, 20) == ["takedowns"]


@pytest.mark.slow
def test_after_forty_days_without_power_a_takedown_ends_an_hour_late(
    clock: HostClock, claim: Claim, comment: Comment
) -> None:
    clock.restart(40 * DAYS)
    assert tick(clock, 3580) == []
    assert tick(clock, 20) == ["takedowns"]

    db.session.expire_all()
    assert comment.is_visible


def test_after_forty_days_without_serve_it_ends_at_once(clock: HostClock, claim: Claim) -> None:
    clock.go(40 * DAYS)

    assert jobs.run_pending() == ["takedowns"]


@pytest.mark.parametrize(
    ("off", "believed"),
    [
        (0 * MINUTES, True), (59 * MINUTES, True), (61 * MINUTES, False), (-4 * MINUTES, True),
        (-6 * MINUTES, False),
    ],
)  # fmt: skip
def test_a_restart_may_take_an_hour(clock: HostClock, off: timedelta, believed: bool) -> None:
    clock.restart(off)

    assert clock_check.is_believable() is believed


@pytest.mark.parametrize(("step", "believed"), [(4, True), (6, False), (-4, True), (-6, False)])
def test_a_step_of_some_minutes_is_an_ordinary_correction(
    clock: HostClock, step: int, believed: bool
) -> None:
    clock.step(step * MINUTES)

    assert clock_check.is_believable() is believed


@pytest.mark.slow
def test_a_restart_while_the_clock_is_wrong_begins_the_hour_anew(
    clock: HostClock, claim: Claim
) -> None:
    clock.step(40 * DAYS)
    assert tick(clock, 3000) == []
    clock.restart(1 * MINUTES)
    assert tick(clock, 3000) == []


def test_before_there_is_a_record_the_last_commit_counts(
    clock: HostClock, claim: Claim, tmp_path: Path
) -> None:
    (tmp_path / "clock.json").unlink()
    clock.go(40 * DAYS)
    assert tick(clock, 12) == []

    (tmp_path / "clock.json").write_text("no JSON")
    assert tick(clock, 12) == []


@pytest.mark.slow
def test_a_disk_without_room_for_the_record_ends_nothing(
    clock: HostClock, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr("board.config.durable_files.replace", full)
    clock.step(40 * DAYS)
    assert tick(clock, 4000) == []


@pytest.mark.slow
def test_the_log_and_doctor_say_what_waits_and_until_when(
    clock: HostClock,
    claim: Claim,
    examine: Callable[[], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert examine() == []
    clock.step(40 * DAYS)
    until = now() + timedelta(hours=1)
    tick(clock, 100)

    lines = [record.getMessage() for record in caplog.records if "jobs wait" in record.message]
    assert lines == [
        f"the clock is not where it was: until it has gone evenly to {until:%Y-%m-%dT%H:%MZ} these "
        "jobs wait: takedowns"
    ]
    assert [f"gone evenly to {until:%Y-%m-%dT%H:%MZ}; look" in line for line in examine()] == [True]


def test_jobs_that_take_nothing_away_do_not_wait(clock: HostClock, app: Flask) -> None:
    waiting = [job.name for job in jobs.jobs if job.is_final]

    assert [job.name for job in jobs.jobs if job.name not in waiting] == [
        "second factors", "pulse", "clearings", "staff alerts", "webhook secrets",
        "tip checkpoints", "disk reserve", "write-ahead log",
    ]  # fmt: skip

"""Metrics: who has the token reads what all workers did, and nothing about tips."""

import os
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from board.comments.models import Comment
from board.comments.thread.search import search_limiter
from board.db import close_connections, db, now, sqlite, writing, writing_engine
from board.db.write_lock import LockTimeout
from board.moderation.queue import Queue, enqueue
from board.ops.backup.folder import Manifest, store_manifest
from board.runtime.limiter import QueueFull
from board.runtime.metrics import families
from board.runtime.metrics.cells import Cells
from board.runtime.metrics.families import Histogram
from conftest import say

TOKEN = "a-token-of-the-tests"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def read(app, guest):
    """The metrics, as values by name and labels."""
    app.config["METRICS_TOKEN"] = TOKEN

    def values():
        text = guest.get("/metrics", headers=HEADERS).text
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return values


@pytest.fixture
def growth(read):
    """What grew since the test began, gauges and /metrics itself left out."""
    before = read()

    def grown():
        return {
            key: value - before.get(key, 0)
            for key, value in read().items()
            if value != before.get(key, 0) and ("route", "metrics.metrics") not in key
        }

    return grown


def requests(route, status, source="app"):
    return ("board_requests_total", ("route", route), ("source", source), ("status", status))


def counted_requests(growth):
    return {key: value for key, value in growth().items() if key[0] == "board_requests_total"}


def test_without_a_token_there_is_no_such_page(guest):
    assert guest.get("/metrics", headers=HEADERS).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer another-token-of-it", TOKEN, "Bearer ü"])
def test_nobody_reads_them_with_another_token(app, guest, given):
    app.config["METRICS_TOKEN"] = TOKEN

    answer = guest.get("/metrics", headers={"Authorization": given})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "board_" not in answer.text


def test_no_cache_keeps_them(app, guest):
    app.config["METRICS_TOKEN"] = TOKEN

    answer = guest.get("/metrics", headers=HEADERS)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_requests_are_counted_by_route_status_and_source(guest, harbour, growth):
    for path in ("/articles/harbour", "/articles/harbour", "/articles/nowhere", "/no-such-page"):
        guest.get(path)
    etag = guest.get("/articles/harbour").headers["ETag"]
    guest.get("/articles/harbour", headers={"If-None-Match": etag})

    assert counted_requests(growth) == {
        requests("comments.article", "200"): 1,
        requests("comments.article", "200", "cache"): 2,
        requests("comments.article", "304", "cache"): 1,
        requests("comments.article", "404"): 1,
        requests("none", "404"): 1,
    }


def test_what_visitors_write_into_an_address_is_in_no_metric(app, guest, read):
    guest.get("/articles/sesame?q=sesame")
    guest.get("/sesame", headers={"X-Request-Id": "sesame", "User-Agent": "sesame"})

    assert "sesame" not in str(read())


def test_the_time_that_a_page_took_is_in_a_bucket(guest, harbour, growth):
    guest.get("/articles/harbour")
    guest.get("/articles/harbour")

    seconds = {key: value for key, value in growth().items() if "_request_seconds" in key[0]}
    route = ("route", "comments.article")
    assert seconds[("board_request_seconds_count", route)] == 1
    assert seconds[("board_request_seconds_bucket", ("le", "+Inf"), route)] == 1
    assert 0 < seconds[("board_request_seconds_sum", route)] < 10


@pytest.fixture
def browser(as_, ada):
    return as_(ada)


def test_a_post_its_replay_and_its_refusal_are_counted(app, harbour, browser, growth):
    app.config["SAME_TEXT_HOURS"] = 1
    for key in ("k1k1k1k1k1k1k1k1", "k1k1k1k1k1k1k1k1", "k2k2k2k2k2k2k2k2"):
        browser.post("/articles/harbour/comments", data={"body": "A ship", "key": key})

    grown = growth()
    assert db.session.query(Comment).count() == 1
    assert grown[("board_comments_total", ("state", "shown"))] == 1
    assert grown[("board_idempotent_replays_total",)] == 1
    assert grown[("board_refusals_total", ("reason", "SameText"))] == 1
    assert grown[("board_write_seconds_count",)] == 3
    assert grown[("board_write_lock_wait_seconds_count",)] == 3


def test_a_write_that_waits_in_vain_is_counted(app, growth):
    with app.extensions["write_lock"], pytest.raises(LockTimeout), writing(timeout=0.01):
        pass

    counts = {key: value for key, value in growth().items() if key[0].endswith(("total", "count"))}
    assert counts == {
        ("board_write_lock_timeouts_total",): 1,
        ("board_write_lock_wait_seconds_count",): 1,
    }


def test_an_error_of_the_database_is_counted_by_its_code(app, growth):
    other = sqlite.connect(str(db.engine.url.database))
    other.execute("BEGIN IMMEDIATE")
    with writing_engine().connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        with pytest.raises(OperationalError):
            connection.exec_driver_sql("DELETE FROM attempt")
    other.close()

    assert growth() == {("board_sqlite_errors_total", ("code", "SQLITE_BUSY")): 1}


def test_a_full_queue_of_an_expensive_operation_is_counted(app, growth):
    limiter = search_limiter
    with ExitStack() as waiting:
        for _ in range(limiter.queue):
            limiter._waiting.acquire()
            waiting.callback(limiter._waiting.release)
        with limiter, pytest.raises(QueueFull):
            limiter.__enter__()

    assert growth() == {("board_limiter_refusals_total", ("limiter", "search")): 1}


def test_moderators_see_how_long_comments_wait(app, ada, harbour, read):
    for minutes in (1, 10, 100):
        comment = say(harbour, ada, f"After {minutes}")
        with writing():
            enqueue(comment, Queue.REPORTED).since = now() - timedelta(minutes=minutes)

    values = read()
    queue = ("queue", "reported")
    ages = [values[("board_queue_age_seconds", ("quantile", q), queue)] for q in ("0.5", "0.95")]
    assert values[("board_queue_items", queue)] == 3
    assert [age // 60 for age in ages] == [10, 100]


@pytest.mark.slow
def test_what_needs_no_database_is_there_while_it_cannot_be_read(app, read):
    names = {key[0] for key in read()}
    db.session.remove()
    close_connections()
    Path(str(db.engine.url.database)).write_bytes(b"no database" * 1000)

    lost = names - {key[0] for key in read()}

    assert lost == {"board_queue_items", "board_mail_waiting", "board_mail_late_seconds"}


def test_sizes_are_too_coarse_to_show_a_single_write(app, read):
    sizes = [value for key, value in read().items() if key[0] == "board_sqlite_bytes"]

    assert sizes and [size % 2**20 for size in sizes] == [0] * len(sizes)


@pytest.mark.slow
def test_the_newest_proven_backup_is_dated(app, read, tmp_path, monkeypatch):
    app.config["BACKUP_FOLDER"] = str(tmp_path)
    name = ("board_last_verified_restore_timestamp_seconds",)
    assert name not in read()

    folder = tmp_path / "boards" / "000001-2026-01-31T0405Z"
    folder.mkdir(parents=True)
    made = Manifest(
        made_at="2026-01-31T04:05:00+00:00", proven_at="2026-01-31T04:06:00+00:00", tables="0001",
        archive="board.tar", size=1, sha256="", is_encrypted=False,
    )  # fmt: skip
    store_manifest(folder, made)

    assert read()[name] == datetime(2026, 1, 31, 4, 6, tzinfo=UTC).timestamp()


SOURCE_PATHS = ("/tips", "/tips/box", "/tips/nothing", "/desk/tips")


@pytest.mark.slow
def test_nothing_of_sources_or_tip_readers_is_counted(app, as_, tess, growth):
    browser = as_(tess)
    since = growth()
    for path in SOURCE_PATHS:
        browser.get(path)
    browser.post("/tips/box", data={"code": "아무 말"})
    browser.post("/tips/write", data={"body": "비밀"})

    assert growth() == since


def test_writes_of_sources_are_not_counted_either(app, growth):
    with app.test_request_context("/tips"):
        app.preprocess_request()
        with writing():
            pass

    assert growth() == {}


def test_no_addition_of_a_thread_is_lost():
    cells, rounds = Cells(), 20_000
    cell = cells.reserve(1)

    def add():
        for _ in range(rounds):
            cells.own[cell] += 1

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=add) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        sys.setswitchinterval(interval)

    assert cells.totals() == {cell: 4 * rounds}


def test_processes_share_the_numbers_also_of_one_that_died():
    cells = Cells()
    cell = cells.reserve(1)
    cells.own[cell] += 5  # before the workers are there: not counted
    cells.share(3)
    for number in (1, 2, 2):
        if not (child := os.fork()):
            cells.take(number)
            cells.own[cell] += 10
            os._exit(0)
        os.waitpid(child, 0)

    assert cells.totals()[cell] == 30
    assert cells.processes()[0] == os.getpid()


def test_no_metric_is_made_once_workers_share_them():
    cells = Cells()
    cells.share(2)

    with pytest.raises(RuntimeError):
        cells.reserve(1)


def test_a_time_falls_into_the_bucket_that_reaches_it(monkeypatch):
    monkeypatch.setattr(families, "families", {})
    histogram = Histogram("waits", "Waits.")
    for seconds in (0.001, 0.0011, 9.9, 11):
        histogram.observe(seconds)

    samples = list(histogram.samples(families.cells.totals()))
    counts = {sample.labels.get("le", sample.suffix): sample.value for sample in samples}
    assert [counts[str(bound)] for bound in (0.001, 0.005, 5.0, 10.0, "+Inf")] == [1, 2, 2, 3, 4]
    assert counts["_count"] == 4 and round(counts["_sum"], 4) == 20.9021

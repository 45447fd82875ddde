"""A flood makes its own network wait, and closes the door to nobody."""

import os
import threading
import time
from types import SimpleNamespace

import pytest
import time_machine

from board.db import now
from board.runtime.limiter import ConcurrencyLimit, QueueFull
from board.runtime.shared_state import SharedState
from board.tips.attachments import draft_space, drafts
from board.tips.attachments.drafts import FormDraft
from board.tips.crypto import key_files, passphrases
from board.tips.sealed import messages, rate_limit
from board.tips.source import mailbox_views, waiting_tips
from board.web.request.network import network_of, turn_of_network
from tips.conftest import SourceClient, element_text, form_fields
from tips.test_send_tip import tip_count

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."
ONION = "http://" + "a2" * 28 + ".onion"


@pytest.fixture
def clock():
    """Five minutes past the hour, moved by the test."""
    with time_machine.travel(now().replace(minute=5), tick=False) as clock:
        yield clock


def from_network(app, address):
    bot = SourceClient(app)
    bot.client.environ_base = {**bot.client.environ_base, "REMOTE_ADDR": address}
    return bot


def sent_by(client, clock, text=STORY):
    """The answer to a tip that was typed and checked in ten seconds."""
    form = form_fields(client.preview(text))
    clock.shift(10)
    return client.client.post("/tips/new", data=form)


def refreshed(client, page):
    """What the browser shows when the page has reloaded itself."""
    seconds, _, address = page.headers["Refresh"].partition("; url=")
    assert int(seconds) > 0
    return client.client.get(address)


class TestAnHourOfSixTips:
    @pytest.fixture
    def settings(self, settings):
        return settings | {"TIPS_PER_HOUR": 6}

    def test_a_tip_that_has_to_wait_is_sent_by_its_page_when_its_turn_comes(self, app, desk, clock):
        flood = from_network(app, "203.0.113.7")
        answers = [sent_by(flood, clock, f"{STORY} {n}") for n in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 202, 202]
        last = answers[-1]

        assert f"{STORY} 4" in last.text
        assert len(last.data) % (64 * 1024) == 0
        assert "Set-Cookie" not in last.headers
        still = refreshed(flood, last)
        assert (still.status_code, tip_count()) == (202, 3)
        clock.shift(rate_limit.WAIT_MAX)
        done = refreshed(flood, still)
        code = element_text(done, "tip-code")
        assert (done.status_code, tip_count()) == (200, 4)
        assert element_text(refreshed(flood, still), "tip-code") == code  # reloaded
        assert flood.enter(code).status_code == 303

    def test_a_browser_that_blocks_reloading_sends_with_the_button(self, app, desk, clock):
        flood = from_network(app, "203.0.113.7")
        waiting = [sent_by(flood, clock, f"{STORY} {n}") for n in range(4)][-1]
        early = flood.client.post("/tips/new/wait", data=form_fields(waiting))
        clock.shift(rate_limit.WAIT_MAX)
        done = flood.client.post("/tips/new/wait", data=form_fields(early))

        assert (early.status_code, done.status_code) == (202, 200)
        assert len(element_text(done, "tip-code").split()) == 8

    def test_without_room_to_keep_it_the_page_itself_carries_tip_and_turn(
        self, app, desk, clock, monkeypatch
    ):
        monkeypatch.setattr(waiting_tips, "KEPT_MAX", 0)
        flood = from_network(app, "203.0.113.7")
        waiting = [sent_by(flood, clock, f"{STORY} {n}") for n in range(4)][-1]
        form = form_fields(waiting)
        assert "Refresh" not in waiting.headers
        early = flood.client.post("/tips/new/wait", data=form)
        forged = flood.client.post("/tips/new/wait", data={**form, "turn": f"1.{'A' * 24}"})
        assert (early.status_code, forged.status_code, tip_count()) == (202, 202, 3)

        clock.shift(rate_limit.WAIT_MAX)

        assert flood.client.post("/tips/new/wait", data=form).status_code == 200

    def test_a_source_in_another_network_does_not_wait(self, app, desk, clock):
        flood = from_network(app, "203.0.113.7")
        for number in range(12):
            flood.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"  # of one network
            sent_by(flood, clock, f"{STORY} {number}")

        answer = sent_by(from_network(app, "198.51.100.1"), clock, "다른 제보입니다.")

        assert answer.status_code == 200
        assert len(element_text(answer, "tip-code").split()) == 8

    def test_a_flood_without_addresses_is_taken_after_ten_minutes_at_most(self, app, desk, clock):
        answers = [sent_by(SourceClient(app), clock, f"{STORY} {n}") for n in range(20)]
        waiting = [answer for answer in answers if answer.status_code == 202]

        waits = [int(answer.headers["Retry-After"]) for answer in waiting]

        assert len(waits) > 10
        assert waits == sorted(waits)
        assert max(waits) == rate_limit.WAIT_MAX
        clock.shift(rate_limit.WAIT_MAX)
        assert {refreshed(SourceClient(app), page).status_code for page in waiting} == {200}

    def test_beyond_all_bounds_tips_go_on_waiting(self, app, desk, clock, monkeypatch):
        flood = from_network(app, "203.0.113.7")
        waiting = [sent_by(flood, clock, f"{STORY} {n}") for n in range(8)]
        clock.shift(rate_limit.WAIT_MAX)
        done = [refreshed(flood, page).status_code for page in waiting if page.status_code == 202]

        assert done == [200, 200, 200, 202, 202]  # six in an hour from one network
        clock.shift(rate_limit.HOUR)
        assert refreshed(flood, waiting[-1]).status_code == 200

    def test_a_form_filled_in_too_fast_gets_a_preview_at_a_busy_hour(self, desk, source, clock):
        for number in range(3):
            assert source.send(f"{STORY} {number}").status_code == 200
        fast = form_fields(source.preview("너무 빠릅니다.", files=((b"x", "x.txt"),)))
        again = source.client.post("/tips/new", data=fast)
        assert (again.status_code, tip_count()) == (200, 3)
        assert "x.txt" in again.text
        form = form_fields(source.preview("천천히 썼습니다."))
        clock.shift(messages.TYPING_TIME_MIN)
        assert "차례를 기다리고" in source.client.post("/tips/new", data=form).text

    def test_a_waiting_tip_is_unreadable_on_the_disk_and_dated_by_the_day(self, app, desk, clock):
        flood = from_network(app, "203.0.113.7")
        for number in range(4):
            sent_by(flood, clock, f"{STORY} {number}")
        kept = list(key_files.folder("waiting").iterdir())

        assert len(kept) == 1
        assert all("장부".encode() not in path.read_bytes() for path in kept)
        for path in (*kept, key_files.folder("waiting")):
            assert (path.stat().st_mtime + 9 * 3600) % 86400 == 0

    def test_a_waiting_tip_is_stored_whole_or_not_at_all(self, app, desk, clock, tmp_path):
        """A worker killed while it writes leaves what was there before."""
        flood = from_network(app, "203.0.113.7")
        form = form_fields([sent_by(flood, clock, f"{STORY} {n}") for n in range(4)][-1])
        (kept,) = key_files.folder("waiting").iterdir()
        (tmp_path / "before").hardlink_to(kept)
        before = kept.read_bytes()

        waiting_tips.WaitingTip.at(form["place"]).wait(60)

        assert kept.read_bytes() != before
        assert (tmp_path / "before").read_bytes() == before

    def test_no_network_is_on_the_disk_and_the_hour_is_forgotten(self, app, desk, clock):
        for number in range(4):
            sent_by(from_network(app, "203.0.113.7"), clock, f"{STORY} {number}")
        stored = [path.read_bytes() for path in key_files.folder().rglob("*") if path.is_file()]
        before = bytes(rate_limit._state(app)._memory)
        assert all(b"203.0.113" not in data for data in (*stored, before))
        assert not rate_limit.is_past()
        clock.shift(rate_limit.HOUR)
        assert rate_limit.is_past()

        waiting_tips.forget_hour()

        with rate_limit._this_hour() as hour:
            assert (hour["taken"], hour["buckets"]) == (0, {})
            assert hour["key"].encode() not in before


def test_a_tip_without_large_files_weighs_least():
    megabytes = 1024**2

    assert [rate_limit.weight(size * megabytes) for size in (0, 1, 31, 32, 500)] == [1, 1, 1, 2, 16]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"), ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"), ("127.0.0.1", None), ("::1", None),
        ("", None), ("unix:", None), ("0.0.0.0", None),
    ],
)  # fmt: skip
def test_a_network_is_what_one_subscriber_has(address, network):
    assert network_of(address) == network


class TestAtAnOnionAddress:
    @pytest.fixture
    def settings(self, settings):
        return settings | {"ORIGIN": "https://news.example", "TIPS_ORIGIN": ONION}

    def test_no_header_makes_a_network_of_ones_own(self, app):
        from board.web.request.network import client_network  # noqa: PLC0415

        environ = {"REMOTE_ADDR": "203.0.113.7"}
        with app.test_request_context("/tips", base_url=ONION, environ_base=environ):
            assert client_network() is None


def test_threads_and_workers_share_the_state_and_no_change_is_lost(app):
    state, lock = SharedState(), key_files.folder() / "test.lock"

    def count():
        for _ in range(200):
            with state.changing(lock) as shared:
                shared["count"] = shared.get("count", 0) + 1

    child = os.fork()
    if child == 0:
        count()
        os._exit(0)
    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.waitpid(child, 0)

    with state.changing(lock) as shared:
        assert shared["count"] == 600


# Unsent forms.


def left_form(megabytes, changed_at, *, minutes):
    """An unsent form with so much attached, untouched for so long. Sparse, so that it is quick."""
    draft = FormDraft(f"{megabytes} {minutes} {time.monotonic()}")
    draft.keep({"text": "x"})
    file = draft._path.with_name(f"{draft._path.name}-file")
    file.touch()
    os.truncate(file, megabytes * 1024**2)
    for path in (file, draft._path):
        changed_at[path.stat().st_ctime_ns] = time.time() - minutes * 60
    return file


def test_forms_that_fill_the_space_make_room_for_others(desk, source, changed_at):
    """Five full forms; the largest that was left for longest goes."""
    files = [left_form(430, changed_at, minutes=minutes) for minutes in (1, 9, 5, 3, 7)]
    small = left_form(2, changed_at, minutes=60)
    large = ((b"x" * 2 * 1024**2, "large.bin"),)

    page = source.preview(STORY, files=large)

    assert (page.status_code, "large.bin" in page.text) == (200, True)
    assert [path.exists() for path in (*files, small)] == [True, False, True, True, True, True]


def test_forms_that_fill_the_disk_make_room_too(app, desk, changed_at, monkeypatch):
    """On a disk smaller than all of them may be."""
    files = [left_form(400, changed_at, minutes=minutes) for minutes in (1, 9)]
    usage = SimpleNamespace(free=draft_space.FREE_MIN - 100 * 1024**2)
    monkeypatch.setattr(draft_space.shutil, "disk_usage", lambda _: usage)

    assert draft_space.make_room(is_small=False)
    assert [path.exists() for path in files] == [True, False]


def test_a_disk_that_something_else_fills_costs_no_form(app, desk, changed_at, monkeypatch):
    file = left_form(10, changed_at, minutes=9)
    monkeypatch.setattr(draft_space.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))

    assert not draft_space.make_room(is_small=False)
    assert draft_space.make_room(is_small=True)
    assert file.exists()


def test_a_small_file_finds_room_among_large_ones(app, desk, changed_at):
    files = [left_form(440, changed_at, minutes=0) for _ in range(4)]

    assert draft_space.make_room(is_small=True)
    assert all(path.exists() for path in files)


def test_uploads_under_way_are_not_deleted(app, desk):
    incoming = key_files.folder("drafts") / f"{draft_space.INCOMING}1"
    incoming.touch()
    os.truncate(incoming, 3 * 1024**3)

    assert not draft_space.make_room(is_small=False)
    assert draft_space.make_room(is_small=True)
    assert incoming.exists()


# Tries of codes.


def test_more_tries_than_threads_for_them_are_told_at_once_when_to_come_back(sent, monkeypatch):
    """And what was written before the session expired stays on the page."""
    tries = ConcurrencyLimit(1)
    monkeypatch.setattr(mailbox_views, "tries", tries)
    with tries.one_of(1, "203.0.113.0/24"):
        refused = sent.client.post("/tips/box", data={"code": sent.code, "text": STORY})
        page = sent.client.get("/tips")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "5초 뒤 다시 입력해 주세요" in refused.text
    assert STORY in refused.text
    assert page.status_code == 200
    assert sent.enter().status_code == 303


def test_tries_from_one_network_leave_threads_for_others():
    limit = ConcurrencyLimit(3)
    with limit.one_of(1, "one"):
        with pytest.raises(QueueFull):
            limit.one_of(1, "one").__enter__()
        with limit.one_of(2, "two"), limit.one_of(2, "two"), pytest.raises(QueueFull):
            limit.one_of(9, "three").__enter__()
    with limit.one_of(1, "one"):
        pass
    assert limit._running == {}


def test_a_member_of_another_network_is_not_kept_from_their_code(sent, app):
    """One network tries codes without end, with all the threads it may have."""
    with mailbox_views.tries.one_of(9, "198.51.100.0/24"):
        other = from_network(app, "203.0.113.7")
        assert other.enter(sent.code).status_code == 303


# Other work that takes long.


@pytest.mark.parametrize(
    ("limiter", "refusals"), [(passphrases.text_checks, 2), (drafts.parsers, 4)]
)
def test_one_network_never_has_all_places_in_a_queue(app, limiter, refusals, monkeypatch):
    monkeypatch.setattr(limiter, "wait", 60)
    refused, served = threading.Semaphore(0), []

    def take_turn(address):
        with app.test_request_context("/tips/new", environ_base={"REMOTE_ADDR": address}):
            try:
                with turn_of_network(limiter):
                    served.append(address)
            except QueueFull:
                refused.release()

    def start(*addresses):
        threads.extend(threading.Thread(target=take_turn, args=[each]) for each in addresses)
        for thread in threads[-len(addresses) :]:
            thread.start()

    threads = []
    with limiter:
        start(*(f"203.0.113.{number}" for number in range(limiter.queue + 1)))
        for _ in range(refusals):
            assert refused.acquire(timeout=30)
        start("198.51.100.1")
    for thread in threads:
        thread.join()

    assert "198.51.100.1" in served
    assert len(served) == len(threads) - refusals


def test_a_flood_of_texts_from_one_network_keeps_no_source_of_another_out(app, desk):
    flood, other = from_network(app, "203.0.113.7"), from_network(app, "198.51.100.1")
    turns = passphrases.text_checks.clients
    with turns.one_of(2, "203.0.113.0/24"), turns.one_of(2, "203.0.113.0/24"):
        refused, checked = flood.preview(STORY), other.preview(STORY)

    assert (refused.status_code, checked.status_code) == (503, 200)
    assert STORY in refused.text

"""The server receives bodies without a thread, for as many clients as there are places."""

import asyncio
import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from werkzeug.exceptions import RequestTimeout

from board.ops.server import pace, places, receiver
from board.ops.server.pace import Pace
from board.ops.server.places import Arrival, Places
from board.ops.server.receiver import ClientGone, Receiver
from board.ops.server.sealed_spool import MEMORY_MAX, SealedSpool
from board.web.request.body import BodyNeeded, RequestBody, TooManyUploads
from board.web.request.disk_guard import NoRoom
from support.small_disk import fill, small_disk

CANARY = b"the director keeps two ledgers. "


class Client:
    """A connection of Granian's: what it sends, then silence, or b"" when it is gone."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = list(chunks)

    def __aiter__(self) -> "Client":
        return self

    async def __anext__(self) -> bytes:
        if not self.chunks:
            await asyncio.Event().wait()
        return self.chunks.pop(0)


def received(folder: Path, client: Client, length: int, *, most: int = 1 << 40) -> RequestBody:
    """In a thread of its own: one with a browser has a running loop already."""
    receive = Receiver(folder).receive(client, length, BodyNeeded(most))
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, receive).result()


def test_a_small_body_is_received_in_memory(tmp_path: Path) -> None:
    body = received(tmp_path, Client(b"a=1", b"&b=2"), 7)

    assert (body.read(), body.read(), body.is_whole) == (b"a=1&b=2", b"", True)


def test_a_large_body_is_on_the_disk_unreadable_and_without_a_name(tmp_path: Path) -> None:
    data = CANARY * (MEMORY_MAX // 8)
    spool = SealedSpool(tmp_path)
    for start in range(0, len(data), 50_000):
        spool.append(data[start : start + 50_000])

    assert list(tmp_path.iterdir()) == []
    assert spool._file is not None
    stored = spool._file.seek(0) or spool._file.read()
    assert (len(stored), CANARY in stored) == (len(data), False)
    for _ in range(2):  # the fields before the files are read again after a refusal
        spool.seek(0)
        assert spool.read() == data


def test_only_what_an_error_page_shows_is_received_of_a_form_too_long(tmp_path: Path) -> None:
    body = received(tmp_path, Client(b"text=abc", b"def"), 1 << 30, most=8)

    assert (body.beginning(8).read(), body.is_whole) == (b"text=abc", False)


def test_a_body_that_stops_ends_in_a_problem_after_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "GRACE", 0.02)
    body = received(tmp_path, Client(b"text=abc"), 100)

    assert body.read(100) == b"text=abc"
    with pytest.raises(RequestTimeout):
        body.read(100)


def test_a_client_that_is_gone_costs_nothing_more(tmp_path: Path) -> None:
    with pytest.raises(ClientGone):
        received(tmp_path, Client(b"text=", b""), 100)


def test_an_upload_that_the_disk_has_no_room_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "FREE_MIN", 1 << 60)
    large = bytes(receiver.SMALL_MAX)
    body = received(tmp_path, Client(large, large), 2 * len(large))

    with pytest.raises(TooManyUploads):
        list(iter(lambda: body.read(1 << 20), b""))


@pytest.mark.slow
def test_a_body_that_fills_the_disk_is_refused_with_its_beginning(tmp_path: Path) -> None:
    data = CANARY * 20_000
    chunks = [data[start : start + 50_000] for start in range(0, len(data), 50_000)]
    with small_disk(tmp_path, "4m") as disk:
        for free in (0, 300_000):
            filler = fill(disk, free=free)
            body = received(disk, Client(*chunks), len(data))
            filler.unlink()

            beginning = body.beginning(1 << 20).read(50_000)
            assert (beginning, body.is_whole) == (data[:50_000], False)
            with pytest.raises(NoRoom):
                list(iter(lambda body=body: body.read(1 << 20), b""))
            body.close()


def test_the_largest_upload_gives_up_when_all_of_them_are_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "DISK_MAX", 3 * receiver.SMALL_MAX)
    chunk = bytes(receiver.SMALL_MAX)
    body = received(tmp_path, Client(*[chunk] * 9), 9 * len(chunk))

    assert not body.is_whole
    body.beginning(0).seek(0)
    with pytest.raises(TooManyUploads):
        list(iter(lambda: body.read(1 << 20), b""))


class TestPace:
    def test_a_slow_telephone_may_take_hours(self) -> None:
        now = time.monotonic()
        telephone = Pace(started=now - 5000, latest=now - 5, moved=5000 * 20_000)
        assert telephone.seconds_left == pytest.approx(pace.STALL_MAX - 5, abs=1)

    def test_a_byte_a_second_has_fifteen_seconds(self) -> None:
        now = time.monotonic()
        trickle = Pace(started=now - 16, latest=now, moved=16)
        assert trickle.seconds_left < 0

    def test_who_sent_much_may_not_stall_for_long(self) -> None:
        now = time.monotonic()
        stalled = Pace(started=now - 40, latest=now - 31, moved=1 << 30)
        assert stalled.seconds_left < 0


@pytest.fixture
def taken() -> Iterator[Any]:
    """Takes a place; `rate` in bytes a second over ten seconds."""
    with ExitStack() as stack:

        def take(room: Places, network: str | None, *, rate: int = 0, age: float = 10) -> Arrival:
            gone: list[bool] = []
            progress = Pace(started=time.monotonic() - age, moved=int(rate * age))
            arrival = Arrival(network, lambda: gone.append(True), progress)
            arrival.gone = gone  # type: ignore[attr-defined]
            stack.enter_context(room.place_for(arrival))
            return arrival

        yield take


class TestPlaces:
    def test_one_network_never_has_all(self, taken: Any) -> None:
        room = Places(10, of_network=2, unknown=2)
        first, second = taken(room, "a", rate=100), taken(room, "a", rate=5)
        taken(room, "a")
        taken(room, "b")
        assert (first.gone, second.gone) == ([], [True])

    def test_the_network_with_most_makes_room_for_others(self, taken: Any) -> None:
        room = Places(4, of_network=3, unknown=3)
        flood = [taken(room, "a", rate=rate) for rate in (30, 10, 20)]
        neighbour = taken(room, "b")
        taken(room, "c")
        assert [each.gone for each in (*flood, neighbour)] == [[], [True], [], []]

    def test_without_addresses_the_slowest_makes_room(self, taken: Any) -> None:
        room = Places(10, of_network=1, unknown=3)
        honest, slow, other = (taken(room, None, rate=rate) for rate in (50_000, 1, 2))
        taken(room, None)
        assert (honest.gone, slow.gone, other.gone) == ([], [True], [])

    def test_nobody_loses_a_place_just_taken(self, taken: Any) -> None:
        room = Places(1, of_network=1, unknown=1)
        first = taken(room, "a", age=places.SAFE - 1)
        with pytest.raises(TooManyUploads):
            taken(room, "b")
        assert first.gone == []

    def test_a_place_is_free_again(self) -> None:
        room = Places(1, of_network=1, unknown=1)
        for _ in range(3):
            with room.place_for(Arrival("a", lambda: None)):
                pass
        assert room.received == 0


def test_a_body_is_asked_for_once_and_then_there() -> None:
    with pytest.raises(BodyNeeded) as needed:
        RequestBody(5).read()
    body = RequestBody(5, io.BytesIO(b"a=b&c"), received=5)

    assert needed.value.most == 5
    assert (body.read(2), body.read(), body.is_whole) == (b"a=", b"b&c", True)
    assert RequestBody(0).read() == b""

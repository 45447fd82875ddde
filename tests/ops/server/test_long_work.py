"""Work that takes long, asked for without end of the real server, costs no reader their page and no
owner their account.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from urllib.parse import urlencode

import pytest

from bench.storm.attacks import ATTACKS, WRONG
from bench.storm.run import playing
from board.accounts.auth.challenge import ITERATIONS
from ops.server.test_slow_clients import PAGE, served
from support import raw_client
from support.raw_client import connect, head
from support.real_server import Server
from support.wait import until

pytestmark = pytest.mark.slow

EMAIL = WRONG["email"]
SESSIONS = {"@reader": "none", "@moderator": "none"}


@contextmanager
def attacked(server: Server, name: str) -> Iterator[None]:
    """The attack goes on, and a form is refused because of it or of us."""
    attack = next(each for each in ATTACKS if each.name == name)
    with playing(attack, server.port, SESSIONS):
        until(lambda: status(sign_in(server, **WRONG)) in (429, 503), "the attack is felt")
        yield


def sign_in(server: Server, **fields: str) -> str:
    """The whole response, to a client in a network of its own."""
    body = urlencode(fields).encode()
    lines = ("X-Forwarded-For: 192.0.2.7", "Connection: close")
    with connect(server.port) as connection:
        connection.settimeout(30)
        connection.sendall(head(server.port, "/sign-in", len(body), *lines) + body)
        return raw_client.answer(connection)


def status(response: str) -> int:
    return int(response.split()[1])


def work_for(page: str) -> dict[str, str]:
    """The fields of the challenge of this page, solved."""
    token = re.search(r'name="challenge" value="([^"]+)"', page)
    bits = re.search(r'data-bits="(\d+)"', page)
    assert token and bits
    limit = 1 << (32 - int(bits[1]))
    for number in map(str, count()):
        digest = hashlib.pbkdf2_hmac("sha256", token[1].encode(), number.encode(), ITERATIONS, 4)
        if int.from_bytes(digest) < limit:
            return {"challenge": token[1], "solution": number}
    raise AssertionError


def test_readers_read_on_while_all_long_work_is_asked_for_at_once(server: Server) -> None:
    with attacked(server, "all of these at once"):
        assert {served(server.port, PAGE) for _ in range(20)} == {200}


def test_the_owner_signs_in_while_others_guess(server: Server) -> None:
    accounts = json.loads((server.folder / "sample-accounts.json").read_text())
    form = {"email": EMAIL, "password": accounts[EMAIL][0]}
    pages: list[str] = []

    def is_signed_in() -> bool:
        """What a person does: the work if it is asked for, and once more if the board is busy."""
        done = work_for(pages[-1]) if pages and status(pages[-1]) == 429 else {}
        pages.append(sign_in(server, **form, **done))
        return status(pages[-1]) == 303

    with attacked(server, "wrong sign-ins, many networks"):
        until(is_signed_in, "the owner is in")

    assert 429 in {status(page) for page in pages}
    assert "board_session=" in pages[-1]

"""Sealed tips: time for the list, a search and a new colleague's access, with a thousand tips.

Measured through the pages, inside one process: the cost is decryption, which no server makes
faster. Each tip has a message, a note and a title, so a search decrypts all three.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from board import create_app
from board.accounts import models as accounts
from board.accounts.auth import sessions
from board.db import close_connections, db, schema, writing
from board.db.clock import today
from board.tips.crypto.primitives import Key
from board.tips.models import roster
from board.tips.models.key_holders import PassphraseKeys, TipReader, UnlockedSession
from board.tips.models.tip import Purpose
from board.tips.sealed import messages
from board.tips.sealed.sealed_tip import DecryptableTip

TIPS, ROUNDS = 1000, 3
STORY = "어시장 위판장 저울이 한 상자에 300그램씩 더 나가게 맞춰져 있습니다. " * 8


def facts(folder: Path) -> dict[str, float]:
    """Medians, in seconds of this processor."""
    app = create_app({"INSTANCE": str(folder), "STAFF_SECOND_FACTOR": False})
    with app.app_context():
        schema.upgrade()
        reader, key = _reader()
        _submit_tips(reader, key)
        client = _client(app, reader, key)

        def search(words: str) -> None:
            page = client.post("/desk/tips/search", data={"q": words}, headers=_OURS)
            assert page.text.count('<h2><a href="/desk/tips/') == (1 if words else 0)

        first = _cpu_seconds(lambda: search("이야기 777번"))
        measured = {
            f"first search in {TIPS:,} sealed tips, s": round(first, 3),
            f"search in {TIPS:,} sealed tips, s": _median_cpu_seconds(
                lambda: search("이야기 777번")
            ),
            f"list of 50 of {TIPS:,} tips, s": _median_cpu_seconds(
                lambda: client.get("/desk/tips")
            ),
            f"giving a colleague access to {TIPS:,} tips, s": round(
                _cpu_seconds(lambda: _add_colleague(client)), 3
            ),
        }
        db.session.remove()
        close_connections()
    return measured


_OURS = {"Sec-Fetch-Site": "same-origin"}


def _reader() -> tuple[TipReader, Key]:
    with writing():
        reader, key = _create_reader("tess")
        roster.add(reader, by=reader, key=key)
    return reader, key


def _create_reader(name: str) -> tuple[TipReader, Key]:
    user = accounts.sign_up(email=f"{name}@bench.example", name=name, password_hash="!")
    user.can_read_tips, key = True, Key()
    reader = TipReader.create(user, key, PassphraseKeys(bytes(16), bytes(32), bytes(32)))
    db.session.flush()
    return reader, key


def _add_colleague(client: Any) -> None:
    with writing():
        jin, _key = _create_reader("jin")
    page = client.post(f"/desk/tips/readers/{jin.id}/add", headers=_OURS)
    assert page.status_code == 303


def _client(app: Any, reader: TipReader, key: Key) -> Any:
    """Client of a reader who has just signed in and unlocked tips."""
    with writing():
        _session, token = sessions.sign_in(
            reader.user, device="bench", today=today(), second_factor=True
        )
        unlocked = UnlockedSession.start(reader, key)
    client = app.test_client()
    client.set_cookie("board_session", token)
    client.set_cookie("board_tip_desk", unlocked)
    return client


def _submit_tips(reader: TipReader, key: Key) -> None:
    """Submit the tips as sources would; a reader then adds a title and a note to each."""
    with writing():
        for number in range(TIPS):
            text, tag = f"{STORY} 이야기 {number}번.", number.to_bytes(32, "big")
            tip = messages.submit_tip(text, "", [], to=[reader], tag=tag, kek=bytes(32))
            sealed_tip = DecryptableTip.open(tip, reader, key)
            sealed_tip.add(Purpose.DESK, "facts", {"title": f"제보 {number}", "labels": ["시장"]})
            messages.add_note(sealed_tip, "상인회 전 사무장에게 확인할 것.", by=reader)


def _median_cpu_seconds(action: Callable[[], object]) -> float:
    return round(median(_cpu_seconds(action) for _ in range(ROUNDS)), 3)


def _cpu_seconds(action: Callable[[], object]) -> float:
    before = process_time()
    action()
    return process_time() - before

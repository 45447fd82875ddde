"""A form that is sent twice acts once, and both answers show the same result."""

import copy
import re
import threading
import time
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from board.db import Base, db, now
from board.runtime.limiter import QueueFull
from board.tips.crypto import key_files, primitives
from board.tips.models.tip import Tip, TipItem
from conftest import person
from tips.conftest import (
    SourceClient,
    decided,
    element_text,
    form_fields,
    hidden_field,
    holder_id,
    multipart,
)

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."
GAPS = [0, 0.12, 0.25]  # seconds between two presses


@pytest.fixture
def slow_derivation(monkeypatch):
    """A key derivation as long as in production, so that the second press comes during it."""
    derive = primitives.derive_from_passphrase

    def slowly(*args, **kwargs):
        time.sleep(0.3)
        return derive(*args, **kwargs)

    monkeypatch.setattr(primitives, "derive_from_passphrase", slowly)


def twin_of(client):
    """The same browser, for a second request at the same time."""
    twin: FlaskClient = copy.copy(client)
    twin._cookies = dict(client._cookies)
    return twin


def press_twice(client, path, gap, **request):
    """Two identical presses, `gap` seconds apart, in threads of their own."""
    pages = {}

    def press(number, browser):
        with client.application.app_context():
            pages[number] = browser.post(path, **request)

    clients = [twin_of(client), twin_of(client)]
    threads = [threading.Thread(target=press, args=each) for each in enumerate(clients)]
    threads[0].start()
    time.sleep(gap)
    threads[1].start()
    for thread in threads:
        thread.join()
    client._cookies |= clients[1]._cookies  # the browser shows the second answer
    db.session.rollback()
    return pages[0], pages[1]


def rows():
    """Everything in the tables of tips, but for sessions, whose keys change with each request."""
    db.session.rollback()
    tables = [t for t in Base.metadata.sorted_tables if t.name.startswith("tip")]
    return {
        table.name: sorted(map(repr, db.session.execute(select(table)).all()))
        for table in tables
        if table.name != "tip_unlocked"
    }


def number_of(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("gap", GAPS)
def test_sending_twice_shows_one_code_twice(desk, source, slow_derivation, gap):
    form = decided(source.preview(STORY, files=((b"x" * 99, "a.txt"),)))

    first, second = press_twice(source.client, "/tips/new", gap, data=form)

    assert element_text(first, "tip-code") == element_text(second, "tip-code")
    assert (number_of(Tip), number_of(TipItem)) == (1, 2)
    source.code = element_text(second, "tip-code")
    assert source.enter().status_code == 303


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("is_new", [False, True])
def test_the_words_of_a_code_confirmed_twice_are_received_twice(sent, gap, is_new):
    code_page = sent.client.post("/tips/new", data=decided(sent.preview(STORY)))
    if is_new:
        sent.enter()
        ticket = {"ticket": hidden_field(sent.mailbox(), "ticket")}
        code_page = sent.client.post("/tips/box/code", data=ticket)
    words, form = element_text(code_page, "tip-code").split(), form_fields(code_page)
    form |= {name: words[int(name[4:]) - 1] for name in form if name.startswith("word")}

    first, second = press_twice(sent.client, "/tips/new/check", gap, data=form)
    reloaded = sent.client.post("/tips/new/check", data=form)

    assert [page.status_code for page in (first, second, reloaded)] == [200, 200, 200]
    assert first.data == second.data == reloaded.data


@pytest.mark.parametrize("gap", GAPS)
def test_a_new_code_asked_for_twice_is_shown_twice_and_opens(sent, slow_derivation, gap):
    sent.enter()
    ticket = hidden_field(sent.mailbox(), "ticket")
    tickets = {"ticket": ticket}

    first, second = press_twice(sent.client, "/tips/box/code", gap, data=tickets)

    assert element_text(first, "tip-code") == element_text(second, "tip-code") != sent.code
    assert STORY in sent.mailbox().text
    assert sent.enter().status_code == 422
    assert sent.enter(element_text(second, "tip-code")).status_code == 303


@pytest.mark.parametrize("gap", GAPS)
def test_a_message_sent_twice_is_added_once(sent, gap):
    sent.enter()
    data = {
        "ticket": hidden_field(sent.mailbox(), "ticket"),
        "step": "look",
        "text": "더 있습니다.",
    }
    form = decided(sent.client.post("/tips/box/message", data=data))

    answers = press_twice(sent.client, "/tips/box/message", gap, data=form)

    assert [answer.location for answer in answers] == ["/tips/box#newest"] * 2
    assert number_of(TipItem) == 2
    assert sent.mailbox().text.count("더 있습니다.") == 1


@pytest.mark.parametrize("gap", GAPS)
def test_a_code_entered_twice_counts_one_visit(sent, slow_derivation, gap):
    data = {"code": sent.code, "ticket": hidden_field(sent.mailbox(), "ticket")}

    answers = press_twice(sent.client, "/tips/box", gap, data=data)

    assert [answer.location for answer in answers] == ["/tips/box"] * 2
    assert "오늘 처음 쓰였습니다" in sent.mailbox().text


@pytest.mark.parametrize("act", ["burn", "erase", "leave"])
def test_leaving_a_tip_twice_is_like_once(sent, act):
    sent.enter()
    form = re.search(rf'action="/tips/box/{act}".*?</form>', sent.mailbox().text, re.S)[0]
    ticket = re.search(r'name="ticket" value="([^"]+)"', form)

    data = {"ticket": ticket[1] if ticket else "", "sure": "yes"}
    first, second = press_twice(sent.client, f"/tips/box/{act}", 0, data=data)

    assert first.status_code == 303
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.headers.get("Clear-Site-Data") == second.headers.get("Clear-Site-Data")


@pytest.mark.parametrize("gap", GAPS)
def test_checking_a_form_twice_attaches_its_files_once(desk, source, gap):
    data = {"ticket": hidden_field(source.form(), "ticket"), "step": "look", "text": STORY}
    files = ((b"a" * 50, "a.txt"), (b"b" * 50, "b.txt"))

    first, second = press_twice(source.client, "/tips/new", gap, **multipart(data, files))

    assert first.text.count("<legend>") == second.text.count("<legend>") == 2
    assert decided(first)["attached"] == "2"
    assert len(list(key_files.folder("drafts").iterdir())) == 3


def test_a_form_changed_after_going_back_is_sent_as_another_tip(desk, source):
    form = decided(source.preview(STORY))
    one = element_text(source.client.post("/tips/new", data=form), "tip-code")

    changed = source.client.post("/tips/new", data={**form, "text": "더 자세히 씁니다."})

    assert element_text(changed, "tip-code") != one
    assert number_of(Tip) == 2
    assert "더 자세히 씁니다." in desk.get("/desk/tips/2").text


def test_a_press_that_waits_too_long_shows_a_page_that_goes_on(desk, source, monkeypatch):
    form = decided(source.preview(STORY))
    monkeypatch.setattr("board.runtime.key_lock._try_lock", lambda *_: False)
    monkeypatch.setattr("board.tips.web.idempotency._WAIT", 0)
    page = source.client.post("/tips/new", data=form)
    monkeypatch.undo()

    assert page.status_code == 202
    assert STORY in page.text
    with time_machine.travel(now() + timedelta(seconds=11)):
        done = source.client.get(page.headers["Refresh"].partition("url=")[2])
    assert len(element_text(done, "tip-code").split()) == 8


@pytest.fixture
def becoming(desk, as_):
    """A new tip reader's browser, at the page that makes a key."""
    return as_(person("jin", can_read_tips=True))


def start_key(client):
    return "/desk/tips/start", {"ticket": hidden_field(client.get("/desk/tips/start"), "ticket")}


def recover_key(client):
    page = client.post("/desk/tips/start", data={"ticket": start_key(client)[1]["ticket"]})
    ticket = hidden_field(client.get("/desk/tips/recover"), "ticket")
    return "/desk/tips/recover", {"ticket": ticket, "passphrase": element_text(page, "recovery")}


def renew_key(client):
    page = client.post("/desk/tips/start", data={"ticket": start_key(client)[1]["ticket"]})
    words = {"passphrase": element_text(page, "passphrase")}
    client.post("/desk/tips/unlock", data=words)
    ticket = hidden_field(client.get("/desk/tips/renew"), "ticket")
    return "/desk/tips/renew", {"ticket": ticket, **words}


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("act", [start_key, recover_key, renew_key])
def test_a_recovery_sheet_asked_for_twice_is_shown_twice_and_opens(becoming, act, gap, request):
    path, data = act(becoming)
    request.getfixturevalue("slow_derivation")

    first, second = press_twice(becoming, path, gap, data=data)

    sheets = [
        [element_text(page, id) for id in ("passphrase", "recovery")] for page in (first, second)
    ]
    assert sheets[0] == sheets[1]
    opened = becoming.post("/desk/tips/unlock", data={"passphrase": sheets[1][0]})
    assert opened.status_code == 303


SAMPLES = {
    "text": "이중 장부가 맞습니다.", "title": "장부", "labels": "회계", "case": "1번", "day": "",
    "link": "https://news.example/1", "reason": "재판 중", "sure": "yes", "code": "12345678",
}  # fmt: skip


# Downloads are logged each time; erasing has a test of its own.
NOT_HERE = ("file", "export", "erase", "lock", "language")


def forms_of(page):
    """The action and the fields of each form on a page, filled in."""
    for form in re.findall(r"<form\b.*?</form>", page.text.split("<main")[1], re.S):
        fields = {}
        for tag in re.findall(r"<(?:input|textarea|select)[^>]*>", form):
            attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            if "name" in attributes and attributes.get("type") != "file":
                name = attributes["name"]
                fields[name] = unescape(attributes.get("value", "")) or SAMPLES.get(name, "")
        yield unescape(re.search(r'action="([^"]*)"', form)[1]), fields


def test_every_form_of_a_tip_acts_once(second_desk, desk, sent, source):
    """Give and remove access, label, reply and all others: the database is the same after the
    second press, and so is the answer.
    """
    source.send(STORY, contact="010-0000-0000", files=((b"x", "a.txt"),))
    mine = {"reader": str(holder_id(desk.user))}
    acts = set()

    for _round in ("with jin", "without"):
        for action, fields in forms_of(desk.get("/desk/tips/2")):
            act = action.rpartition("/")[2]
            if (
                act in ("file", "export", "erase", "lock", "language")
                or mine.items() <= fields.items()
            ):
                continue
            first = desk.post(action, **fields)
            state = rows()
            second = desk.post(action, **fields)
            assert (first.status_code, first.location) == (second.status_code, second.location)
            assert (first.status_code in (200, 303), rows() == state) == (True, True), action
            acts.add(act)
    assert acts == {
        "assign", "close", "contact", "describe", "hold", "let-in", "note", "open", "promise",
        "publish", "reply", "shut-out",
    }  # fmt: skip


def test_two_readers_and_a_tip_are_removed_once(second_desk, desk, sent):
    """What the second press would not find any more: its tip, its reader, its access."""
    jin, tip = holder_id(second_desk.user), desk.get("/desk/tips/1")
    page = second_desk.get(f"/desk/tips/readers/{jin}/remove")
    shut_out = [each for each in forms_of(tip) if each[0].endswith("shut-out")][-1]
    leave, fields = next(each for each in forms_of(page) if each[0].endswith("remove"))
    erase = next(each for each in forms_of(tip) if each[0].endswith("erase"))
    words = {**fields, "passphrase": second_desk.passphrase}

    for client, (action, data) in (
        (desk.client, shut_out), (second_desk.client, (leave, words)), (desk.client, erase),
    ):  # fmt: skip
        first, second = press_twice(client, action, 0, data=data)
        assert (first.status_code, first.location) == (303, second.location), action
    assert number_of(Tip) == 0


@pytest.mark.parametrize("act", ["hold", "erase"])
def test_several_tips_are_kept_or_erased_once(desk, sent, source, act):
    source.send(STORY)
    page = desk.post(f"/desk/tips/{act}", tip=["1", "2"])
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]
    data = {"tip": ["1", "2"], "sure": "yes", "reason": "재판 중", "ticket": ticket}

    first, state = desk.post(f"/desk/tips/{act}", **data), rows()
    second = desk.post(f"/desk/tips/{act}", **data)

    assert (first.status_code, first.location) == (303, second.location)
    assert rows() == state


def test_a_reply_with_a_file_sent_twice_is_added_once(desk, sent):
    ticket = hidden_field(desk.get("/desk/tips/1"), "ticket")

    for _ in range(2):
        data = {"ticket": ticket, "text": "더 있습니까?", "files": (BytesIO(b"x" * 9), "a.txt")}
        assert desk.post("/desk/tips/1/reply", **data).status_code == 303

    assert number_of(TipItem) == 3


def test_a_proven_recipient_of_exports_stays_proven_at_the_second_press(desk):
    pyrage = pytest.importorskip("pyrage")
    identity = pyrage.x25519.Identity.generate()
    page = desk.get("/desk/tips/export")
    ask = {"ticket": hidden_field(page, "ticket"), "recipient": str(identity.to_public())}
    assert {desk.post("/desk/tips/export/recipient", **ask).status_code for _ in "12"} == {303}
    page = desk.get("/desk/tips/export")
    armored = unescape(re.search(r'id="riddle">(.*?)</pre>', page.text, re.S)[1])
    code = pyrage.decrypt(armored.encode(), [identity]).decode()
    prove = {"ticket": hidden_field(page, "ticket"), "code": code}

    answers = [desk.post("/desk/tips/export/prove", **prove) for _ in range(2)]

    assert {answer.location for answer in answers} == {"/desk/tips/export?notice=recipient_proven"}


def test_the_same_words_in_another_form_are_another_tip(desk, source):
    form = decided(source.preview(STORY))
    code = element_text(source.client.post("/tips/new", data=form), "tip-code")
    other = SourceClient(source.client.application)
    foreign = {**form, "ticket": hidden_field(other.form(), "ticket")}

    page = other.client.post("/tips/new", data=foreign)

    assert element_text(page, "tip-code") != code


def test_only_a_few_threads_wait_for_a_first_press(app, monkeypatch):
    from board.runtime.key_lock import KeyLock  # noqa: PLC0415

    lock = KeyLock(key_files.folder() / "presses", queue=0, wait=1)
    with lock.hold(b"one key of many"):
        with lock.hold(b"two keys of many"):
            pass
        with pytest.raises(QueueFull), lock.hold(b"one key of many"):
            pass
    with lock.hold(b"one key of many"):
        pass

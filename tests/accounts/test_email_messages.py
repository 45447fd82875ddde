"""Every email is plain text, and the same as HTML that any mail program shows."""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from accounts.conftest import Mailboxes, sign_up
from board.accounts.email.forms import UnsubscribeForm
from board.accounts.email.frequency import Frequency
from board.accounts.email.message import compose, render
from board.accounts.email.queue import EmailText, EmailType, QueuedEmail, email_types, link_line
from board.accounts.email.unsubscribe import _signer, unsubscribe_url
from board.accounts.models import User
from board.accounts.roles.log import StaffAction, append_entry
from board.accounts.roles.models import RoleGrant
from board.accounts.verification.models import EmailChange, EmailVerification
from board.articles.models import Article
from board.db import db, now, writing
from board.law.claims.models import Step
from board.law.claims.workflow import block, receive_claim
from board.moderation.alerts.models import choose
from board.moderation.queue import Queue, enqueue
from board.notifications.models import Notification
from board.web.i18n import LANGUAGES
from conftest import say

LIMIT = 14 * 1024  # bytes
TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "p", "br", "a",
    "strong",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "name", "content", "class", "style", "href", "role", "width", "align",
    "cellpadding", "cellspacing", "border",
}  # fmt: skip
_URL = re.compile(r"https?://\S+")


OPTIONAL = "optional"


@pytest.fixture(autouse=True)
def optional_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of email that its reader can stop."""

    def stop(user: User) -> None:
        if user.mail == "all":
            user.mail = "legal"

    def text(email: QueuedEmail) -> EmailText:
        label = "알림 보기" if email.language == "ko" else "Notifications"
        return EmailText("A", "B\n\n" + link_line(label, "http://localhost/account"))

    kind = EmailType(text, lambda email: True, stop=stop)
    monkeypatch.setitem(email_types, OPTIONAL, kind)


class Html(HTMLParser):
    """What is in a document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self._is_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.words += re.sub("[\u034f\u200c\xa0]", " ", data).split()

    def values(self, name: str) -> list[str]:
        return [value or "" for key, value in self.attributes if key == name]


@pytest.fixture
def about(app: Flask, harbour: Article, ada: User, bora: User, mo: User) -> dict[str, int]:
    """By kind of email, the row that one is about."""
    app.config["ORIGIN"] = "http://localhost"
    comment = say(harbour, ada, "A remark")
    say(harbour, bora, "An answer", to=comment)
    held = say(harbour, bora, "Another remark")
    with writing():
        ada.email_verified_at = now()
        db.session.execute(update(Notification).values(mailed_as=7))
        enqueue(held, Queue.HELD)
        choose(ada, {"held": Frequency.AT_ONCE})
        claim, _secret = receive_claim(
            comment, name="Kim", contact="kim@pier.example", kind="privacy", sentence="A",
            text="B", wish="block", requester="person",
        )  # fmt: skip
        db.session.flush()
        block(claim, by=mo, says="Down")
        change = EmailChange(user_id=ada.id, old_email="a@pier.example", expires_at=now())
        verification = EmailVerification(
            browser_hash=b"", purpose="sign_up", address="sora@harbour.example", language="ko",
            next="/", expires_at=now(),
        )  # fmt: skip
        db.session.add_all([change, verification])
    with writing():
        grant = RoleGrant(
            capability="can_moderate", user_id=ada.id, proposed_by=mo.id, why="A", expires_at=now()
        )  # fmt: skip
        db.session.add(grant)
        db.session.flush()
        entry = append_entry(StaffAction.PROPOSE, by=mo, grant=grant)
        db.session.flush()
    step = db.session.scalars(select(Step).order_by(Step.id.desc())).first()
    assert step and step.ruling_id
    return {
        "code": verification.id, "account_exists": 0, "new_password": 0, "new_address": change.id,
        OPTIONAL: 0, "legal": 0, "claim": step.id, "claim_objection": step.id,
        "objection": step.ruling_id, "digest": 7, "staff": entry.id << 12,
        "staff_offer": grant.id, "staff_reset": grant.id,
    }  # fmt: skip


def email(kind: str, about: int, language: str, ada: User) -> QueuedEmail:
    owner = ada if kind == "legal" or email_types[kind].stop else None
    return QueuedEmail(
        kind=kind, about=about, address="sora@harbour.example", language=language, user=owner,
        user_id=owner and owner.id, made_at=now(),
    )  # fmt: skip


@pytest.fixture(params=LANGUAGES)
def messages(
    request: pytest.FixtureRequest, app: Flask, about: dict[str, int], ada: User
) -> Iterator[tuple[str, dict[str, EmailMessage]]]:
    """A language, and an email of each kind in it."""
    with app.test_request_context(base_url="http://localhost"), db.session.no_autoflush:
        made = {k: render(email(k, about.get(k, 0), request.param, ada)) for k in email_types}
        yield request.param, made
        db.session.rollback()


def parts(message: EmailMessage) -> tuple[str, str]:
    """Its text and its HTML, as they arrive."""
    arrived = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert arrived.get_content_type() == "multipart/alternative"
    plain, html = arrived.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert {part.get_content_charset() for part in (plain, html)} == {"utf-8"}
    return plain.get_content(), html.get_content()


Messages = tuple[str, dict[str, EmailMessage]]


def test_each_is_small_has_two_parts_and_the_language_of_its_reader(messages: Messages) -> None:
    language, made = messages
    for kind, message in made.items():
        _text, html = parts(message)
        assert Html(html).values("lang") == [language], kind
        assert len(message.as_bytes()) <= LIMIT, kind


def test_the_html_has_the_links_of_the_text_and_not_a_word_more(messages: Messages) -> None:
    for kind, message in messages[1].items():
        text, html = parts(message)
        shown, subject = Html(html), message["Subject"].partition("] ")[2]
        assert sorted(shown.values("href")) == sorted(_URL.findall(text)), kind
        assert len(shown.words) > 5, kind
        assert set(shown.words) - {*text.replace(": http", " http").split(), *subject.split()} == (
            set()
        ), kind


def test_the_html_has_nothing_that_a_mail_program_loads_or_removes(messages: Messages) -> None:
    for kind, message in messages[1].items():
        html = parts(message)[1]
        shown = Html(html)
        assert set(shown.tags) <= TAGS, kind
        assert {name for name, _value in shown.attributes} <= ATTRIBUTES, kind
        assert shown.tags.count("style") == 1 and "url(" not in html and "@import" not in html
        assert all(url.startswith("http://localhost/") for url in shown.values("href")), kind
        assert "://" not in re.sub(r"<a href=.*?</a>", "", html), kind


def test_it_reads_well_without_the_style_sheet(messages: Messages) -> None:
    """What the style sheet changes has a value of its own beside it."""
    for message in messages[1].values():
        html = parts(message)[1]
        (sheet,) = re.findall(r"(?s)<style>(.*?)</style>", html)
        assert re.fullmatch(r"(?s)\s*@media \(prefers-color-scheme: dark\) \{.*\}\s*", sheet)
        for name, rules in re.findall(r"\.(\w+) \{(.*?)\}", sheet):
            inline = re.findall(rf'class="{name}" style="([^"]*)"', html)
            for each in re.findall(r"([a-z-]+): [^;]+ !important", rules):
                pattern = each.replace("border-color", "border")
                assert all(pattern in style for style in inline), (name, each)


def test_the_first_words_an_inbox_shows_are_not_the_code(messages: Messages) -> None:
    html = parts(messages[1]["code"])[1]
    (preview,) = re.findall(r'(?s)<div style="display:none[^>]*>(.*?)</div>', html)

    assert re.search(r"<strong[^>]*>\d{4} \d{4}</strong>", html)
    assert not re.search(r"\d{4}", preview.replace("&#847;", ""))
    assert len(preview.split("&#847;")[0]) > 30


def test_no_particle_is_left_to_the_reader_to_choose(messages: Messages) -> None:
    """As in 을(를) or 이/가."""
    language, made = messages
    for message in made.values():
        text = f"{message['Subject']} {parts(message)[0]}"
        assert not re.search(r"[은는이가을를와과로]\s?[(/][은는이가을를와과으]", text)
        assert bool(re.search("[가-힣]", text.replace("전체댓글", ""))) is (language == "ko")


def test_text_of_the_newsroom_is_no_html(app: Flask) -> None:
    app.config["SITE_NAME"] = "<b>A & B</b>"
    with app.test_request_context(base_url="http://localhost"):
        text, html = parts(compose(EmailText("<i>", "1 < 2\n\n<script>: https://a.example/?a=1&b")))

    assert "<script>: https://a.example/?a=1&b" in text
    assert '<a href="https://a.example/?a=1&amp;b"' in html and "&lt;script&gt;</a>" in html
    assert not re.search("<(b|i|script)>", html) and "1 &lt; 2" in html


def test_an_email_says_who_it_is_for_and_when_and_that_nobody_wrote_it(
    mail: Mailboxes, guest: FlaskClient
) -> None:
    sign_up(guest)
    (message,) = mail.of("sora@harbour.example")

    assert message["To"] == "sora@harbour.example" and len(message["To"].addresses) == 1
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@harbour.example>") and message["Date"].datetime
    assert not {"Cc", "Bcc", "List-Unsubscribe"} & set(message.keys())


# ---- unsubscribe ----


def test_optional_emails_can_be_stopped_in_the_mail_program(messages: Messages) -> None:
    one_click = {kind for kind, each in messages[1].items() if each["List-Unsubscribe-Post"]}

    assert one_click == {kind for kind, each in email_types.items() if each.stop}
    for kind, message in messages[1].items():
        assert message["List-Unsubscribe-Post"] in (None, "List-Unsubscribe=One-Click")
        if link := message["List-Unsubscribe"]:
            assert link.strip("<>") in parts(message)[0], kind


Link = Callable[[User, str], str]


@pytest.fixture
def link(app: Flask) -> Link:
    def make(user: User, kind: str) -> str:
        with app.test_request_context():
            return unsubscribe_url(user, kind).removeprefix("http://localhost")

    return make


PROGRAM: Any = {"Sec-Fetch-Site": None}


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", None])
def test_a_mail_program_stops_one_kind_without_cookie_or_origin(
    guest: FlaskClient, ada: User, link: Link, content_type: str | None
) -> None:
    """RFC 8058 allows both encodings of the form."""
    form = {"content_type": content_type or "multipart/form-data"}
    data = UnsubscribeForm.ONE_CLICK
    answer = guest.post(link(ada, OPTIONAL), data=data, headers=PROGRAM, **form)

    assert (answer.status_code, ada.mail) == (200, "legal")
    assert "Set-Cookie" not in answer.headers
    assert "이 메일은 더 보내 드리지 않습니다." in answer.text
    guest.post(link(ada, OPTIONAL), data=data, headers=PROGRAM)
    assert ada.mail == "legal"


def test_the_page_offers_this_kind_and_all(guest: FlaskClient, ada: User, link: Link) -> None:
    page = guest.get(link(ada, OPTIONAL)).text
    assert ("이 메일 그만 받기" in page, "모든 메일 수신 중지" in page) == (True, True)
    assert ada.mail == "all"
    only_all = guest.get(link(ada, "legal")).text
    assert ("이 메일 그만 받기" in only_all, "메일 수신 중지" in only_all) == (False, True)

    assert "더 이상" in guest.post(link(ada, OPTIONAL)).text
    assert ada.mail == "none"


def test_stopping_one_kind_does_not_turn_on_what_was_stopped(
    guest: FlaskClient, ada: User, link: Link
) -> None:
    guest.post(link(ada, OPTIONAL))
    guest.post(link(ada, OPTIONAL), data=UnsubscribeForm.ONE_CLICK, headers=PROGRAM)
    assert ada.mail == "none"


@pytest.mark.parametrize("kind", ["no such kind", "", "legal", "code"])
def test_a_link_of_no_optional_kind_stops_all(
    guest: FlaskClient, ada: User, link: Link, kind: str
) -> None:
    guest.post(link(ada, kind), data=UnsubscribeForm.ONE_CLICK, headers=PROGRAM)
    assert ada.mail == "none"


def test_links_in_emails_of_older_boards_stop_all(
    app: Flask, guest: FlaskClient, ada: User
) -> None:
    with app.test_request_context():
        token = _signer().dumps(ada.id)
    assert guest.post(f"/letters/stop?to={token}").status_code == 200
    assert ada.mail == "none"


@pytest.mark.parametrize("token", ["", "x", "1.AAAA", "WzEsIm5ld3MiXQ.AAAA", "가" * 300])
def test_a_link_that_is_not_ours_is_404_and_nothing_changes(
    guest: FlaskClient, ada: User, token: str
) -> None:
    answer = guest.post(f"/email/unsubscribe?to={token}", headers=PROGRAM)
    assert (answer.status_code, ada.mail) == (404, "all")


def test_of_somebody_else_a_link_cannot_be_made(guest: FlaskClient, ada: User, link: Link) -> None:
    body, _, signature = link(ada, OPTIONAL).partition("to=")[2].partition(".")
    forged = body.translate(str.maketrans("Ww", "wW"))
    assert guest.post(f"/email/unsubscribe?to={forged}.{signature}").status_code == 404
    assert ada.mail == "all"

"""The privacy policy: complete, true of this board, found from every page and at sign-up."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from board.accounts.auth.devices import Device
from board.accounts.auth.rate_limit import Attempt
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import Session
from board.accounts.verification.models import EmailChange, EmailVerification
from board.db import db
from board.law.claims.evidence import Evidence
from board.law.claims.models import Claimant
from board.notifications.models import Notification
from board.runtime import event_log
from board.web.i18n import COOKIE
from conftest import PASSWORD
from law.personal_data import NAMED, NOT_PERSONAL

BOARD = Path(__file__).parents[2] / "board"
LANGUAGES = ("ko", "en")


def shipped(language):
    [*_, newest] = sorted((BOARD / "law/terms/documents").glob(f"privacy-*.{language}.txt"))
    return newest.read_text()


def policy(client, language="ko"):
    """The text of the page, without tags."""
    page = client.get(f"/privacy?lang={language}").text
    return re.sub(r"<[^>]+>", " ", page.split("<main")[1].split("</main")[0])


# ---- it says what there is ----


def test_each_column_is_named_in_the_policy_or_is_not_personal(app):
    named = [column for columns in NAMED.values() for column in columns.split()]
    other = [f"{table}.{name}" for table, names in NOT_PERSONAL.items() for name in names.split()]
    columns = {str(column) for table in db.metadata.tables.values() for column in table.columns}

    assert columns - {*named, *other} == set()
    assert {*named, *other} - columns == set()
    assert [column for column, count in Counter([*named, *other]).items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_has_the_words_that_columns_go_by(language):
    text = shipped(language)
    words = [both[LANGUAGES.index(language)] for both in NAMED]

    assert [each for each in words if each not in text] == []


def files_with(code, pattern):
    return {path.name for path in BOARD.rglob(pattern) if code in path.read_text()}


def test_the_policy_names_each_cookie(guest):
    """A new place that sets one fails here until the policy names it, too."""
    assert files_with("response.set_cookie(", "*.py") == {
        "language_switch.py", "login.py", "unlock_session.py",
    }  # fmt: skip
    assert files_with("document.cookie =", "*.js") == {"board.js"}
    account = {"email": "sora@harbour.example", "name": "소라", "password": PASSWORD, "of_age": "y"}
    guest.post("/sign-up", data=account)
    answer = guest.post("/sign-in", data=account)
    cookies = {each.split("=")[0] for each in answer.headers.getlist("Set-Cookie")}
    assert cookies == {"board_session", "board_device"}
    passkey = ("board_passkey", "board_passkey_offer")

    for language in LANGUAGES:
        for name in (
            *cookies,
            *passkey,
            "board_verification",
            "board_tip",
            "board_tip_desk",
            COOKIE,
            "sort",
        ):
            assert re.search(rf"[( ]{name}[,)]", shipped(language)), name


def test_the_policy_names_what_scripts_store():
    assert files_with("localStorage.setItem", "*.js") == {"board.js", "collapse.js", "drafts.js"}
    for words in ("본문 글씨 크기", "접어 둔 답글", "쓰다 만 댓글"):
        assert words in shipped("ko")
    assert files_with("sessionStorage", "*.js") == {"board.js", "guest.js"}
    assert "로그인하기 전에 누른 공감·신고·답글" in shipped("ko")


def test_it_has_the_periods_of_the_code(app, guest):
    app.config["TIP_DAYS"] = 77
    assert policy(guest).count(f"{Session.LIFE.days}일") >= 2
    for days in (Device.LIFE, QueuedEmail.RETENTION, Evidence.RETENTION["identity"]):
        assert f"{days.days}일" in policy(guest)
    assert f"{Claimant.RETENTION // timedelta(days=365)}년 뒤" in policy(guest)
    assert f"{Attempt.RETENTION // timedelta(minutes=1)}분 동안" in policy(guest)
    assert f"{event_log.KEPT_FOR.days}일 동안 보안 기록으로" in policy(guest)
    assert f"{Attempt.CODE_RETENTION // timedelta(hours=1)}시간 동안" in policy(guest)
    assert f"{EmailVerification.LIFE // timedelta(minutes=1)}분 동안 저장" in policy(guest)
    assert f"확인한 시각을 {Notification.RETENTION.days}일 동안 저장" in policy(guest)
    assert f"변경하기 전 이메일을 {EmailChange.LIFE.days}일 동안" in policy(guest)
    assert "77일 뒤에 삭제" in policy(guest)


def test_what_only_the_operator_knows_comes_from_settings(app, guest):
    app.config.update(
        PRIVACY_OFFICER="박부두 privacy@news.example",
        PROCESSORS="가나호스팅(서버 운영)",
        ACCESS_LOG_DAYS=90,
        IMAGE_ORIGINS=("https://img.news.example",),
    )

    text = policy(guest)

    assert "물어볼 수 있습니다" not in text
    for words in (
        "박부두 privacy@news.example",
        "맡깁니다: 가나호스팅(서버 운영)",
        "90일 뒤에 삭제합니다",
        "https://img.news.example에서 불러오므로",
    ):
        assert words in text


def test_without_these_settings_it_says_whom_to_ask(guest):
    text = policy(guest)

    assert text.count("개인정보 보호책임자에게 물어볼 수 있습니다.") == 2
    assert "편집국" in text.split("9. 개인정보 보호책임자")[1]
    assert "불러오므로" not in text


def test_a_web_server_without_an_access_log_is_said_to_have_none(app, guest):
    app.config["ACCESS_LOG_DAYS"] = 0

    assert "The web server keeps no access log." in policy(guest, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_what_the_law_asks_for_and_no_loose_ends(guest, language):
    text = policy(guest, language)

    assert "{" not in text
    for number in range(1, 12):
        assert f" {number}. " in text, number
    assert shipped("ko").count("- 목적: ") == shipped("ko").count("- 보유 기간: ") == 8
    assert shipped("en").count("- Purpose: ") == shipped("en").count("- Kept: ") == 8


# ---- where it is found ----


def test_it_stands_out_in_the_footer_of_every_page(guest):
    link = '<a href="/privacy" class="prominent">개인정보처리방침</a>'
    for page in ("/", "/sign-up", "/nowhere", "/privacy"):
        footer = guest.get(page).text.split("<footer")[1]
        assert link in footer, page
        assert footer.count('class="prominent"') == 1


def test_sign_up_says_what_is_collected_before_the_button(guest):
    form = guest.get("/sign-up").text.split("<form")[1].split("</form")[0]
    notice = form.split('class="collection-notice"')[1].split("</section>")[0]

    assert re.findall(r"<dt>([^<]+)</dt>", notice) == [
        "항목",
        "이용 목적",
        "보유 기간",
        "거부할 권리",
    ]
    assert f"로그인 정보는 {Session.LIFE.days}일" in notice
    assert 'href="/privacy">개인정보처리방침</a>(2026.12.01. 시행)' in notice
    assert form.index("collection-notice") < form.index("동의하고 가입하기")


def test_a_newsroom_replaces_it_like_the_terms(another, tmp_path, migrated):
    folder = tmp_path / "own"
    (folder / "terms").mkdir(parents=True)
    (folder / "board.db").write_bytes(migrated.read_bytes())
    own = folder / "terms/privacy-2026-06-01.ko.txt"
    own.write_text("# 우리 방침\n\n{site}, {privacy_officer}, {session_days}", encoding="utf-8")
    client = another(folder, SITE_NAME="부두신문", PRIVACY_OFFICER="박부두").test_client()

    assert "부두신문, 박부두, 90" in client.get("/privacy").text
    assert "2026.06.01. 시행" in client.get("/privacy").text
    assert "(2026.06.01. 시행)" in client.get("/sign-up").text

"""The imprint: who publishes the newspaper, in the footer of every page."""

import re

import pytest

from board.law import imprint
from board.ops.doctor import doctor

ALL = {
    "COMPANY": "푸른항구신문사",
    "REGISTRATION_NUMBER": "서울 아00000",
    "REGISTRATION_DATE": "2026-01-31",
    "FIRST_PUBLISHED": "2026-02-01",
    "PUBLISHER": "김항구",
    "EDITOR": "최바다",
    "YOUTH_OFFICER": "이등대 02-000-0001",
    "PRIVACY_OFFICER": "박부두 privacy@news.example",
    "OFFICE_ADDRESS": "서울 중구 항구로 1 <2층>",
    "PHONE": "02-000-0000",
}


@pytest.fixture
def footer(another, tmp_path, migrated):
    """The lines of the footer of a board with these settings, on one of its pages."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "board.db").write_bytes(migrated.read_bytes())

    def lines(page="/", **settings):
        text = another(tmp_path / "own", **settings).test_client().get(page).text
        text = text.split("<footer")[1].split("</footer>")[0]
        return re.findall(r"<dt>([^<]+)</dt> <dd[^>]*>([^<]+)</dd>", text), text

    return lines


@pytest.mark.slow
def test_everything_the_law_asks_for_is_named_in_its_order(footer):
    assert footer(**ALL)[0] == [
        ("상호", "푸른항구신문사"),
        ("등록번호", "서울 아00000"),
        ("등록일", "2026.01.31."),
        ("발행일", "2026.02.01."),
        ("발행인", "김항구"),
        ("편집인", "최바다"),
        ("청소년보호책임자", "이등대 02-000-0001"),
        ("개인정보 보호책임자", "박부두 privacy@news.example"),
        ("주소", "서울 중구 항구로 1 &lt;2층&gt;"),
        ("전화", "02-000-0000"),
    ]
    english = footer("/sign-up?lang=en", **ALL)
    assert english[0][2] == ("Registered", "31 January 2026")
    assert '<dd lang="ko">김항구</dd>' in english[1]


@pytest.mark.slow
def test_what_is_not_set_leaves_nothing_behind(footer):
    assert footer(PHONE="02-000-0000")[0] == [("전화", "02-000-0000")]
    assert "<dl" not in footer()[1]


@pytest.mark.slow
def test_a_publisher_who_is_the_editor_is_named_once(footer):
    assert footer(PUBLISHER="김항구", EDITOR="김항구")[0] == [("발행인·편집인", "김항구")]
    assert footer(EDITOR="김항구")[0] == [("편집인", "김항구")]


@pytest.mark.slow
def test_error_pages_have_it_and_pages_for_sources_do_not(footer):
    assert footer("/nowhere", PHONE="02-000-0000")[0] == [("전화", "02-000-0000")]
    assert footer("/tips/box", PHONE="02-000-0000")[0] == []


@pytest.mark.slow
def test_doctor_names_what_is_missing(app):
    def advice():
        output = app.test_cli_runner().invoke(doctor).output
        return re.findall(r"^ok  (the (?:footer|privacy policy) .*)$", output, re.M)

    settings = {**ALL, "PROCESSORS": "가나호스팅(서버 운영)", "ACCESS_LOG_DAYS": 0}
    app.config.update({**settings, "PHONE": "", "REGISTRATION_DATE": None})
    app.config.update(PROCESSORS="", ACCESS_LOG_DAYS=None)

    assert advice() == [
        "the footer lacks BOARD_REGISTRATION_DATE, BOARD_PHONE",
        "the privacy policy lacks BOARD_PROCESSORS, BOARD_ACCESS_LOG_DAYS",
    ]
    app.config.update(settings)
    assert advice() == ["the footer is complete", "the privacy policy is complete"]


def test_each_item_is_a_setting(app):
    assert set(imprint.ITEMS) == set(ALL) <= set(app.config)

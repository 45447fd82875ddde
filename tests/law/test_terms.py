"""The legal documents: shown, dated, replaced by the newsroom's own, changes announced."""

from datetime import UTC, datetime

import pytest
import time_machine

from board.config import BadSetting

PAGES = ("/terms", "/terms/rules", "/terms/youth", "/terms/rights")


@pytest.fixture
def own(another, tmp_path, migrated):
    """A board with documents of its own; `own(name=text)` starts it."""
    (tmp_path / "own" / "terms").mkdir(parents=True)
    (tmp_path / "own" / "board.db").write_bytes(migrated.read_bytes())

    def started(**files):
        for name, text in files.items():
            path = tmp_path / "own" / "terms" / name.replace("__", ".").replace("_", "-")
            path.write_text(text, encoding="utf-8")
        return another(tmp_path / "own", SITE_NAME="부두신문")

    return started


@pytest.mark.parametrize("page", PAGES)
def test_everyone_reads_them_in_korean_and_english(guest, page):
    korean, english = guest.get(page), guest.get(f"{page}?lang=en")

    assert (korean.status_code, english.status_code) == (200, 200)
    assert "2026.01.01. 시행" in korean.text
    for text in (korean.text, english.text):
        main = text.split("<main")[1].split("</main")[0]
        assert "{" not in main
        assert main.count("<h2>") >= 3


def test_they_contain_what_the_law_requires(guest):
    terms = guest.get("/terms").text

    for phrase in ("임시조치", "30일 이내", "제44조의2", "이의를 신청", "7일 전", "반박내용"):
        assert phrase in terms


def test_they_are_linked_from_every_page_and_shown_at_sign_up(guest):
    for page in ("/", "/articles", "/sign-up", "/nowhere"):
        assert 'href="/terms"' in guest.get(page).text
    sign_up = guest.get("/sign-up").text.split("<main")[1]
    assert 'href="/terms">이용약관</a>(2026.01.01. 시행)과 <a href="/terms/rules">' in sign_up
    assert "댓글 운영원칙</a>에 동의하는 것으로 봅니다." in sign_up


@pytest.mark.slow
def test_documents_of_the_newsroom_replace_the_shipped_ones(own):
    app = own(
        terms_2026_03_01__ko__txt="# 우리 약관\n\n## 하나\n\n<b>{site}</b>의 {days}일\n\n- 가\n- 나"
    )

    page = app.test_client().get("/terms").text

    assert "우리 약관" in page
    assert "<p>&lt;b&gt;부두신문&lt;/b&gt;의 30일</p>" in page
    assert "<ul><li>가</li><li>나</li></ul>" in page
    assert "우리 약관" in app.test_client().get("/terms?lang=en").text
    assert "댓글 운영원칙" in app.test_client().get("/terms/rules").text


@pytest.mark.slow
def test_a_change_is_announced_until_its_day_and_old_versions_stay_readable(own):
    app = own(
        terms_2026_03_01__ko__txt="# 첫 약관\n\n처음",
        terms_2026_12_24__ko__txt="# 새 약관\n\n나중",
    )
    client = app.test_client()

    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC)):
        page = client.get("/terms").text
        front = client.get("/").text
        new = client.get("/terms?version=2026-12-24").text
    assert "처음" in page
    assert "2026.12.24.에 변경됩니다." in page
    assert "이용약관 변경 안내(2026.12.24. 시행)" in front
    assert "나중" in new
    # Midnight in Seoul is three in the afternoon of the day before in UTC.
    with time_machine.travel(datetime(2026, 12, 23, 15, 0, 1, tzinfo=UTC)):
        assert "나중" in client.get("/terms").text
        assert "변경 안내" not in client.get("/").text
        assert "처음" in client.get("/terms?version=2026-03-01").text
    assert client.get("/terms?version=1999-01-01").status_code == 404


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("terms.txt", "# A\n\nb"),
        ("terms-2026-13-01.ko.txt", "# A\n\nb"),
        ("recipes-2026-01-01.ko.txt", "# A\n\nb"),
        ("terms-2026-01-01.ko.txt", "no title"),
        ("terms-2026-01-01.ko.txt", "# only a title"),
        ("terms-2026-01-01.en.txt", "# English alone\n\nb"),
    ],
)
def test_a_document_that_cannot_be_used_stops_the_start(own, tmp_path, name, text):
    (tmp_path / "own" / "terms" / name).write_text(text, encoding="utf-8")

    with pytest.raises(BadSetting, match=r"terms"):
        own()


def test_the_youth_officer_is_named_once_the_operator_sets_one(app, guest):
    app.config["YOUTH_OFFICER"] = "홍길동 02-000-0000"

    assert "홍길동 02-000-0000" in guest.get("/terms/youth").text

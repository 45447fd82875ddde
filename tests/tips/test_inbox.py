"""A reader works through the inbox: what is new, what it is about, and many at once."""

import gzip
import re
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select

from board.db import db
from board.tips.crypto.primitives import SIZE_STEP
from board.tips.dates import today
from board.tips.models.audit_log import AuditEntry
from board.tips.models.tip import Tip
from board.tips.sealed import summary
from board.tips.sealed.summary import Summary
from board.tips.web.download import padded, padded_length
from tips.conftest import SourceClient, holder_id, notify

pytestmark = pytest.mark.slow

TOLD = "과장이 장부를 두 권 씁니다."


def rows(page):
    """Each tip of the list: its number, and its text in one line."""
    cards = re.findall(r'<li class="card">(.*?)</li>', page.text, re.S)
    numbers = [int(re.search(r'href="/desk/tips/(\d+)"', card)[1]) for card in cards]
    texts = [" ".join(unescape(re.sub(r"<[^>]+>", " ", card)).split()) for card in cards]
    return dict(zip(numbers, texts, strict=True))


def order(page):
    return list(rows(page))


@pytest.fixture
def three(app, desk):
    """Sources of tips 1, 2 and 3."""
    sources = [SourceClient(app) for _ in range(3)]
    for number, source in enumerate(sources, 1):
        source.send(f"{number}번째 이야기\n둘째 줄")
    return sources


def test_a_row_shows_the_first_line_and_the_kinds_of_files(desk, source):
    files = ((b"1", "a.jpg"), (b"2", "b.png"), (b"3", "장부.hwp"), (b"4", "c.m4a"))
    source.send(f"\n  {TOLD}\n그다음 줄 http://evil.example", files=files)

    row = rows(desk.get("/desk/tips"))[1]

    assert TOLD in row
    assert "그다음" not in row
    assert "사진 2장" in row and "녹음 1개" in row and "파일 1개" in row


def test_a_row_shows_text_from_strangers_harmlessly(desk, source):
    source.send("<b>https://evil.example</b>\u200b 보세요")

    page = desk.get("/desk/tips")

    assert "<b>https" not in page.text
    assert "<b>hxxps://evil[.]example</b> 보세요" in rows(page)[1]


def test_a_tip_of_files_only_has_no_first_line(desk, source):
    source.send("", files=((b"1", "a.jpg"),))

    assert "사진 1장" in rows(desk.get("/desk/tips"))[1]


def test_tips_are_listed_by_their_last_word(desk, three):
    assert order(desk.get("/desk/tips")) == [3, 2, 1]
    three[0].enter()
    three[0].add_message("더 있습니다.")
    assert order(desk.get("/desk/tips")) == [1, 3, 2]
    desk.post("/desk/tips/2/reply", text="언제부터였습니까?")
    assert order(desk.get("/desk/tips")) == [2, 1, 3]
    desk.post("/desk/tips/3/note", text="나중에")
    desk.post("/desk/tips/3/describe", title="저울", labels="", case="")

    assert order(desk.get("/desk/tips")) == [2, 1, 3]
    assert order(desk.post("/desk/tips/search", q="이야기")) == [2, 1, 3]


def test_pages_of_the_inbox_go_on_where_the_one_before_ended(desk, three, monkeypatch):
    monkeypatch.setattr(Tip, "PAGE_SIZE", 2)
    three[0].enter()
    three[0].add_message("더 있습니다.")

    first = desk.get("/desk/tips")
    more = re.search(r'href="(/desk/tips\?[^"]*before=\d+[^"]*)"', first.text)[1]

    assert (order(first), order(desk.get(unescape(more)))) == ([1, 3], [2])


def test_each_reader_sees_what_they_have_not_read(desk, second_desk, sent):
    assert "읽지 않음 1개" in rows(desk.get("/desk/tips"))[1]
    desk.get("/desk/tips/1")
    assert "읽지 않음" not in rows(desk.get("/desk/tips"))[1]
    assert "읽지 않음 1개" in rows(second_desk.get("/desk/tips?show=unread"))[1]

    sent.enter()
    sent.add_message("작년 봄부터입니다.")
    second_desk.post("/desk/tips/1/note", text="사무장에게 확인")
    second_desk.get("/desk/tips/1")

    assert "읽지 않음 2개" in rows(desk.get("/desk/tips?show=unread"))[1]
    assert rows(second_desk.get("/desk/tips?show=unread")) == {}


def test_a_tip_with_a_title_keeps_its_number(desk, sent):
    desk.post("/desk/tips/1/describe", title="장부 두 권")

    row = rows(desk.get("/desk/tips"))[1]

    assert "장부 두 권" in row and "제보 1" in row
    assert "<span>제보 1</span>" in desk.get("/desk/tips/1").text


def test_a_search_for_nothing_is_refused_and_one_that_finds_nothing_says_so(desk, sent):
    refused = desk.post("/desk/tips/search", q=" ")
    empty = desk.post("/desk/tips/search", q="등대")

    assert refused.status_code == 422
    assert "찾을 말을 입력하거나 조건을 선택해 주세요" in refused.text
    assert "찾는 제보가 없습니다" in empty.text
    assert "이 목록에 제보가 없습니다" in desk.get("/desk/tips?show=closed").text


def test_a_search_shows_where_the_words_are(desk, source):
    source.send("가" * 200 + " 저울이 한 상자에 300그램씩 더 나갑니다. " + "나" * 200)

    row = rows(desk.post("/desk/tips/search", q="300그램씩 저울이"))[1]

    assert row.count("저울이 한 상자에 300그램씩 더 나갑니다.") == 1
    assert "가" * 40 not in row and "나" * 120 not in row


@pytest.mark.parametrize(
    ("typed", "snippet"),
    [
        ("장부", ("과장이 ", "장부", "를 두 권 씁니다.")),
        ("장부를 과장이", ("", "과장이", " 장부를 두 권 씁니다.")),
        ("", None),
        ("없는 말", None),
        ("(", None),
    ],
)
def test_a_snippet_is_around_the_first_word(typed, snippet):
    assert Summary(text=TOLD).snippet(typed) == snippet


def test_words_are_found_in_any_order_and_composition():
    assert Summary(text=TOLD).has_words("장부를 과장이".encode().decode())
    assert Summary(text="LEDGER of Ada").has_words("ada ledger")
    assert not Summary(text=TOLD).has_words("장부를 부장이")


def test_a_long_first_line_is_cut(desk, source):
    source.send("가" * 500)

    assert "가" * (summary._LINE_MAX + 1) not in rows(desk.get("/desk/tips"))[1]


class TestManyAtOnce:
    def test_several_tips_are_erased_after_a_confirmation(self, desk, three):
        asked = desk.post("/desk/tips/erase", tip=["1", "3"])
        assert asked.status_code == 200
        assert "제보 2건 삭제" in asked.text
        unsure = desk.post("/desk/tips/erase", tip=["1", "3"], confirming="yes")
        assert unsure.status_code == 422
        assert "<title>오류: 제보 2건 삭제" in unsure.text
        assert "정말 진행할지 확인해 주세요" in unsure.text
        assert order(desk.get("/desk/tips")) == [3, 2, 1]

        done = desk.post("/desk/tips/erase", tip=["1", "3"], confirming="yes", sure="yes")

        assert done.location == "/desk/tips?notice=tips_erased"
        assert order(desk.get("/desk/tips")) == [2]
        assert three[0].enter().status_code == 410
        logged = db.session.execute(select(AuditEntry.act, AuditEntry.tip_id)).all()
        assert [tip_id for act, tip_id in logged if act == "erase"] == [3, 1]

    def test_several_tips_are_kept_with_a_reason(self, desk, three):
        day = today().replace(year=today().year + 1).isoformat()
        asked = desk.post("/desk/tips/hold", tip=["1", "2"])
        assert asked.status_code == 200
        refused = desk.post("/desk/tips/hold", tip=["1", "2"], reason="", day=day)
        assert refused.status_code == 422
        assert day in refused.text

        desk.post("/desk/tips/hold", tip=["1", "2"], reason="재판이 끝날 때까지", day=day)

        held = db.session.scalars(select(Tip.held_until).order_by(Tip.id)).all()
        assert [each and each.isoformat() for each in held] == [day, day, None]
        assert "재판이 끝날 때까지" in desk.get("/desk/tips/2").text

    def test_a_second_press_finds_nothing_left_to_do(self, desk, three):
        desk.post("/desk/tips/erase", tip=["1"], sure="yes")

        again = desk.post("/desk/tips/erase", tip=["1"], sure="yes")

        assert again.location == "/desk/tips?notice=none_chosen"
        assert order(desk.get("/desk/tips")) == [3, 2]

    @pytest.mark.parametrize("chosen", [[], ["x"], ["99"], ["-1"], ["1" * 30], ["٣"]])
    def test_nothing_is_done_to_tips_nobody_chose(self, desk, three, chosen):
        answer = desk.post("/desk/tips/erase", tip=chosen, sure="yes")

        assert answer.location == "/desk/tips?notice=none_chosen"
        page = desk.get(answer.location)
        assert '<p class="notice refusal" role="status">제보를 하나 이상 선택' in page.text
        assert order(page) == [3, 2, 1]

    def test_tips_of_colleagues_are_left_alone(self, desk, second_desk, three):
        desk.post("/desk/tips/1/shut-out", reader=holder_id(second_desk.user))

        second_desk.post("/desk/tips/erase", tip=["1", "2"], sure="yes")

        assert order(desk.get("/desk/tips")) == [3, 1]


class TestLinkInTheEmail:
    def test_the_email_has_a_link_that_says_nothing(self, app, smtp_server, desk, source):
        app.config["ORIGIN"] = "https://news.example"
        source.send(TOLD)
        notify(app)

        text = smtp_server.messages[0][1].get_content()

        link = "https://news.example/desk/unread"
        assert text.splitlines() == ["데스크에서 확인할 것이 있습니다.", link]

    def test_it_leads_to_the_new_tip_after_unlocking(self, desk, second_desk, sent):
        desk.post("/desk/tips/lock")
        locked = desk.get("/desk/unread")
        assert locked.location == "/desk/tips/unlock?next=/desk/unread"
        field = re.search(r'name="next"[^>]*value="([^"]*)"', desk.get(locked.location).text)[1]

        words = {"passphrase": desk.passphrase, "next": field}
        unlocked = desk.post("/desk/tips/unlock", **words)

        assert unlocked.location == "/desk/unread"
        assert desk.get("/desk/unread").location == "/desk/tips/1#newest"

    def test_it_leads_to_the_list_if_there_are_several_or_none(self, desk, three):
        assert desk.get("/desk/unread").location == "/desk/tips?show=unread"
        for number in (1, 2, 3):
            desk.get(f"/desk/tips/{number}")
        assert desk.get("/desk/unread").location == "/desk/tips?show=unread"

    @pytest.mark.parametrize(
        "next_page", ["https://evil.example/desk/", "//evil.example", "/account", "", "desk/tips"]
    )
    def test_unlocking_leads_to_no_page_elsewhere(self, desk, next_page):
        words = {"passphrase": desk.passphrase, "next": next_page}

        assert desk.post("/desk/tips/unlock", **words).location == "/desk/tips"


@pytest.mark.parametrize("size", [0, 1, 32_768, 32_769, 65_535, 65_536, 65_537, 200_000])
def test_a_download_is_padded_on_the_network_and_arrives_as_it_was(size):
    data = bytes(number % 251 for number in range(size))
    chunks = [data[at : at + 65_536] for at in range(0, size, 65_536)]

    body = b"".join(padded([*chunks, b""], size))

    assert (len(body), len(body) % SIZE_STEP) == (padded_length(size), 0)
    assert gzip.GzipFile(fileobj=BytesIO(body)).read() == data


def test_files_are_downloaded_in_a_common_size_by_both_sides(desk, source):
    source.send(TOLD, files=((b"x" * 1000, "a.bin"), (b"y" * 20_000, "b.bin")))
    source.enter()
    browser = {"Accept-Encoding": "gzip, deflate, br, zstd"}

    for client, path in ((desk.client, "/desk/tips/1/file"), (source.client, "/tips/box/file")):
        answers = [client.post(path, data={"number": number}, headers=browser) for number in (2, 3)]
        assert [len(answer.data) for answer in answers] == [SIZE_STEP, SIZE_STEP]
        assert gzip.decompress(answers[0].data) == b"x" * 1000
        assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
        plain = client.post(path, data={"number": "2"})
        assert plain.data == b"x" * 1000

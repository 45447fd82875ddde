"""An author is warned about personal data and other risks before posting, and can confirm."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from board.comments.models import Comment
from board.comments.writing import warnings
from board.comments.writing.warnings import TextWarning
from board.db import db
from board.text.spans import split_by_spans
from conftest import say

PHONE = "Call 010-1234-5678 today"


def found(text):
    return [(each.about, text[each.start : each.end]) for each in warnings.warnings_for(text)]


def post(client, body=PHONE, **fields):
    return client.post("/articles/harbour/comments", data={"body": body, "key": "k1", **fields})


def token(response):
    return re.search(r'<button name="sure" value="([^"]+)"', response.text)[1]


def stored():
    return db.session.scalar(select(func.count()).select_from(Comment))


@pytest.fixture(autouse=True)
def in_a_request(app):
    with app.test_request_context("/?lang=en"):
        yield


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("전화는 010-1234-5678입니다", "010-1234-5678"),
        ("01012345678로 연락 주세요", "01012345678"),
        ("번호는010.1234.5678", "010.1234.5678"),
        ("010 1234 5678 문자 주세요", "010 1234 5678"),
        ("(010)1234-5678", "010)1234-5678"),
        ("옛 번호 011-123-4567", "011-123-4567"),
        ("０１０－１２３４－５６７８", "０１０－１２３４－５６７８"),
        ("+82 10-1234-5678", "+82 10-1234-5678"),
        ("+821012345678", "+821012345678"),
        ("공일공 일이삼사 오륙칠팔", "공일공 일이삼사 오륙칠팔"),
        ("공일공-1234-오육칠팔", "공일공-1234-오육칠팔"),
        ("o1o-1234-5678", "o1o-1234-5678"),
        ("0 1 0 1 2 3 4 5 6 7 8", "0 1 0 1 2 3 4 5 6 7 8"),
        ("010ㅡ1234ㅡ5678", "010ㅡ1234ㅡ5678"),
        ("사무실 02-123-4567", "02-123-4567"),
        ("(051) 123-4567로", "(051) 123-4567"),
        ("070-1234-5678", "070-1234-5678"),
    ],
)
def test_phone_numbers_are_warned_about(text, number):
    assert found(text) == [("phone", number)]


@pytest.mark.parametrize(
    ("text", "about", "number"),
    [
        ("주민번호 900101-1234567 맞죠", "resident", "900101-1234567"),
        ("9001011234567", "resident", "9001011234567"),
        ("외국인 번호는 850315 - 5123456", "resident", "850315 - 5123456"),
        ("아이는 180229-3123456, 아니 180228-3123456", "resident", "180228-3123456"),
        ("카드 4111-1111-1111-1111로 결제", "card", "4111-1111-1111-1111"),
        ("4111111111111111", "card", "4111111111111111"),
        ("아멕스 3782 822463 10005", "card", "3782 822463 10005"),
        ("국민은행 123456-01-123456 홍길동", "account", "123456-01-123456"),
        ("농협 302-1234-5678-91", "account", "302-1234-5678-91"),
        ("카카오뱅크 3333-01-1234567로 보내세요", "account", "3333-01-1234567"),
        ("후원 계좌: 신한 11012345678901", "account", "11012345678901"),
        ("110-123-456789로 부탁합니다", "account", "110-123-456789"),
    ],
)
def test_resident_card_and_account_numbers_are_warned_about(text, about, number):
    assert found(text) == [(about, number)]


HONEST = [
    "2026년 11월 24일 오후 3시 10분에 열렸습니다.",
    "2026-11-24 15:30:00에 올라온 기사네요",
    "2019 2020 2021 2022년 내리 적자였다",
    "1592-1598년 임진왜란, 1950-1953년 한국전쟁",
    "어제 경기는 3-1, 오늘은 0-1, 내일은 01-10?",
    "예산이 1,234,567,890,123원이라니",
    "국민은행 1588-9999로 물어보세요",
    "다산콜센터는 120, 02-120도 됩니다",
    "1577-1366, 1588-1234, 1899-0000 같은 대표 번호",
    "080-123-4567은 무료 전화입니다",
    "112와 119, 1393에 먼저 알려야죠",
    "형법 제307조 제1항, 정보통신망법 제44조의7 제1항 제2호",
    "대법원 2021. 9. 9. 선고 2020다208058 판결",
    "2023헌마1234 결정문 12-15쪽",
    "https://news.example/articles/20240101123456?id=01012345678&x=900101-1234567 보세요",
    "news.example/view/4111111111111111",
    "기사 번호 2024010112345678",
    "ISBN 978-89-374-6047-0, 9788937460470",
    "바코드 8801234567893",
    "사업자등록번호 기업 123-45-67890은 공개된 것",
    "법인 110111-1234567",
    "우리 하나 되어 2002년처럼 100만 명이 모이자",
    "신한 울산이 45678912340원을 벌었다",
    "입금액 10000000000원이 맞나요",
    "국민 51,234,567명 가운데 1,000명에게 물었다",
    "하나, 둘, 셋, 일이삼사오륙칠팔구십",
    "공일 날 이 일 저 일 하다 보면",
    "이 일은 공공 일자리 사업이 아니라 삼사 년 걸리는 일",
    "3.141592653589793238",
    "0.01012345678 %가 올랐다",
    "키 180, 몸무게 75, 나이 45, 연봉 4500",
    "버스 01-1, 102-1, 9401번, 3300번",
    "37.5665, 126.9780 서울 좌표",
    "5000 6000 7000 8000 계단식으로 오르네",
    "192.168.0.1 에서 10.0.0.255까지",
    "1-2-3-4-5-6-7-8-9-10",
    "v1.0.10.1234.5678 판에서 고쳐짐",
    "로또 1 7 13 22 34 45, 당첨금 2,345,678,901원",
    "서울 종로구 세종대로 175 101동 1502호 (03172)",
    "㎡당 1234만 원, 84㎡ 12억 3456만 원",
    "18:30~20:00, 09:00-18:00",
    "ㅋㅋㅋㅋ 1010 2020 3030",
    "20-30대 010세대라는 말도 있다",
    "2024.01.10.1234명",
    "ebs 0101 방송 2024 1234회",
    "지지율 45.6% 대 43.2% (95% 신뢰수준 ±3.1%p, 1,004명)",
]


@pytest.mark.parametrize("text", HONEST)
def test_dates_amounts_scores_laws_and_links_are_left_alone(text):
    assert found(text) == []


def spans_of(found):
    return [(each.start, each.end) for each in found]


def test_each_number_is_highlighted_in_text_order():
    text = "카드 4111 1111 1111 1111, 전화 010-1234-5678, 끝"

    assert list(split_by_spans(text, spans_of(warnings.warnings_for(text)))) == [
        ("카드 ", False),
        ("4111 1111 1111 1111", True),
        (", 전화 ", False),
        ("010-1234-5678", True),
        (", 끝", False),
    ]


def test_a_text_with_a_number_is_shown_again_with_the_warning(as_, ada, harbour):
    response = as_(ada).post(
        "/articles/harbour/comments?lang=en", data={"body": PHONE, "key": "k1"}
    )

    assert (response.status_code, stored()) == (422, 0)
    assert "Call <mark>010-1234-5678</mark> today" in response.text
    assert "This looks like a phone number." in response.text
    assert f"{PHONE}</textarea>" in response.text
    assert 'name="key" type="hidden" value="k1"' in response.text


def test_a_confirmed_text_is_posted_once_even_with_a_retry(as_, ada, harbour):
    client = as_(ada)
    sure = token(post(client))

    first, retry = post(client, sure=sure), post(client, sure=sure)

    assert (first.status_code, retry.status_code) == (303, 303)
    assert first.location == retry.location
    assert stored() == 1


def test_a_confirmation_is_for_exactly_one_text(as_, ada, harbour):
    client = as_(ada)
    sure = token(post(client))

    other = post(client, "Call 010-8765-4321 today", sure=sure)

    assert (other.status_code, stored()) == (422, 0)
    assert token(other) != sure


@pytest.mark.parametrize("sure", ["", "yes", "0" * 64, "한글", "a" * 5000])
def test_an_invalid_token_confirms_nothing(as_, ada, harbour, sure):
    assert (post(as_(ada), sure=sure).status_code, stored()) == (422, 0)


def test_a_confirmation_outlives_a_refusal_for_another_reason(app, as_, ada, harbour):
    app.config["COMMENT_INTERVAL_SECONDS"] = 60
    say(harbour, ada, "A moment ago")
    client = as_(ada)
    sure = token(post(client))

    early = post(client, sure=sure)

    assert early.status_code == 429
    assert f'<input type="hidden" name="sure" value="{sure}">' in early.text
    assert '<button name="sure"' not in early.text


def test_an_edit_is_warned_about_like_a_new_comment(as_, ada, harbour):
    comment = say(harbour, ada, "Call me")
    client = as_(ada)
    fields = {"body": PHONE, "version": 0}

    refused = client.post(f"/comments/{comment.id}/edit", data=fields)
    unchanged = comment.body
    confirmed = client.post(f"/comments/{comment.id}/edit", data={**fields, "sure": token(refused)})

    assert (refused.status_code, unchanged, confirmed.status_code) == (422, "Call me", 303)
    assert comment.body == PHONE


def test_a_preview_is_shown_without_confirmation(as_, ada, harbour):
    assert post(as_(ada), preview="1").status_code == 200


def test_markup_around_a_number_is_shown_as_text(as_, ada, harbour):
    response = post(as_(ada), "<script>alert(1)</script> 010-1234-5678")

    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>010-1234-5678</mark>" in response.text


def test_other_slices_add_warnings_and_each_word_gets_one(as_, ada, harbour, monkeypatch):
    def rude(text):
        yield from (
            TextWarning(m.start(), m.end(), "rude", "Rude.", "") for m in re.finditer("d.mn", text)
        )
        yield TextWarning(0, 4, "wide", "Wide.", "")

    monkeypatch.setattr(warnings, "warning_checks", [*warnings.warning_checks, rude])

    assert found("damn 010-1234-5678 damn") == [
        ("rude", "damn"),
        ("phone", "010-1234-5678"),
        ("rude", "damn"),
    ]
    assert post(as_(ada), "Well, damn").status_code == 422


PIECES = st.text(st.sampled_from("0123456789-. ()+oO공일이삼은행원농협\n가a/１²①"), max_size=80)


@given(st.text() | PIECES)
def test_warnings_are_about_ordered_parts_of_any_text(text):
    found = warnings.warnings_for(text)

    assert "".join(piece for piece, _ in split_by_spans(text, spans_of(found))) == text
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= next.start for one, next in pairwise(found))


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["0", "1", "01", "010", "010-", "010 1234 ", "공", "공일", "은행", "은행 1", "농협1-", "+82",
     "1-", "1 ", "0.", "900101-", "4111-", "(", "-", " ", "http://", "가", "１", "3-3-"],
)  # fmt: skip
def test_warnings_take_time_linear_to_a_hostile_text(piece):
    text = (piece * 30_000)[:30_000]

    began = time.process_time()
    warnings.warnings_for(text)

    assert time.process_time() - began < 2  # seconds of CPU; quadratic time would take many

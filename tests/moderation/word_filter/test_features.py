"""Text features: links, repetition and near-duplicates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.moderation.word_filter import (
    Repetition,
    bucket_keys,
    fingerprint,
    hosts,
    is_near,
    repetition,
)

OPINION = (
    "정부가 내놓은 이번 주거 대책은 세입자에게 아무 도움이 되지 않는 탁상공론입니다. "
    "현장의 목소리를 듣고 다시 만들어 주시기 바랍니다."
)
OTHER = (
    "지역 소멸을 다룬 연재를 잘 읽었습니다. "
    "다음 편에서는 작은 학교 이야기도 들려 주세요. 기대합니다."
)


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("보세요 https://News.Example/a?b=1", ["news.example"]),
        ("www.example.com, t.me/abc", ["www.example.com", "t.me"]),
        ("예시.한국 ｅｘａｍｐｌｅ．com", ["예시.한국", "example.com"]),
        ("a@example.com 3.14 안녕.하세요 1.kr점", []),
        ("http://a.example http://a.example", ["a.example", "a.example"]),
        ("", []),
    ],
)
def test_the_host_of_every_link_is_found(text, linked):
    assert hosts(text) == linked


@pytest.mark.parametrize(
    "text",
    ["ㅋ" * 80, "ㅠㅠ" * 40, "하하하하하하하하하하", "?" * 50, "좋아요 정말 좋아요", OPINION, ""],
)
def test_laughter_and_sentences_are_no_repetition(text):
    assert repetition(text) is None


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("도배" * 20, Repetition("도배", 20)),
        ("사퇴하라 " * 9, Repetition("사퇴하라", 9)),
        ("아" * 30, Repetition("아", 30)),
    ],
)
def test_the_unit_that_fills_a_text_is_found(text, repeated):
    assert repetition(text) == repeated


@pytest.mark.parametrize(
    "copy",
    [
        OPINION.replace(" ", ""),
        OPINION.replace(".", "!!! 1"),
        "🔥".join(OPINION.split()),
        OPINION + " 꼭요",
        OPINION.replace("바랍니다", "바라요"),
        OPINION.replace("정부", "저엉부"),
        "여러분 " + OPINION,
    ],
)
def test_a_copy_with_small_changes_is_near_and_shares_a_key(copy):
    one, other = fingerprint(OPINION), fingerprint(copy)

    assert is_near(one, other)
    assert set(bucket_keys(one)) & set(bucket_keys(other))


def test_another_text_is_not_near_and_shares_no_key():
    one, other = fingerprint(OPINION), fingerprint(OTHER)

    assert not is_near(one, other)
    assert not set(bucket_keys(one)) & set(bucket_keys(other))


@pytest.mark.parametrize(
    "text", ["", "감사합니다", "ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ", "👍" * 40]
)
def test_a_short_text_has_no_fingerprint(text):
    assert fingerprint(text) == b"" and bucket_keys(b"") == []
    assert not is_near(fingerprint(text), fingerprint(text))


@given(st.text(st.characters(codec=None), max_size=200))
def test_a_fingerprint_has_64_bytes_or_none_and_its_keys_fit_a_column(text):
    mark = fingerprint(text)

    assert len(mark) in (0, 64)
    assert all(0 <= key < 2**63 for key in bucket_keys(mark))
    assert hosts(text) is not None and (repetition(text) is None or len(text) > 7)

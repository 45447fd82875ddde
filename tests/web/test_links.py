"""Links in text: Hangul belongs to an address, what follows an address does not."""

import re
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.comments.body import Body
from board.text import normalize
from board.text.links import find_links

# Each: the links are in angle brackets.
WITH_HANGUL = [
    "<https://news.example/뉴스/1>",
    "<https://news.example/뉴스/부산에서_만난_사람> 읽음",
    "<https://news.example/?검색=버스&쪽=2>",
    "<https://news.example/search?q=가을>",
    "<https://news.example/search?q=이>",
    "<https://news.example?q=서울>",
    "<https://wiki.example/분류:한국>",
    "<https://wiki.example/서울(드라마)>",
    "<https://wiki.example/한·일_관계>",
    "<https://wiki.example/2024년>",
    "<https://wiki.example/K팝>",
    "<https://wiki.example/뉴스#댓글>",
    "<https://wiki.example/美_대선>",
    "<https://wiki.example/Café>",
    "<https://한국.example/뉴스>",
    "<https://청와대.한국/1>",
    "<https://청와대.한국:8000/뉴스>",
]
BRACKETS = [
    "(<https://wiki.example/서울(드라마)>)",
    "[<https://wiki.example/a[1](b)>]을",
    "<https://wiki.example/>[(](b)",
    "(<https://a.example/x>)과 [(<https://b.example/y(z)>)]",
]
PARTICLES = [
    "<https://news.example/뉴스/1>에서 봤다",
    "<https://news.example/뉴스/1>에서는, 아니다",
    "<https://news.example/뉴스/1>의 내용",
    "<https://news.example/뉴스/1>이라고 한다",
    "<https://news.example/1>입니다",
    "<https://news.example/1>입니다.그리고",
    "<https://news.example/1>에서보도한",
    "<https://news.example/1>참고하세요",
    "<https://news.example/뉴스>를 보면",
    "<https://news.example/뉴스>는",
    "<https://news.example/뉴스>에 나온",
    "<https://news.example/뉴스>에서도",
    "<https://news.example/뉴스/부산>으로",
    "<https://news.example/대한민국>을",
    "<https://news.example/?q=서울>을",
    "<https://news.example/?a=1&나=2>가",
    "<https://news.example/>을",
    "<https://news.example/뉴스/>에서",
    "<https://wiki.example/서울_(드라마)>를",
    "<https://news.example/%EB%89%B4>보도",
    "<https://news.example>을 보면",
    "<https://news.example>.그리고",
    "<https://news.example:8000>을",
    "<https://청와대.한국>을",
    "<https://news.example/1>임ㅋㅋ",
    "<https://news.example/1>이라던데",
    "<https://news.example/1>ㅋㅋ",
]
NOUNS = [
    "회의", "결과", "경기도", "마을", "가을", "벨기에", "어린이", "평가", "도로", "하나", "대만",
    "고은", "독도", "사과", "가", "이", "도",
]  # fmt: skip
PUNCTUATION = [
    "(<https://news.example/뉴스/1>)",
    "(<https://news.example/뉴스/1>)에서",
    "(<https://news.example/뉴스/1>)보세요",
    "(<https://wiki.example/A_(b)>).",
    "[<https://news.example/가>](<https://news.example/나>)",
    "<https://news.example/1>(기사 제목)",
    "<https://news.example/뉴스>, <https://news.example/1>!",
    "<https://news.example/뉴스/1>”고 했다",
    "‘<https://news.example/뉴스>’",
    "<https://news.example/뉴스>。",
    "<https://news.example/뉴스>…",
    "<https://news.example/뉴스>「가",
    "**<https://news.example/뉴스>**",
    "<https://news.example/>...",
    "출처<https://news.example/1>",
    "<HTTPS://news.example/1>",
    "<https://[::1]:80/가>",
    "<https://news.example/1>,<https://news.example/뉴스>",
]
NO_LINKS = [
    "https://", "https://시험", "https://аpple.com", "xhttps://a.example", "www.news.example",
    "ftp://a.example", "javascript:https", "http:/a.example",
    "https://news.example@evil.example/뉴스", "https://a:b@evil.example",
]  # fmt: skip


def marked(text):
    for start, end in reversed(list(find_links(text))):
        text = f"{text[:start]}<{text[start:end]}>{text[end:]}"
    return text


@pytest.mark.parametrize("expected", WITH_HANGUL + BRACKETS + PARTICLES + PUNCTUATION + NO_LINKS)
def test_a_link_starts_and_ends_where_its_address_does(expected):
    assert marked(expected.replace("<", "").replace(">", "")) == expected


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_whose_name_ends_like_a_particle_is_whole(noun):
    for before in ("위키/", "?q=", "새_", "#"):
        expected = f"<https://wiki.example/{before}{noun}>"
        assert marked(expected.replace("<", "").replace(">", "")) == expected


@given(st.text(max_size=40), st.text("가을를에서은는1a/?=&.,()[]#:%·ㅋ\"'<&", max_size=60))
def test_any_text_stays_as_it_is_around_its_links(before, rest):
    text = f"{before}https://a.example/{rest}"

    spans = list(find_links(text))

    assert all(start < end <= len(text) for start, end in spans)
    assert [*sum(spans, ())] == sorted(sum(spans, ()))
    assert '"' not in "".join(text[start:end] for start, end in spans)


@pytest.mark.parametrize(
    ("link", "rest"),
    [
        ("https://news.example/뉴스/항구", "에서 봤다"),
        ("https://news.example/뉴스", "를 보면"),
        ("https://news.example/1", "에서"),
        ("https://news.example/?q=버스&쪽=2", ""),
        ("https://news.example/뉴스", ",https://news.example/1"),
        ("https://청와대.한국/뉴스", "\n다음 줄"),
    ],
)
def test_a_link_with_decomposed_letters_leads_where_it_did(link, rest):
    typed = unicodedata.normalize("NFD", f"보기 {link}{rest}")

    html = Body.from_text(normalize(typed)).html

    sent, host = unicodedata.normalize("NFD", link), link[: link.index("/", 8)]
    href = host + quote(sent[len(unicodedata.normalize("NFD", host)) :], safe="/?=&")
    assert re.findall('href="([^"]+)"', html)[0].replace("&amp;", "&") == href
    assert re.sub("<[^>]+>", "", html).endswith(rest.replace("\n", ""))


def test_html_of_a_link_is_escaped():
    html = Body.from_text("https://a.example/가?b=1&c='2\"나").html

    assert html.startswith('<p><a href="https://a.example/가?b=1&amp;c=&#39;2" rel=')
    assert html.endswith("</a>&#34;나</p>")

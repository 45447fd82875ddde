"""Importing articles: RSS, Atom and JSON, files and downloads."""

import gzip
import json
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from board.articles.importing import (
    BrokenFeed,
    Item,
    RejectedItem,
    charset,
    read_items,
    survey_items,
)
from board.articles.importing.charset import CHUNK
from board.articles.importing.content import article_content
from board.articles.importing.download import ascii_url
from board.articles.importing.items import ITEM_MAX
from board.articles.importing.run import articles_cli
from board.articles.models import Article
from board.db import db, writing
from support.http_server import serving

FEEDS = Path(__file__).parent / "feeds"
HOME = "https://harbour.example/articles"
DECOMPOSED = unicodedata.normalize("NFD", "가")
Import = Callable[..., Result]


def items(path: Path) -> list[Item]:
    found = list(read_items(path))
    assert [entry for entry in found if isinstance(entry, RejectedItem)] == []
    return [entry for entry in found if isinstance(entry, Item)]


def rss(*elements: str, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    prefixes = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return (
        f'{declaration}<rss version="2.0" {prefixes}><channel>{"".join(elements)}</channel></rss>'
    )


def rss_item(number: int, *, title: str = "소식", more: str = "") -> str:
    link = f"<link>{HOME}/{number}</link>"
    return f"<item><title>{title} {number}</title>{link}{more}</item>"


@pytest.fixture
def feed(tmp_path: Path) -> Callable[..., Path]:
    """Writes a feed: text, bytes, or an object as JSON."""

    def write(content: object, *, name: str = "feed", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        if not isinstance(content, str | bytes):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def imported(app: Flask) -> Import:
    """Runs `articles import`."""

    def run(*arguments: str | Path) -> Result:
        db.session.rollback()
        result = app.test_cli_runner().invoke(articles_cli, ["import", *map(str, arguments)])
        db.session.rollback()
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


def all_rows() -> list[tuple[Any, ...]]:
    rows = db.session.execute(text("SELECT * FROM article ORDER BY id"))
    found = [tuple(row) for row in rows]
    db.session.rollback()
    return found


# Parsing


def test_rss_is_parsed_with_the_modules_newsrooms_use() -> None:
    first, second, third = items(FEEDS / "harbour.rss")

    assert first == Item(
        url=f"{HOME}/first-boat?page=1",
        title='"첫 배" 뜬 날 <속보> 현장',
        subtitles=(),
        section="지역",
        byline="한바다 기자, 윤너울 기자",
        summary="요약 문장",
        html='<p>본문 &hellip; <img src="/p/1.jpg"></p>',
        base=f"{HOME}/first-boat?page=1",
        image="https://harbour.example/p/1.jpg",
        image_alt="첫 배",
        published_at=datetime(2026, 11, 22, 0, 41, tzinfo=UTC),
        edited_at=None,
        slug="",
        guid="",
    )
    assert (second.url, second.byline, second.image) == (
        f"{HOME}/2",
        "등대동 기자",
        "https://harbour.example/p/2.png",
    )
    assert second.html == "마을 회의가 열렸다.<br>다음 주에 또 열린다."
    assert (third.url, third.html, third.image, third.published_at) == (f"{HOME}/3", "", "", None)


def test_atom_is_parsed() -> None:
    keeper, tides = items(FEEDS / "harbour.atom")

    assert (keeper.url, keeper.title) == (
        "https://harbour.example/news/keeper",
        "<인터뷰> 등대지기",
    )
    assert (keeper.section, keeper.byline, keeper.summary) == ("사람", "편집국", "불을 켜는 사람")
    assert (keeper.base, keeper.image) == (
        "https://cdn.harbour.example/",
        "https://harbour.example/news/keeper.jpg",
    )
    assert keeper.published_at == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert keeper.edited_at == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert (tides.url, tides.byline) == ("https://harbour.example/tides", "한바다")
    assert (tides.published_at, tides.edited_at) == (datetime(2026, 11, 21, 1, tzinfo=UTC), None)
    assert tides.html == "<p>1 &lt; 2</p>\n<p>둘째 문단</p>"


def test_our_json_is_parsed() -> None:
    ferry, plain, web = items(FEEDS / "harbour.json")

    assert (ferry.slug, ferry.image) == ("winter-ferry", "/static/sample/quay.svg")
    assert ferry.subtitles == ("섬 주민 서른 명이 서명", "군청은 “검토 중”")
    assert ferry.html == (
        "<p>섬 주민들이 &lt;군청&gt;을 찾았다.</p>\n"
        '<figure><img src="/static/sample/quay.svg" alt="부두">'
        "<figcaption>▲ 부두 ⓒ 한바다</figcaption></figure>\n"
        "<h2>남은 것</h2>\n<blockquote><p>기다리겠다</p></blockquote>"
    )
    assert plain.html == "<p>하나 &amp; 둘</p>\n<p>셋</p>"
    assert web.html == "<p>넷</p>"


def test_a_single_json_article_is_a_feed(feed: Callable[..., Path]) -> None:
    assert [item.title for item in items(feed({"url": f"{HOME}/1", "title": "하나"}))] == ["하나"]


@pytest.mark.parametrize("declared", ["euc-kr", "EUC-KR", "ks_c_5601-1987", "cp949", "ms949"])
def test_feeds_in_euc_kr_may_have_characters_of_cp949(
    feed: Callable[..., Path], declared: str
) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'
    path = feed(rss(rss_item(1, title="똠방각하 펲시"), declaration=declaration), encoding="cp949")

    assert [item.title for item in items(path)] == ["똠방각하 펲시 1"]


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("utf-8-sig", ""),
        ("utf-8", '\n <?xml version="1.0"?>'),
        ("utf-16", '<?xml version="1.0" encoding="UTF-16"?>'),
        ("utf-16-le", '<?xml version="1.0" encoding="UTF-16"?>'),
        ("utf-16-be", ""),
        ("utf-32", ""),
        ("cp949", ""),  # nothing declared and not UTF-8
        ("utf-8", '<?xml version="1.0" encoding="euc-kr"?>'),  # converted on the way
    ],
)
def test_the_encoding_is_detected(
    feed: Callable[..., Path], encoding: str, declaration: str
) -> None:
    path = feed(rss(rss_item(1, title="똠방각하"), declaration=declaration), encoding=encoding)

    assert [item.title for item in items(path)] == ["똠방각하 1"]


def test_json_in_cp949_is_read(feed: Callable[..., Path]) -> None:
    content = json.dumps({"url": f"{HOME}/1", "title": "똠방각하"}, ensure_ascii=False)

    assert [item.title for item in items(feed(content, encoding="cp949"))] == ["똠방각하"]


@pytest.mark.parametrize("before", [1, 2, 3])  # bytes of U+FFFD in the first chunk
def test_a_replacement_character_anywhere_refuses_only_its_item(
    feed: Callable[..., Path], before: int
) -> None:
    start = f'[{{"url": "{HOME}/2", "title": "소식"}}, {{"url": "{HOME}/1", "title": "'
    padding = "x" * (CHUNK - before - len(start.encode()))

    item, refused = read_items(feed(f'{start}{padding}\ufffd"}}]'))

    assert isinstance(item, Item) and item.title == "소식"
    assert isinstance(refused, RejectedItem)
    assert refused.reason == "its title holds characters that are damaged (NUL or U+FFFD)"


def test_a_truncated_character_damages_only_its_item(feed: Callable[..., Path]) -> None:
    declaration = '<?xml version="1.0" encoding="euc-kr"?>'
    whole = rss(rss_item(1, title="가나"), rss_item(2), declaration=declaration).encode("cp949")
    broken = whole.replace("가나".encode("cp949"), "가나".encode("cp949")[:-1])

    refused, item = read_items(feed(broken))

    assert refused == RejectedItem(
        f"item 1 in line 1 ({HOME}/1)",
        "its title holds characters that are damaged (NUL or U+FFFD)",
    )
    assert isinstance(item, Item) and item.title == "소식 2"


def test_decomposed_hangul_is_composed(feed: Callable[..., Path]) -> None:
    decomposed = unicodedata.normalize("NFD", "한글 제목")

    assert [item.title for item in items(feed(rss(rss_item(1, title=decomposed))))] == [
        "한글 제목 1"
    ]


def test_characters_xml_forbids_are_removed(feed: Callable[..., Path]) -> None:
    title = "가\x0b\x00나&#11;&#xD800;&#0;다&hellip;&nbsp;&unknown;\u202e"

    assert [item.title for item in items(feed(rss(rss_item(1, title=title))))] == [
        "가나다… &unknown; 1"
    ]


@pytest.mark.parametrize("offset", range(0, 12, 3))
def test_an_entity_may_be_split_across_chunks(feed: Callable[..., Path], offset: int) -> None:
    head = rss("<title>", declaration="").index("<title>") + len("<title>")
    padding = "x" * (64 * 1024 - head - offset)
    channel_title = f"<title>{padding}&hellip;&amp;</title>"

    assert len(items(feed(rss(channel_title, rss_item(1), declaration="")))) == 1


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Sun, 22 Nov 2026 09:41:00 +0900", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 09:41:00 +00:00", datetime(2026, 11, 22, 9, 41, tzinfo=UTC)),
        ("22 Nov 2026 09:41 GMT", datetime(2026, 11, 22, 9, 41, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 09:41:00 -0000", datetime(2026, 11, 22, 9, 41, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 09:41:00 KST", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026-11-22 09:41:00", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026-11-22T09:41:00.123Z", datetime(2026, 11, 22, 9, 41, tzinfo=UTC)),
        ("2026-11-22T09:41+09:00", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026.11.22 9:41", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026. 11. 22.", datetime(2026, 11, 21, 15, 0, tzinfo=UTC)),
        ("20261122094100", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026-11-22 09:41:00+09", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 09:41:00 +09", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 09:41:00 GMT+9", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 09:41:00 +0900 (KST)", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026-11-22T09:41:00 Asia/Seoul", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 09:41:00 EST", datetime(2026, 11, 22, 14, 41, tzinfo=UTC)),
        ("2026-11-22 09:41 JST", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026-11-22 오후 3:04:05", datetime(2026, 11, 22, 6, 4, 5, tzinfo=UTC)),
        ("2026. 11. 22. 오전 12:05", datetime(2026, 11, 21, 15, 5, tzinfo=UTC)),
        ("2026년 11월 22일 09:41", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026년 11월 22일(일) 오후 9시 41분", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("2026.11.22 (일) 09:41", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("２０２６-１１-２２ ０９:４１", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("Sunday, November 22, 2026 9:41:00 PM", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("Tue, 22 Sept 2026 12:00 AM", datetime(2026, 9, 21, 15, 0, tzinfo=UTC)),
        ("22-Nov-26 12:00 p.m.", datetime(2026, 11, 22, 3, 0, tzinfo=UTC)),
        ("Sun Nov 22 09:41:00 2026", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026-11-22T24:00:00Z", datetime(2026, 11, 23, 0, 0, tzinfo=UTC)),
        ("2026-12-31 24:00", datetime(2026, 12, 31, 15, 0, tzinfo=UTC)),
        (
            "Sun Nov 22 2026 09:41:00 GMT+0900 (대한민국 표준시)",
            datetime(2026, 11, 22, 0, 41, tzinfo=UTC),
        ),
        ("일, 22 11월 2026 09:41:00 +0900", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026-11-22 9:41 오후", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("2026-11-22T09:41:00+09:00[Asia/Seoul]", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("기사입력 : 2026.11.22 09:41", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("2026年11月22日 09:41", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("So, 22 Nov 2026 09:41:00 +0900", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("오후 2026-11-22 09:41", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("오전2026.11.22 9:41:05", datetime(2026, 11, 22, 0, 41, 5, tzinfo=UTC)),
        ("PM, 2026년 11월 22일 9시 41분", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("오후 9:41 2026-11-22", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("오전 9시 41분, 2026년 11월 22일(일)", datetime(2026, 11, 22, 0, 41, tzinfo=UTC)),
        ("오후 9:41 (2026.11.22)", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("11월 22일, 2026 오후 9:41", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("9:41 PM, Nov 22, 2026", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
        ("09:41 GMT, 22 November 2026", datetime(2026, 11, 22, 9, 41, tzinfo=UTC)),
        ("November 22, 2026 at 9:41 pm", datetime(2026, 11, 22, 12, 41, tzinfo=UTC)),
    ],
)
def test_dates_of_korean_feeds_are_parsed(
    feed: Callable[..., Path], written: str, moment: datetime
) -> None:
    path = feed(rss(rss_item(1, more=f"<pubDate>{written}</pubDate>")))

    assert [item.published_at for item in items(path)] == [moment]


@pytest.mark.parametrize(
    "written",
    [
        *("어제", "2026", "11-22", "9999-12-31", "2026-02-30", "2026-13-01", "2026-11-22 25:00"),
        *("2026-11-22 24:01", "2026-11-22 09:60", "2026-11-22 오전 13:00", "01/02/2026"),
        *("2026-11-22 09:41 XYZ", "2026-11-22 09:41 Asia/Nowhere", "Sun, 22 Nex 2026 09:41"),
        *("2026-11-22 09:41 +99", "2026-11-22 09:41:00 and more", "1732236060", "9" * 500),
        *("0001-01-01T00:00:00Z", "0000-00-00 00:00:00", "2026-11-22 13:00 오전"),
        *("오전 2026-11-22 13:00", "오후 2026-11-22 오전 9:41", "오전 9:41 PM 2026-11-22"),
        *("오후 2026-11-22", "9:41 11/22/2026"),
    ],
)
def test_a_date_nobody_can_read_is_no_date(feed: Callable[..., Path], written: str) -> None:
    path = feed(rss(rss_item(1, more=f"<pubDate>{written}</pubDate>")))

    assert [item.published_at for item in items(path)] == [None]


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("HTTP://Harbour.Example:80/a/?utm_source=x&amp;id=1&amp;UTM_medium=y#c", "/a/?id=1"),
        ("http://harbour.example", "/"),
        ("http://harbour.example/기사 1", "/%EA%B8%B0%EC%82%AC%201"),
        ("http://harbour.example/%EA%B8%B0", "/%EA%B8%B0"),
        (f"http://harbour.example/{DECOMPOSED}", "/%E1%84%80%E1%85%A1"),
        (f"http://harbour.example/가?b={DECOMPOSED}", "/%EA%B0%80?b=%E1%84%80%E1%85%A1"),
        ("http://harbour.example/a?fbclid=x&amp;id=1&amp;gclid=y&amp;_ga=2", "/a?id=1"),
    ],
)
def test_a_url_is_normalised(feed: Callable[..., Path], address: str, canonical: str) -> None:
    path = feed(rss(f"<item><title>가</title><link>{address}</link></item>"))

    assert [item.url for item in items(path)] == [f"http://harbour.example{canonical}"]


def test_an_email_address_is_removed_from_the_byline(feed: Callable[..., Path]) -> None:
    authors = [
        "한바다 기자 sea@harbour.example",
        "sea@harbour.example",
        "sea@harbour.example (한바다)",
    ]

    path = feed(rss(*(rss_item(n, more=f"<author>{a}</author>") for n, a in enumerate(authors))))

    assert [item.byline for item in items(path)] == ["한바다 기자", "", "한바다"]


# Feeds as servers really send them


PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<br />\n<b>Warning</b>: mysql_connect() in <b>/a.php</b> on line <b>3</b><br />\n", ""),
        ("Notice: Undefined index: 제목 in /a.php\n", ""),
        ("", "\ncached at 09:00"),
        ("", "<!-- page generated in 0.1 s --><script>x()</script>"),
        ("\ufeff\ufeff", ""),
        ("\n\n \ufeff", "\0"),
    ],
)
def test_what_stands_around_a_feed_is_skipped(
    feed: Callable[..., Path], before: str, after: str
) -> None:
    path = feed(before + rss(rss_item(1), rss_item(2), declaration=PROLOG) + after)

    assert [item.title for item in items(path)] == ["소식 1", "소식 2"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<br />\n<b>Warning</b>: mysql_connect() in <b>/a.php</b> on line <b>3</b><br />\n", ""),
        ("Deprecated: each() [strict] {closure} in /a.php\n", ""),
        ("[2026-12-01] notice: cache is cold\n", ""),
        (")]}',\n", ""),
        ("/**/callback(", ");"),
        ("\ufeff\ufeff\n", "\ncached at 09:00"),
        ("", "<!-- page generated in 0.1 s --><script>x()</script>"),
        ("", " " * 70_000 + "]"),
    ],
)
@pytest.mark.parametrize("kind", ["feed", "list", "article"])
def test_what_stands_around_json_is_skipped(
    feed: Callable[..., Path], kind: str, before: str, after: str
) -> None:
    article = {"url": f"{HOME}/1", "title": "소식"}
    document = {"feed": {"version": "1.1", "items": [article]}, "list": [article]}.get(
        kind, article
    )

    path = feed(before + json.dumps(document, ensure_ascii=False, indent=1) + after)

    assert [item.title for item in items(path)] == ["소식"]


def test_a_bad_byte_hurts_one_item_of_a_feed_that_declares_no_encoding(
    feed: Callable[..., Path],
) -> None:
    good, bad = ({"url": f"{HOME}/{n}", "title": f"소식 {n} 가"} for n in (1, 2))
    document = (
        json.dumps([good, bad], ensure_ascii=False).encode().replace("2 가".encode(), b"\xff")
    )
    xml = rss(rss_item(1), rss_item(2, title="가"), declaration="").encode()

    assert [type(entry) for entry in read_items(feed(document))] == [Item, RejectedItem]
    hurt = xml.replace("가".encode(), b"\xff")
    assert [type(entry) for entry in read_items(feed(hurt))] == [Item, RejectedItem]


@pytest.mark.parametrize(
    "label", ["johab", "x-johab", "KS_C_5601-1992", "cp1361", "EUC-KR", "UTF-8"]
)
def test_johab_is_read_under_any_label(feed: Callable[..., Path], label: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{label}"?>'
    text = rss(rss_item(1, title="항구에서 똠방각하를 만난 사람들"), declaration=declaration)

    [item] = items(feed(text.encode("johab")))

    assert item.title == "항구에서 똠방각하를 만난 사람들 1"


@pytest.mark.parametrize(
    ("hurt", "reason"),
    [
        ("<title>가<b>나</title>", "it is not well-formed XML"),
        ("<title>1 < 2</title>", "it is not well-formed XML"),
        ("<title>가</title><link a=b>x</link>", "it is not well-formed XML"),
        ("<a>" * 300 + "</a>" * 300, "it is not well-formed XML"),
        ("<title>가\udcff</title>", "its title holds characters that are damaged"),
    ],
)
def test_only_the_item_that_is_hurt_is_refused_with_its_line(
    feed: Callable[..., Path], hurt: str, reason: str
) -> None:
    others = [rss_item(number) for number in (1, 2)]
    link = f"<link>{HOME}/7</link>"
    content = rss("\n", others[0], f"\n<item>{link}{hurt}</item>", "\n", others[1])

    first, refused, last = read_items(feed(content.encode("utf-8", "surrogateescape")))

    assert isinstance(first, Item) and isinstance(last, Item)
    assert isinstance(refused, RejectedItem) and reason in refused.reason
    assert refused.where.startswith("item 2 in line 3")


def test_an_item_without_an_end_is_refused_and_the_next_is_read(feed: Callable[..., Path]) -> None:
    open_ended = rss_item(1).removesuffix("</item>")

    refused, item = read_items(feed(rss(open_ended, rss_item(2))))

    assert refused == RejectedItem("item 1 in line 1", "it has no end")
    assert isinstance(item, Item) and item.title == "소식 2"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("R&D 예산 & 배편", "R&D 예산 & 배편"),
        ("A&amp;B &copy; C&nbsp;D", "A&B © C D"),
        ("<![CDATA[R&D <속보> ]]>", "R&D <속보>"),
        ("&&&", "&&&"),
        ("a &lt;b&gt; &unknown; &#11;", "a &unknown;"),
    ],
)
def test_a_lone_ampersand_is_read(feed: Callable[..., Path], written: str, title: str) -> None:
    more = f"<title>{written}</title><link>{HOME}/view.php?idxno=10&x=1</link>"

    (item,) = items(feed(rss(f"<item>{more}</item>")))

    assert (item.title, item.url) == (title, f"{HOME}/view.php?idxno=10&x=1")


def test_prefixes_are_taken_as_meant_without_a_declaration(feed: Callable[..., Path]) -> None:
    more = (
        "<dc:creator>한바다</dc:creator><media:thumbnail url='/p.jpg'/><o:p>x</o:p>"
        "<content:encoded>본문</content:encoded><yt:video yt:id='1'/>"
    )
    head = "<link>https://harbour.example/</link><atom:link href='x'/><sy:period>daily</sy:period>"
    content = f"<rss><channel>{head}{rss_item(1, more=more)}</channel></rss>"

    (item,) = items(feed(content))

    assert (item.byline, item.html) == ("한바다", "본문")
    assert item.image == "https://harbour.example/p.jpg"


@pytest.mark.parametrize("base", ["http://[h.example/", "::", "가 나", ""])
def test_a_bad_base_is_no_base(feed: Callable[..., Path], base: str) -> None:
    content = rss(f'<item xml:base="{base}"><title>가</title><link>{HOME}/1</link></item>')

    (item,) = items(feed(content))

    assert (item.url, item.base) == (f"{HOME}/1", f"{HOME}/1" if base in ("http://[h.example/", "")
                                     else item.base)  # fmt: skip


@pytest.mark.parametrize(
    "base",
    ["javascript:alert(1)", "mailto:a@harbour.example", "http://h.example:99999/", "file:///etc/",
     "http://h.example:port/", "http://", "https://?x", "http://user@"],
)  # fmt: skip
def test_a_relative_address_never_leads_to_a_bad_base(feed: Callable[..., Path], base: str) -> None:
    head = "<link>https://harbour.example/</link>"
    content = rss(head, f'<item xml:base="{base}"><title>가</title><link>/1</link></item>')

    assert [item.url for item in items(feed(content))] == ["https://harbour.example/1"]


@pytest.mark.parametrize("sent", ["cp949", "utf-8"])
@pytest.mark.parametrize(
    "label",
    ["utf-8", "euc-kr", "ks_c_5601-1989", "KSC_5601", "korean", "csEUCKR", "x-windows-949",
     "iso-ir-149", "EUC_KR", "x-euc-kr", "949", "unknown-1"],
)  # fmt: skip
def test_the_bytes_count_and_not_the_label(
    feed: Callable[..., Path], sent: str, label: str
) -> None:
    declaration = f'<?xml version="1.0" encoding="{label}"?>'
    path = feed(rss(rss_item(1, title="똠방각하"), declaration=declaration), encoding=sent)

    assert [item.title for item in items(path)] == ["똠방각하 1"]


@pytest.mark.parametrize("label", ["iso-8859-1", "Latin1", "windows-1252"])
def test_latin_is_believed_only_of_bytes_that_are_not_korean(
    feed: Callable[..., Path], label: str
) -> None:
    declaration = f'<?xml version="1.0" encoding="{label}"?>'
    korean = rss(rss_item(1, title="서울 소식"), declaration=declaration)
    french = rss(
        "<item><title>Été à Séoul</title><link>https://a.example/1</link></item>",
        declaration=declaration,
    )

    assert [item.title for item in items(feed(korean, encoding="cp949"))] == ["서울 소식 1"]
    assert [item.title for item in items(feed(french, encoding="latin-1"))] == ["Été à Séoul"]


def test_a_feed_that_was_compressed_twice_is_read(feed: Callable[..., Path]) -> None:
    packed = gzip.compress(gzip.compress(rss(rss_item(1)).encode()))

    assert [item.title for item in items(feed(packed))] == ["소식 1"]


def test_a_compressed_feed_is_unpacked_within_limits(
    feed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(rss(rss_item(1), " " * 300_000).encode())
    assert [item.title for item in items(feed(packed))] == ["소식 1"]

    with pytest.raises(BrokenFeed, match="damaged"):
        survey_items(feed(packed[:-20]))
    monkeypatch.setattr(charset, "UNPACKED_MAX", 200_000)
    with pytest.raises(BrokenFeed, match="unpacked"):
        survey_items(feed(packed))


def test_rss_1_is_read(feed: Callable[..., Path]) -> None:
    content = f"""<rdf:RDF xmlns="http://purl.org/rss/1.0/"
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="{HOME}"><title>신문</title><link>https://harbour.example/</link>
        <items><rdf:Seq><rdf:li rdf:resource="{HOME}/1"/></rdf:Seq></items></channel>
      <item rdf:about="{HOME}/1"><title>소식 1</title><link>/articles/1</link>
        <dc:date>2026-11-22T09:41:00+09:00</dc:date><dc:creator>한바다</dc:creator></item>
      <item rdf:about="{HOME}/2"><title>소식 2</title></item>
    </rdf:RDF>"""

    first, second = items(feed(content))

    assert (first.url, first.byline, first.guid) == (f"{HOME}/1", "한바다", f"{HOME}/1")
    assert first.published_at == datetime(2026, 11, 22, 0, 41, tzinfo=UTC)
    assert second.url == f"{HOME}/2"


def test_rss_0_91_with_its_doctype_is_read(feed: Callable[..., Path]) -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"\n'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )

    assert [item.title for item in items(feed(doctype + rss(rss_item(1), declaration="")))] == [
        "소식 1"
    ]


def test_a_json_feed_is_read(feed: Callable[..., Path]) -> None:
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "푸른항구신문",
        "home_page_url": "https://harbour.example/",
        "authors": [{"name": "편집국"}],
        "items": [
            {
                "id": 7, "url": "/articles/7", "title": "첫 배", "content_html": "<p>본문</p>",
                "summary": "요약", "image": "/p.jpg", "tags": ["지역", "교통"],
                "date_published": "2026-11-22T09:41:00+09:00", "authors": [{"name": "한바다"}],
            },
            {"id": f"{HOME}/8", "content_text": "제목 없는 < 글"},
            "x",
        ],
        "hubs": [],
    }  # fmt: skip

    first, second, refused = read_items(feed(content))

    assert isinstance(first, Item) and isinstance(second, Item)
    assert (first.url, first.title, first.html, first.guid) == (
        f"{HOME}/7", "첫 배", "<p>본문</p>", "7",
    )  # fmt: skip
    assert (first.byline, first.section, first.image) == (
        "한바다", "지역", "https://harbour.example/p.jpg",
    )  # fmt: skip
    assert first.published_at == datetime(2026, 11, 22, 0, 41, tzinfo=UTC)
    assert (second.url, second.title, second.byline) == (f"{HOME}/8", "제목 없는 < 글", "편집국")
    assert refused == RejectedItem("item 3", "it is not an object")


@pytest.mark.parametrize(
    "trailer",
    [
        '<p>The post <a href="x">제목</a> appeared first on <a href="y">신문</a>.</p>',
        '<p>The post <a rel="n" href="x">제목</a> first appeared on <a href="y">a.b</a>.</p>\n',
        '<p>게시물 <a href="x">제목</a>이(가) <a href="y">신문</a>에 처음 등장했습니다.</p>',
    ],
)
def test_the_sentence_of_wordpress_at_the_end_is_removed(
    feed: Callable[..., Path], trailer: str
) -> None:
    quoted = "<p>The post is here.</p>"
    more = f"<description><![CDATA[<p>본문</p>{quoted}{trailer}]]></description>"

    assert [item.html for item in items(feed(rss(rss_item(1, more=more))))] == [
        f"<p>본문</p>{quoted}"
    ]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (
            "http://푸른항구.example/뉴스/1?쪽=2",
            "http://xn--2e0bl2upzvb2a.example/%EB%89%B4%EC%8A%A4/1?%EC%AA%BD=2",
        ),
        ("http://h.example:81/a%20b", "http://h.example:81/a%20b"),
        ("https://[::1]/", "https://[::1]/"),
    ],
)
def test_an_address_with_hangul_is_sent_in_ascii(typed: str, sent: str) -> None:
    assert ascii_url(typed) == sent


# Rejected items


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        ({"title": "가"}, "it has no address"),
        ({"url": "javascript:alert(1)", "title": "가"}, "is not a web address"),
        ({"url": "https://a:b@harbour.example/", "title": "가"}, "is not a web address"),
        ({"url": "http://[", "title": "가"}, "is not a web address"),
        ({"url": f"{HOME}/{'가' * 700}", "title": "가"}, "its address is longer than 2,000"),
        ({"url": f"{HOME}/1"}, "it has no title"),
        ({"url": f"{HOME}/1", "title": "\u202e \u3164"}, "it has no title"),
        ({"url": f"{HOME}/1", "title": "가\0"}, "its title holds characters that are damaged"),
        ({"url": f"{HOME}/1", "title": 7}, "its title is not text"),
        ({"url": f"{HOME}/1", "title": "가", "auther": ""}, "a key that is not known: auther"),
        ({"url": f"{HOME}/1", "title": "가", "slug": "가"}, "its slug 가 is not"),
        ({"url": f"{HOME}/1", "title": "가", "slug": "new"}, "its slug new is not"),
        ({"url": f"{HOME}/1", "title": "가", "subtitles": "나"}, "its subtitles are not a list"),
        ({"url": f"{HOME}/1", "title": "가", "body": "나", "html": "다"}, "both body and html"),
        ({"url": f"{HOME}/1", "title": "가", "body": [{"video": "나"}]}, "not known: video"),
        ({"url": f"{HOME}/1", "title": "가", "body": [{"paragraph": 1}]}, "is not text"),
        ({"url": f"{HOME}/1", "title": "가", "body": [{}]}, "has not exactly one key"),
        ({"url": f"{HOME}/1", "title": "가", "body": ["나"]}, "is not an object"),
        ({"url": f"{HOME}/1", "title": "가", "body": [{"figure": {"alt": "나"}}]}, "has no src"),
        (["가"], "it is not an object"),
        (None, "it is not an object"),
    ],
)
def test_a_bad_article_is_rejected_with_a_reason_and_affects_no_other(
    feed: Callable[..., Path], article: object, reason: str
) -> None:
    good = {"url": f"{HOME}/2", "title": "좋은 소식"}

    refused, item = read_items(feed([article, good]))

    assert isinstance(refused, RejectedItem) and reason in refused.reason
    assert isinstance(item, Item) and item.title == "좋은 소식"


@pytest.mark.parametrize(("start", "end"), [("", ""), ('{"items": ', "}")])  # ours, JSON Feed
def test_a_duplicate_key_and_deep_nesting_are_rejected(
    feed: Callable[..., Path], start: str, end: str
) -> None:
    deep = "[" * 50_000 + "]" * 50_000
    path = feed(
        f'{start}[{{"url": "{HOME}/1", "title": "가", "title": "나"}},'
        f' {{"url": "{HOME}/2", "title": "가", "body": {deep}}},'
        f' {{"url": "{HOME}/3", "title": "다"}}]{end}'
    )

    twice, too_deep, item = read_items(path)

    assert twice == RejectedItem(f"item 1 ({HOME}/1)", "it has the key title twice")
    assert too_deep == RejectedItem(f"item 2 ({HOME}/2)", "it is nested deeper than 6 levels")
    assert isinstance(item, Item) and item.title == "다"


LAUGHS = """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
STRANGER = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        ("\ufeff \n", "it is empty"),
        ("소식", "it is neither JSON nor XML"),
        ("<!DOCTYPE html><title>소식</title>", "it has a DOCTYPE"),
        (LAUGHS + rss(rss_item(1, title="&c;"), declaration=""), "it has a DOCTYPE"),
        ("<?xml version='1.0'?><!-- x -->" + STRANGER + rss(declaration=""), "it has a DOCTYPE"),
        (rss(LAUGHS, rss_item(1, title="&c;")), "it has a DOCTYPE"),
        ("<html></html>", "its outermost element is <html>"),
        ("<!-- only", "it has no element"),
        (rss(rss_item(1))[:-9], "its end is missing"),
        (rss(rss_item(1))[:-30], "its end is missing"),
        (rss(rss_item(1, title="<![CDATA[")), "its end is missing"),
        (
            rss(rss_item(1), declaration='<?xml version="1.0" encoding="hz"?>').encode("cp949"),
            "it is in hz",
        ),
        (b"\x1f\x8b\x08damaged", "it is compressed, and damaged"),
        (b'{"title": "' + b"\xff" * 30 + b'"}', "its encoding is neither UTF-8 nor EUC-KR"),
        ('[{"url": "x"}', "it is not whole JSON"),
        ('{"url": "x", "title": NaN}', "it is not whole JSON"),
        ('{"url": ' + "9" * 5000 + "}", "it is not whole JSON"),
        ('{"title": "' + "x" * (ITEM_MAX + 100_000) + '"}', "one article is longer than"),
        (rss(rss_item(1, title="x" * (ITEM_MAX + 100_000))), "one item is longer than"),
    ],
)
def test_an_incomplete_or_unsafe_feed_is_broken(
    feed: Callable[..., Path], content: str | bytes, reason: str
) -> None:
    with pytest.raises(BrokenFeed) as broken:
        survey_items(feed(content))

    assert reason in str(broken.value)


def large(path: Path, kind: str, *, count: int) -> Path:
    """Writes a feed of `count` articles, with irrelevant elements between them."""
    body = "<p>물때가 바뀌었다.</p>" * 200
    article = {"url": f"{HOME}/1", "title": "가", "html": body}
    before, between, after = "[", ",", "]"
    entry = json.dumps(article, ensure_ascii=False)
    if kind == "rss":
        before, after = rss("<link>https://harbour.example/</link>", "|").split("|")
        entry, between = (
            rss_item(1, more=f"<description><![CDATA[{body}]]></description>"),
            "<junk/>",
        )
    with path.open("w", encoding="utf-8") as file:
        file.write(before + entry)
        file.writelines(between + entry for _ in range(count - 1))
        file.write(after)
    return path


def count_in_a_new_process(path: Path) -> tuple[int, int]:
    """The number of articles, and the peak memory of the process in bytes."""
    program = (
        "import pathlib, re, sys; from board.articles.importing import survey_items;"
        "print(survey_items(pathlib.Path(sys.argv[1])).total,"
        r" re.search(r'VmHWM:\s+(\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    root = Path(__file__).parents[2]
    process = subprocess.run(
        [sys.executable, "-c", program, path], cwd=root, capture_output=True, text=True, check=True
    )
    count, memory = process.stdout.split()
    return int(count), int(memory) * 1024


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("kind", ["rss", "json"])
def test_a_large_feed_needs_little_memory(tmp_path: Path, kind: str) -> None:
    small, big = large(tmp_path / "1", kind, count=40), large(tmp_path / "2", kind, count=4_000)

    _, memory_for_few = count_in_a_new_process(small)
    count, memory_for_many = count_in_a_new_process(big)

    assert count == 4_000
    assert memory_for_many - memory_for_few < big.stat().st_size / 4


# The command


def test_an_import_publishes_the_articles(app: Flask, imported: Import) -> None:
    result = imported(FEEDS / "harbour.json", FEEDS / "harbour.rss")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"{FEEDS / 'harbour.json'}: 3 new, 0 updated, 0 unchanged, 0 refused",
        f"{FEEDS / 'harbour.rss'}: 3 new, 0 updated, 0 unchanged, 0 refused",
    ]
    ferry = db.session.scalars(Article.by_slug("winter-ferry")).one()
    assert ferry.canonical_url == f"{HOME}/ferry"
    assert ferry.subtitles == ["섬 주민 서른 명이 서명", "군청은 “검토 중”"]
    assert '<img src="/static/sample/quay.svg" alt="부두">' in ferry.body_html
    second = db.session.scalars(Article.by_slug("2")).one()
    assert second.summary == "마을 회의가 열렸다. 다음 주에 또 열린다."
    assert second.body_html == "마을 회의가 열렸다.<br>다음 주에 또 열린다."
    [boat] = db.session.scalars(Article.by_canonical_url(f"{HOME}/first-boat?page=1"))
    assert len(boat.slug) == 16  # with a query the path does not name the article
    assert boat.body_html == (
        '<p>본문 … <a href="https://harbour.example/p/1.jpg" rel="noopener">사진</a></p>'
    )


def test_a_second_import_changes_nothing(app: Flask, imported: Import) -> None:
    sources = [FEEDS / name for name in ("harbour.json", "harbour.rss", "harbour.atom")]
    imported(*sources)
    before = all_rows()

    result = imported(*sources)

    assert [line.split(": ")[1] for line in result.stdout.splitlines()] == [
        "0 new, 0 updated, 3 unchanged, 0 refused",
        "0 new, 0 updated, 3 unchanged, 0 refused",
        "0 new, 0 updated, 2 unchanged, 0 refused",
    ]
    assert all_rows() == before


def test_an_edited_item_is_updated_and_keeps_its_slug_and_date(
    imported: Import, feed: Callable[..., Path]
) -> None:
    imported(feed([{"url": f"{HOME}/1", "title": "가"}, {"url": f"{HOME}/2", "title": "나"}]))
    first = db.session.scalars(Article.by_slug("1")).one()
    published_at, revision = first.published_at, first.revision

    edited = {"url": f"{HOME}/1#c", "title": "가 (고침)", "slug": "other"}
    result = imported(feed([edited, {"url": f"{HOME}/2", "title": "나"}]))

    first = db.session.scalars(Article.by_slug("1")).one()
    assert "0 new, 1 updated, 1 unchanged, 0 refused" in result.stdout
    assert (first.title, first.published_at) == ("가 (고침)", published_at)
    assert first.revision > revision


def test_a_dry_run_reports_the_same_and_writes_nothing(
    imported: Import, feed: Callable[..., Path]
) -> None:
    imported(feed(rss(rss_item(1), rss_item(2))))
    before = all_rows()
    changed = feed(rss(rss_item(1, title="고친 소식"), rss_item(2), rss_item(3), "<item/>"))

    dry = imported("--dry-run", changed)

    assert all_rows() == before
    assert dry.stdout.splitlines() == [
        f"{changed}: 1 new, 1 updated, 1 unchanged, 1 refused (dry run, nothing was written)",
        "  refused item 4 in line 1: it has no address",
    ]
    assert "1 new, 1 updated, 1 unchanged, 1 refused" in imported(changed).stdout


@pytest.mark.slow
def test_a_truncated_feed_changes_nothing_and_the_next_source_is_imported(
    imported: Import, feed: Callable[..., Path]
) -> None:
    imported(feed(rss(rss_item(1))))
    before = all_rows()
    whole = rss(*(rss_item(number) for number in range(500)))
    truncated = feed(whole[: len(whole) * 9 // 10], name="truncated")

    result = imported(truncated)

    assert result.exit_code == 1
    assert result.stderr.startswith(
        f"{truncated}: nothing was imported, because its end is missing"
    )
    assert all_rows() == before

    both = imported(truncated, feed(rss(rss_item(2))))

    assert (both.exit_code, len(all_rows())) == (1, 2)


@pytest.mark.slow
def test_bad_items_do_not_affect_the_others(imported: Import, feed: Callable[..., Path]) -> None:
    path = feed(
        rss(*("<item/>" if number % 20 == 7 else rss_item(number) for number in range(400)))
    )

    result = imported(path)

    assert result.exit_code == 0
    assert "380 new, 0 updated, 0 unchanged, 20 refused" in result.stdout
    assert result.stdout.count("\n  refused item ") == 20
    assert len(all_rows()) == 380


def test_a_url_that_is_twice_in_a_feed_is_imported_once(
    imported: Import, feed: Callable[..., Path]
) -> None:
    path = feed(rss(rss_item(1, title="새"), rss_item(1, title="옛")))

    first, second = imported(path), imported(path)

    assert "1 new, 0 updated, 0 unchanged, 1 refused" in first.stdout
    assert f"refused item 2 ({HOME}/1): an item before it has the same address" in first.stdout
    assert "0 new, 0 updated, 1 unchanged, 1 refused" in second.stdout
    assert [title for (title,) in db.session.execute(select(Article.title))] == ["새 1"]


@pytest.mark.parametrize(
    "other",
    [
        "http://harbour.example/articles/1",
        "https://www.harbour.example/articles/1",
        "https://m.harbour.example/articles/1",
        "https://harbour.example/articles/1/",
        "https://harbour.example/articles/1?utm_source=x&amp;fbclid=y#top",
        "https://harbour.example:443/%61rticles/1",
        "https://harbour.example/articles/1?n_media=27758&amp;n_keyword_id=a&amp;NaPm=b&amp;k_clid=c",
        "https://amp.harbour.example/articles/1",
        "https://harbour.example/articles/1/amp/",
        "https://harbour.example/articles/1?amp",
        "https://harbour.example/articles/1?amp=1&amp;ref=naver&amp;ref_src=x",
        "https://harbour.example/articles/1?outputType=amp",
        "https://harbour.example/articles/1?ref=&amp;from=rss&amp;spm=1.2&amp;cmpid=x",
    ],
)
def test_another_address_of_an_article_is_the_same_article(
    app: Flask, imported: Import, feed: Callable[..., Path], other: str
) -> None:
    imported(feed(rss(rss_item(1))))
    slug = db.session.scalars(select(Article.slug)).one()

    changed = f"<item><title>고친 소식</title><link>{other}</link></item>"
    assert "0 new, 1 updated" in imported(feed(rss(changed))).output
    assert "0 new, 0 updated, 1 unchanged" in imported(feed(rss(changed))).output

    article = db.session.scalars(select(Article)).one()
    assert (article.slug, article.title) == (slug, "고친 소식")


def test_a_number_after_ref_tells_articles_apart(
    app: Flask, imported: Import, feed: Callable[..., Path]
) -> None:
    link = "<item><title>소식 {0}</title><link>https://harbour.example/view?ref={0}</link></item>"

    assert "2 new" in imported(feed(rss(link.format(1), link.format(2)))).output


def test_an_article_that_moved_is_known_by_its_guid(
    app: Flask, imported: Import, feed: Callable[..., Path]
) -> None:
    def at(path: str, guid: str) -> str:
        link = f"<link>https://harbour.example/{path}</link>"
        return f'<item><title>겨울 배편</title>{link}<guid isPermaLink="false">{guid}</guid></item>'

    imported(feed(rss(at("news/ferry", "h-4711"), at("news/quay", "h-4712"))))
    assert "0 new, 1 updated" in imported(feed(rss(at("2026/ferry", "h-4711")))).output

    urls = db.session.scalars(select(Article.canonical_url).order_by(Article.id)).all()
    assert urls == ["https://harbour.example/2026/ferry", "https://harbour.example/news/quay"]
    assert "0 new, 1 updated" in imported(feed(rss(at("news/ferry", "h-4711")))).output


def test_one_guid_for_all_items_makes_no_single_article_of_them(
    app: Flask, imported: Import, feed: Callable[..., Path]
) -> None:
    same = '<guid isPermaLink="false">feed</guid>'
    both = feed(rss(rss_item(1, more=same), rss_item(2, more=same)))

    assert "2 new, 0 updated" in imported(both).output
    assert "0 new, 0 updated, 2 unchanged" in imported(both).output


@pytest.mark.parametrize("address", ["뉴스/{}", "view?title={}"])
def test_composed_and_decomposed_letters_make_one_article(
    app: Flask, imported: Import, feed: Callable[..., Path], address: str
) -> None:
    spellings = [unicodedata.normalize("NFD", "항구"), "항구"]
    spellings += [quote(each) for each in spellings]
    link = "<item><title>가</title><link>https://harbour.example/{}</link></item>"

    results = [imported(feed(rss(link.format(address.format(each))))) for each in spellings]

    assert ["1 new" in result.output for result in results] == [True, False, False, False]
    assert len(db.session.scalars(select(Article.id)).all()) == 1


def test_the_slug_of_an_address_that_ends_with_a_slash(
    app: Flask, imported: Import, feed: Callable[..., Path]
) -> None:
    link = "<link>https://harbour.example/2026/winter-ferry/</link>"
    imported(feed(rss(f"<item><title>가</title>{link}</item>")))

    assert db.session.scalars(select(Article.slug)).all() == ["winter-ferry"]


def test_an_error_of_ours_stops_one_source_only(
    imported: Import, feed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(item: Item) -> dict[str, Any]:
        if item.title == "소식 1":
            raise ValueError
        return article_content(item)

    monkeypatch.setattr("board.articles.importing.run.article_content", fail)
    first, second = feed(rss(rss_item(1)), name="1"), feed(rss(rss_item(2)), name="2")

    result = imported(first, second)

    assert f"{first}: stopped by an error (ValueError)." in result.stderr
    assert f"{second}: 1 new" in result.stdout
    assert result.exit_code == 1


def test_a_taken_slug_is_refused_and_one_from_a_url_is_replaced(
    imported: Import, feed: Callable[..., Path]
) -> None:
    imported(feed([{"url": f"{HOME}/quay", "title": "가"}]))

    result = imported(
        feed(
            [
                {"url": f"{HOME}/2", "title": "나", "slug": "quay"},
                {"url": "https://other.example/quay", "title": "다"},
            ]
        )
    )

    assert f"refused item 1 ({HOME}/2): the slug quay belongs to another article" in result.stdout
    [other] = db.session.scalars(Article.by_canonical_url("https://other.example/quay"))
    assert other.slug != "quay"


def test_text_that_is_too_long_is_cut_or_refused(
    imported: Import, feed: Callable[..., Path]
) -> None:
    long = {"url": f"{HOME}/1", "title": "가" * (Article.TITLE_MAX + 1)}
    wordy = {"url": f"{HOME}/2", "title": "나", "section": "다" * 100, "body": "라" * 1_000}

    result = imported(feed([long, wordy]))

    assert "its title is longer than 300 characters" in result.stdout
    article = db.session.scalars(Article.by_slug("2")).one()
    assert (len(article.section), len(article.summary)) == (80, 160)


def test_an_article_from_the_future_is_published_now(
    imported: Import, feed: Callable[..., Path]
) -> None:
    path = feed([{"url": f"{HOME}/1", "title": "가", "published_at": "2199-01-01"}])

    imported(path)
    again = imported(path)

    article = db.session.scalars(Article.by_slug("1")).one()
    assert article.published_at <= datetime.now(UTC)
    assert "1 unchanged" in again.stdout


def test_a_hostile_body_is_sanitised_before_it_is_stored(
    imported: Import, feed: Callable[..., Path]
) -> None:
    html = '<p onclick="x()">가<script>x()</script><img src="https://evil.example/a.png"></p>'
    imported(feed([{"url": f"{HOME}/1", "title": "가\x1b[31m", "html": html}]))

    article = db.session.scalars(Article.by_slug("1")).one()

    assert article.title == "가[31m"
    assert article.body_html == (
        '<p>가<a href="https://evil.example/a.png" rel="noopener">사진</a></p>'
    )


def test_a_rejection_prints_no_terminal_escapes(
    imported: Import, feed: Callable[..., Path]
) -> None:
    result = imported(feed([{"title": "가\x1b[31m\0", "a\x1b]0;나\x07": ""}]))

    assert result.stdout.splitlines()[1] == (
        "  refused item 1 (가[31m?): it has a key that is not known: a]0;나"
    )


def test_a_busy_database_stops_the_import_with_a_message(
    imported: Import, feed: Callable[..., Path], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(app.extensions["write_lock"]), "WAIT", 0.05)
    path = feed(rss(rss_item(1)))

    done: list[Result] = []
    with writing():
        other = threading.Thread(target=lambda: done.append(_in_another_thread(app, path)))
        other.start()
        other.join()

    assert (done[0].exit_code, all_rows()) == (1, [])
    assert "the database is busy" in done[0].stderr
    assert imported(path).exit_code == 0


def _in_another_thread(app: Flask, path: Path) -> Result:
    return app.test_cli_runner().invoke(articles_cli, ["import", str(path)])


def test_a_source_that_is_neither_file_nor_url_is_an_error(imported: Import) -> None:
    result = imported("/nowhere/feed.xml", "file:///etc/passwd", "ftp://harbour.example/rss")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("it is not a file, and not an http or https address") == 3


# Downloads


class _Server(BaseHTTPRequestHandler):
    """Serves `pages`: a body, or a location to redirect to."""

    pages: dict[str, bytes | str] = {}

    def do_GET(self) -> None:
        page = self.pages.get(self.path)
        self.send_response(404 if page is None else 302 if isinstance(page, str) else 200)
        if isinstance(page, str):
            self.send_header("Location", page)
        short = self.path == "/short"
        length = len(page) + (9 if short else 0) if isinstance(page, bytes) else 0
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(page if isinstance(page, bytes) else b"")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    _Server.pages = {
        "/rss": rss(
            rss_item(1, title="똠방각하"), declaration='<?xml version="1.0" encoding="euc-kr"?>'
        ).encode("cp949"),
        "/moved": "/rss",
        "/to-file": "file:///etc/passwd",
        "/to-ftp": "ftp://127.0.0.1/rss",
        "/round": "/round",
        "/short": rss(rss_item(1)).encode(),
        "/large": b" " * 70_000 + rss(rss_item(1)).encode(),
    }  # fmt: skip
    with serving(HTTPServer(("127.0.0.1", 0), _Server)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("page", ["/rss", "/moved"])
def test_a_url_is_downloaded_and_imported(imported: Import, server: str, page: str) -> None:
    result = imported(server + page)

    assert (result.exit_code, result.stderr) == (0, "")
    assert db.session.scalars(Article.by_slug("1")).one().title == "똠방각하 1"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("/to-file", "Redirection to url 'file:///etc/passwd' is not allowed"),
        ("/to-ftp", "it redirects to ftp://127.0.0.1/rss, which is not on the web"),
        ("/round", "the server answered 302"),
        ("/short", "the download was cut off"),
        ("/missing", "the server answered 404 Not Found"),
        ("/large", "it is larger than 0 MB"),
    ],
)
def test_a_failed_download_changes_nothing(
    imported: Import, server: str, page: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("board.articles.importing.download.DOWNLOAD_MAX_BYTES", 65_000)

    result = imported(server + page)

    assert (result.exit_code, result.stdout, all_rows()) == (1, "", [])
    assert reason in result.stderr


def test_an_unreachable_server_is_an_error(imported: Import, server: str) -> None:
    result = imported("http://127.0.0.1:1/rss", "http://[/rss")

    assert result.exit_code == 1
    assert result.stderr.count("nothing was imported, because it cannot be downloaded") == 2

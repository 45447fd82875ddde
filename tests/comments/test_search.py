"""Anyone searches comments, down to two syllables or their initial consonants."""

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from board.articles.models import Article
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.search_index.tokenizer import (
    QUERY_MAX,
    WORDS_MAX,
    index_tokens,
    matches,
    parse_query,
    query_tokens,
)
from board.comments.thread import search as thread_search
from board.comments.writing.create import post
from board.comments.writing.limits import PostingLimits
from board.db import db, now, writing
from board.text import normalize, normalize_line
from conftest import count_queries, keep, more_link, say

SEARCH = "/articles/harbour/comments/search"


def texts(page):
    return re.findall(r"<p>([^<]*)</p></div>", page)


def found(client, query, url=SEARCH):
    response = client.get(url, query_string={"q": query})
    assert response.status_code == 200, query
    return texts(response.text)


@pytest.fixture
def talk(ada, harbour):
    """Texts of comments, oldest first."""
    texts = [
        "국회의원을 다시 뽑자",
        "버스 노선이 사라졌다",
        "개혁법안, 프레시안에서 읽었다",
        "C++ 와 a-b, 100% 그리고 #tag @me",
        "Straße NEAR the HARBOUR",
        "국회는 버스를 타라",
        "의원 회의 국회",
    ]
    for each in texts:
        say(harbour, ada, each)
    return texts


FINDS = [
    ("국회", [6, 5, 0]),
    ("국회의원", [0]),  # not the comment with all its pairs in other words
    ("회의", [6, 0]),
    ("의원을", [0]),
    ("법안", [2]),
    ("개혁법안", [2]),
    ("ㅂㅅ", [5, 1]),
    ("ㅍㄹㅅㅇ", [2]),
    ("ㄱㅎ ㅂㅅ", [5]),
    ("버스 국회", [5]),
    ("국회 국회", [6, 5, 0]),
    ("버", [5, 1]),
    ("국회 타", [5]),
    ("straße", [4]),
    ("STRASSE", [4]),
    ("harbour near", [4]),
    ("C++", [3]),
    ("c++", [3]),
    ("a-b", [3]),
    ("100%", [3]),
    ("0%", [3]),
    ("#tag", [3]),
    ("@me", [3]),
    ("%", [3]),
    ("국 회", [6, 5, 0]),
    ("없는말", []),
    ("in:1", []),
    ("by:1", []),
]


def test_anyone_finds_comments_with_every_word_newest_first(guest, talk):
    for query, places in FINDS:
        assert found(guest, query) == [talk[place] for place in places], query


CLUSTERS = [
    ("ㄳ", "감사"), ("ㄵ", "남자"), ("ㄶ", "내회"), ("ㄺ", "라가"), ("ㄻ", "라면"), ("ㄼ", "리본"),
    ("ㄽ", "러시아"), ("ㄾ", "로터리"), ("ㄿ", "리포트"), ("ㅀ", "로하스"), ("ㅄ", "벚꽃 버스"),
]  # fmt: skip


@pytest.mark.parametrize(("letter", "text"), CLUSTERS)
def test_two_initials_that_an_input_method_joins_are_found_as_two(
    guest, ada, harbour, letter, text
):
    for each in (text, f"{letter} 그대로", "다른 말"):
        say(harbour, ada, each)

    assert found(guest, letter) == [f"{letter} 그대로", text]


TYPED = [
    ("버ㅅ", ["버섯 따러", "버스가 왔다"]),
    ("ㅂ스", ["버스가 왔다"]),
    ("버스ㄱ", ["버스가 왔다"]),
    ("버ㅅㄱ", ["버스가 왔다"]),
    ("버ㅄ", ["버팀목 버빗사람"]),
    ("따ㄹ", ["버섯 따러"]),
    ("버ㄷ", []),
]


@pytest.mark.parametrize(("query", "expected"), TYPED)
def test_a_letter_that_is_not_a_syllable_yet_stands_for_those_it_begins(
    guest, ada, harbour, query, expected
):
    for each in ("버스가 왔다", "버섯 따러", "버팀목 버빗사람"):
        say(harbour, ada, each)

    assert found(guest, query) == expected


WIDTHS = [
    ("CCTV", "ＣＣＴＶ를 달자"),
    ("ＣＣＴＶ", "cctv를 달자"),
    ("ｃｃTV", "CCTV를 달자"),
    ("１００％", "100% 확실"),
    ("100%", "１００％ 확실"),
    ("ﾡﾵ", "가수"),
    ("ᄇᄉ", "버스"),
    ("カメラ", "ｶﾒﾗ"),
    ("바스", "（바스）"),
    ("(바스)", "（바스）"),
    ("km", "100㎞"),
]


@pytest.mark.parametrize(("query", "text"), WIDTHS)
def test_full_and_half_width_find_each_other(guest, ada, harbour, query, text):
    say(harbour, ada, text)
    say(harbour, ada, "다른 말")

    assert found(guest, query) == [text]
    assert found(guest, text.split()[0]) == [text]


def test_a_query_is_normalized(guest, talk):
    assert found(guest, unicodedata.normalize("NFD", "국회의원")) == [talk[0]]
    assert found(guest, "  국회\u200b의원\t") == [talk[0]]


HOSTILE = [
    '"', "'", "AND", "OR", "NOT", "NEAR(", "NEAR(a b)", "C++", "#tag", "@me", "a-b", "100%", "*",
    "국*", "^x", "(", ")", ":", "words:x", "{", "}", "{words}:a", "", "   ", "\\", "/", "'; DROP",
    "'; DROP TABLE comment; --", '"국회" OR "버스"', '""', '"""', "+", "-", "-x", "a AND NOT b",
    "_", "%_\\", "rowid", "ㄱ", "ㅏ", "ㄳ", "ᄀ", "🙂", "👩‍👩‍👧", "🇰🇷", "é", "e\u0301\u0301",
    "ＡＢ", "ﷺ", "<script>", "&amp;", "\u3164", "\u202e", "\uffff", "\U0010ffff", "한" * QUERY_MAX,
]  # fmt: skip


@pytest.mark.slow
def test_any_query_is_taken_as_plain_text(guest, ada, harbour, talk):
    """Finds exactly the comments that contain the words, at most one page of them."""
    everything = [*talk, *(f"앞 {normalize_line(query) or 'x'} 뒤" for query in HOSTILE)]
    for number, each in enumerate(everything[len(talk) :]):
        say(harbour, ada, each, key=f"hostile {number}")

    for query in HOSTILE:
        wanted = parse_query(normalize_line(query))
        response = guest.get(SEARCH, query_string={"q": query})
        assert response.status_code == 200, query
        count = len(re.findall(r'<li class="comment', response.text))
        expected = sum(matches(normalize(each), wanted) for each in everything) if wanted else 0
        assert count == min(expected, 20), query


@pytest.mark.parametrize("query", ["a" * 1000, "가" * (QUERY_MAX + 1), " ".join("abcdefghi")])
def test_too_long_a_query_is_refused_with_a_message_and_kept_in_the_field(
    guest, as_, ada, harbour, query
):
    for client, url in ((guest, SEARCH), (as_(ada), "/account/comments")):
        response = client.get(url, query_string={"q": query})

        assert response.status_code == 422
        assert re.search(r'role="alert">[^<]*(100자|단어 8개)까지', response.text)
        assert f'value="{query}"' in response.text


def test_a_query_of_the_most_words_allowed_is_answered(guest, ada, harbour):
    everything = "하나 둘 셋 넷 다섯 여섯 일곱 여덟"
    say(harbour, ada, everything)

    assert len(everything.split()) == WORDS_MAX
    assert found(guest, everything) == [everything]


def test_invalid_queries_are_refused(guest, harbour):
    assert guest.get(f"{SEARCH}?q=a%00b").status_code == 400
    assert guest.get(f"{SEARCH}?q=%ff").status_code == 400
    assert guest.get(f"{SEARCH}?q=a&before=999").status_code == 404
    assert guest.get("/articles/nowhere/comments/search?q=a").status_code == 404


@given(st.text(max_size=60), st.text(min_size=1, max_size=5))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_index_misses_no_match(some, query):
    body, words = normalize(some + query + some), parse_query(normalize_line(query))

    if matches(body, words):
        assert query_tokens(words) <= index_tokens(body)
    assert all(len(pair) == 2 and not re.search(r"\s", pair) for pair in index_tokens(body))


def test_only_this_thread_is_searched(guest, ada, harbour, talk):
    other = keep(Article.publish(slug="other", title="Another article"))
    say(other, ada, "여기도 국회")

    assert found(guest, "국회", "/articles/other/comments/search") == ["여기도 국회"]
    assert len(found(guest, "국회")) == 3


@pytest.mark.slow
def test_pages_hold_each_match_once_and_cost_two_queries(guest, ada, harbour):
    for number in range(45):
        say(harbour, ada, f"버스 {number:02}")
        say(harbour, ada, f"전차 {number:02}")

    seen, url, pages = [], f"{SEARCH}?q=버스", 0
    while url:
        with count_queries() as queries:
            page = guest.get(url).text
        assert len(queries) <= 4  # the article, the cursor, the matches, the comments
        seen, url, pages = seen + texts(page), more_link(page), pages + 1
        say(harbour, ada, f"버스, 그사이 {pages}")

    assert seen == [f"버스 {number:02}" for number in range(44, -1, -1)]
    assert pages == 3


def test_a_rare_letter_is_searched_page_by_page(guest, ada, harbour, monkeypatch):
    monkeypatch.setattr(thread_search, "SCAN_LIMIT", 10)
    say(harbour, ada, "뷁")
    for number in range(25):
        say(harbour, ada, f"Comment {number:02}")

    first = guest.get(f"{SEARCH}?q=뷁").text
    second = guest.get(more_link(first)).text
    third = guest.get(more_link(second)).text

    assert "최근 댓글에서는" in first and "최근 댓글에서는" in second
    assert (texts(third), more_link(third)) == (["뷁"], None)


def test_a_reader_searches_their_own_comments(as_, guest, ada, bora, harbour):
    other = keep(Article.publish(slug="other", title="Another article"))
    say(harbour, ada, "국회 하나")
    say(other, ada, "국회 둘")
    say(harbour, ada, "버스 셋")
    say(harbour, bora, "국회 넷")

    page = as_(ada).get("/account/comments?q=국회").text

    assert texts(page) == ["국회 둘", "국회 하나"]
    assert "Another article" in page
    assert texts(as_(ada).get("/account/comments?q=").text) == ["버스 셋", "국회 둘", "국회 하나"]
    assert "검색 결과가 없습니다." in as_(ada).get("/account/comments?q=없음").text
    assert guest.get("/account/comments?q=국회").status_code == 303


def test_a_search_of_own_comments_continues_on_the_next_page(as_, ada, harbour):
    for number in range(25):
        say(harbour, ada, f"버스 {number:02}")
    client = as_(ada)

    first = client.get("/account/comments?q=버스").text
    with count_queries() as queries:
        second = client.get(more_link(first)).text

    assert texts(first) + texts(second) == [f"버스 {number:02}" for number in range(24, -1, -1)]
    assert len(queries) == 4  # session, cursor, matches, their comments and articles


def test_a_hidden_comment_is_not_found_and_a_restored_one_is(as_, guest, ada, bora, mo, harbour):
    comment = say(harbour, bora, "국회 욕설")
    client = as_(mo)

    client.post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})
    hidden = [found(who, "욕설") for who in (guest, as_(ada), client)]
    own = found(as_(bora), "욕설", "/account/comments")
    client.post(f"/comments/{comment.id}/restore", data={"reason": "review"})

    assert hidden == [[], [], []]
    assert own == []
    assert found(guest, "욕설") == ["국회 욕설"]


def test_a_deleted_comment_is_not_found(as_, guest, ada, bora, harbour):
    root = say(harbour, ada, "국회 첫말")
    say(harbour, bora, "국회 답글", to=root)
    as_(ada).post(f"/comments/{root.id}/delete")

    assert found(guest, "국회") == ["국회 답글"]
    assert found(as_(ada), "국회", "/account/comments") == []


def stored_words():
    """All bytes of the index, as stored by SQLite."""
    blocks = db.session.scalars(text("SELECT block FROM comment_words_data")).all()
    return b"".join(blocks)


def terms():
    with writing():
        db.session.execute(
            text("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, comment_words, row)")
        )
        found = set(db.session.scalars(text("SELECT term FROM temp.v")).all())
        db.session.execute(text("DROP TABLE temp.v"))
    return found


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_hidden_and_deleted_words_leave_the_index_file(as_, guest, bora, mo, harbour, verb):
    say(harbour, mo, "남는 말")
    before = terms()
    comment = say(harbour, bora, "감출 비밀")
    assert "비밀" in terms() and "비밀".encode() in stored_words()

    as_(bora if verb == "delete" else mo).post(
        f"/comments/{comment.id}/{verb}", data={"reason": "abuse"}
    )

    assert terms() == before
    assert "비밀".encode() not in stored_words()


def test_a_comment_that_is_not_stored_is_not_found(guest, ada, harbour):
    limits = PostingLimits.none()

    def fail():
        with writing():
            post(harbour, by=ada, body=Body.from_text("국회"), key="k", limits=limits)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert found(guest, "국회") == []


@pytest.mark.parametrize("state", [{"hidden_for": "abuse"}, {"deleted_at": now()}])
def test_a_stale_index_reveals_nothing(as_, guest, ada, harbour, state):
    comment = say(harbour, ada, "국회")
    with writing():
        db.session.execute(update(Comment).where(Comment.id == comment.id).values(**state))
        harbour.revision += 1

    assert found(guest, "국회") == []
    assert found(as_(ada), "국회", "/account/comments") == []


@pytest.mark.slow
def test_index_and_comments_stay_the_same_after_any_steps(app, as_, ada, bora, mo, harbour):
    """After any number of actions the index is equal to a new one."""
    comments = [say(harbour, who, f"말 {n} 국회 버스") for n in range(8) for who in (ada, bora)]
    client, author = as_(mo), as_(ada)
    for number, comment in enumerate(comments):
        url = f"/comments/{comment.id}"
        if number % 3 == 0:
            client.post(f"{url}/hide", data={"reason": "spam"})
        if number % 6 == 0:
            client.post(f"{url}/restore", data={"reason": "review"})
        if number % 4 == 0:
            author.post(f"{url}/delete")
    before = entries()

    with writing():
        db.session.execute(text("DROP TABLE comment_words"))
        search_index.create(db.session.connection())

    assert before == entries()
    assert len({id for ids in before.values() for id in ids}) < len(comments)


def entries():
    """The comments of each term of the index."""
    return {
        term: db.session.scalars(
            text("SELECT rowid FROM comment_words WHERE comment_words MATCH :term"),
            {"term": '"{}"'.format(term.replace('"', '""'))},
        ).all()
        for term in sorted(terms())
    }


def test_the_result_page_is_noindex_and_has_one_form(guest, talk):
    page = guest.get(f"{SEARCH}?q=국회").text

    assert '<meta name="robots" content="noindex">' in page
    assert page.count('role="search"') == 1
    assert '<label class="visually-hidden" for="q">댓글 검색</label>' in page
    assert 'value="국회"' in page


def test_the_query_is_shown_as_text(guest, talk):
    page = guest.get(SEARCH, query_string={"q": '"><script>alert(1)</script>'}).text

    assert "<script>alert" not in page


def test_the_thread_has_a_search_form_once_there_is_something_to_find(guest, ada, harbour):
    empty = guest.get("/articles/harbour").text
    say(harbour, ada, "국회")

    assert 'role="search"' not in empty
    assert f'role="search" action="{SEARCH}"' in guest.get("/articles/harbour").text


def test_many_searches_at_once_leave_the_board_to_readers(guest, ada, harbour, monkeypatch):
    say(harbour, ada, "버스가 왔다")
    monkeypatch.setattr(thread_search.search_limiter, "wait", 0)

    with thread_search.search_limiter:
        busy = guest.get(f"{SEARCH}?q=버스")
        read = guest.get("/articles/harbour")
    free = guest.get(f"{SEARCH}?q=버스")

    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert (read.status_code, free.status_code) == (200, 200)

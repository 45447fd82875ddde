"""Programs read the same threads as JSON."""

import pytest

from board.articles.models import Article
from board.db import writing
from board.moderation.rulings.decisions import hide
from conftest import count_queries, keep, say


def get(guest, path):
    response = guest.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    return response.json


def test_a_program_reads_a_thread_as_readers_see_it(guest, ada, bora, harbour):
    root = say(harbour, ada, "Root & <b>")
    reply = say(harbour, bora, "Reply", to=root)

    payload = get(guest, "/api/v1/articles/harbour/comments")

    assert payload == {
        "article": {
            "slug": "harbour",
            "title": "The harbour reopens",
            "url": "http://localhost/articles/harbour",
            "comment_count": 2,
            "takes_comments": True,
        },
        "sort": "latest",
        "comments": [
            {
                "id": root.id,
                "url": f"http://localhost/comments/{root.id}",
                "posted_at": root.posted_at.isoformat(),
                "gone": None,
                "author": {"id": ada.id, "name": "ada"},
                "html": "<p>Root &amp; &lt;b&gt;</p>",
                "edited_at": None,
                "like_count": 0,
                "dislike_count": 0,
                "reply_count": 1,
                "replies": [
                    {
                        "id": reply.id,
                        "url": f"http://localhost/comments/{reply.id}",
                        "posted_at": reply.posted_at.isoformat(),
                        "gone": None,
                        "author": {"id": bora.id, "name": "bora"},
                        "html": "<p>Reply</p>",
                        "edited_at": None,
                        "like_count": 0,
                        "dislike_count": 0,
                        "to": {"id": root.id, "name": "ada"},
                    }
                ],
            }
        ],
        "next": None,
    }


def test_tombstones_have_no_author_and_no_text(as_, guest, ada, bora, mo, harbour):
    hidden = say(harbour, bora, "Rude words")
    deleted = say(harbour, ada, "Never mind")
    say(harbour, bora, "I do", to=deleted)
    as_(mo).post(f"/comments/{hidden.id}/hide", data={"reason": "abuse"})
    as_(ada).post(f"/comments/{deleted.id}/delete")

    comments = get(guest, "/api/v1/articles/harbour/comments?lang=en")["comments"]

    assert [(c["gone"], c.get("reason"), "author" in c, "html" in c) for c in comments] == [
        ("deleted", None, False, False),
        ("hidden", "Insult or abuse", False, False),
    ]
    assert comments[0]["replies"][0]["to"] is None


def test_a_program_that_follows_next_reads_every_comment_once(guest, ada, harbour):
    for number in range(45):
        say(harbour, ada, f"{number}")

    seen, path = [], "/api/v1/articles/harbour/comments"
    while path:
        payload = get(guest, path)
        seen += [comment["html"] for comment in payload["comments"]]
        path = payload["next"] and payload["next"].removeprefix("http://localhost")

    assert seen == [f"<p>{number}</p>" for number in range(44, -1, -1)]


def test_next_keeps_the_order_and_the_size(guest, ada, harbour):
    for number in range(7):
        say(harbour, ada, f"{number}")

    seen, path = [], "/api/v1/articles/harbour/comments?sort=oldest&limit=3"
    while path:
        payload = get(guest, path)
        seen.append([comment["html"][3] for comment in payload["comments"]])
        path = payload["next"] and payload["next"].removeprefix("http://localhost")

    assert seen == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_one_request_counts_the_comments_of_many_articles(guest, ada, harbour):
    keep(Article.publish(slug="quiet", title="Quiet"))
    say(harbour, ada, "One")

    payload = get(guest, "/api/v1/counts?article=harbour&article=quiet&article=nowhere")

    assert payload == {"counts": {"harbour": 1, "quiet": 0}}


def test_the_newest_ids_have_new_comments_and_no_hidden_or_deleted_ones(
    as_, guest, ada, bora, mo, harbour
):
    """A page whose newest is `root` counts the ids above it: replies too, deleted ones not."""
    elsewhere = keep(Article.publish(slug="quiet", title="Quiet"))
    root = say(harbour, ada, "Root")
    reply, rude, last = (say(harbour, bora, text, to=root) for text in ("Reply", "Rude", "Last"))
    say(elsewhere, bora, "Elsewhere")
    as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})
    as_(bora).post(f"/comments/{last.id}/delete")

    payload = get(guest, "/api/v1/articles/harbour/comments/newest")

    assert payload == {"newest": [reply.id, root.id]}


def test_the_newest_ids_are_fifty_at_most(guest, ada, harbour):
    ids = [say(harbour, ada, f"{number}").id for number in range(52)]

    payload = get(guest, "/api/v1/articles/harbour/comments/newest")

    assert payload == {"newest": ids[:1:-1]}


def test_a_page_has_the_id_of_its_newest_comment(guest, ada, bora, mo, as_, harbour):
    empty = guest.get("/articles/harbour").text
    root = say(harbour, ada, "Root")
    reply = say(harbour, bora, "Reply", to=root)
    rude = say(harbour, bora, "Rude")
    as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})

    pages = [guest.get(f"/articles/harbour{rest}").text for rest in ("", "?sort=liked")]

    assert 'data-newest="0"' in empty
    assert all(f'data-newest="{reply.id}"' in page for page in pages)


def test_the_newest_ids_are_revalidated_without_a_query_until_they_change(
    guest, ada, bora, harbour
):
    path = "/api/v1/articles/harbour/comments/newest"
    say(harbour, ada, "Hello")
    answer = guest.get(path)
    seen = {"If-None-Match": answer.headers["ETag"]}

    with count_queries() as queries:
        unchanged = [guest.get(path, headers=seen).status_code for _ in range(3)]
    say(harbour, bora, "News")
    changed = guest.get(path, headers=seen)

    assert (unchanged, queries) == ([304] * 3, [])
    assert changed.status_code == 200
    assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/counts", 400),
        ("/api/v1/counts?" + "&".join(["article=x"] * 101), 400),
        ("/api/v1/counts?article=%00", 400),
        ("/api/v1/counts?lang=ko&lang=en", 400),
        ("/api/v1/articles/nowhere/comments", 404),
        ("/api/v1/articles/harbour/comments?before=x", 400),
        ("/api/v1/articles/harbour/comments?limit=0", 400),
        ("/api/v1/articles/harbour/comments?limit=51", 400),
        ("/api/v1/articles/harbour/comments?limit=٣", 400),
        ("/api/v1/articles/harbour/comments?sort=best", 400),
        ("/api/v1/articles/harbour/comments?before=999", 404),
        ("/api/v1/articles/nowhere/comments/newest", 404),
        ("/api/v1/nowhere", 404),
    ],
)
def test_refusals_are_problem_documents(guest, harbour, path, status):
    response = guest.get(path)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.json["status"] == status
    assert response.json["title"]


def test_any_site_may_read_and_none_may_write(guest, harbour):
    read = guest.get("/api/v1/articles/harbour/comments", headers={"Origin": "https://a.example"})
    write = guest.post("/api/v1/articles/harbour/comments", headers={"Origin": "https://a.example"})

    assert read.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in read.headers
    assert write.status_code == 401  # no cookie counts, and there is no token
    assert harbour.comment_count == 0


@pytest.mark.parametrize("path", ["/articles/harbour/comments", "/counts", "/nowhere"])
def test_browsers_may_ask_for_what_changed_from_another_site(guest, harbour, path):
    asked = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = guest.options(f"/api/v1{path}", headers=asked)

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "POST" not in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/articles/harbour/comments", 200),
        ("get", "/api/v1/articles/nowhere/comments", 404),
        ("get", "/api/v1/nowhere", 404),
        ("get", "/api/", 404),
        ("get", "/api/v1/counts", 400),
        ("get", "/api/v1/counts?article=%ff", 400),
        ("get", "/api/v1/counts?" + "a" * 5000, 414),
        ("post", "/api/v1/counts", 405),
        ("get", "/api/v1/articles/harbour/comments/", 301),
    ],
)
def test_every_answer_of_the_api_is_readable_from_other_sites(guest, harbour, method, path, status):
    answer = getattr(guest, method)(path, headers={"Origin": "https://a.example"})

    assert answer.status_code == status
    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert {"ETag", "Retry-After"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_no_page_is_readable_from_other_sites(guest, harbour):
    for path in ("/", "/articles/harbour", "/sign-in", "/nowhere", "/apiary", "/feed.atom"):
        for answer in (
            guest.get(path, headers={"Origin": "https://a.example"}),
            guest.options(path, headers={"Access-Control-Request-Method": "GET"}),
        ):
            assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_an_unchanged_answer_is_readable_from_other_sites_too(guest, harbour):
    path = "/api/v1/articles/harbour/comments"
    seen = guest.get(path).headers["ETag"]

    answer = guest.get(path, headers={"If-None-Match": seen})

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (304, "*")
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "path",
    ["articles/harbour/comments", "articles/harbour/comments/newest", "counts?article=harbour"],
)
def test_answers_are_the_same_bytes_for_everyone_and_know_of_no_cookie(
    request, as_, guest, ada, mo, harbour, path
):
    hidden = say(harbour, ada, "Words")
    say(harbour, ada, "Hello")
    with writing():
        hide(hidden, by=mo, reason="abuse")
    url = f"/api/v1/{path}"
    clients = [as_(request.getfixturevalue(name)) for name in ("ada", "bora", "mo", "tess")]
    clients[0].set_cookie("lang", "en")
    clients[1].set_cookie("sort", "best")

    answer = guest.get(url)

    for client in clients:
        same = client.get(url)
        assert (same.status_code, same.data) == (answer.status_code, answer.data)
        assert same.headers["Cache-Control"] == answer.headers["Cache-Control"]
        assert same.headers.getlist("Set-Cookie") == []
        assert "Cookie" not in same.headers.get("Vary", "")
    errors = [client.get("/api/v1/nowhere").json["title"] for client in (guest, *clients)]
    assert set(errors) == {"페이지를 찾을 수 없습니다"}


def test_answers_can_be_revalidated(guest, ada, harbour):
    say(harbour, ada, "Hello")
    path = "/api/v1/articles/harbour/comments"

    answer = guest.get(path)
    again = guest.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")

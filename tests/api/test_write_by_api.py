"""Programs write comments as their owners do, with a token."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from board.accounts.models import User
from board.accounts.sign_in_methods.personal_tokens.models import COMMENTS_WRITE, ME_READ
from board.articles.models import Article
from board.comments.body import Body
from board.comments.models import Comment
from board.db import db, now, writing
from board.moderation.reports.models import Report
from board.moderation.rulings.decisions import hide
from board.runtime.shared_state import SharedState
from conftest import NO_LIMITS, count_queries, say
from support.tokens import Program, token_of

COMMENTS = "articles/harbour/comments"


@pytest.fixture
def program(app: Flask, ada: User, harbour: Article) -> Program:
    """A program of ada's."""
    return Program(app, token_of(ada))


def problem(answer: Any) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["type"].removeprefix("http://localhost/problems/")


def stored(id: int) -> Comment:
    return db.session.get_one(Comment, id)


def test_a_program_posts_a_comment_that_readers_see(
    program: Program, guest: FlaskClient, ada: User
) -> None:
    answer = program.send("POST", COMMENTS, {"body": "From\nafar"})

    comment = stored(answer.json["id"])
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/comments/{comment.id}"
    assert answer.json == {
        "id": comment.id,
        "url": f"http://localhost/comments/{comment.id}",
        "posted_at": comment.posted_at.isoformat(),
        "edited_at": None,
        "version": 0,
        "held": False,
    }
    assert (comment.body, comment.author_id) == ("From\nafar", ada.id)
    shown = guest.get(answer.headers["Location"]).json
    assert shown["comment"]["html"] == "<p>From<br>afar</p>"
    assert shown["article"]["comment_count"] == 1


def test_a_program_answers_a_comment(program: Program, harbour: Article, bora: User) -> None:
    root = say(harbour, bora, "Root")

    answer = program.send("POST", COMMENTS, {"body": "Reply", "parent": root.id})

    assert stored(answer.json["id"]).parent_id == root.id


def test_the_same_key_and_body_is_the_same_comment(program: Program) -> None:
    first = program.send("POST", COMMENTS, {"body": "Once"}, Idempotency_Key="k")
    again = program.send("POST", COMMENTS, {"body": "Once"}, Idempotency_Key="k")

    assert (again.status_code, again.json) == (201, first.json)
    assert first.headers.get("Idempotency-Replayed") is None
    assert again.headers["Idempotency-Replayed"] == "true"
    assert db.session.query(Comment).count() == 1


@pytest.mark.parametrize("change", [{"body": "Other"}, {"parent": 1}])
def test_the_same_key_with_another_body_is_refused(
    program: Program, harbour: Article, bora: User, change: dict[str, Any]
) -> None:
    say(harbour, bora, "Root")
    program.send("POST", COMMENTS, {"body": "Once"}, Idempotency_Key="k")

    answer = program.send("POST", COMMENTS, {"body": "Once", **change}, Idempotency_Key="k")

    assert problem(answer) == (422, "key-reused")
    assert db.session.query(Comment).count() == 2


@pytest.mark.parametrize("key", ["", "k" * 65, "with space", "é"])
def test_without_a_key_nothing_is_made(program: Program, key: str) -> None:
    answer = program.send("POST", COMMENTS, {"body": "Once"}, Idempotency_Key=key)

    assert problem(answer) == (400, "no-idempotency-key")
    assert db.session.query(Comment).count() == 0


@pytest.mark.slow
@pytest.mark.parametrize("round", range(3))
def test_of_twenty_at_once_with_one_key_one_comment_is_stored(
    app: Flask, program: Program, round: int
) -> None:
    def post(_n: int) -> tuple[int, int]:
        sent = Program(app, program.token)
        with app.app_context():
            answer = sent.send("POST", COMMENTS, {"body": "Once"}, Idempotency_Key="k")
            db.session.remove()
        return answer.status_code, answer.json.get("id", 0)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))

    (comment,) = db.session.query(Comment).all()
    assert {answer for answer in answers if answer[0] != 503} == {(201, comment.id)}


def test_a_program_edits_its_owners_comment(program: Program, harbour: Article, ada: User) -> None:
    comment = say(harbour, ada, "Before")

    answer = program.send("PATCH", f"comments/{comment.id}", {"body": "After", "version": 0})

    assert (answer.status_code, answer.json["version"]) == (200, 1)
    assert answer.json["edited_at"] == stored(comment.id).edited_at.isoformat()  # type: ignore[union-attr]
    assert stored(comment.id).body == "After"
    late = program.send("PATCH", f"comments/{comment.id}", {"body": "Later", "version": 0})
    assert problem(late) == (409, "edited-elsewhere")


def test_a_program_deletes_its_owners_comment(
    program: Program, harbour: Article, ada: User
) -> None:
    comment = say(harbour, ada, "Regretted")

    answer = program.send("DELETE", f"comments/{comment.id}")

    assert (answer.status_code, answer.data) == (204, b"")
    assert stored(comment.id).deleted_at is not None
    assert problem(program.send("DELETE", f"comments/{comment.id}")) == (404, "not-found")


def test_a_program_reacts_and_takes_it_back(program: Program, harbour: Article, bora: User) -> None:
    path = f"comments/{say(harbour, bora, 'Hers').id}/reaction"

    liked = program.send("PUT", path, {"kind": "like"})
    changed = program.send("PUT", path, {"kind": "dislike"})
    removed = [program.send("DELETE", path).status_code for _ in range(2)]

    assert liked.json == {"kind": "like", "like_count": 1, "dislike_count": 0}
    assert changed.json == {"kind": "dislike", "like_count": 0, "dislike_count": 1}
    assert removed == [204, 204]


def test_a_program_reports_a_comment_once(
    program: Program, harbour: Article, ada: User, bora: User
) -> None:
    comment = say(harbour, bora, "Hers")
    path, body = f"comments/{comment.id}/reports", {"reason": "abuse", "note": "Twice"}

    first = program.send("POST", path, body)
    again = program.send("POST", path, body)
    other = program.send("POST", path, {"reason": "spam"})

    report = db.session.get_one(Report, (comment.id, ada.id))
    assert (report.reason, report.note) == ("abuse", "Twice")
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert problem(other) == (422, "key-reused")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"body": "Mine", "version": 0}),
        ("DELETE", "", None),
    ],
)
def test_the_comment_of_somebody_else_stays_as_it_is(
    program: Program, harbour: Article, bora: User, method: str, path: str, body: Any
) -> None:
    comment = say(harbour, bora, "Hers")

    assert problem(program.send(method, f"comments/{comment.id}{path}", body)) == (403, "forbidden")
    assert (stored(comment.id).body, stored(comment.id).deleted_at) == ("Hers", None)


def test_nobody_reacts_to_or_reports_their_own(
    program: Program, harbour: Article, ada: User
) -> None:
    id = say(harbour, ada, "Mine").id

    assert problem(program.send("PUT", f"comments/{id}/reaction", {"kind": "like"})) == (
        403,
        "own-comment",
    )
    assert problem(program.send("POST", f"comments/{id}/reports", {"reason": "spam"})) == (
        403,
        "own-comment",
    )


def test_a_number_in_the_text_needs_a_second_look(program: Program) -> None:
    body = {"body": "Call 010-1234-5678"}

    advised = program.send("POST", COMMENTS, body)
    sure = program.send("POST", COMMENTS, {**body, "sure": advised.json["sure"]})

    assert problem(advised) == (422, "advice")
    assert advised.json["errors"] == [
        {"pointer": "/body", "detail": advised.json["warnings"][0]["what"]}
    ]
    assert [(each["about"], each["start"], each["end"]) for each in advised.json["warnings"]] == [
        ("phone", 5, 18)
    ]
    assert sure.status_code == 201


def test_a_confirmation_of_another_text_does_not_count(program: Program) -> None:
    advised = program.send("POST", COMMENTS, {"body": "Call 010-1234-5678"})
    other = {"body": "Call 010-1234-5679", "sure": advised.json["sure"]}

    assert problem(program.send("POST", COMMENTS, other)) == (422, "advice")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/body"),
        ({"body": 1}, "/body"),
        ({"body": ""}, "/body"),
        ({"body": " \n "}, "/body"),
        ({"body": "x" * 301}, "/body"),
        ({"body": "x" * 16_001}, "/body"),
        ({"body": "x\0"}, "/body"),
        ({"body": "x\ud800"}, "/body"),
        ({"body": "x", "parent": 0}, "/parent"),
        ({"body": "x", "parent": 1.5}, "/parent"),
        ({"body": "x", "parent": 1e300}, "/parent"),
        ({"body": "x", "parent": 10**30}, "/parent"),
        ({"body": "x", "parent": True}, "/parent"),
        ({"body": "x", "sure": "yes"}, "/sure"),
        ({"body": "x", "author_id": 1}, "/author_id"),
        ({"body": "x", "a/b~c": 1}, "/a~1b~0c"),
    ],
)
def test_what_is_wrong_in_a_body_is_pointed_at(
    program: Program, body: dict[str, Any], pointer: str
) -> None:
    answer = program.send("POST", COMMENTS, body)

    assert problem(answer) == (422, "invalid-body")
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert db.session.query(Comment).count() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b'{"body": "x"} {}',
        b'{"body": "x", "body": "y"}',
        b'{"body": "\xff"}',
        b'\xef\xbb\xbf{"body": "x"}',
        '{"body": "x"}'.encode("utf-16"),
        b'{"body": NaN}',
        b'{"body": ' + b"[" * 30_000,
        b'{"body": ' + b"1" * 10_000 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused(program: Program, raw: bytes) -> None:
    headers = {
        "Authorization": f"Bearer {program.token}",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    answer = program.client.post(f"/api/v1/{COMMENTS}", data=raw, headers=headers)

    assert problem(answer) == (400, "malformed-body")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_format_is_refused(program: Program, kind: str) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": "k"}
    path = f"/api/v1/{COMMENTS}"

    answer = program.client.post(path, data=b'{"body": "x"}', content_type=kind, headers=headers)

    assert problem(answer) == (415, "unsupported-media-type")


def test_too_large_a_body_is_refused(program: Program) -> None:
    answer = program.send("POST", COMMENTS, {"body": "x" * 65_536})

    assert problem(answer) == (413, "content-too-large")


def test_what_the_thread_refuses_is_a_problem_of_its_own(
    program: Program, harbour: Article
) -> None:
    with writing():
        db.session.get_one(Article, harbour.id).closed_at = now()

    answer = program.send("POST", f"{COMMENTS}?lang=en", {"body": "Late"})

    assert problem(answer) == (409, "thread-closed")
    assert answer.json["title"] == "This thread is closed."


class TestLimits:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {**NO_LIMITS, "COMMENT_INTERVAL_SECONDS": 60, "TOKEN_REQUESTS_PER_MINUTE": 3}

    @pytest.fixture(autouse=True)
    def nothing_counted(self, app: Flask) -> None:
        """Apps are shared between tests, and with them the count."""
        app.extensions["token_requests"] = SharedState()

    def test_too_soon_says_when(self, program: Program) -> None:
        program.send("POST", COMMENTS, {"body": "One"})
        answer = program.send("POST", COMMENTS, {"body": "Two"})

        assert problem(answer) == (429, "too-soon")
        assert 0 < int(answer.headers["Retry-After"]) <= 60

    def test_every_answer_says_how_many_requests_are_left(
        self, app: Flask, program: Program, ada: User
    ) -> None:
        other = Program(app, token_of(ada))

        answers = [each.send("GET", "me") for each in (program, other, program, other)]

        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert {each.headers["RateLimit-Policy"] for each in answers} == {'"token";q=3;w=60'}
        left = [each.headers["RateLimit"].split(";")[1] for each in answers]
        assert left == ["r=2", "r=1", "r=0", "r=0"]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 20


def test_a_program_learns_whose_it_is_and_what_they_wrote(
    program: Program, harbour: Article, ada: User, mo: User
) -> None:
    old, new = say(harbour, ada, "Old"), say(harbour, ada, "New")
    with writing():
        hide(stored(old.id), by=mo, reason="insult", note="")

    me, mine = program.send("GET", "me"), program.send("GET", "me/comments")

    assert (me.json["id"], me.json["name"]) == (ada.id, "ada")
    assert me.json["token"]["scopes"] == [COMMENTS_WRITE, ME_READ]
    assert mine.json["next"] is None
    listed = [(each["id"], each["body"], each["state"]) for each in mine.json["comments"]]
    assert listed == [(new.id, "New", "visible"), (old.id, "Old", "hidden")]


def test_a_long_list_goes_on_at_next(program: Program, harbour: Article, ada: User) -> None:
    comments = [say(harbour, ada, f"Comment {n}").id for n in range(45)]
    found, path = [], "me/comments"

    while path:
        answer = program.send("GET", path)
        found += [each["id"] for each in answer.json["comments"]]
        next = answer.json["next"]
        assert answer.headers.get("Link") == (next and f'<{next}>; rel="next"')
        path = (next or "").removeprefix("http://localhost/api/v1/")

    assert found == comments[::-1]


def test_a_list_of_edited_comments_costs_no_query_for_each(
    program: Program, harbour: Article, ada: User
) -> None:
    comments = [say(harbour, ada, f"Comment {n}") for n in range(4)]
    with writing():
        for comment in comments[1:]:
            stored(comment.id).edit(Body.from_text("Edited"))

    with count_queries() as queries:
        mine = program.send("GET", "me/comments")

    assert [each["version"] for each in mine.json["comments"]] == [1, 1, 1, 0]
    assert len([each for each in queries if "FROM revision" in each]) == 1


def test_a_conversation_goes_on_at_next(guest: FlaskClient, harbour: Article, ada: User) -> None:
    root = say(harbour, ada, "Root")
    replies = [say(harbour, ada, f"Reply {n}", to=root).id for n in range(25)]
    found, path = [], f"/api/v1/comments/{root.id}"

    while path:
        answer = guest.get(path).json
        found += [each["id"] for each in answer["comment"]["replies"]]
        path = answer["next"]

    assert found == replies
    assert guest.get(f"/api/v1/comments/{root.id}?after=x").status_code == 400


def test_a_bearer_never_gets_a_kept_page_and_never_fills_one(
    app: Flask, program: Program, guest: FlaskClient, harbour: Article
) -> None:
    path = "articles/harbour/comments"
    statuses = {program.send("GET", path).headers["Cache-Control"] for _ in range(2)}
    kept_before = app.extensions["page_cache"]._pages.bytes
    guest.get(f"/api/v1/{path}")

    assert statuses == {"private, no-store"}
    assert kept_before == 0 < app.extensions["page_cache"]._pages.bytes
    assert program.send("GET", path).headers["Cache-Control"] == "private, no-store"
    forged = {"Authorization": "Bearer forged"}
    assert guest.get(f"/api/v1/{path}", headers=forged).status_code == 401


def test_no_other_site_reads_the_answer_to_a_token(program: Program, guest: FlaskClient) -> None:
    answer = program.send("GET", "me", Origin="https://evil.example")
    asked = guest.options(
        "/api/v1/me",
        headers={
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )

    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "authorization" not in asked.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_problem_has_a_page(guest: FlaskClient, program: Program, lang: str) -> None:
    answer = program.send("POST", f"{COMMENTS}?lang={lang}", {"body": 1})

    page = guest.get(f"{answer.json['type']}?lang={lang}")

    assert page.status_code == 200
    assert answer.json["title"] in page.text
    assert guest.get("/problems/of-nobody").status_code == 404

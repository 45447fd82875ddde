"""Two worker processes: people who act at the same moment through both leave the board consistent,
and each reads their own act through both."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import close_connections, db
from conftest import say
from support.consistency import drift
from support.real_server import Response, Server, token_of

pytestmark = pytest.mark.slow  # real servers

Request = Callable[[Server], Response]
ROUNDS = 15
PATH = "/articles/harbour/comments"


@pytest.fixture
def workers(app: Flask, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    close_connections()
    with Server(tmp_path, workers=1) as one, Server(tmp_path, workers=1) as two:
        yield one, two


def at_once(workers: tuple[Server, Server], *acts: Request) -> list[int]:
    """The status of each request; they alternate between the workers and start together."""
    statuses, start = [0] * len(acts), threading.Barrier(len(acts))

    def run(number: int, act: Request) -> None:
        start.wait()
        statuses[number] = act(workers[number % 2]).status

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def post(token: str, path: str, **form: str) -> Request:
    return lambda server: server.post(path, token=token, **form)


def test_simultaneous_acts_on_one_comment_leave_it_consistent(
    workers: tuple[Server, Server], ada: User, bora: User, mo: User, harbour: Article
) -> None:
    """It is deleted, edited, hidden, restored, liked, disliked and answered at the same moment."""
    tokens = {user.name: token_of(user) for user in (ada, bora, mo)}
    statuses: set[int] = set()
    for number in range(ROUNDS):
        id = say(harbour, ada, f"Comment {number}").id
        say(harbour, bora, f"Response {number}", to=db.session.get(Comment, id))
        statuses |= set(
            at_once(
                workers,
                post(tokens["ada"], f"/comments/{id}/delete"),
                post(tokens["mo"], f"/comments/{id}/hide", reason="spam"),
                post(tokens["ada"], f"/comments/{id}/edit", body=f"Edited {number}", version="0"),
                post(tokens["bora"], f"/comments/{id}/like"),
                post(tokens["mo"], f"/comments/{id}/dislike"),
                post(
                    tokens["bora"], PATH, body=f"Reply {number}", parent=str(id), key=f"r{number}"
                ),
                post(tokens["mo"], f"/comments/{id}/restore"),
            )
        )
        assert drift() == []
        pages = [worker.get("/articles/harbour").text for worker in workers]
        fresh = workers[0].get("/articles/harbour", token="nobody's").text
        assert [without_ports(page, workers) for page in pages] == [
            without_ports(fresh, workers)
        ] * 2
        assert f">Comment {number}<" not in fresh and f">Edited {number}<" not in fresh
    assert statuses <= {303, 409, 503}  # 503 if the machine is too slow for the queue


def test_a_key_sent_to_both_workers_at_once_posts_once(
    workers: tuple[Server, Server], ada: User, harbour: Article
) -> None:
    token = token_of(ada)
    for number in range(ROUNDS):
        act = post(token, PATH, body=f"Comment {number}", key=str(number))
        assert at_once(workers, act, act, act, act) == [303] * 4
    assert db.session.scalars(select(Comment.body)).all() == [f"Comment {n}" for n in range(ROUNDS)]
    assert drift() == []


def test_a_like_through_both_workers_at_once_counts_once(
    workers: tuple[Server, Server], ada: User, bora: User, harbour: Article
) -> None:
    comment, token = say(harbour, ada, "Comment"), token_of(bora)
    for verb, likes, dislikes in (("like", 1, 0), ("dislike", 0, 1), ("unreact", 0, 0)):
        act = post(token, f"/comments/{comment.id}/{verb}")
        assert at_once(workers, act, act, act, act) == [303] * 4
        assert drift() == []
        assert (comment.like_count, comment.dislike_count) == (likes, dislikes)


def test_after_a_thread_is_closed_nothing_is_posted_through_either_worker(
    workers: tuple[Server, Server], ada: User, tess: User, harbour: Article
) -> None:
    token, editor = token_of(ada), token_of(tess)
    for number in range(ROUNDS):
        posts = [post(token, PATH, body=f"{number} {n}", key=f"{number} {n}") for n in range(3)]
        close = post(editor, "/desk/articles/harbour/close", reason="Storm")
        closed, *posted = at_once(workers, close, *posts)
        assert closed == 303 and set(posted) <= {303, 409}
        assert drift() == []
        stored = Comment.body.startswith(f"{number} ")
        assert len(db.session.scalars(select(Comment).where(stored)).all()) == posted.count(303)
        after = [
            worker.post(PATH, token=token, body="Late", key=f"late {number}").status
            for worker in workers
        ]
        assert after == [409, 409]
        assert all("Storm" in worker.get("/articles/harbour").text for worker in workers)
        assert workers[0].post("/desk/articles/harbour/open", token=editor).status == 303
    assert drift() == []


def test_each_reads_their_own_act_through_both_workers(
    workers: tuple[Server, Server], ada: User, mo: User, harbour: Article
) -> None:
    token, moderator = token_of(ada), token_of(mo)
    for number in range(ROUNDS):
        writer = workers[number % 2]
        text = f"Comment {number}."
        location = writer.post(PATH, token=token, body=text, key=text).headers["location"]
        id = location.rpartition("-")[2]
        assert [sees(worker, text, token) for worker in workers] == [(True, True)] * 2
        verb = ("hide", "delete")[number // 2 % 2]
        who = moderator if verb == "hide" else token
        assert writer.post(f"/comments/{id}/{verb}", token=who, reason="spam").status == 303
        assert [sees(worker, text, token) for worker in workers] == [(False, False)] * 2


def sees(worker: Server, text: str, token: str) -> tuple[bool, bool]:
    """Whether a guest, and whether this member, is shown this text."""
    pages = worker.get("/articles/harbour"), worker.get("/articles/harbour", token=token)
    return text in pages[0].text, text in pages[1].text


def without_ports(page: str, workers: tuple[Server, Server]) -> str:
    """The page without the port of its worker."""
    for worker in workers:
        page = page.replace(str(worker.port), "port")
    return page

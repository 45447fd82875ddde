"""Two processes serve one board. People who act at the same moment, through either, leave it
whole, and each reads their own act through both."""

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
from support.real_server import Answer, Server, token_of

pytestmark = pytest.mark.slow  # real servers

Act = Callable[[Server], Answer]
ROUNDS = 15
PATH = "/articles/harbour/comments"


@pytest.fixture
def workers(app: Flask, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    close_connections()
    with Server(tmp_path, workers=1) as one, Server(tmp_path, workers=1) as two:
        yield one, two


def at_once(workers: tuple[Server, Server], *acts: Act) -> list[int]:
    """The status of each act; they take turns at the two workers and start together."""
    told, start = [0] * len(acts), threading.Barrier(len(acts))

    def run(number: int, act: Act) -> None:
        start.wait()
        told[number] = act(workers[number % 2]).status

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def do(token: str, path: str, **form: str) -> Act:
    return lambda server: server.post(path, token=token, **form)


def test_whatever_happens_to_one_comment_at_once_leaves_it_whole(
    workers: tuple[Server, Server], ada: User, bora: User, mo: User, harbour: Article
) -> None:
    """It is deleted, edited, hidden, restored, liked, disliked and answered in the same moment."""
    tokens = {user.name: token_of(user) for user in (ada, bora, mo)}
    statuses: set[int] = set()
    for number in range(ROUNDS):
        id = say(harbour, ada, f"Comment {number}").id
        say(harbour, bora, f"Answer {number}", to=db.session.get(Comment, id))
        statuses |= set(
            at_once(
                workers,
                do(tokens["ada"], f"/comments/{id}/delete"),
                do(tokens["mo"], f"/comments/{id}/hide", reason="spam"),
                do(tokens["ada"], f"/comments/{id}/edit", body=f"Edited {number}", version="0"),
                do(tokens["bora"], f"/comments/{id}/like"),
                do(tokens["mo"], f"/comments/{id}/dislike"),
                do(tokens["bora"], PATH, body=f"Reply {number}", parent=str(id), key=f"r{number}"),
                do(tokens["mo"], f"/comments/{id}/restore"),
            )
        )
        assert drift() == []
        pages = [worker.get("/articles/harbour").text for worker in workers]
        fresh = workers[0].get("/articles/harbour", token="nobody's").text
        assert [anywhere(page, workers) for page in pages] == [anywhere(fresh, workers)] * 2
        assert f">Comment {number}<" not in fresh and f">Edited {number}<" not in fresh
    assert statuses <= {303, 409, 503}  # the last when the machine is too slow for the line


def test_a_key_sent_to_both_at_once_posts_once(
    workers: tuple[Server, Server], ada: User, harbour: Article
) -> None:
    token = token_of(ada)
    for number in range(ROUNDS):
        post = do(token, PATH, body=f"Comment {number}", key=str(number))
        assert at_once(workers, post, post, post, post) == [303] * 4
    assert db.session.scalars(select(Comment.body)).all() == [f"Comment {n}" for n in range(ROUNDS)]
    assert drift() == []


def test_one_who_likes_through_both_at_once_likes_once(
    workers: tuple[Server, Server], ada: User, bora: User, harbour: Article
) -> None:
    comment, token = say(harbour, ada, "Comment"), token_of(bora)
    for verb, likes, dislikes in (("like", 1, 0), ("dislike", 0, 1), ("unreact", 0, 0)):
        act = do(token, f"/comments/{comment.id}/{verb}")
        assert at_once(workers, act, act, act, act) == [303] * 4
        assert drift() == []
        assert (comment.like_count, comment.dislike_count) == (likes, dislikes)


def test_after_a_thread_is_closed_nothing_is_posted_through_either(
    workers: tuple[Server, Server], ada: User, tess: User, harbour: Article
) -> None:
    token, editor = token_of(ada), token_of(tess)
    for number in range(ROUNDS):
        posts = [do(token, PATH, body=f"{number} {n}", key=f"{number} {n}") for n in range(3)]
        close = do(editor, "/desk/articles/harbour/close", reason="Storm")
        closed, *told = at_once(workers, close, *posts)
        assert closed == 303 and set(told) <= {303, 409}
        assert drift() == []
        stored = Comment.body.startswith(f"{number} ")
        assert len(db.session.scalars(select(Comment).where(stored)).all()) == told.count(303)
        after = [
            worker.post(PATH, token=token, body="Late", key=f"late {number}").status
            for worker in workers
        ]
        assert after == [409, 409]
        assert all("Storm" in worker.get("/articles/harbour").text for worker in workers)
        assert workers[0].post("/desk/articles/harbour/open", token=editor).status == 303
    assert drift() == []


def test_each_reads_their_own_act_through_both(
    workers: tuple[Server, Server], ada: User, mo: User, harbour: Article
) -> None:
    token, moderator = token_of(ada), token_of(mo)
    for number in range(ROUNDS):
        writer = workers[number % 2]
        text = f"Comment {number}."
        place = writer.post(PATH, token=token, body=text, key=text).headers["location"]
        id = place.rpartition("-")[2]
        assert [sees(worker, text, token) for worker in workers] == [(True, True)] * 2
        verb = ("hide", "delete")[number // 2 % 2]
        who = moderator if verb == "hide" else token
        assert writer.post(f"/comments/{id}/{verb}", token=who, reason="spam").status == 303
        assert [sees(worker, text, token) for worker in workers] == [(False, False)] * 2


def sees(worker: Server, text: str, token: str) -> tuple[bool, bool]:
    """Whether a guest, and whether this member, is shown this text."""
    pages = worker.get("/articles/harbour"), worker.get("/articles/harbour", token=token)
    return text in pages[0].text, text in pages[1].text


def anywhere(page: str, workers: tuple[Server, Server]) -> str:
    """The page as it would be at any address."""
    for worker in workers:
        page = page.replace(str(worker.port), "port")
    return page

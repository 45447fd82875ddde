"""Full disk: nothing new is stored, nothing old is lost, and everyone goes on reading."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.viewer.reactions import Reaction
from board.db import db
from board.runtime import disk
from support.small_disk import mount, small_disk


@pytest.fixture
def tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tmpfs of four megabytes for this board, which uses the last of them."""
    monkeypatch.setattr(disk, "FREE_MIN", 0)
    monkeypatch.setattr(disk, "RESERVE", 0)
    with small_disk(tmp_path, "4m") as path:
        yield path


def post_until_full(client: FlaskClient) -> tuple[list[str], str]:
    """The comments that were acknowledged, and the first one that was not."""
    posted = []
    for number in count():
        comment = f"Comment {number} {'바다 ' * 90}".strip()
        answer = client.post(PATH, data={"body": comment, "key": f"{number}"})
        if answer.status_code != 303:
            return posted, comment
        posted.append(comment)
    raise AssertionError


@pytest.mark.slow
def test_a_full_disk_loses_nothing_and_needs_no_restart(
    app: Flask,
    as_: Callable[[User], FlaskClient],
    guest: FlaskClient,
    ada: User,
    mo: User,
    harbour: Article,
    tmp_path: Path,
) -> None:
    client, moderator = as_(ada), as_(mo)
    posted, last = post_until_full(client)
    assert len(posted) > 3

    # The refusal is in the reader's language, and the text is still there.
    again = {"body": last, "key": "again"}
    korean, english = client.post(PATH, data=again), client.post(f"{PATH}?lang=en", data=again)
    assert (korean.status_code, english.status_code) == (503, 503)
    assert "저장되지 않았습니다" in korean.text and "Nothing was saved" in english.text
    assert f"{last}</textarea>" in korean.text
    assert int(korean.headers["Retry-After"]) > 0
    # A small write may still succeed; it is done or refused, nothing in between.
    comment = db.session.scalars(select(Comment)).first()
    assert comment
    liked = moderator.post(f"/comments/{comment.id}/like").status_code
    given = db.session.scalar(select(func.count()).select_from(Reaction))
    assert (liked, comment.like_count, given) in ((303, 1, 1), (503, 0, 0))
    signed_in = guest.post("/sign-in", data={"email": "a@b.c", "password": "x"})
    assert signed_in.status_code in (422, 503)

    # Everyone reads exactly the acknowledged comments.
    for reader in (guest, client, moderator):
        for path in ("/", "/articles/harbour", "/rulings", "/feed.atom", "/readyz"):
            assert reader.get(path).status_code == 200
        assert posted[-1] in reader.get("/articles/harbour").text
        assert last not in reader.get("/articles/harbour").text
    assert guest.get("/api/v1/counts?article=harbour").json == {"counts": {"harbour": len(posted)}}
    assert db.session.scalars(select(Comment.body).order_by(Comment.id)).all() == posted
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"

    assert mount(tmp_path, "-o", "remount,size=32m", "tmpfs") == ""
    assert client.post(PATH, data=again).status_code == 303
    assert client.post(f"/comments/{comment.id}/delete").status_code == 303
    bodies = db.session.scalars(select(Comment.body).where(Comment.listed)).all()
    assert bodies == [*posted[1:], last] and harbour.comment_count == len(posted)
    assert last in guest.get("/articles/harbour").text


PATH = "/articles/harbour/comments"

"""kill -9: killed at any moment, the board loses nothing acknowledged and does nothing twice."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Select, func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.viewer.reactions import Reaction
from board.db import close_connections, db
from board.moderation.rulings.models import Ruling
from board.moderation.users import clearing_portions
from board.moderation.users.clearings import Clearing
from conftest import person, say
from support.consistency import drift
from support.real_server import Server, token_of
from support.wait import until

ROUNDS = 100  # in each, one of the two workers is killed, and then all processes at once
PEOPLE = 4


class Person(threading.Thread):
    """Posts, replies, reacts and deletes; repeats each request until it is acknowledged."""

    def __init__(self, user: User, server: Server, stop: threading.Event) -> None:
        super().__init__()
        self.name, self.user_id, self.server, self.stop = user.name, user.id, server, stop
        self.token = token_of(user)
        self.rng = random.Random(user.name)
        self.acknowledged = 0
        self.others: list[Person] = []
        self.posted: dict[str, int] = {}  # text: comment
        self.deleted: set[int] = set()
        self.chosen: dict[int, str | None] = {}  # comment: like, dislike or nothing

    def run(self) -> None:
        for number in count():
            if self.stop.is_set():
                return
            acts: list[Callable[[str], None]] = [self.post, self.post, self.react, self.delete]
            self.rng.choice(acts)(f"{self.name} {number}")

    def post(self, text: str) -> None:
        form = {"body": text, "key": text}
        if comments := self.rng.choice(self.others).comments():
            form["parent"] = str(self.rng.choice(comments)) if self.rng.random() < 0.5 else ""
        status, location, _ = self.post_until_answered("/articles/harbour/comments", **form)
        if status == 303:
            self.posted[text] = int(location.rpartition("-")[2])

    def react(self, _: str) -> None:
        comments = self.rng.choice(self.others).comments()
        if not comments:
            return
        comment, verb = (
            self.rng.choice(comments),
            self.rng.choice(["like", "dislike", "unreact"]),
        )
        status, _location, tries = self.post_until_answered(f"/comments/{comment}/{verb}")
        if status == 303:
            self.chosen[comment] = None if verb == "unreact" else verb
        elif tries > 1:  # it may have been stored before the comment was deleted
            self.chosen.pop(comment, None)

    def delete(self, _: str) -> None:
        if own := [id for id in self.comments() if id not in self.deleted]:
            comment = self.rng.choice(own)
            status, _location, tries = self.post_until_answered(f"/comments/{comment}/delete")
            assert status == 303 or (status == 404 and tries > 1)
            self.deleted.add(comment)

    def comments(self) -> list[int]:
        return list(self.posted.values())

    def post_until_answered(self, path: str, **form: str) -> tuple[int, str, int]:
        """Status, location, and the number of tries until there was an answer."""
        for tries in count(1):
            try:
                answer = self.server.post(path, token=self.token, **form)
            except (OSError, HTTPException):
                self.stop.wait(0.005)
                continue
            assert answer.status != 500, answer.text
            if answer.status != 503:
                self.acknowledged += 1
                return answer.status, answer.headers.get("location", ""), tries
        raise AssertionError


class Moderator(Person):
    def run(self) -> None:
        while not self.stop.is_set():
            if comments := self.rng.choice(self.others).comments():
                verb = self.rng.choice(["hide", "restore"])
                form = {"reason": "spam"} if verb == "hide" else {}
                status, _, _ = self.post_until_answered(
                    f"/comments/{self.rng.choice(comments)}/{verb}", **form
                )
                assert status == 303


def wait_for_acts(crowd: list[Person], *, acts: int) -> None:
    """Wait until so many more acts are acknowledged. So a slow machine kills under load, too."""
    goal = sum(one.acknowledged for one in crowd) + acts
    until(
        lambda: (
            sum(one.acknowledged for one in crowd) >= goal
            or not all(one.is_alive() for one in crowd)
        ),
        f"{acts} more acts are acknowledged",
    )


def kill_a_worker(server: Server) -> None:
    """Kill one worker, at any point of its work; a lock it may hold is released with it."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    workers = [pid for pid in children.read_text().split() if is_worker(pid)]
    os.kill(int(workers[0]), signal.SIGKILL)


def is_worker(pid: str) -> bool:
    return b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_kills_lose_nothing_acknowledged_and_do_nothing_twice(
    app: Flask, tmp_path: Path, harbour: Article, mo: User
) -> None:
    rng, stop = random.Random(20261123), threading.Event()
    with Server(tmp_path) as server:
        people = [Person(person(f"poster {n}"), server, stop) for n in range(PEOPLE)]
        crowd = [*people, Moderator(mo, server, stop)]
        for one in crowd:
            one.others = [other for other in people if other is not one]
        close_connections()
        try:
            for one in crowd:
                one.start()
            for _ in range(ROUNDS):
                wait_for_acts(people, acts=rng.randint(1, 6))
                stop.wait(rng.uniform(0, 0.02))
                kill_a_worker(server)
                wait_for_acts(people, acts=rng.randint(1, 6))
                stop.wait(rng.uniform(0, 0.02))
                server.kill()
                server.start()
        finally:
            stop.set()
            for one in crowd:
                one.join(timeout=60)

    assert not any(one.is_alive() for one in crowd)
    assert drift() == []
    comments = {comment.id: comment for comment in db.session.scalars(select(Comment))}
    keys = [comment.key for comment in comments.values()]
    acknowledged = {text: id for one in people for text, id in one.posted.items()}
    assert len(acknowledged) > ROUNDS / 2
    assert {text: id for id, text in zip(comments, keys, strict=True)} == acknowledged
    assert len(keys) == len(set(keys))
    gone = {id for id, comment in comments.items() if comment.deleted_at}
    assert gone == {id for one in people for id in one.deleted} != set()
    chosen = {(id, one.user_id): what for one in people for id, what in one.chosen.items()}
    held = {(r.comment_id, r.user_id): r.choice for r in db.session.scalars(select(Reaction))}
    assert {each: held.get(each) for each in chosen} == chosen != {}


CLEARED = 400


def press_until_killed(server: Server, path: str, token: str, **form: str) -> None:
    """Sends a form, and kills all processes after the first portions of its work."""
    rulings = db.session.scalar(select(func.count()).select_from(Ruling)) or 0
    done = select(func.count()).select_from(Ruling)

    def press() -> None:
        with suppress(OSError, HTTPException):
            server.post(path, token=token, **form)

    thread = threading.Thread(target=press)
    thread.start()
    until(lambda: fresh(done) > rulings + 2 * clearing_portions.PORTION, "some of it is done")
    server.kill()
    thread.join(timeout=60)
    assert not thread.is_alive()


def fresh(query: Select[int]) -> int:
    db.session.rollback()
    return db.session.scalar(query) or 0


def count_hidden() -> int:
    return fresh(select(func.count()).where(Comment.hidden_for == "spam"))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_clearing_and_its_undo_go_on_after_a_kill(
    app: Flask, tmp_path: Path, harbour: Article, ada: User, mo: User
) -> None:
    for number in range(CLEARED):
        say(harbour, ada, f"Spam {number}")
    token, path = token_of(mo), f"/desk/people/{ada.id}"
    chosen = {"reason": "spam", "period": "all", "restriction": "ban", "last": "0"}
    with Server(tmp_path) as server:
        press_until_killed(server, f"{path}/clear", token, **chosen)
        assert 0 < count_hidden() < CLEARED
        server.start()
        assert server.post(f"{path}/clear", token=token, **chosen).status == 303  # once more
        until(lambda: count_hidden() == CLEARED, "the rest is hidden", seconds=120)
        act = fresh(select(Clearing.ruling_id))
        press_until_killed(server, f"/desk/people/clearings/{act}/undo", token)
        assert 0 < count_hidden() < CLEARED
        server.start()
        until(lambda: count_hidden() == 0, "the rest is restored", seconds=120)

    assert drift() == []
    assert not db.session.get_one(User, ada.id).is_suspended
    about_her = select(Ruling.verdict).where(Ruling.about_id == ada.id)
    assert Counter(db.session.scalars(about_her)) == {
        "clear": 1,
        "ban": 1,
        "hide": CLEARED,
        "undo": CLEARED + 2,
    }

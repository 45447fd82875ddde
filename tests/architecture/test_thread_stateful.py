"""Whatever people do, and in whatever order, readers see what a very simple model says they do.

The model is a list of what was said and a set for each kind of answer to it. After each act every
way there is of reading the thread is compared with it. A new act is one more rule.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.wilson_score import lower_bound
from board.db import db, now, writing
from conftest import keep, more_link, person
from support.consistency import drift, drift_in

PEOPLE = st.integers(0, 2)
RARELY = st.sampled_from([False, False, True])  # what would stop most of the others
VERBS = st.sampled_from(["like", "like", "dislike", "unreact"])
numbers = count()  # so that nothing is said, and nobody named, twice


@dataclass(eq=False)
class Said:
    """What the model knows of one comment."""

    id: int
    author: int
    text: str
    parent: "Said | None" = None
    children: "list[Said]" = field(default_factory=list)
    edits: int = 0
    is_hidden: bool = False
    is_deleted: bool = False
    likes: set[int] = field(default_factory=set)
    dislikes: set[int] = field(default_factory=set)

    @property
    def is_visible(self) -> bool:
        return not (self.is_hidden or self.is_deleted)

    @property
    def is_listed(self) -> bool:
        return not self.is_deleted or any(child.is_listed for child in self.children)

    @property
    def below(self) -> "list[Said]":
        """All answers, and answers to those, in the order they were given."""
        found = [each for child in self.children for each in (child, *child.below)]
        return sorted(found, key=lambda each: each.id)

    @property
    def reply_count(self) -> int:
        return sum(each.is_visible for each in self.below)

    @property
    def rank(self) -> float:
        return lower_bound(len(self.likes), len(self.dislikes)) if self.is_visible else 0.0


ORDERS: dict[str, Callable[[Said], Any]] = {
    "latest": lambda said: -said.id,
    "oldest": lambda said: said.id,
    "liked": lambda said: (-said.rank, -said.id),
    "replied": lambda said: (-said.reply_count, -said.id),
}


class Thread(RuleBasedStateMachine):
    """Three readers, a moderator and an editor under one article."""

    said = Bundle("said")

    def __init__(self, app: Flask, as_: Callable[[User], FlaskClient]) -> None:
        super().__init__()
        self.as_, self.guest = as_, app.test_client()
        self.fresh = app.test_client()
        self.fresh.set_cookie("lang", "ko")  # so that nothing comes from what is kept
        self.slug = f"thread-{next(numbers)}"
        self.article = keep(Article.publish(slug=self.slug, title="The harbour"))
        self.people = [person(f"sailor {next(numbers)}") for _ in range(3)]
        self.names = [someone.name for someone in self.people]
        self.clients = [as_(someone) for someone in self.people]
        self.moderator = as_(person(f"mo {next(numbers)}", can_moderate=True))
        self.editor = as_(person(f"tess {next(numbers)}", can_edit=True))
        self.suspended: set[int] = set()
        self.is_open = True
        self.comments: list[Said] = []
        self.before = ("", -1)

    # What people do.

    @initialize(target=said)
    def begin(self) -> Any:
        """Each says something, and the first is answered."""
        roots = [self._say(who, None, False) for who in range(3)]
        return multiple(*roots, self._say(1, roots[0], False))

    @rule(target=said, who=PEOPLE, again=st.booleans())
    def post(self, who: int, again: bool) -> Any:
        return self._say(who, None, again)

    @rule(target=said, who=PEOPLE, to=said, again=st.booleans())
    def reply(self, who: int, to: Said, again: bool) -> Any:
        return self._say(who, to, again)

    @rule(who=PEOPLE, what=said)
    def delete(self, who: int, what: Said) -> None:
        status = 303 if who == what.author else 403
        if self._act(who, what, "delete", status if what.is_listed else 404) == 303:
            what.is_deleted = True

    @rule(who=PEOPLE, what=said, again=st.booleans())
    def edit(self, who: int, what: Said, again: bool) -> None:
        status = 303 if self.is_open and what.is_visible else 409
        if what.is_visible and what.edits == Comment.EDITS_MAX:
            status = 403 if self.is_open else 409
        if who != what.author or not what.is_listed:
            status = 403 if what.is_listed else 404
        text = f"바다 word{next(numbers)}x"
        form = {"body": text, "version": str(what.edits)}
        for _ in range(1 + again):
            self._act(who, what, "edit", status, **form)
        if status == 303 and who not in self.suspended:
            what.text, what.edits = text, what.edits + 1

    @rule(who=PEOPLE, what=said, verb=VERBS)
    def react(self, who: int, what: Said, verb: str) -> None:
        status = 403 if who == what.author else 303 if what.is_visible else 409
        if self._act(who, what, verb, status if what.is_listed else 404) == 303:
            for each, chosen in (("like", what.likes), ("dislike", what.dislikes)):
                chosen.discard(who)
                if each == verb:
                    chosen.add(who)

    @rule(what=said)
    def hide(self, what: Said) -> None:
        self._rule(what, "hide")
        what.is_hidden = what.is_hidden or not what.is_deleted

    @rule(what=said)
    def restore(self, what: Said) -> None:
        self._rule(what, "restore")
        what.is_hidden = what.is_hidden and what.is_deleted

    @rule(who=PEOPLE)
    def rename(self, who: int) -> None:
        name = f"sailor {next(numbers)}"
        status = 401 if who in self.suspended else 303
        answer = self.clients[who].post("/account/name", data={"name": name})
        assert answer.status_code == status
        if status == 303:
            self.names[who] = name

    @precondition(lambda self: self.is_open)
    @rule(really=RARELY)
    def close(self, really: bool) -> None:
        if not really:
            return
        answer = self.editor.post(f"/desk/articles/{self.slug}/close", data={"reason": "Storm"})
        assert answer.status_code == 303
        self.is_open = False

    @precondition(lambda self: not self.is_open)
    @rule()
    def open(self) -> None:
        assert self.editor.post(f"/desk/articles/{self.slug}/open").status_code == 303
        self.is_open = True

    @rule(who=PEOPLE, really=RARELY)
    def suspend(self, who: int, really: bool) -> None:
        if not really:
            return
        with writing():
            self.people[who].suspend(until=now() + timedelta(days=1), reason="Storm")
        self.suspended.add(who)

    @precondition(lambda self: self.suspended)
    @rule()
    def unsuspend(self) -> None:
        who = self.suspended.pop()
        with writing():
            self.people[who].unsuspend()
        self.clients[who] = self.as_(self.people[who])

    def _say(self, who: int, to: Said | None, again: bool) -> Any:
        text = f"바다 word{next(numbers)}x"
        form = {"body": text, "key": text, "parent": str(to.id) if to else ""}
        status = 303 if self.is_open and (to is None or to.is_visible) else 409
        if who in self.suspended:
            status = 401
        path = f"/articles/{self.slug}/comments"
        answers = [self.clients[who].post(path, data=form) for _ in range(1 + again)]
        assert {(a.status_code, a.location) for a in answers} == {(status, answers[0].location)}
        if status != 303:
            assert text in answers[0].text  # nobody loses what they wrote
            return multiple()
        id = int(answers[0].location.rpartition("-")[2])
        assert all(id > comment.id for comment in self.comments)
        said = Said(id, who, text, to)
        self.comments.append(said)
        if to:
            to.children.append(said)
        return said

    def _act(self, who: int, what: Said, verb: str, status: int, **form: str) -> int:
        status = 401 if who in self.suspended else status
        answer = self.clients[who].post(f"/comments/{what.id}/{verb}", data=form)
        assert answer.status_code == status
        return status

    def _rule(self, what: Said, verb: str) -> None:
        answer = self.moderator.post(f"/comments/{what.id}/{verb}", data={"reason": "spam"})
        assert answer.status_code == 303

    # What readers see.

    @invariant()
    def programs_read_what_the_model_says_in_each_order(self) -> None:
        for sort, order in ORDERS.items():
            path = f"/api/v1/articles/{self.slug}/comments?sort={sort}&limit=3"
            roots = [said for said in self.comments if said.parent is None and said.is_listed]
            told = [self._told(root) for root in sorted(roots, key=order)]
            assert list(self._read(path)) == told

    @invariant()
    def people_read_the_same_and_nothing_of_what_is_gone(self) -> None:
        texts: list[str] = []
        path: str | None = f"/articles/{self.slug}"
        while path:
            page = self.guest.get(path).text
            assert page == self.fresh.get(path).text  # what is kept is what would be made now
            texts += re.findall(r"word\d+x", page)
            path = more_link(page)
        roots = [said for said in reversed(self.comments) if said.parent is None]
        shown = [said for root in roots for said in (root, *self._first(root))]
        assert texts == [said.text.split()[1] for said in shown if said.is_visible]

    @invariant()
    def search_and_feed_hold_exactly_what_is_visible(self) -> None:
        visible = [said.id for said in reversed(self.comments) if said.is_visible]
        found: list[int] = []
        path: str | None = f"/articles/{self.slug}/comments/search?q=바다"
        while path:
            page = self.guest.get(path).text
            found += [int(id) for id in re.findall(r'id="comment-(\d+)"', page)]
            path = more_link(page)
        feed = self.guest.get(f"/articles/{self.slug}/feed.atom").text
        entries = [int(id) for id in re.findall(r"<entry>\s*<id>[^<]*/comments/(\d+)<", feed)]
        assert found == visible and entries == visible[:50]
        counts = self.guest.get(f"/api/v1/counts?article={self.slug}").json
        states = {} if self.is_open else {"states": {self.slug: "closed"}}
        assert counts == {"counts": {self.slug: len(visible)}, **states}

    @invariant()
    def the_revision_rises_whenever_the_page_changes(self) -> None:
        page = self.fresh.get(f"/api/v1/articles/{self.slug}/comments?limit=50").text
        page += self.fresh.get(f"/articles/{self.slug}").text
        revision = self.article.revision
        old_page, old_revision = self.before
        assert revision > old_revision or (revision == old_revision and page == old_page)
        self.before = (page, revision)

    @invariant()
    def nothing_has_drifted(self) -> None:
        assert drift_in(self.article) == []

    def teardown(self) -> None:
        assert drift() == []

    def _read(self, path: str) -> Iterator[dict[str, Any]]:
        while path:
            page = self.guest.get(path).json
            for comment in page["comments"]:
                yield self._without_addresses(comment)
            path = page["next"]

    def _without_addresses(self, comment: dict[str, Any]) -> dict[str, Any]:
        kept = {key: comment[key] for key in comment if key not in ("url", "posted_at")}
        if "author" in kept:
            kept["author"] = kept["author"]["name"]
            kept["edited_at"] = kept["edited_at"] is not None
        if "replies" in kept:
            kept["replies"] = [self._without_addresses(reply) for reply in kept["replies"]]
        return kept

    def _told(self, said: Said) -> dict[str, Any]:
        told: dict[str, Any] = {"id": said.id, "gone": None}
        if said.is_visible:
            told["author"], told["html"] = self.names[said.author], f"<p>{said.text}</p>"
            told["edited_at"] = said.edits > 0
            told["like_count"], told["dislike_count"] = len(said.likes), len(said.dislikes)
        else:
            told["gone"] = "deleted" if said.is_deleted else "hidden"
            if not said.is_deleted:
                told["reason"] = "광고·도배"
        if to := said.parent:
            told["to"] = (
                {"id": to.id, "name": self.names[to.author]}
                if said.is_visible and to.is_visible
                else None
            )
        else:
            told["reply_count"] = said.reply_count
            told["replies"] = [self._told(reply) for reply in self._first(said)]
        return told

    def _first(self, root: Said) -> list[Said]:
        return [each for each in root.below if each.is_listed][: Comment.FIRST_REPLIES]


def run(app: Flask, as_: Callable[[User], FlaskClient], **how: Any) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        lambda: Thread(app, as_),
        settings=settings(deadline=None, database=None, suppress_health_check=slow, **how),
    )


def test_readers_see_what_the_model_says(app: Flask, as_: Callable[[User], FlaskClient]) -> None:
    run(app, as_, max_examples=5, stateful_step_count=15, derandomize=True, phases=[Phase.generate])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_readers_see_what_the_model_says_after_long_and_many_stories(
    app: Flask, as_: Callable[[User], FlaskClient]
) -> None:
    run(
        app,
        as_,
        max_examples=40,
        stateful_step_count=40,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
    )
    db.session.rollback()

"""Stateful test: after any acts in any order, readers see what a very simple model predicts.

The model is a list of comments with their reactions. After each act, every way to read the thread
is compared with it. A new act is one more rule.
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
from board.comments.derived.wilson_score import lower_bound
from board.comments.models import Comment
from board.db import db, now, writing
from conftest import keep, more_link, person
from support.consistency import drift, drift_in

pytestmark = pytest.mark.slow

PEOPLE = st.integers(0, 2)
RARELY = st.sampled_from([False, False, True])  # acts that would prevent most others
VERBS = st.sampled_from(["like", "like", "dislike", "unreact"])
FEATURED = re.compile(r'<section class="featured".*?</section>', re.S)
numbers = count()  # makes texts and names unique


@dataclass(eq=False)
class ModelComment:
    """One comment in the model."""

    id: int
    author: int
    text: str
    parent: "ModelComment | None" = None
    children: "list[ModelComment]" = field(default_factory=list)
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
    def below(self) -> "list[ModelComment]":
        """All replies, and replies to those, oldest first."""
        replies = [each for child in self.children for each in (child, *child.below)]
        return sorted(replies, key=lambda each: each.id)

    @property
    def reply_count(self) -> int:
        return sum(each.is_visible for each in self.below)

    @property
    def rank(self) -> float:
        return lower_bound(len(self.likes), len(self.dislikes)) if self.is_visible else 0.0


ORDERS: dict[str, Callable[[ModelComment], Any]] = {
    "latest": lambda each: -each.id,
    "oldest": lambda each: each.id,
    "liked": lambda each: (-each.rank, -each.id),
    "replied": lambda each: (-each.reply_count, -each.id),
}


class Thread(RuleBasedStateMachine):
    """Three readers, a moderator and an editor under one article."""

    posted = Bundle("posted")

    def __init__(self, app: Flask, as_: Callable[[User], FlaskClient]) -> None:
        super().__init__()
        self.as_, self.guest = as_, app.test_client()
        self.fresh = app.test_client()
        self.fresh.set_cookie("lang", "ko")  # bypasses the page cache
        self.slug = f"thread-{next(numbers)}"
        self.article = keep(Article.publish(slug=self.slug, title="The harbour"))
        self.people = [person(f"sailor {next(numbers)}") for _ in range(3)]
        self.names = [someone.name for someone in self.people]
        self.clients = [as_(someone) for someone in self.people]
        self.moderator = as_(person(f"mo {next(numbers)}", can_moderate=True))
        self.editor = as_(person(f"tess {next(numbers)}", can_edit=True))
        self.suspended: set[int] = set()
        self.is_open = True
        self.comments: list[ModelComment] = []
        self.featured: list[ModelComment] = []  # the last one featured first
        self.before = ("", -1)

    # Acts of people.

    @initialize(target=posted)
    def begin(self) -> Any:
        """Each of three posts a comment, and the first gets a reply."""
        roots = [self._post(who, None, False) for who in range(3)]
        return multiple(*roots, self._post(1, roots[0], False))

    @rule(target=posted, who=PEOPLE, again=st.booleans())
    def post(self, who: int, again: bool) -> Any:
        return self._post(who, None, again)

    @rule(target=posted, who=PEOPLE, to=posted, again=st.booleans())
    def reply(self, who: int, to: ModelComment, again: bool) -> Any:
        return self._post(who, to, again)

    @rule(who=PEOPLE, comment=posted)
    def delete(self, who: int, comment: ModelComment) -> None:
        status = 303 if who == comment.author else 403
        if self._act(who, comment, "delete", status if comment.is_listed else 404) == 303:
            comment.is_deleted = True
            self._leave_top(comment)

    @rule(who=PEOPLE, comment=posted, again=st.booleans())
    def edit(self, who: int, comment: ModelComment, again: bool) -> None:
        status = 303 if self.is_open and comment.is_visible else 409
        if comment.is_visible and comment.edits == Comment.EDITS_MAX:
            status = 403 if self.is_open else 409
        if who != comment.author or not comment.is_listed:
            status = 403 if comment.is_listed else 404
        text = f"바다 word{next(numbers)}x"
        form = {"body": text, "version": str(comment.edits)}
        for _ in range(1 + again):
            self._act(who, comment, "edit", status, **form)
        if status == 303 and who not in self.suspended:
            comment.text, comment.edits = text, comment.edits + 1
            self._leave_top(comment)

    @rule(who=PEOPLE, comment=posted, verb=VERBS)
    def react(self, who: int, comment: ModelComment, verb: str) -> None:
        status = 403 if who == comment.author else 303 if comment.is_visible else 409
        if self._act(who, comment, verb, status if comment.is_listed else 404) == 303:
            for each, chosen in (("like", comment.likes), ("dislike", comment.dislikes)):
                chosen.discard(who)
                if each == verb:
                    chosen.add(who)

    @rule(comment=posted)
    def hide(self, comment: ModelComment) -> None:
        self._rule(comment, "hide")
        self._leave_top(comment)
        comment.is_hidden = comment.is_hidden or not comment.is_deleted

    @rule(comment=posted)
    def restore(self, comment: ModelComment) -> None:
        self._rule(comment, "restore")
        comment.is_hidden = comment.is_hidden and comment.is_deleted

    @rule(comment=posted, verb=st.sampled_from(["feature", "feature", "unfeature"]))
    def feature(self, comment: ModelComment, verb: str) -> None:
        is_full = verb == "feature" and comment not in self.featured and len(self.featured) == 3
        status = 409 if is_full or not comment.is_visible else 303
        answer = self.editor.post(f"/comments/{comment.id}/{verb}")
        assert answer.status_code == (status if comment.is_listed else 404)
        if status == 409 or not comment.is_listed:
            return
        if verb == "unfeature":
            self._leave_top(comment)
        elif comment not in self.featured:
            self.featured.insert(0, comment)

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

    def _post(self, who: int, to: ModelComment | None, again: bool) -> Any:
        text = f"바다 word{next(numbers)}x"
        form = {"body": text, "key": text, "parent": str(to.id) if to else ""}
        status = 303 if self.is_open and (to is None or to.is_visible) else 409
        if who in self.suspended:
            status = 401
        path = f"/articles/{self.slug}/comments"
        answers = [self.clients[who].post(path, data=form) for _ in range(1 + again)]
        assert {(a.status_code, a.location) for a in answers} == {(status, answers[0].location)}
        if status != 303:
            assert text in answers[0].text  # no text is lost
            return multiple()
        id = int(answers[0].location.rpartition("-")[2])
        assert all(id > comment.id for comment in self.comments)
        comment = ModelComment(id, who, text, to)
        self.comments.append(comment)
        if to:
            to.children.append(comment)
        return comment

    def _leave_top(self, comment: ModelComment) -> None:
        self.featured = [each for each in self.featured if each is not comment]

    def _act(self, who: int, comment: ModelComment, verb: str, status: int, **form: str) -> int:
        status = 401 if who in self.suspended else status
        answer = self.clients[who].post(f"/comments/{comment.id}/{verb}", data=form)
        assert answer.status_code == status
        return status

    def _rule(self, comment: ModelComment, verb: str) -> None:
        answer = self.moderator.post(f"/comments/{comment.id}/{verb}", data={"reason": "spam"})
        assert answer.status_code == 303

    # Views of readers.

    @invariant()
    def the_api_returns_the_models_comments_in_each_order(self) -> None:
        for sort, order in ORDERS.items():
            path = f"/api/v1/articles/{self.slug}/comments?sort={sort}&limit=3"
            roots = [each for each in self.comments if each.parent is None and each.is_listed]
            expected = [self._as_json(root) for root in sorted(roots, key=order)]
            assert list(self._read(path)) == expected
            on_top = [each["id"] for each in self.guest.get(path).json.get("featured", [])]
            assert on_top == [each.id for each in self.featured]

    @invariant()
    def pages_show_the_same_and_no_removed_text(self) -> None:
        texts: list[str] = []
        on_top: list[str] = []
        path: str | None = f"/articles/{self.slug}"
        while path:
            page = self.guest.get(path).text
            assert page == self.fresh.get(path).text  # the cached page is the one rendered now
            on_top += re.findall(r"word\d+x", "".join(re.findall(FEATURED, page)))
            texts += re.findall(r"word\d+x", re.sub(FEATURED, "", page))
            path = more_link(page)
        assert on_top == [each.text.split()[1] for each in self.featured]
        roots = [each for each in reversed(self.comments) if each.parent is None]
        listed = [each for root in roots for each in (root, *self._first_replies(root))]
        assert texts == [each.text.split()[1] for each in listed if each.is_visible]

    @invariant()
    def search_and_feed_have_exactly_the_visible_comments(self) -> None:
        visible = [each.id for each in reversed(self.comments) if each.is_visible]
        hits: list[int] = []
        path: str | None = f"/articles/{self.slug}/comments/search?q=바다"
        while path:
            page = self.guest.get(path).text
            hits += [int(id) for id in re.findall(r'id="comment-(\d+)"', page)]
            path = more_link(page)
        feed = self.guest.get(f"/articles/{self.slug}/feed.atom").text
        entries = [int(id) for id in re.findall(r"<entry>\s*<id>[^<]*/comments/(\d+)<", feed)]
        assert hits == visible and entries == visible[:50]
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
    def stored_counters_are_consistent(self) -> None:
        assert drift_in(self.article) == []

    def teardown(self) -> None:
        assert drift() == []

    def _read(self, path: str) -> Iterator[dict[str, Any]]:
        while path:
            page = self.guest.get(path).json
            for comment in page["comments"]:
                yield self._comparable(comment)
            path = page["next"]

    def _comparable(self, comment: dict[str, Any]) -> dict[str, Any]:
        """The JSON of a comment without addresses and times, which the model does not know."""
        fields = {key: comment[key] for key in comment if key not in ("url", "posted_at")}
        if "author" in fields:
            fields["author"] = fields["author"]["name"]
            fields["edited_at"] = fields["edited_at"] is not None
        if "replies" in fields:
            fields["replies"] = [self._comparable(reply) for reply in fields["replies"]]
        return fields

    def _as_json(self, comment: ModelComment) -> dict[str, Any]:
        fields: dict[str, Any] = {"id": comment.id, "gone": None}
        if comment.is_visible:
            fields["author"], fields["html"] = self.names[comment.author], f"<p>{comment.text}</p>"
            if comment in self.featured:
                fields["featured"] = True
            fields["edited_at"] = comment.edits > 0
            fields["like_count"], fields["dislike_count"] = (
                len(comment.likes),
                len(comment.dislikes),
            )
        else:
            fields["gone"] = "deleted" if comment.is_deleted else "hidden"
            if not comment.is_deleted:
                fields["reason"] = "광고·도배"
        if to := comment.parent:
            fields["to"] = (
                {"id": to.id, "name": self.names[to.author]}
                if comment.is_visible and to.is_visible
                else None
            )
        else:
            fields["reply_count"] = comment.reply_count
            fields["replies"] = [self._as_json(reply) for reply in self._first_replies(comment)]
        return fields

    def _first_replies(self, root: ModelComment) -> list[ModelComment]:
        return [each for each in root.below if each.is_listed][: Comment.FIRST_REPLIES]


def run(app: Flask, as_: Callable[[User], FlaskClient], **how: Any) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        lambda: Thread(app, as_),
        settings=settings(deadline=None, database=None, suppress_health_check=slow, **how),
    )


def test_readers_see_what_the_model_predicts(
    app: Flask, as_: Callable[[User], FlaskClient]
) -> None:
    run(app, as_, max_examples=5, stateful_step_count=15, derandomize=True, phases=[Phase.generate])


@pytest.mark.timeout(600)
def test_readers_see_what_the_model_predicts_after_many_long_runs(
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

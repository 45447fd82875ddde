"""Who is told: after any acts in any order, those whom a plain model names, and nobody else."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from board.articles.models import Article
from board.comments.models import Comment
from board.comments.viewer.blocks import Block
from board.db import db, writing
from board.moderation.rulings import decisions
from board.notifications.models import Kind, Notification, mark_seen
from board.notifications.notify import PER_ACTOR_MAX
from conftest import keep, person, say

WHO = st.integers(0, 3)
WHICH = st.integers(0, 9)
ACTS = st.one_of(
    st.tuples(st.just("post"), WHO, st.none() | WHICH, st.none() | WHO),
    st.tuples(st.sampled_from(["hide", "restore", "delete"]), WHICH),
    st.tuples(st.just("see"), WHO),
    st.tuples(st.just("block"), WHO, WHO),
)


@dataclass(eq=False)
class Row:
    """A notification in the model."""

    user: int
    kind: Kind
    about: int
    since: int
    actor: int
    seen_up_to: int | None = None  # the newest comment when it was seen

    @property
    def is_seen(self) -> bool:
        return self.seen_up_to is not None

    def was_about(self, id: int) -> bool:
        return self.since <= id <= (self.seen_up_to or 0)

    @property
    def key(self) -> tuple[int, Kind, int]:
        return self.user, self.kind, self.about


@dataclass
class Model:
    """Comments are (author, parent, root, named), by id; `hidden` are those nobody can read."""

    comments: dict[int, tuple[int, int | None, int | None, int | None]] = field(
        default_factory=dict
    )
    hidden: set[int] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    blocks: set[tuple[int, int]] = field(default_factory=set)

    def is_here(self, person: int) -> bool:
        """Whether somebody has a comment in the thread that can be read."""
        return any(
            author == person and id not in self.hidden for id, (author, *_) in self.comments.items()
        )

    def tell(self, id: int) -> None:
        author, parent, root, named = self.comments[id]
        keys = {
            self.comments[above][0]: (Kind.REPLY, above)
            for above in (root, parent)
            if above is not None
        }
        if named is not None and self.is_here(named):
            keys.setdefault(named, (Kind.MENTION, id))
        keys.pop(author, None)
        for user, (kind, about) in keys.items():
            row = Row(user, kind, about, id, author)
            of_actor = [each for each in self.rows if (each.user, each.actor) == (user, author)]
            known = [each for each in self.rows if each.key == row.key]
            is_known = any(not each.is_seen or each.was_about(id) for each in known)
            is_welcome = (user, author) not in self.blocks and len(of_actor) < PER_ACTOR_MAX
            if is_welcome and not is_known:
                self.rows.append(row)

    def forget(self, id: int) -> None:
        _, parent, root, _ = self.comments[id]
        self.hidden.add(id)
        for row in [each for each in self.rows if not each.is_seen]:
            is_empty = row.about in (parent, root) and not self.has_replies(row)
            if row.about == id if row.kind == Kind.MENTION else is_empty:
                self.rows.remove(row)

    def has_replies(self, row: Row) -> bool:
        return any(
            id >= row.since
            and row.about in (parent, root)
            and id not in self.hidden
            and author != row.user
            and (row.user, author) not in self.blocks
            for id, (author, parent, root, _) in self.comments.items()
        )


@pytest.mark.slow
@given(acts=st.lists(ACTS, min_size=6, max_size=20))
@settings(
    max_examples=25, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_any_acts_tell_those_the_model_names(app, acts):
    with writing():
        for table in ("notification", "mute"):
            db.session.execute(db.text(f"DELETE FROM {table}"))
    run = len(db.session.scalars(db.select(Article.id)).all())
    people = [person(f"{name}{'x' * run}") for name in ("aki", "bea", "cho", "dee")]
    mo = person(f"mo{'x' * run}", can_moderate=True)
    article = keep(Article.publish(slug=f"a-{run}", title="The harbour", body_html="<p>…</p>"))
    model, comments = Model(), []
    for act, *values in acts:
        _act(model, comments, act, values, people, article, mo)
        assert _stored(people) == {
            (people[row.user].id, row.kind.value, row.about)
            for row in model.rows
            if not row.is_seen
        }


def _stored(people):
    db.session.rollback()
    db.session.expire_all()
    rows = [row for user in people for row in db.session.scalars(Notification.unseen(user.id))]
    assert [user.unseen_notifications for user in people] == [
        sum(row.user_id == user.id for row in rows) for user in people
    ]
    return {(row.user_id, row.kind, row.about) for row in rows if row.kind != Kind.DECISION}


def _act(model, comments, act, values, people, article, mo):
    if act == "post":
        _post(model, comments, values, people, article)
    elif act == "see":
        with writing():
            mark_seen(people[values[0]])
        for row in model.rows:
            if row.user == values[0] and not row.is_seen:
                row.seen_up_to = max(model.comments)
    elif act == "block" and values[0] != values[1] and tuple(values) not in model.blocks:
        keep(Block(user_id=people[values[0]].id, muted_id=people[values[1]].id))
        model.blocks.add(tuple(values))
    elif act in ("hide", "restore", "delete") and comments:
        _decide(model, _comment(comments, values[0]), act, mo)


def _comment(comments, number):
    return db.session.get_one(Comment, comments[number % len(comments)])


def _post(model, comments, values, people, article):
    author, at, named = values
    parent = _comment(comments, at) if at is not None and comments else None
    if parent and not parent.is_visible:
        return
    text = f"@{people[named].name} {len(comments)}" if named is not None else f"{len(comments)}"
    comment = say(article, people[author], text, to=parent)
    comments.append(comment.id)
    model.comments[comment.id] = (author, comment.parent_id, comment.root_id, named)
    model.tell(comment.id)


def _decide(model, comment, act, mo):
    """Decisions that change nothing are left out, as the desk leaves them out."""
    was_visible, is_deleted = comment.is_visible, comment.deleted_at is not None
    with writing():
        comment = db.session.get_one(Comment, comment.id)
        if act == "hide":
            decisions.hide(comment, by=mo, reason="abuse")
        elif act == "restore":
            decisions.restore(comment, by=mo, reason="review")
        else:
            comment.delete()
    if act == "restore" and not was_visible and not is_deleted:
        model.hidden.discard(comment.id)
        model.tell(comment.id)
    elif act != "restore" and was_visible:
        model.forget(comment.id)

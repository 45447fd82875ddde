"""Loader of the sample board: its articles, and their comments with decisions and reactions."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.sites.models import Site
from board.articles.importing import Item, read_items
from board.articles.importing.content import article_content
from board.articles.models import Article
from board.articles.site_articles import identify
from board.articles.thread_controls.models import RestrictionKind, RestrictionSpec
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.viewer.reactions import Reaction, ReactionKind
from board.comments.writing import create, limits
from board.config import durable_files
from board.db import db, now, writing
from board.moderation.reports.models import report
from board.moderation.rulings import decisions as moderation
from board.moderation.rulings import featured
from board.moderation.threads.restrictions import restrict
from board.ops.sample import accounts as sample_accounts
from board.ops.sample import tips as sample_tips
from board.ops.sample.accounts import CAST, STAFF
from board.runtime.app import instance_folder
from board.tips.integrity import checkpoints

FOLDER = Path(__file__).parent
SITE_NAME = "푸른항구신문"
ORIGINS = ("http://127.0.0.1:8000", "http://localhost:8000", "https://harbour.example")
_TOML = f'site_name = "{SITE_NAME}"\n'.encode()
CLOSED = ("harbour-festival", "축제가 끝나 댓글을 닫았습니다.")
SLOWED = ("school-library", "차례로 읽고 답할 수 있게 천천히 받습니다.")

Row = dict[str, Any]  # a comment in comments.json


def load_if_empty() -> bool:
    """Load the sample board unless the database has articles or accounts."""
    if db.session.scalar(select(Article.id)) or db.session.scalar(select(User.id)):
        _take_name()
        return False
    _load()
    return True


def _load() -> None:
    passwords = sample_accounts.Passwords.make()
    papers = sample_tips.make_papers()
    conversation = json.loads((FOLDER / "comments.json").read_text(encoding="utf-8"))
    with writing():
        people = sample_accounts.create(passwords, conversation["readers"])
        factors = {handle: sample_accounts.enrol(people[handle]) for handle in STAFF}
        sample_tips.add_tip_reader(people["tess"], papers)
        threads = conversation["threads"]
        items = [item for item in read_items(FOLDER / "articles.json") if isinstance(item, Item)]
        site = _add_site()
        _load_threads(
            [(_publish(item, site), threads.get(item.slug, [])) for item in items], people
        )
        slug, reason = CLOSED
        db.session.scalars(Article.by_slug(slug)).one().close(reason=reason)
        _slow_down_one(people["mo"])
    checkpoints.accept(checkpoints.snapshot())  # its first tip came before any checkpoint
    sample_accounts.save(passwords.plain, factors)
    _name_site()


def _add_site() -> Site:
    """A site for pages of this machine, to try the embed with."""
    site = Site.add("sample", SITE_NAME)
    own = current_app.config["ORIGIN"]
    site.set_origins([*([own] if own else []), *ORIGINS])
    db.session.flush()
    return site


def _publish(item: Item, site: Site) -> Article:
    article = Article.publish(slug=item.slug, canonical_url=item.url, **article_content(item))
    identify(article, site, item.slug)
    return article


def _slow_down_one(moderator: User) -> None:
    """Put one thread into slow mode, for a week."""
    slug, reason = SLOWED
    spec = RestrictionSpec(
        article=db.session.scalars(Article.by_slug(slug)).one(),
        measures=[RestrictionKind.SLOW, RestrictionKind.LATEST],
        seconds=180,
        reason=reason,
        ends_at=now() + timedelta(days=7),
    )
    restrict(spec, by=moderator)


def _name_site() -> None:
    """Name the site in board.toml, unless there is one."""
    durable_files.write_first(instance_folder() / "board.toml", _TOML)
    _take_name()


def _take_name() -> None:
    """The name this loader gave, or that of another start a moment ago: settings were read before
    it."""
    toml = instance_folder() / "board.toml"
    if toml.exists() and toml.read_bytes() == _TOML:
        current_app.config["SITE_NAME"] = SITE_NAME


def _load_threads(threads: list[tuple[Article, list[Row]]], people: dict[str, User]) -> None:
    """Insert all comments in the order of time, so that a later one has a higher id."""
    rows = [(article, *pair) for article, roots in threads for pair in _with_parents(roots)]
    db.session.flush()
    comments: dict[int, Comment] = {}  # by the identity of their row
    for article, row, parent in sorted(rows, key=lambda each: -each[1]["minutes_ago"]):
        comments[id(row)] = _insert(article, row, people, comments.get(id(parent)))
    for _, row, _ in rows:
        _decide(comments[id(row)], row, people)
    db.session.flush()


def _decide(comment: Comment, row: Row, people: dict[str, User]) -> None:
    """Delete, hide, feature or report the comment, as its row says."""
    if row.get("deleted"):
        comment.delete()
    if hidden := row.get("hidden"):
        reason, note = hidden["reason"], hidden.get("note", "")
        moderation.hide(comment, by=people["mo"], reason=reason, note=note)
    if row.get("featured"):
        featured.feature(comment, by=people["tess"])
    for each in row.get("reported", []):
        report(comment, by=people[each["by"]], reason=each["reason"], note=each["note"])


def _with_parents(roots: list[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Each comment with the one it replies to; `to` counts the replies of the same root."""
    for root in reversed(roots):
        yield root, None
        replies = root.get("replies", [])
        for reply in replies:
            to = reply.get("to")
            yield reply, root if to is None else replies[to]


def _insert(article: Article, row: Row, people: dict[str, User], parent: Comment | None) -> Comment:
    """Insert a comment as posting does, but at a moment in the past and without limits."""
    by, body = people[row["by"]], Body.from_text(row["earlier" if "earlier" in row else "body"])
    waits = row.get("waits", False)
    comment = create.insert_comment(
        article,
        by=by,
        body=body,
        key=secrets.token_urlsafe(16),
        parent=parent,
        posted_at=now() - timedelta(minutes=row["minutes_ago"]),
        held_for=_reason_to_hold(article, by, body, parent) if waits else None,
    )
    for effect in create.after_post if waits else ():
        effect(comment)
    if "earlier" in row:
        comment.edit(Body.from_text(row["body"]))
        comment.edited_at = comment.posted_at + timedelta(minutes=4)
    _react(comment, [person for handle, person in people.items() if handle not in CAST])
    return comment


def _reason_to_hold(article: Article, by: User, body: Body, parent: Comment | None) -> str | None:
    extra = limits.extra_values(article, by)
    return create.run_checks(create.PendingPost(article, by, body, parent, extra))


def _react(comment: Comment, readers: list[User]) -> None:
    """Reactions of the sample readers: always the same, drawn from the hash of the text.

    Some comments please nearly everybody, most please a few; about one reader in twenty dislikes.
    """
    appeal, *dice = hashlib.sha256(comment.body.encode()).digest()
    for reader, die in zip(readers, dice, strict=False):
        likes, dislikes = die < 16 + appeal * 3 // 4, die > 242
        if reader is not comment.author and (likes or dislikes):
            choice = ReactionKind.LIKE if likes else ReactionKind.DISLIKE
            moment = comment.posted_at + (now() - comment.posted_at) * (die / 256)
            db.session.add(
                Reaction(
                    comment_id=comment.id, user_id=reader.id, choice=choice.value, made_at=moment
                )
            )
            comment.add_reactions(likes=int(likes), dislikes=int(not likes))

"""`flask --app wsgi sample …`: a board to look at, and threads of any length to measure with."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pyotp
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from board.accounts import models as accounts
from board.accounts.auth.passwords import hash_password
from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.models import SecondFactor
from board.accounts.two_factor.totp import new_secret
from board.articles.importing import Item, read_items
from board.articles.importing.run import article_content
from board.articles.models import Article
from board.articles.thread_controls.models import RestrictionKind, RestrictionSpec
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.readers.reactions import Reaction, ReactionKind
from board.comments.writing import create, limits
from board.db import db, now, schema, writing
from board.moderation.reports.models import report
from board.moderation.rulings import decisions as moderation
from board.moderation.threads.restrictions import restrict
from board.ops.sample import tips as sample_tips
from board.ops.sample.thread_generator import fill

HERE = Path(__file__).parent
SITE_NAME = "푸른항구신문"
CAST = {"ada": (), "mo": ("can_moderate",), "tess": ("can_edit", "can_read_tips")}
CLOSED = ("harbour-festival", "축제가 끝나 댓글을 닫았습니다.")
SLOWED = ("school-library", "차례로 읽고 답할 수 있게 천천히 받습니다.")

sample_cli = AppGroup("sample", help="A board to look at and to measure with.")


@sample_cli.command("load")
def load() -> None:
    """Load the sample board into a database that has nothing in it."""
    if schema.state(db.engine) is not schema.State.CURRENT:
        schema.upgrade()
    if not load_if_empty():
        raise click.ClickException("This board has articles or accounts already.")
    print_accounts()


@sample_cli.command("thread")
@click.argument("slug")
@click.option("--comments", "count", required=True, type=click.IntRange(1, 10_000_000))
def thread(slug: str, count: int) -> None:
    """Fill the thread of SLUG (made when missing) with so many comments, a third of them replies.

    It is one write: stopped in the middle, it leaves nothing behind; until it ends, nobody posts.
    """
    with writing(), click.progressbar(length=count, label=slug) as shown:
        article = db.session.scalar(Article.by_slug(slug))
        if article is None:
            article = Article.publish(slug=slug, title=slug, body_html=f"<p>{slug}</p>")
        db.session.flush()
        for written in fill(article, count):
            shown.update(written)


def load_if_empty() -> bool:
    """Load the sample board unless anything is there. Its passwords are made for this machine."""
    if db.session.scalar(select(Article.id)) or db.session.scalar(select(User.id)):
        return False
    passwords = {handle: "-".join(secrets.token_hex(3) for _ in range(3)) for handle in CAST}
    hashes = {handle: hash_password(password) for handle, password in passwords.items()}
    readers_hash = hash_password(secrets.token_urlsafe(32))  # nobody signs in as these
    papers = sample_tips.write_papers()
    talk = json.loads((HERE / "comments.json").read_text(encoding="utf-8"))
    with writing():
        people = {handle: _account(handle, handle, hash_) for handle, hash_ in hashes.items()}
        for handle, capabilities in CAST.items():
            for capability in capabilities:
                setattr(people[handle], capability, True)
        for turn, reader in enumerate(talk["readers"]):
            person = _account(reader["handle"], reader["name"], readers_hash)
            person.joined_at = now() - timedelta(days=1400 // (turn + 1))
            people[reader["handle"]] = person
        db.session.flush()  # everybody has an id
        factors = {handle: _second_factor(people[handle]) for handle in CAST if CAST[handle]}
        sample_tips.seat(people["tess"], papers)
        threads = talk["threads"]
        items = [item for item in read_items(HERE / "articles.json") if isinstance(item, Item)]
        _talk([(_publish(item), threads.get(item.slug, [])) for item in items], people)
        slug, reason = CLOSED
        db.session.scalars(Article.by_slug(slug)).one().close(reason=reason)
        _slow_one(people["mo"])
    _keep(passwords, factors)
    return True


def _second_factor(user: User) -> list[str]:
    """The secret their telephone would know, and the codes they would have on paper."""
    secret = new_secret()
    codes = two_factor.enrol(user, secret, step=0, key=current_app.config["SECRET_KEY"])
    return [secret, *codes]


def _slow_one(moderator: User) -> None:
    """One thread is steered, and will not be for ever."""
    slug, reason = SLOWED
    article = db.session.scalars(Article.by_slug(slug)).one()
    terms = RestrictionSpec(
        article=article,
        measures=[RestrictionKind.SLOW, RestrictionKind.LATEST],
        seconds=180,
        reason=reason,
        ends_at=now() + timedelta(days=7),
    )
    restrict(terms, by=moderator)


def print_accounts() -> None:
    """The sample accounts of this machine, if the sample board was loaded here."""
    path = _accounts_file()
    if path.exists():
        click.echo("Sample accounts (email, password, what they can do):")
        accounts_ = json.loads(path.read_text())
        for email, (password, can, *_factor) in accounts_.items():
            click.echo(f"  {email:<20} {password}  {can}")
        click.echo("Staff are asked for a code as well. This prints the current one:")
        click.echo("  .venv/bin/flask --app wsgi sample code mo")
        for email, (_password, _can, *factor) in accounts_.items():
            if spare := _spare_codes(email, factor[1:]):
                click.echo(f"  or, each valid once, for {email}: {'  '.join(spare[:3])}")
        sample_tips.print_paper()


@sample_cli.command("code")
@click.argument("handle", type=click.Choice([handle for handle in CAST if CAST[handle]]))
def code(handle: str) -> None:
    """The six digits that the telephone of this member of the sample staff shows now."""
    try:
        secret = json.loads(_accounts_file().read_text())[_email(handle)][2]
    except (FileNotFoundError, KeyError, IndexError):
        raise click.ClickException("There is no sample board here.") from None
    click.echo(pyotp.TOTP(secret).now())


def _spare_codes(email: str, codes: list[str]) -> list[str]:
    """Those of the codes on paper that have not been used."""
    user = db.session.scalar(User.with_email(email))
    factor = SecondFactor.for_user(user) if user else None
    key = current_app.config["SECRET_KEY"]
    return [each for each in codes if factor and factor.has_code(each, key=key)]


def _keep(passwords: dict[str, str], factors: dict[str, list[str]]) -> None:
    words = {
        "can_moderate": "moderates",
        "can_edit": "edits articles",
        "can_read_tips": "reads tips",
    }
    accounts_ = {
        _email(handle): (
            password,
            ", ".join(words[c] for c in CAST[handle]) or "reads and writes",
            *factors.get(handle, ()),
        )
        for handle, password in passwords.items()
    }
    path = _accounts_file()
    path.touch(mode=0o600)
    path.write_text(json.dumps(accounts_, indent=1))
    toml = Path(current_app.instance_path) / "board.toml"
    if not toml.exists():
        toml.touch(mode=0o600)
        toml.write_text(f'site_name = "{SITE_NAME}"\n', encoding="utf-8")
        current_app.config["SITE_NAME"] = SITE_NAME


def _accounts_file() -> Path:
    return Path(current_app.instance_path) / "sample-accounts.json"


def _account(handle: str, name: str, password_hash: str) -> User:
    return accounts.sign_up(email=_email(handle), name=name, password_hash=password_hash)


def _email(handle: str) -> str:
    return f"{handle}@harbour.example"


def _publish(item: Item) -> Article:
    return Article.publish(slug=item.slug, canonical_url=item.url, **article_content(item))


def _talk(threads: list[tuple[Article, list[dict[str, Any]]]], people: dict[str, User]) -> None:
    """Everything is said in the order of time, so that a later comment has a higher number."""
    told = [(article, *each) for article, roots in threads for each in _with_parents(roots)]
    db.session.flush()
    said: dict[int, Comment] = {}  # by the identity of what was told
    for article, comment, parent in sorted(told, key=lambda each: -each[1]["minutes_ago"]):
        said[id(comment)] = _say(article, comment, people, said.get(id(parent)))
    for _, comment, _ in told:
        if comment.get("deleted"):
            said[id(comment)].delete()
        if hidden := comment.get("hidden"):
            reason, note = hidden["reason"], hidden.get("note", "")
            moderation.hide(said[id(comment)], by=people["mo"], reason=reason, note=note)
        for each in comment.get("reported", []):
            by = people[each["by"]]
            report(said[id(comment)], by=by, reason=each["reason"], note=each["note"])
    db.session.flush()


def _with_parents(
    roots: list[dict[str, Any]],
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Each comment with the one it answers; `to` counts the replies of the same root."""
    for root in reversed(roots):
        yield root, None
        replies = root.get("replies", [])
        for reply in replies:
            to = reply.get("to")
            yield reply, root if to is None else replies[to]


def _say(
    article: Article, told: dict[str, Any], people: dict[str, User], parent: Comment | None = None
) -> Comment:
    """As posting does, but at a moment in the past and past all limits."""
    by, body = people[told["by"]], Body.from_text(told.get("earlier", told["body"]))
    waits = told.get("waits", False)
    comment = create.insert_comment(
        article,
        by=by,
        body=body,
        key=secrets.token_urlsafe(16),
        parent=parent,
        posted_at=now() - timedelta(minutes=told["minutes_ago"]),
        held_for=_look_at(article, by, body, parent) if waits else None,
    )
    for effect in create.after_post if waits else ():
        effect(comment)
    if "earlier" in told:
        comment.edit(Body.from_text(told["body"]))
        comment.edited_at = comment.posted_at + timedelta(minutes=4)
    _react(comment, [person for handle, person in people.items() if handle not in CAST])
    return comment


def _look_at(article: Article, by: User, body: Body, parent: Comment | None) -> str | None:
    known = limits.extra_values(article, by)
    return create.run_checks(create.PendingPost(article, by, body, parent, known))


def _react(comment: Comment, readers: list[User]) -> None:
    """What the sample readers think of it: always the same, drawn from its words.

    Some comments please nearly everybody, most please a few; about one reader in twenty objects.
    """
    pleases, *dice = hashlib.sha256(comment.body.encode()).digest()
    for reader, die in zip(readers, dice, strict=False):
        likes, dislikes = die < 16 + pleases * 3 // 4, die > 242
        if reader is not comment.author and (likes or dislikes):
            choice = ReactionKind.LIKE if likes else ReactionKind.DISLIKE
            moment = comment.posted_at + (now() - comment.posted_at) * (die / 256)
            db.session.add(
                Reaction(
                    comment_id=comment.id, user_id=reader.id, choice=choice.value, made_at=moment
                )
            )
            comment.add_reactions(likes=int(likes), dislikes=int(not likes))

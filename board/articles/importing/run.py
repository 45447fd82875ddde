"""flask articles import: take over articles from feeds and JSON, as often as one likes."""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup

from board.articles.html_sanitizer import sanitize, plain_text
from board.articles.importing import BrokenFeed, Item, RejectedItem, read_items, count_items
from board.articles.importing.download import open_source
from board.articles.importing.items import is_slug
from board.articles.models import Article
from board.db import db, now, schema, writing
from board.db.write_lock import LockTimeout

BATCH = 100  # articles in one transaction, so that readers who post never wait long

articles_cli = AppGroup("articles", help="The articles people talk about.")


@articles_cli.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.pass_context
def import_(context: click.Context, sources: tuple[str, ...], dry_run: bool) -> None:
    """Take over the articles of each SOURCE: RSS 2.0, Atom or our JSON, a file or an address.

    An article that is here already is revised where it differs. A source that is broken changes
    nothing; an item that is refused is shown with the reason. The exit status is 1 when a source
    could not be read.
    """
    if schema.state(db.engine) is not schema.State.CURRENT:
        raise click.ClickException("The tables are not up to date. Start `serve` once.")
    outcomes = [_report(source, dry_run=dry_run) for source in sources]
    context.exit(0 if all(outcomes) else 1)


def _report(source: str, *, dry_run: bool) -> bool:
    """Import one source and say what came of it. False when it could not be read."""
    try:
        with open_source(source) as path:
            total = count_items(path)
            took = Import(dry_run=dry_run)
            took.all_of(path, total)
    except BrokenFeed as error:
        click.echo(f"{source}: nothing was imported, because {error}.", err=True)
        return False
    except LockTimeout:
        click.echo(f"{source}: stopped, because the database is busy. Import it again.", err=True)
        return False
    counts = ", ".join(f"{took.counts[word]:,} {word}" for word in Import.WORDS)
    click.echo(f"{source}: {counts}{' (dry run, nothing was written)' if dry_run else ''}")
    for refusal in took.refusals:
        click.echo(f"  refused {refusal.where}: {refusal.reason}")
    return True


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item ready to be written: everything slow is done."""

    item: Item
    where: str
    content: dict[str, Any]


class Import:
    """One run over one source."""

    WORDS = ("new", "updated", "unchanged", "refused")

    def __init__(self, *, dry_run: bool) -> None:
        self.dry_run = dry_run
        self.counts: Counter[str] = Counter()
        self.refusals: list[RejectedItem] = []
        self.seen: set[int] = set()  # hashes of addresses: a feed may be larger than memory

    def all_of(self, path: Path, total: int) -> None:
        entries = enumerate(read_items(path), start=1)
        with click.progressbar(
            length=total, file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as progress:
            while batch := list(islice(entries, BATCH)):
                self._take(batch)
                progress.update(len(batch))

    def _take(self, batch: list[tuple[int, Item | RejectedItem]]) -> None:
        prepared = list(self._prepared(batch))
        with dry_run() if self.dry_run else writing():
            words = Counter(self._write(one) for one in prepared)
        self.counts.update(words)
        self.counts["refused"] = len(self.refusals)

    def _prepared(self, batch: Iterable[tuple[int, Item | RejectedItem]]) -> Iterator[Prepared]:
        for number, entry in batch:
            if isinstance(entry, RejectedItem):
                self.refusals.append(entry)
                continue
            where = f"item {number} ({entry.url})"
            content = article_content(entry)
            if reason := self._objection(entry, content):
                self.refusals.append(RejectedItem(where, reason))
            else:
                yield Prepared(entry, where, content)

    def _objection(self, item: Item, content: dict[str, Any]) -> str:
        if hash(item.url) in self.seen:
            # Taking both would revise the article at every import, for ever.
            return "an item before it has the same address"
        self.seen.add(hash(item.url))
        if len(content["title"]) > Article.TITLE_MAX:
            return f"its title is longer than {Article.TITLE_MAX} characters"
        if len(content["body_html"]) > Article.BODY_MAX:
            return f"its text is longer than {Article.BODY_MAX:,} characters"
        return ""

    def _write(self, one: Prepared) -> str:
        """Publish or revise, inside a transaction. Answers with one of WORDS."""
        article = db.session.scalar(Article.by_canonical_url(one.item.url))
        if article:
            return "updated" if article.revise(**one.content) else "unchanged"
        slug = _slug(one.item)
        if not slug:
            reason = f"the slug {one.item.slug} belongs to another article"
            self.refusals.append(RejectedItem(one.where, reason))
            return "refused"
        Article.publish(slug=slug, canonical_url=one.item.url, **one.content)
        return "new"


@contextmanager
def dry_run() -> Iterator[None]:
    """Like `writing`, but nothing is written and nobody waits."""
    db.session.rollback()
    with db.session.no_autoflush:
        yield
    db.session.rollback()


def article_content(item: Item) -> dict[str, Any]:
    """What Article.publish and Article.revise take; the HTML is clean."""
    body = sanitize(item.html, image_origins=current_app.config["IMAGE_ORIGINS"], base=item.base)
    return {
        "title": item.title,
        "subtitles": [_cut(line, Article.LINE_MAX) for line in item.subtitles],
        "section": _cut(item.section, _width("section")),
        "byline": _cut(item.byline, _width("byline")),
        "summary": _cut(item.summary or plain_text(body), _width("summary")),
        "body_html": body,
        "image": item.image,
        "image_alt": _cut(item.image_alt, _width("image_alt")),
        **_times(item),
    }


def _times(item: Item) -> dict[str, datetime]:
    """What the feed does not say stays as it is.

    Nor do we believe in the future: feeds that call Korean time GMT are nine hours ahead.
    """
    told = {"published_at": item.published_at, "edited_at": item.edited_at}
    return {name: at for name, at in told.items() if at and at <= now()}


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _width(column: str) -> int:
    kind: Any = Article.__table__.columns[column].type
    return int(kind.length)


def _slug(item: Item) -> str:
    """The one given; else the end of the address if it can serve; else made of the address.

    "" when the one given is taken.
    """
    if item.slug:
        return "" if _is_taken(item.slug) else item.slug
    parts = urlsplit(item.url)
    end = parts.path.rpartition("/")[2].lower()
    # With a query the path names a program, not the article.
    if not parts.query and is_slug(end) and not _is_taken(end):
        return end
    return hashlib.sha256(item.url.encode()).hexdigest()[:16]


def _is_taken(slug: str) -> bool:
    return db.session.scalar(Article.by_slug(slug)) is not None

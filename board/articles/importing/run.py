"""Command line: `flask articles import`, repeatable import from feeds and JSON."""

import hashlib
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import current_app

from board.articles.addresses import address_key, guid_key
from board.articles.importing import BrokenFeed, Item, RejectedItem, read_items, survey_items
from board.articles.importing.content import article_content
from board.articles.importing.download import open_source
from board.articles.importing.items import is_slug
from board.articles.models import Article
from board.db import db, schema, writing
from board.db.commands import CommandGroup
from board.db.write_lock import LockTimeout

BATCH = 100  # articles per transaction, so that posting never waits long

articles_cli = CommandGroup("articles", help="The articles people talk about.")


@articles_cli.command("import")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.pass_context
def import_(context: click.Context, sources: tuple[str, ...], dry_run: bool) -> None:
    """Take over the articles of each SOURCE (file or address): RSS, Atom, JSON Feed or our JSON.
    Without one, of those in BOARD_FEEDS, as `serve` does by itself.

    An article that is here already is revised where it differs. A source that is broken changes
    nothing; an item that is refused is shown with the reason. The exit status is 1 when a source
    could not be read.
    """
    if schema.state(db.engine) is not schema.State.CURRENT:
        raise click.ClickException("The tables are not up to date. Start `serve` once.")
    if not (sources := sources or current_app.config["FEEDS"]):
        raise click.UsageError("Name a SOURCE, or set BOARD_FEEDS.")
    outcomes = [_report(source, dry_run=dry_run) for source in sources]
    context.exit(0 if all(outcomes) else 1)


def _report(source: str, *, dry_run: bool) -> bool:
    """Import one source and print the outcome. False if it could not be read."""
    try:
        with open_source(source) as path:
            survey = survey_items(path)
            run = Import(dry_run=dry_run, repeated_guids=survey.repeated_guids)
            run.import_all(path, survey.total)
    except BrokenFeed as error:
        click.echo(f"{source}: nothing was imported, because {error}.", err=True)
        return False
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        # A fault of ours must not keep the next source from being read.
        current_app.logger.exception("articles import: %s", source)
        click.echo(f"{source}: stopped by an error ({type(error).__name__}).", err=True)
        return False
    except LockTimeout:
        click.echo(f"{source}: stopped, because the database is busy. Import it again.", err=True)
        return False
    counts = ", ".join(f"{run.counts[outcome]:,} {outcome}" for outcome in Import.OUTCOMES)
    click.echo(f"{source}: {counts}{' (dry run, nothing was written)' if dry_run else ''}")
    for rejected in run.rejected:
        click.echo(f"  refused {rejected.where}: {rejected.reason}")
    return True


@dataclass(frozen=True, slots=True)
class PreparedItem:
    """An item with everything slow done, ready to be written."""

    item: Item
    where: str
    content: dict[str, Any]


class Import:
    """An import run over one source."""

    OUTCOMES = ("new", "updated", "unchanged", "refused")

    def __init__(self, *, dry_run: bool, repeated_guids: Collection[int] = ()) -> None:
        """`repeated_guids`: hashes of identifiers that several items have, and so identify none."""
        self.dry_run, self._repeated_guids = dry_run, repeated_guids
        self.counts: Counter[str] = Counter()
        self.rejected: list[RejectedItem] = []
        self._seen: set[int] = set()  # hashes of addresses, as a feed may be larger than memory

    def import_all(self, path: Path, total: int) -> None:
        entries = enumerate(read_items(path), start=1)
        with click.progressbar(
            length=total, file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as progress:
            while batch := list(islice(entries, BATCH)):
                self._import_batch(batch)
                progress.update(len(batch))

    def _import_batch(self, batch: list[tuple[int, Item | RejectedItem]]) -> None:
        prepared = list(self._prepare(batch))
        with dry_run() if self.dry_run else writing():
            outcomes = Counter(self._write(each) for each in prepared)
        self.counts.update(outcomes)
        self.counts["refused"] = len(self.rejected)

    def _prepare(self, batch: Iterable[tuple[int, Item | RejectedItem]]) -> Iterator[PreparedItem]:
        for number, entry in batch:
            if isinstance(entry, RejectedItem):
                self.rejected.append(entry)
                continue
            where = f"item {number} ({entry.url})"
            content = article_content(entry)
            if reason := self._reject_reason(entry, content):
                self.rejected.append(RejectedItem(where, reason))
            else:
                yield PreparedItem(entry, where, content)

    def _reject_reason(self, item: Item, content: dict[str, Any]) -> str:
        address = hash(address_key(item.url))
        if address in self._seen:
            # Importing both would revise the article in every run.
            return "an item before it has the same address"
        self._seen.add(address)
        if len(content["title"]) > Article.TITLE_MAX:
            return f"its title is longer than {Article.TITLE_MAX} characters"
        if len(content["body_html"]) > Article.BODY_MAX:
            return f"its text is longer than {Article.BODY_MAX:,} characters"
        return ""

    def _write(self, prepared: PreparedItem) -> str:
        """Publish or revise, inside a transaction. Returns one of OUTCOMES."""
        item, keys = prepared.item, self._keys(prepared.item)
        article = db.session.scalar(Article.by_keys(keys))
        if article and article.erase_at:
            self.rejected.append(RejectedItem(prepared.where, "it was deleted at the desk"))
            return "refused"
        if article:
            return self._revise(article, prepared, keys)
        slug = _slug(item)
        if not slug:
            reason = f"the slug {item.slug} belongs to another article"
            self.rejected.append(RejectedItem(prepared.where, reason))
            return "refused"
        article = Article.publish(slug=slug, canonical_url=item.url, **prepared.content)
        article.add_keys(keys)
        return "new"

    def _revise(self, article: Article, prepared: PreparedItem, keys: list[str]) -> str:
        has_moved = article.canonical_url != prepared.item.url and article.move_to(
            prepared.item.url
        )
        article.add_keys(keys)
        return "updated" if article.revise(**prepared.content) or has_moved else "unchanged"

    def _keys(self, item: Item) -> list[str]:
        """What the article is known by: its address, and the identifier of its feed."""
        is_unique = item.guid and hash(item.guid) not in self._repeated_guids
        return [address_key(item.url), *([guid_key(item.url, item.guid)] if is_unique else [])]


@contextmanager
def dry_run() -> Iterator[None]:
    """Like `writing`, but without the lock, and rolled back."""
    db.session.rollback()
    with db.session.no_autoflush:
        yield
    db.session.rollback()


def _slug(item: Item) -> str:
    """The slug of the item; else the end of its URL if that is valid; else a hash of the URL.

    "" if the slug of the item is taken.
    """
    if item.slug:
        return "" if _is_taken(item.slug) else item.slug
    parts = urlsplit(item.url)
    end = parts.path.rstrip("/").rpartition("/")[2].lower()
    # With a query the path names a script, not the article.
    if not parts.query and is_slug(end) and not _is_taken(end):
        return end
    return hashlib.sha256(item.url.encode()).hexdigest()[:16]


def _is_taken(slug: str) -> bool:
    return db.session.scalar(Article.by_slug(slug)) is not None

"""CLI: `flask --app wsgi sample …` loads the sample board, and fills threads for benchmarks."""

import click

from board.articles.models import Article
from board.db import db, schema, writing
from board.db.commands import CommandGroup
from board.ops.sample.accounts import STAFF, current_code, print_accounts
from board.ops.sample.loader import load_if_empty
from board.ops.sample.thread_generator import fill

sample_cli = CommandGroup("sample", help="A board to look at and to measure with.")


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
    with writing(), click.progressbar(length=count, label=slug) as progress:
        article = db.session.scalar(Article.by_slug(slug))
        if article is None:
            article = Article.publish(slug=slug, title=slug, body_html=f"<p>{slug}</p>")
        db.session.flush()
        for written in fill(article, count):
            progress.update(written)


@sample_cli.command("code")
@click.argument("handle", type=click.Choice(STAFF))
def code(handle: str) -> None:
    """The six digits that the telephone of this member of the sample staff shows now."""
    try:
        click.echo(current_code(handle))
    except (FileNotFoundError, KeyError, IndexError):
        raise click.ClickException("There is no sample board here.") from None

"""Command line: `flask --app wsgi sites …`, the sites that show threads in their own pages."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from board.accounts.sites.models import InvalidSite, Site
from board.db import db, writing
from board.db.commands import CommandGroup
from board.web.i18n import LANGUAGES

sites_cli = CommandGroup("sites", help="Sites that show threads in their own pages.")
_origins = click.option("--origin", "origins", multiple=True, help="Such as https://news.example.")


@contextmanager
def _changing_site() -> Iterator[None]:
    """A write; if a field of the site is refused, the command ends with the reason."""
    try:
        with writing():
            yield
    except InvalidSite as error:
        raise click.ClickException(_reason(error)) from None


@sites_cli.command("add")
@click.argument("key")
@click.argument("name")
@_origins
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0])
def add(key: str, name: str, origins: tuple[str, ...], language: str) -> None:
    """Add a site. KEY is what its pages call it, such as `press`."""
    with _changing_site():
        if db.session.scalar(Site.with_key(key)):
            raise click.ClickException(f"There is a site {key} already.")
        Site.add(key, name, language=language).set_origins(origins)
    click.echo(f"{key} can show threads.")


@sites_cli.command("origins")
@click.argument("key")
@click.argument("origins", nargs=-1, required=True, metavar="ORIGIN...")
def set_origins(key: str, origins: tuple[str, ...]) -> None:
    """Set the origins of the site: these and no others."""
    with _changing_site():
        site = _find(key)
        site.set_origins(origins)
    click.echo(f"{key} is at {', '.join(site.origins)}.")


@sites_cli.command("addresses")
@click.argument("key")
@click.option("--host", "hosts", multiple=True, help="Means the same as the host of an origin.")
@click.option("--parameter", "parameters", multiple=True, help="Names an article, such as idxno.")
def set_addresses(key: str, hosts: tuple[str, ...], parameters: tuple[str, ...]) -> None:
    """Set how addresses of the site name articles: these hosts and parameters and no others."""
    with _changing_site():
        site = _find(key)
        site.set_addresses(hosts=hosts, parameters=parameters)
    click.echo(f"{key}: {' '.join(site.hosts)} {' '.join(site.parameters)}".rstrip())


@sites_cli.command("list")
def list_sites() -> None:
    """Print the sites with their origins."""
    for site in db.session.scalars(Site.all()):
        click.echo(f"{site.key}  {site.name}  {' '.join(site.origins)}")


def _find(key: str) -> Site:
    site: Site | None = db.session.scalar(Site.with_key(key))
    if site is None:
        raise click.ClickException(f"There is no site {key}.")
    return site


def _reason(error: InvalidSite) -> str:
    return {
        "key": f"A key is up to {Site.KEY_MAX} small letters, digits and hyphens.",
        "name": f"A name has up to {Site.NAME_MAX} characters.",
        "origins": "An origin looks like https://news.example, without a path.",
        "hosts": "A host looks like m.news.example.",
        "parameters": "A parameter is a word such as idxno.",
    }[error.field]

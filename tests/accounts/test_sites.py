"""An administrator says which sites show threads in their own pages."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from board.accounts.sites.cli import sites_cli
from board.accounts.sites.models import Site, SiteOrigin
from board.db import db

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def command(*words: str) -> Result:
        db.session.rollback()
        result = app.test_cli_runner().invoke(sites_cli, words)
        db.session.expire_all()
        return result

    return command


def site() -> Site:
    return db.session.scalars(Site.all()).one()


def test_a_site_is_added_with_its_origins(run: Run) -> None:
    result = run(
        "add", "press", "우리신문", "--origin", "https://News.example/",
        "--origin", "https://news.example:443", "--origin", "http://localhost:3000",
    )  # fmt: skip

    assert result.output == "press can show threads.\n"
    assert site().origins == ["https://news.example", "http://localhost:3000"]
    assert (site().name, site().language) == ("우리신문", "ko")


def test_origins_are_replaced_and_none_is_left_behind(run: Run) -> None:
    run("add", "press", "Press", "--origin", "https://a.example", "--origin", "https://b.example")

    run("origins", "press", "https://b.example", "https://c.example")

    assert site().origins == ["https://b.example", "https://c.example"]
    rows = db.session.scalars(select(SiteOrigin.origin).order_by(SiteOrigin.origin)).all()
    assert rows == ["https://b.example", "https://c.example"]


def test_hosts_and_parameters_that_name_articles_are_set(run: Run) -> None:
    run("add", "press", "Press", "--origin", "https://news.example")

    run("addresses", "press", "--host", "M.news.example", "--parameter", "idxno")

    assert site().hosts == ["news.example", "m.news.example"]
    assert site().parameters == ["idxno"]


def test_sites_are_listed(run: Run) -> None:
    run("add", "press", "Press", "--origin", "https://news.example")
    run("add", "blog", "Blog", "--language", "en")

    assert run("list").output == "blog  Blog  \npress  Press  https://news.example\n"


@pytest.mark.parametrize(
    ("key", "name", "origin"),
    [
        ("Press", "Press", "https://news.example"),
        ("-press", "Press", "https://news.example"),
        ("p" * 41, "Press", "https://news.example"),
        ("press", "", "https://news.example"),
        ("press", "n" * 81, "https://news.example"),
        ("press", "Press", ""),
        ("press", "Press", "news.example"),
        ("press", "Press", "https://news.example/path"),
        ("press", "Press", "https://*.news.example"),
        ("press", "Press", "https://user@news.example"),
        ("press", "Press", "javascript:alert(1)"),
        ("press", "Press", f"https://{'n' * 200}.example"),
    ],
)
def test_what_is_no_site_is_refused_in_one_sentence(
    run: Run, key: str, name: str, origin: str
) -> None:
    result = run("add", "--origin", origin, "--", key, name)

    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith("Error: ")
    assert db.session.scalars(Site.all()).all() == []


def test_no_site_is_added_twice(run: Run) -> None:
    run("add", "press", "Press")

    assert run("add", "press", "Other").output == "Error: There is a site press already.\n"


@pytest.mark.parametrize(
    "words", [("origins", "press", "https://a.example"), ("addresses", "press")]
)
def test_an_unknown_site_is_not_changed(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).output == "Error: There is no site press.\n"


@pytest.mark.parametrize("words", [("--host", "https://a.example"), ("--parameter", "a b")])
def test_hosts_and_parameters_are_words(run: Run, words: tuple[str, ...]) -> None:
    run("add", "press", "Press")

    assert run("addresses", "press", *words).exit_code == 1
    assert (site().hosts, site().parameters) == ([], [])

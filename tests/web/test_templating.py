"""Templates compiled once per language: texts and URLs are right, and arguments are escaped."""

import re
from pathlib import Path

import pytest
from flask import render_template, url_for
from jinja2 import DictLoader

import board
from conftest import count_queries, say

TEMPLATES = Path(board.__file__).parent / "frontend/templates"

PLAIN = "{{ _('All comments') }}"
WITH_ARGUMENT = "{{ _('Comments: %(title)s', title=title) }}"
FIXED_URL = "{{ url_for('comments.article', slug='x', sort=none, _anchor='thread') }}"
URL_WITH_VARIABLE = """{{ url_for('comments.comment', id=id, _anchor='reply') }}
{{ url_for('comments.thread', slug=slug) }}"""
QUERY = "{{ url_for('comments.thread', slug=slug, before=id) }}"
EXTERNAL = "{{ url_for('articles.front', _external=true) }}"
PAGES = {
    "words": PLAIN,
    "filled": WITH_ARGUMENT,
    "fixed": FIXED_URL,
    "later": URL_WITH_VARIABLE,
    "query": QUERY,
    "external": EXTERNAL,
}


@pytest.fixture
def render(app, monkeypatch):
    pages = DictLoader({f"{name}.html": text for name, text in PAGES.items()})
    for name, value in {"loader": pages, "bytecode_cache": None, "_by_language": {}}.items():
        monkeypatch.setattr(app.jinja_env, name, value)

    def rendered(name, *, lang="ko", host="http://localhost", **values):
        with app.app_context(), app.test_request_context(f"/?lang={lang}", base_url=host):
            return render_template(f"{name}.html", **values)

    return rendered


def test_each_language_has_its_own_texts(render):
    texts = [render("words", lang=lang) for lang in ("ko", "en", "ko", "en")]

    assert texts == ["전체댓글", "All comments"] * 2


def test_arguments_of_texts_are_escaped_each_time(render):
    texts = [render("filled", lang="en", title=title) for title in ("<b>&", "100 %")]

    assert texts == ["Comments: &lt;b&gt;&amp;", "Comments: 100 %"]


def test_urls_are_those_that_url_for_returns(app, render):
    assert render("fixed") == "/articles/x#thread"
    for id, slug in ((7, "harbour"), (8, "night-bus")):
        with app.test_request_context():
            made = (
                url_for("comments.comment", id=id, _anchor="reply"),
                url_for("comments.thread", slug=slug),
                url_for("comments.thread", slug=slug, before=id),
            )
        assert render("later", id=id, slug=slug) == f"{made[0]}\n{made[1]}"
        assert render("query", id=id, slug=slug) == made[2]


def test_the_host_of_one_request_is_not_in_the_page_of_the_next(render):
    hosts = ["http://localhost", "http://127.0.0.1:8000"]

    assert [render("external", host=host) for host in hosts] == [f"{host}/" for host in hosts]


def test_a_page_looks_up_neither_texts_nor_fixed_urls(app, guest, ada, harbour, monkeypatch):
    """So an uncached page is rendered in well under a millisecond."""
    say(harbour, ada, "Comment")
    guest.get("/articles/harbour")
    looked_up = []
    for name in ("gettext", "url_for"):
        answer = app.jinja_env.globals[name]
        monkeypatch.setitem(
            app.jinja_env.globals,
            name,
            lambda *a, n=name, f=answer, **k: looked_up.append(n) or f(*a, **k),
        )

    assert guest.get("/articles/harbour?lang").status_code == 200

    assert looked_up.count("gettext") == 0
    assert looked_up.count("url_for") <= 3


def statement_count(guest, path):
    with count_queries() as statements:
        assert guest.get(path).status_code == 200
    return len(statements)


def test_an_uncached_page_costs_the_same_few_statements(guest, ada, harbour):
    comments = [say(harbour, ada, f"Comment {number}") for number in range(25)]
    say(harbour, ada, "Reply", to=comments[-1])
    api = "/api/v1/articles/harbour/comments"

    # the article, its comments, the first replies to them; and where the page begins
    assert statement_count(guest, api) == 3
    assert statement_count(guest, f"{api}?before={comments[22].id}") == 4
    # and the newest comment, to find newer ones later
    assert statement_count(guest, "/articles/harbour") == 4
    assert statement_count(guest, f"/articles/harbour/comments?before={comments[21].id}") == 4

    # at another address: the data of the HTML page is cached
    assert statement_count(guest, f"{api}?lang") == 3
    assert statement_count(guest, "/articles/harbour?lang") == 1
    assert statement_count(guest, "/api/v1/counts?article=harbour&lang") == 1


@pytest.mark.parametrize(
    "template",
    [path for path in TEMPLATES.rglob("*.html") if "wide-table" in path.read_text("utf-8")],
    ids=lambda path: path.name,
)
def test_every_cell_names_its_column_where_there_is_no_room_for_columns(template):
    cells = re.findall(r"<td[^>]*>(?!</td>)", template.read_text("utf-8"))

    assert [cell for cell in cells if "data-label=" not in cell and "colspan=" not in cell] == []

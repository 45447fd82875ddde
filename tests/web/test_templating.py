"""Templates are compiled once for each language: what they say is there, and safe."""

import pytest
from flask import render_template, url_for
from jinja2 import DictLoader

from conftest import count_queries, say

WORDS = "{{ _('All comments') }}"
FILLED = "{{ _('Comments: %(title)s', title=title) }}"
FIXED = "{{ url_for('comments.article', slug='x', sort=none, _anchor='thread') }}"
LATER = """{{ url_for('comments.comment', id=id, _anchor='reply') }}
{{ url_for('comments.thread', slug=slug) }}"""
ASKED = "{{ url_for('comments.thread', slug=slug, before=id) }}"
FOREIGN = "{{ url_for('articles.front', _external=true) }}"
PAGES = {
    "words": WORDS,
    "filled": FILLED,
    "fixed": FIXED,
    "later": LATER,
    "asked": ASKED,
    "foreign": FOREIGN,
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


def test_each_language_has_its_own_words(render):
    said = [render("words", lang=lang) for lang in ("ko", "en", "ko", "en")]

    assert said == ["전체댓글", "All comments"] * 2


def test_what_is_put_into_words_is_escaped_each_time(render):
    said = [render("filled", lang="en", title=title) for title in ("<b>&", "100 %")]

    assert said == ["Comments: &lt;b&gt;&amp;", "Comments: 100 %"]


def test_addresses_are_those_that_url_for_makes(app, render):
    assert render("fixed") == "/articles/x#thread"
    for id, slug in ((7, "harbour"), (8, "night-bus")):
        with app.test_request_context():
            made = (
                url_for("comments.comment", id=id, _anchor="reply"),
                url_for("comments.thread", slug=slug),
                url_for("comments.thread", slug=slug, before=id),
            )
        assert render("later", id=id, slug=slug) == f"{made[0]}\n{made[1]}"
        assert render("asked", id=id, slug=slug) == made[2]


def test_the_host_one_reader_asked_for_is_not_what_the_next_one_gets(render):
    hosts = ["http://localhost", "http://127.0.0.1:8000"]

    assert [render("foreign", host=host) for host in hosts] == [f"{host}/" for host in hosts]


def test_a_page_looks_up_neither_words_nor_fixed_addresses(app, guest, ada, harbour, monkeypatch):
    """So a page that nobody asked for yet is made in well under a millisecond."""
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


def statements(guest, path):
    with count_queries() as seen:
        assert guest.get(path).status_code == 200
    return len(seen)


def test_a_page_that_nobody_asked_for_costs_the_same_few_statements(guest, ada, harbour):
    comments = [say(harbour, ada, f"Comment {number}") for number in range(25)]
    say(harbour, ada, "Reply", to=comments[-1])
    api = "/api/v1/articles/harbour/comments"

    # the article, its comments, the first replies to them; and where the page begins
    assert statements(guest, api) == 3
    assert statements(guest, f"{api}?before={comments[22].id}") == 4
    # and the newest comment, to tell later whether there are newer ones
    assert statements(guest, "/articles/harbour") == 4
    assert statements(guest, f"/articles/harbour/comments?before={comments[21].id}") == 4

    # by another address: what the page for people is made of is there
    assert statements(guest, f"{api}?lang") == 3
    assert statements(guest, "/articles/harbour?lang") == 1
    assert statements(guest, "/api/v1/counts?article=harbour&lang") == 1

"""Shared app: changes of one test are gone in the next, though both use the same app."""

import pytest
from flask import current_app

from board.articles.models import Article
from board.db import db
from board.moderation.filters import compiled
from board.web.access import everyone, open_to
from conftest import keep, person, say
from support.shared_app import SharedApp


@pytest.fixture
def shared_app(migrated):
    return SharedApp(migrated.parent, {"SITE_NAME": "Harbour"})


def folder(tmp_path, name):
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_the_next_test_has_the_initial_settings_views_and_handlers(shared_app, tmp_path):
    with shared_app.started_in(folder(tmp_path, "first")) as app:
        before = dict(app.view_functions), app.config["TRUSTED_HOSTS"].copy()
        app.config.update(SITE_NAME="Other", ORIGIN="https://news.example")
        app.config["TRUSTED_HOSTS"].append("news.example")
        app.view_functions["articles.front"] = open_to(everyone)(lambda: "mine")
        assert app.test_client().get("/").text == "mine"
        app.extensions["mine"] = True
    with shared_app.started_in(folder(tmp_path, "second")) as app:
        app.before_request(lambda: None)  # which Flask allows before the first request only

        assert (dict(app.view_functions), app.config["TRUSTED_HOSTS"]) == before
        assert (app.config["SITE_NAME"], app.config["ORIGIN"]) == ("Harbour", "")
        assert "mine" not in app.extensions
        assert app.instance_path == str(tmp_path / "second")


@pytest.mark.slow
def test_the_next_test_sees_no_comment_of_the_last_one(shared_app, tmp_path):
    pages = []
    for text in ("first", "second"):
        with shared_app.started_in(folder(tmp_path, text)) as app:
            article = keep(Article.publish(slug="harbour", title="The harbour"))
            say(article, person("ada"), f"The {text} comment")
            compiled.current_rules()
            pages.append(app.test_client().get("/articles/harbour").text)
            db.session.rollback()

    assert ["The first comment" in page for page in pages] == [True, False]
    assert ["The second comment" in page for page in pages] == [False, True]


def test_an_app_with_new_routes_is_recognised(shared_app, tmp_path):
    with shared_app.started_in(folder(tmp_path, "first")):
        assert not shared_app.has_new_routes
        current_app.add_url_rule("/mine", view_func=lambda: "mine")

    assert shared_app.has_new_routes

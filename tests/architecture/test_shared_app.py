"""What one test does to the app is gone in the next, though both have the same one."""

import pytest
from flask import current_app

from board.articles.models import Article
from board.db import db
from board.moderation.filters import compiled
from board.web.access import everyone, open_to
from conftest import keep, person, say
from support.shared_app import Stage


@pytest.fixture
def stage(migrated):
    return Stage(migrated.parent, {"SITE_NAME": "Harbour"})


def folder(tmp_path, name):
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_the_next_test_finds_the_settings_views_and_handlers_as_they_were(stage, tmp_path):
    with stage.set(folder(tmp_path, "first")) as app:
        before = dict(app.view_functions), app.config["TRUSTED_HOSTS"].copy()
        app.config.update(SITE_NAME="Other", ORIGIN="https://news.example")
        app.config["TRUSTED_HOSTS"].append("news.example")
        app.view_functions["articles.front"] = open_to(everyone)(lambda: "mine")
        assert app.test_client().get("/").text == "mine"
        app.extensions["mine"] = True
    with stage.set(folder(tmp_path, "second")) as app:
        app.before_request(lambda: None)  # which Flask allows before the first request only

        assert (dict(app.view_functions), app.config["TRUSTED_HOSTS"]) == before
        assert (app.config["SITE_NAME"], app.config["ORIGIN"]) == ("Harbour", "")
        assert "mine" not in app.extensions
        assert app.instance_path == str(tmp_path / "second")


def test_the_next_test_reads_nothing_of_the_last_ones_thread(stage, tmp_path):
    pages = []
    for text in ("first", "second"):
        with stage.set(folder(tmp_path, text)) as app:
            article = keep(Article.publish(slug="harbour", title="The harbour"))
            say(article, person("ada"), f"The {text} comment")
            compiled.current_rules()
            pages.append(app.test_client().get("/articles/harbour").text)
            db.session.rollback()

    assert ["The first comment" in page for page in pages] == [True, False]
    assert ["The second comment" in page for page in pages] == [False, True]


def test_an_app_that_was_given_addresses_is_worn(stage, tmp_path):
    with stage.set(folder(tmp_path, "first")):
        assert not stage.is_worn
        current_app.add_url_rule("/mine", view_func=lambda: "mine")

    assert stage.is_worn

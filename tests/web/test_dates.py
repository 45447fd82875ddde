"""Dates are written as the language of the page writes them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask_babel import force_locale

from board.articles.models import Article
from board.web.i18n import format_datetime, format_full_date, format_month
from conftest import keep

MOMENT = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)  # 14:05 in Seoul


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ko", ("2026.11.22. 14:05", "2026.03.01.", "2026.03.")),
        ("en", ("22 November 2026, 14:05", "1 March 2026", "March 2026")),
    ],
)
def test_each_language_has_one_date_style(app, language, texts):
    day = date(2026, 3, 1)

    with app.test_request_context("/"), force_locale(language):
        assert (format_datetime(MOMENT), format_full_date(day), format_month(day)) == texts


def test_an_article_shows_when_it_was_published(guest, app):
    keep(Article(slug="pier", title="The pier", published_at=MOMENT))

    assert ">2026.11.22. 14:05</time>" in guest.get("/articles/pier").text
    assert ">22 November 2026, 14:05</time>" in guest.get("/articles/pier?lang=en").text
    assert "2026.11" not in guest.get("/articles/pier?lang=en").text


@pytest.mark.parametrize(
    ("path", "korean", "english"),
    [
        ("/terms", "2026.01.01. 시행", "In force from 1 January 2026"),
        ("/sign-up", "(2026.01.01. 시행)", "(in force from 1 January 2026)"),
        ("/transparency", ">2026.11.</th>", ">November 2026</th>"),
        ("/transparency", ">2026년 하반기</th>", ">Second half of 2026</th>"),
    ],
)
def test_days_months_and_half_years_follow_the_language_too(guest, path, korean, english):
    with time_machine.travel(MOMENT, tick=False):
        pages = guest.get(path).text, guest.get(f"{path}?lang=en").text

    assert korean in pages[0]
    assert english in pages[1]

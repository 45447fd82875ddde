"""An administrator gives staff a label, which readers see as a badge beside the name."""

import re
from collections.abc import Callable

import pytest
from click.testing import Result
from flask.testing import FlaskClient

from board.accounts.models import User
from board.articles.models import Article
from board.db import db, writing
from conftest import say

Run = Callable[..., Result]


def badges(page: str) -> list[str]:
    return re.findall(r'<span class="badge badge-\w+">([^<]+)</span>', page)


@pytest.mark.parametrize(
    ("label", "ko", "en"),
    [
        ("reporter", "기자", "Journalist"),
        ("newsroom", "편집국", "Newsroom"),
        ("operations", "운영", "Operations"),
    ],
)
def test_a_label_is_a_badge_in_both_languages(
    operator: Run, guest: FlaskClient, ada: User, harbour: Article, label: str, ko: str, en: str
) -> None:
    say(harbour, ada, "Ahoy")

    result = operator("label", ada.email, label)

    assert (result.exit_code, result.output) == (
        0, f"ada@harbour.example has the label {label}.\n",
    )  # fmt: skip
    assert badges(guest.get("/articles/harbour").text) == [ko]
    assert badges(guest.get("/articles/harbour?lang=en").text) == [en]


def test_taking_a_label_away_takes_the_badge_away_at_once(
    operator: Run, guest: FlaskClient, ada: User, harbour: Article
) -> None:
    say(harbour, ada, "Ahoy")
    operator("label", ada.email, "reporter")
    assert badges(guest.get("/articles/harbour").text) == ["기자"]

    assert operator("label", ada.email, "none").output == "ada@harbour.example has no label.\n"

    assert badges(guest.get("/articles/harbour").text) == []


def test_a_label_lets_nobody_do_anything(operator: Run, ada: User) -> None:
    operator("label", ada.email, "operations")

    assert (ada.label, ada.is_staff) == ("operations", False)


def test_a_label_renews_the_threads_of_its_owner_and_no_others(
    operator: Run, ada: User, bora: User, harbour: Article
) -> None:
    with writing():
        other = Article.publish(slug="other", title="Other")
        db.session.add(other)
    say(harbour, ada, "Ahoy")
    say(other, bora, "Elsewhere")
    before = (harbour.revision, other.revision, ada.revision)

    operator("label", ada.email, "reporter")

    assert (harbour.revision, other.revision, ada.revision) == (
        before[0] + 1, before[1], before[2] + 1,
    )  # fmt: skip


@pytest.mark.parametrize("word", ["editor", "", "REPORTER", "reporter newsroom"])
def test_there_are_three_labels(operator: Run, ada: User, word: str) -> None:
    assert operator("label", ada.email, word).exit_code == 2
    assert ada.label == ""


def test_nobody_without_an_account_gets_one(operator: Run) -> None:
    result = operator("label", "nobody@harbour.example", "reporter")

    assert (result.exit_code, result.output) == (
        1, "Error: There is no account with the email nobody@harbour.example.\n",
    )  # fmt: skip


def test_the_list_of_staff_says_who_has_a_label(operator: Run, mo: User) -> None:
    operator("label", mo.email, "operations")

    assert operator("list").output == (
        "mo <mo@harbour.example> can moderate, supervise, handle-legal "
        "(label operations, no two-step verification)\n"
    )


def test_who_leaves_loses_the_label(operator: Run, ada: User) -> None:
    operator("label", ada.email, "reporter")

    operator("leave", ada.email, "--yes")

    assert (ada.label, ada.profile) == ("", "closed")

"""Staff and others of the newsroom get a label, which readers see as a badge beside the name."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from board.accounts.models import User
from board.articles.models import Article
from board.db import db, now, writing
from conftest import person, said, say

from .test_staff_roles import acts

As = Callable[[User], FlaskClient]
Run = Callable[..., Result]


@pytest.fixture
def ina(app: Flask) -> User:
    """Appoints staff."""
    return person("ina", can_appoint=True)


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


def test_who_appoints_gives_a_badge_on_a_page_and_takes_it_away(
    as_: As, guest: FlaskClient, ina: User, ada: User, harbour: Article
) -> None:
    say(harbour, ada, "Ahoy")
    desk = as_(ina)

    given = desk.post("/desk/staff/badge", data={"name": "ada", "badge": "reporter"})

    assert said(given) == "ada 님에게 배지를 부여했습니다: 기자."
    assert badges(guest.get("/articles/harbour").text) == ["기자"]
    page = desk.get("/desk/staff").text
    assert badges(page) == ["기자"]
    assert page.count('name="badge" value=""') == 1  # the button that takes it away

    taken = desk.post("/desk/staff/badge", data={"name": "ada", "badge": ""})

    assert said(taken) == "ada 님의 배지를 회수했습니다."
    assert badges(guest.get("/articles/harbour").text) == []
    assert f'id="person-{ada.id}"' not in desk.get("/desk/staff").text
    assert acts() == [
        ("label_reporter", "", "ina", "ada"), ("label_none", "", "ina", "ada"),
    ]  # fmt: skip
    assert "배지 부여: 기자" in desk.get("/desk/staff/log").text


def test_only_who_appoints_gives_badges_and_never_to_themselves(
    as_: As, ina: User, mo: User, ada: User
) -> None:
    data = {"name": "ina", "badge": "newsroom"}

    own = as_(ina).post("/desk/staff/badge", data=data)

    assert (own.status_code, ina.label, acts()) == (422, "", [])
    assert "자신의 배지는 다른 인사 담당자가 정해야 합니다." in own.text
    assert as_(mo).post("/desk/staff/badge", data=data).status_code == 403
    assert as_(ada).post("/desk/staff/badge", data=data).status_code == 403
    assert (ina.label, acts()) == ("", [])
    assert "/desk/staff/badge" not in as_(mo).get("/desk/staff").text


@pytest.mark.parametrize(
    "data",
    [
        {"name": "nobody here", "badge": "reporter"},
        {"name": "ada", "badge": "admin"},
        {"name": "ada"},
        {"badge": "reporter"},
        {"name": "x" * 10_000, "badge": "reporter"},
    ],
)
def test_what_is_no_member_or_no_badge_changes_nothing(
    as_: As, ina: User, ada: User, data: dict[str, str]
) -> None:
    answer = as_(ina).post("/desk/staff/badge", data=data)

    assert (answer.status_code, ada.label, acts()) == (422, "", [])


def test_a_badge_that_is_there_already_is_not_logged_again(
    as_: As, operator: Run, ina: User, ada: User
) -> None:
    data = {"name": "ada", "badge": "reporter"}
    desk = as_(ina)

    statuses = [desk.post("/desk/staff/badge", data=data).status_code for _ in range(2)]
    operator("label", ada.email, "reporter")
    operator("label", ada.email, "newsroom")

    assert statuses == [303, 409]
    assert acts() == [
        ("label_reporter", "", "ina", "ada"), ("label_newsroom", "", None, "ada"),
    ]  # fmt: skip


def test_a_frozen_appointer_gives_no_badge(as_: As, ina: User, ada: User) -> None:
    desk = as_(ina)
    with writing():
        db.session.merge(ina).frozen_until = now() + timedelta(hours=24)

    answer = desk.post("/desk/staff/badge", data={"name": "ada", "badge": "reporter"})

    assert (answer.status_code, ada.label, acts()) == (403, "", [])

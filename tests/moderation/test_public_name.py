"""A moderator is “운영자 3” in public, and known by name to colleagues."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from board.accounts.models import User
from board.articles.models import Article
from board.db import db, writing
from board.db.hash_chain import find_tampered_tail
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from conftest import person, said, say

As = Callable[[User], FlaskClient]


@pytest.fixture
def hidden(harbour: Article, ada: User, mo: User) -> None:
    """A decision of mo, made by name."""
    comment = say(harbour, ada, "Spam")
    with writing():
        decisions.hide(comment, by=mo, reason="abuse")


def choose(client: FlaskClient, name: str) -> TestResponse:
    return client.post("/account/public-name", data={"name": name})


def public_names(guest: FlaskClient) -> list[str]:
    """As the page, the JSON and the CSV have it."""
    names = [row["moderator"] for row in guest.get("/rulings.json").json["rulings"]]
    page, table = guest.get("/rulings").text, guest.get("/rulings.csv").text
    assert all(f"<span>{name}</span>" in page and f",{name}," in table for name in names)
    return names


def test_the_public_log_has_the_number_and_the_desk_the_name(
    as_: As, guest: FlaskClient, hidden: None, mo: User
) -> None:
    assert public_names(guest) == ["mo"]

    assert said(choose(as_(mo), "number")) == "공개 운영 기록에는 이제 이렇게 나옵니다: 운영자 1."

    assert public_names(guest) == ["운영자 1"]
    assert ">mo<" not in guest.get("/rulings").text
    assert "<span>mo</span>" in as_(mo).get("/desk/rulings").text
    assert find_tampered_tail(Ruling, 100) is None
    choose(as_(mo), "name")
    assert public_names(guest) == ["mo"]


def test_a_number_is_one_person_s_for_good(as_: As, mo: User) -> None:
    other = person("min", can_moderate=True)
    for user in (mo, other, mo):
        choose(as_(user), "number")
        choose(as_(user), "name")
    assert (mo.moderator_number, other.moderator_number) == (1, 2)
    choose(as_(mo), "number")
    assert (mo.moderator_number, mo.acts_by_number) == (1, True)


@pytest.mark.parametrize(("name", "status"), [("", 422), ("other", 422)])
def test_only_the_two_may_be_chosen(as_: As, mo: User, name: str, status: int) -> None:
    assert choose(as_(mo), name).status_code == status


def test_readers_have_no_choice(as_: As, ada: User) -> None:
    assert choose(as_(ada), "number").status_code == 403
    assert "public-name" not in as_(ada).get("/account").text
    assert db.session.get_one(User, ada.id).moderator_number is None

"""Which role opens which page of the desk: a table, and every route of the URL map against it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import Body
from board.db import db, now, writing
from board.law.authorities import data_requests, orders
from board.law.claims import workflow as claims
from board.moderation import queue
from board.moderation.filters import changes as filter_rules
from board.moderation.filters.models import State
from board.moderation.users import bulk_bans
from board.web.access import Audience, SomeMember
from conftest import person, say

pytestmark = pytest.mark.slow

MODERATE, SENIOR, LEGAL = {"can_moderate"}, {"can_supervise"}, {"can_handle_legal"}
EDIT, TIPS, APPOINT = {"can_edit"}, {"can_read_tips"}, {"can_appoint"}
ROLES = [*User.CAPABILITIES]
# The first pattern that fits a route, with its method, says who may use it.
TABLE = [
    (r"\w+ /desk", {*ROLES}),
    (r"\w+ /desk/rulings", {*ROLES}),
    (r"POST /desk/staff/(<id:id>/(un)?freeze|badge)", APPOINT),
    (r"\w+ /desk/(sites|webhooks).*", APPOINT),
    (r"\w+ /desk/staff.*", {*ROLES}),
    (r"POST /account/public-name", {*ROLES}),
    (r"\w+ /(sign-in/code|account/second-factor.*)", {*ROLES}),
    (r"POST /desk/people/<id:id>/ban", SENIOR),
    (r"POST /desk/people/bans/<id:id>/approve", SENIOR),
    (r"GET /desk/rules(/<id:id>|/allowed)?", MODERATE | SENIOR),
    (r"\w+ /desk/rules.*", SENIOR),
    (r"POST /desk/threads/surges.*", MODERATE),
    (r"\w+ /desk/threads.*", MODERATE | SENIOR | EDIT),
    (r"POST /desk/claims/files/<id:id>/open", LEGAL),
    (r"\w+ /desk/(claims|orders|comments)/<id:id>/case", LEGAL),
    (r"\w+ /desk/disclosures.*", LEGAL),
    (r"GET /desk/claims(/search)?", MODERATE | LEGAL),
    (r"\w+ /desk/orders", MODERATE | LEGAL),
    (r"\w+ /desk/(unread|tips).*", TIPS),
    (r"GET /desk/articles", MODERATE | EDIT),
    (r"\w+ /desk/articles.*", EDIT),
    (r"\w+ /articles/<slug>/(edit|delete|withdraw|publish|undelete).*", EDIT),
    (r"\w+ /comments/<id:id>/(un)?feature", EDIT),
    (r"POST /comments/<id:id>/(hide|restore)", MODERATE),
    (r"\w+ /desk/(alerts|comments|people|appeals|claims|orders|barred|rulings).*", MODERATE),
]


def allowed_roles(route: str) -> set[str]:
    return next((roles for pattern, roles in TABLE if re.fullmatch(pattern, route)), set())


def audience_of(app: Flask, endpoint: str) -> Audience:
    view: Any = app.view_functions[endpoint]
    audience: Audience = view.audience
    return audience


def is_for_members(app: Flask, endpoint: str) -> bool:
    """Whether members without a role may open it, and so everybody with one."""
    return audience_of(app, endpoint)(SomeMember())


def routes_of_staff(app: Flask) -> list[tuple[str, str]]:
    """Method and rule of each view that is not for all members."""
    return sorted(
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in {"GET", "POST"} & (rule.methods or set())
        if not is_for_members(app, rule.endpoint)
    )


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_route_of_the_desk_answers_only_who_the_table_says(
    app: Flask, as_: Callable[[User], FlaskClient], harbour: Article, role: str | None
) -> None:
    user = person("somebody", **({role: True} if role else {}))
    opened, forbidden = set(), set()
    for method, rule in routes_of_staff(app):
        url = rule.replace("<slug>", harbour.slug)
        url = re.sub(r"<(\w+:)?\w+>", "987654", url)
        status = as_(user).open(url, method=method).status_code
        (forbidden if status == 403 else opened).add(f"{method} {rule}")

    assert len(opened | forbidden) > 120
    assert opened == {route for route in opened | forbidden if role in allowed_roles(route)}


@pytest.fixture
def full_desk(app: Flask, ada: User, bora: User, harbour: Article) -> None:
    """Something on each page of the desk."""
    mo = person("mo", can_moderate=True)
    comment = say(harbour, ada, "A lantern")
    with writing():
        filter_rules.add(kind="word", text="lantern", by=None, state=State.ON)
        filter_rules.allow("lanternfish", by=mo)
        queue.enqueue(comment, queue.Queue.NEW)
        claims.receive_claim(
            comment, name="Kim", contact="kim@pier.example", kind="privacy", sentence="3",
            text="Mine", wish="block", requester="person",
        )  # fmt: skip
        orders.register(
            [comment], by=mo, received_at=now(), deadline_at=now(), kind="court", body="A court",
            number="1", items="Delete",
        )  # fmt: skip
        data_requests.register(
            ada, by=mo, kind="telecom", body="Police", number="1", received_at=now(), why="fraud",
            relation="suspect", asked=["name"],
        )  # fmt: skip
        bulk_bans.propose([bora], by=mo, reason="abuse")
        comment.edit(Body.from_text("A lantern, edited"))


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_the_desk_has_a_link_or_button_that_its_reader_may_not_use(
    app: Flask, as_: Callable[[User], FlaskClient], full_desk: None, ada: User, role: str
) -> None:
    reader = person("somebody", **{role: True})
    client, adapter = as_(reader), app.url_map.bind("localhost")
    todo, seen, wrong = ["/desk", "/comments/1"], {"/desk"}, []
    while todo:
        path = todo.pop()
        page = client.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        links = set(re.findall(r'<a [^>]*href="(/[^"#?]*)', page.text))
        buttons = set(re.findall(r'<form [^>]*method="post" action="(/[^"#?]*)', page.text))
        targets = {("GET", url) for url in links} | {("POST", url) for url in buttons}
        for method, url in targets:
            endpoint, _values = adapter.match(url, method=method)
            if not audience_of(app, endpoint)(db.session.merge(reader)):
                wrong.append((path, method, url))
        todo += [url for url in links - seen if url.startswith("/desk")]
        seen |= links

    assert wrong == []
    assert {"/desk/staff", "/desk/staff/log", "/desk/rulings"} <= seen

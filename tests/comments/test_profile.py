"""The page of a person shows what that person chose, and never what readers cannot see."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from board.articles.editing import lifecycle
from board.articles.models import Article
from board.articles.thread_controls.models import RestrictionKind, RestrictionSpec
from board.comments.models import Comment
from board.comments.viewer.reactions import ReactionLimits, like
from board.db import db, now, writing
from board.moderation.rulings import decisions
from board.moderation.threads.restrictions import restrict
from conftest import count_queries, keep, more_link, person, said, say, without_notice

CHOICES = ("closed", "numbers", "open")


def choose(user, profile):
    with writing():
        user.choose_profile(profile)


def main(page):
    return page.text.split("<main")[1].split("</main")[0]


def texts(page):
    return re.findall(r'<div class="text"[^>]*>(.*?)</div>', page.text)


def numbers(page):
    return [int(each) for each in re.findall(r"<dd>(\d+)</dd>", main(page))]


# ---- what it shows ----


def test_a_page_has_name_initial_month_and_label_and_nothing_else_at_first(guest, ada, harbour):
    say(harbour, ada, "Ahoy")
    with writing():
        ada.joined_at = datetime(2026, 3, 31, 16, tzinfo=UTC)  # April in Seoul
        ada.set_label("reporter")
        ada.suspend(until=now() + timedelta(days=1), reason="Storm")

    page = guest.get(f"/people/{ada.id}")

    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", main(page).partition(">")[2])).strip()
    assert words == "A ada 기자 2026.04. 가입 댓글 목록을 공개하지 않았습니다."
    assert f'<span class="disc disc-{ada.id % 12}" aria-hidden="true">A</span>' in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert ada.email not in page.text


def test_the_name_above_a_comment_leads_there(guest, ada, harbour):
    say(harbour, ada, "Ahoy")

    for path in ("/articles/harbour", "/articles/harbour/comments/search?q=Ahoy"):
        line = re.search(r"<strong[^>]*>.*?</strong>", guest.get(path).text)[0]
        assert line == f'<strong lang="en"><a href="/people/{ada.id}">ada</a></strong>'


def test_numbers_are_of_thirty_days_and_of_what_can_be_read(app, guest, ada, bora, mo, harbour):
    limits = ReactionLimits(per_day=0, interval=timedelta())
    with time_machine.travel(now() - timedelta(days=31), tick=False):
        old = say(harbour, ada, "Old")
    new, hidden = say(harbour, ada, "New"), say(harbour, ada, "Hidden")
    with writing():
        for comment in (old, new, hidden):
            like(comment, by=bora, limits=limits)
        decisions.hide(hidden, by=mo, reason="abuse")
    choose(ada, "numbers")

    page = guest.get(f"/people/{ada.id}")

    assert (numbers(page), texts(page)) == ([1, 1], [])
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert numbers(app.test_client().get(f"/people/{ada.id}")) == [0, 0]


@pytest.mark.slow
def test_an_open_page_lists_every_readable_comment_once_newest_first(guest, ada, bora, harbour):
    other = keep(Article.publish(slug="other", title="Other"))
    for number in range(45):
        say((harbour, other)[number % 2], ada, f"Comment {number}")
    say(harbour, bora, "Somebody else’s")
    choose(ada, "open")

    seen, path = [], f"/people/{ada.id}"
    while path:
        page = guest.get(path)
        seen += texts(page)
        path = more_link(page.text)

    assert seen == [f"<p>Comment {number}</p>" for number in range(44, -1, -1)]


def test_a_new_comment_does_not_shift_the_next_page(guest, ada, harbour):
    for number in range(25):
        say(harbour, ada, f"Comment {number}")
    choose(ada, "open")
    more = more_link(guest.get(f"/people/{ada.id}").text)

    say(harbour, ada, "Newer")

    assert texts(guest.get(more)) == [f"<p>Comment {number}</p>" for number in range(4, -1, -1)]


def test_comments_of_a_withdrawn_article_or_a_hidden_thread_are_not_there(
    guest, ada, mo, tess, harbour
):
    other = keep(Article.publish(slug="other", title="Stopped one"))
    say(harbour, ada, "Under a withdrawn article")
    say(other, ada, "In a hidden thread")
    choose(ada, "open")
    page = f"/people/{ada.id}"
    assert numbers(guest.get(page)) == [2, 0]

    with writing():
        lifecycle.withdraw(harbour, by=tess)
    spec = RestrictionSpec(
        article=other, measures=[RestrictionKind.STOP], seconds=0, reason="Storm",
        ends_at=now() + timedelta(days=1),
    )  # fmt: skip
    with writing():
        restrict(spec, by=mo)

    shown = guest.get(page)
    assert (numbers(shown), texts(shown)) == ([0, 0], [])
    assert "harbour" not in main(shown) and "Stopped one" not in main(shown)
    with time_machine.travel(now() + timedelta(days=1, minutes=1), tick=False):
        assert texts(guest.get(page)) == ["<p>In a hidden thread</p>"]


# ---- who has one ----


def test_who_never_wrote_has_none_so_nobody_can_count_through_the_members(guest, tess, ada):
    assert guest.get(f"/people/{tess.id}").status_code == 404
    assert guest.get(f"/people/{ada.id + 1000}").status_code == 404


@pytest.mark.parametrize("profile", CHOICES)
def test_who_left_has_none_and_the_name_is_no_link(as_, guest, ada, harbour, profile):
    say(harbour, ada, "Ahoy")
    choose(ada, profile)
    guest.get(f"/people/{ada.id}")
    with writing():
        ada.delete_account(on=now().date())

    page = guest.get(f"/people/{ada.id}?lang=en")

    assert page.status_code == 410
    assert "This member has left" in page.text
    assert "Ahoy" not in page.text and "ada" not in main(page)
    assert f"/people/{ada.id}" not in guest.get("/articles/harbour").text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_a_newsroom_can_do_without_pages(app, as_, guest, ada, harbour):
    say(harbour, ada, "Ahoy")
    app.config["PROFILES"] = "off"
    client = as_(ada)

    assert guest.get(f"/people/{ada.id}").status_code == 404
    assert client.get("/account/profile").status_code == 404
    assert client.post("/account/profile", data={"profile": "open"}).status_code == 404
    assert "/account/profile" not in client.get("/account").text
    assert f"/people/{ada.id}" not in guest.get("/articles/harbour").text
    assert ada.profile == "closed"


# ---- the choice ----


def test_it_is_closed_until_its_owner_opens_it(as_, guest, ada, harbour):
    say(harbour, ada, "Ahoy")
    client = as_(ada)
    assert texts(guest.get(f"/people/{ada.id}")) == []
    form = client.get("/account/profile").text
    assert re.findall(r'<input checked[^>]* value="(\w+)"', form) == ["closed"]

    response = client.post("/account/profile", data={"profile": "open"})

    assert without_notice(response) == "/account/profile"
    assert said(response) == "선택을 저장했습니다."
    assert texts(guest.get(f"/people/{ada.id}")) == ["<p>Ahoy</p>"]
    client.post("/account/profile", data={"profile": "closed"})
    assert texts(guest.get(f"/people/{ada.id}")) == []


def test_the_switch_warns_of_sensitive_information(as_, ada):
    page = as_(ada).get("/account/profile").text

    assert "정치적 견해·건강 등 민감한 정보가 드러날 수 있으니 유의하세요" in page
    assert page.index("정치적 견해") < page.index('name="profile"')


@pytest.mark.parametrize("profile", ["", "everything", "OPEN"])
def test_there_are_three_choices(as_, ada, profile):
    assert as_(ada).post("/account/profile", data={"profile": profile}).status_code == 422
    assert ada.profile == "closed"


# ---- the same for all, and cached ----


@pytest.mark.parametrize("profile", CHOICES)
def test_a_page_has_the_same_bytes_for_every_viewer(
    as_, guest, ada, bora, mo, tess, harbour, profile
):
    say(harbour, ada, "Ahoy")
    choose(ada, profile)

    pages = {main(client.get(f"/people/{ada.id}")) for client in (
        guest, as_(ada), as_(bora), as_(mo), as_(tess),
    )}  # fmt: skip

    assert len(pages) == 1


def test_a_closed_page_stays_in_the_cache_until_its_person_changes(app, guest, ada, bora, harbour):
    say(harbour, ada, "Ahoy")
    path, rendered = f"/people/{ada.id}", []
    app.before_request_funcs[None].insert(0, lambda: rendered.append(1))
    first = guest.get(path)

    say(harbour, bora, "Elsewhere")
    assert guest.get(path).data == first.data
    assert len(rendered) == 1
    assert first.headers["Cache-Control"] == "public, no-cache"

    with writing():
        ada.rename("eda")
    assert "eda" in guest.get(path).text
    with writing():
        ada.set_label("newsroom")
    assert "편집국" in guest.get(path).text
    choose(ada, "open")
    assert texts(guest.get(path)) == ["<p>Ahoy</p>"]


def test_a_page_costs_the_same_however_much_was_written(app, ada, harbour):
    def statements():
        with count_queries() as queries:
            app.test_client().get(f"/people/{ada.id}")
        return len(queries)

    say(harbour, ada, "One")
    choose(ada, "open")
    few = statements()
    for number in range(25):
        say(harbour, ada, f"Comment {number}")

    assert statements() == few <= 6


# ---- nothing that readers cannot see ----


@pytest.mark.parametrize("profile", CHOICES)
@pytest.mark.parametrize("fate", ["hidden", "held", "deleted"])
def test_what_cannot_be_read_leaves_the_page_at_once(as_, guest, ada, mo, harbour, profile, fate):
    canary = say(harbour, ada, "Canary in the harbour")
    say(harbour, ada, "Plain")
    choose(ada, profile)
    guest.get(f"/people/{ada.id}")

    with writing():
        if fate == "hidden":
            decisions.hide(canary, by=mo, reason="abuse")
        elif fate == "held":
            canary._set_held(reason="thread")
        else:
            canary.delete()

    for client in (guest, as_(ada), as_(mo)):
        page = client.get(f"/people/{ada.id}")
        assert "Canary" not in page.text and f"/comments/{canary.id}" not in page.text
        assert numbers(page) == ([] if profile == "closed" else [1, 0])


ACTS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["hide", "restore", "hold", "keep", "delete"])),
    max_size=12,
)


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_after_any_decisions_a_page_has_exactly_what_the_thread_has(guest, mo, harbour, acts):
    author = person(f"sailor {db.session.query(Comment).count()}x{now():%H%M%S%f}"[:20])
    comments = [say(harbour, author, f"{author.id} says {number}") for number in range(5)]
    choose(author, "open")
    with writing():
        for index, act in acts:
            comment = comments[index]
            if act == "hide":
                decisions.hide(comment, by=mo, reason="abuse")
            elif act == "restore":
                decisions.restore(comment, by=mo, reason="review")
            elif act == "hold":
                comment._set_held(reason="thread")
            elif act == "keep":
                decisions.keep(comment, by=mo)
            else:
                comment.delete()

    page = guest.get(f"/people/{author.id}")

    visible = [comment for comment in reversed(comments) if comment.is_visible]
    assert texts(page) == [f"<p>{comment.body}</p>" for comment in visible]
    assert numbers(page) == [len(visible), 0]

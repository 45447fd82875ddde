"""A moderator clears a spammer: one restriction, one ruling for each comment, one undo."""

import re
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import func, select

from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, now, writing
from board.db.hash_chain import find_tampered
from board.moderation.queue import Queue, QueueItem
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.statistics import figures
from board.moderation.users import clear_views, clearing_portions, clearings, sanctions
from board.moderation.users.clearings import Clearing
from board.runtime.jobs import run_pending
from conftest import keep, more_link, person, say
from support.consistency import drift

pytestmark = pytest.mark.slow


@pytest.fixture
def ferry(app):
    return keep(Article.publish(slug="ferry", title="The ferry is late", body_html="<p>…</p>"))


@pytest.fixture
def spam(ada, mo, harbour, ferry):
    """Two public comments, a held one and a hidden one of today; one of last week."""
    with time_machine.travel(now() - timedelta(days=5), tick=False):
        old = say(ferry, ada, "Old spam")
    first, second = say(harbour, ada, "Spam one"), say(ferry, ada, "Spam two")
    held, hidden = say(harbour, ada, "Held spam"), say(harbour, ada, "Rude")
    with writing():
        held._set_held(reason="account")
        db.session.add(queue_item(held))
        decisions.hide(hidden, by=mo, reason="abuse")
    return {"old": old, "first": first, "second": second, "held": held, "hidden": hidden}


def queue_item(comment):
    return QueueItem(
        comment_id=comment.id, article_id=comment.article_id, author_id=comment.author_id,
        queue=Queue.HELD.value, reason="account",
    )  # fmt: skip


def last_seen(user):
    ruling = db.session.scalar(clearings.latest_account_ruling(user))
    return ruling.id if ruling else 0


def clear(client, user, *, last=0, **fields):
    chosen = {"reason": "spam", "period": "24h", "restriction": "ban", "last": str(last), **fields}
    return client.post(f"/desk/people/{user.id}/clear", data=chosen)


def take_back(client):
    act = db.session.scalar(select(func.max(Clearing.ruling_id)))
    return client.post(f"/desk/people/clearings/{act}/undo", data={"next": "/desk/comments"})


def verdicts():
    return [each.verdict for each in db.session.scalars(select(Ruling).order_by(Ruling.id))]


def states(spam):
    db.session.expire_all()
    return {name: comment.hidden_for for name, comment in spam.items()}


def notice(page):
    found = re.search(r'<div class="notice undo".*?<span>(.*?)</span>', page, re.S)
    return " ".join(re.sub("<[^>]+>", "", found[1]).split()) if found else None


def rows_of_preview(page):
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</th>(.*?)</tr>", page, re.S)
    return {
        re.sub("<[^>]+>", "", title): [
            int(cell) for cell in re.findall(r"<td[^>]*>([\d,]+)", cells)
        ]
        for title, cells in rows
    }


def test_the_preview_counts_by_state_and_article(as_, mo, ada, spam):
    page = as_(mo).get(f"/desk/people/{ada.id}/clear?lang=en").text

    assert rows_of_preview(page) == {
        "Public": [2, 3, 3],
        "Pending": [1, 1, 1],
        "Will be hidden": [3, 4, 4],
        "Hidden already, left as they are": [1, 1, 1],
        "The ferry is late": [1, 2, 2],
        "The harbour reopens": [2, 2, 2],
    }
    assert verdicts() == ["hide"]


def test_clearing_hides_the_period_with_one_ruling_each_and_bans(as_, guest, mo, ada, spam):
    client = as_(mo)
    answer = clear(client, ada)
    page = client.get(f"{answer.location}?lang=en").text

    assert (answer.status_code, answer.location) == (303, f"/desk/people/{ada.id}")
    assert states(spam) == {
        "old": None, "first": "spam", "second": "spam", "held": "spam", "hidden": "abuse",
    }  # fmt: skip
    assert ada.suspended_until == sanctions.FOREVER
    assert verdicts() == ["hide", "clear", "ban", "hide", "hide", "hide"]
    assert notice(page).startswith(
        "ada: Banned. 3 comments hidden. Hidden earlier, left as they are: 1. You can undo this for"
    )
    assert (spam["first"].article.comment_count, spam["second"].article.comment_count) == (0, 1)
    assert list(db.session.scalars(select(QueueItem))) == []
    assert drift() == []
    assert find_tampered(db.session.scalars(select(Ruling).order_by(Ruling.id))) is None
    assert "Spam one" not in guest.get("/articles/harbour").text


@pytest.mark.parametrize(("period", "count"), [("24h", 3), ("7d", 4), ("all", 5)])
def test_the_period_decides_what_is_hidden(as_, mo, ada, spam, ferry, period, count):
    with time_machine.travel(now() - timedelta(days=90), tick=False):
        say(ferry, ada, "Ancient spam")

    clear(as_(mo), ada, period=period)

    assert db.session.scalars(select(Clearing)).one().hidden == count


def test_each_author_and_reader_sees_the_reason_and_the_right_to_appeal(as_, guest, mo, ada, spam):
    clear(as_(mo), ada, restriction="1h", reason="", note="Same advert 3 times")
    comment = spam["second"].id
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        own = as_(ada).get("/account/notices").text

    assert own.count("Same advert 3 times") == 4  # three comments, one suspension
    assert own.count("/appeal") == 4  # and of the comment hidden before, but not of a past one
    page = guest.get(f"/rulings?comment={comment}").text
    assert "Same advert 3 times" in page


def test_the_transparency_numbers_count_each_comment_and_none_that_was_undone(as_, mo, ada, spam):
    client, day = as_(mo), timedelta(days=1)
    clear(client, ada)
    hidden = dict(figures(now() - day, now() + day).hidden)
    take_back(client)

    assert hidden == {"spam": 3, "abuse": 1}
    assert dict(figures(now() - day, now() + day).hidden) == {"abuse": 1}


def test_undo_takes_back_the_comments_and_the_restriction(as_, guest, mo, ada, spam):
    client = as_(mo)
    clear(client, ada)

    answer = take_back(client)

    assert answer.location == "/desk/comments"
    assert states(spam) == {
        "old": None, "first": None, "second": None, "held": None, "hidden": "abuse",
    }  # fmt: skip
    assert spam["held"].held_for == "account"
    assert [item.comment_id for item in db.session.scalars(select(QueueItem))] == [spam["held"].id]
    assert not ada.is_suspended
    assert drift() == []
    assert notice(client.get("/desk/comments?lang=en").text) == (
        "ada: Undone. The restriction is as it was before. 3 comments are as they were."
    )


def test_undo_leaves_what_somebody_decided_since_and_says_so(as_, mo, ada, spam):
    client, second = as_(mo), as_(person("min", can_moderate=True, can_supervise=True))
    clear(client, ada)
    last = db.session.scalar(decisions.latest_ruling(spam["first"])).id
    second.post(f"/desk/comments/{spam['first'].id}/restore", data={"last": last})
    with writing():
        decisions.hide(spam["first"], by=None, reason="fraud")
    second.post(f"/desk/people/{ada.id}/lift")
    second.post(f"/desk/people/{ada.id}/suspend", data={"reason": "spam", "term": "6h"})
    until = ada.suspended_until

    take_back(client)

    assert states(spam)["first"] == "fraud"
    assert states(spam)["second"] is None
    assert ada.suspended_until == until
    assert notice(client.get("/desk/comments?lang=en").text) == (
        "ada: Undone. The restriction was changed since, and stays. 2 comments are as they were. "
        "Decided again since, left as they are: 1."
    )


def test_undo_of_a_ban_gives_back_the_suspension_before_it(as_, mo, ada, spam):
    client = as_(mo)
    client.post(f"/desk/people/{ada.id}/suspend", data={"reason": "abuse", "term": "12h"})
    before = (ada.suspended_until, ada.suspended_for)
    clear(client, ada, last=last_seen(ada))

    take_back(client)

    assert (ada.suspended_until, ada.suspended_for) == before


def test_only_the_same_moderator_undoes_it_and_soon(as_, mo, ada, spam, monkeypatch):
    clear(as_(mo), ada)

    assert take_back(as_(person("min", can_moderate=True, can_supervise=True))).status_code == 409
    monkeypatch.setattr(clearings, "UNDO_FOR", timedelta(0))
    assert take_back(as_(mo)).status_code == 409
    assert states(spam)["first"] == "spam"


def test_undoing_twice_is_undoing_once(as_, mo, ada, spam):
    client = as_(mo)
    clear(client, ada)

    answers = [take_back(client).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert verdicts().count("undo") == 5  # the act, the ban, three comments


def test_pressing_twice_is_pressing_once(as_, mo, ada, spam):
    client = as_(mo)

    answers = [clear(client, ada) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, f"/desk/people/{ada.id}")
    ] * 2
    assert verdicts() == ["hide", "clear", "ban", "hide", "hide", "hide"]


def press_at_once(app, ada, clients):
    """Everybody presses at the same moment. Returns the statuses, sorted."""
    gate, statuses = threading.Barrier(len(clients)), []
    user = SimpleNamespace(id=ada.id)  # a row belongs to the session of one thread

    def press(client):
        with app.app_context():
            gate.wait()
            statuses.append(clear(client, user).status_code)

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()  # so the test sees what the threads changed
    return sorted(statuses)


def test_presses_at_the_same_moment_are_one_act(app, as_, mo, ada, spam, monkeypatch):
    monkeypatch.setattr(clearing_portions, "PORTION", 1)

    statuses = press_at_once(app, ada, [as_(mo) for _ in range(4)])

    assert statuses == [303] * 4
    assert sorted(verdicts()) == ["ban", "clear", "hide", "hide", "hide", "hide"]
    assert drift() == []


def test_two_moderators_at_the_same_moment_are_one_act_and_one_refusal(app, as_, mo, ada, spam):
    clients = [as_(mo), as_(person("min", can_moderate=True, can_supervise=True))]

    statuses = press_at_once(app, ada, clients)

    assert statuses == [303, 409]
    assert sorted(verdicts()) == ["ban", "clear", "hide", "hide", "hide", "hide"]
    assert drift() == []


@pytest.mark.parametrize("change", [{"period": "all"}, {"restriction": "7d"}, {"reason": "fraud"}])
def test_other_choices_on_an_old_page_are_not_taken_for_the_same_act(as_, mo, ada, spam, change):
    client = as_(mo)
    clear(client, ada)

    answer = clear(client, ada, **change)

    assert answer.status_code == 409
    assert verdicts().count("clear") == 1


def test_after_an_undo_the_old_page_does_nothing_and_the_new_one_clears_again(as_, mo, ada, spam):
    client = as_(mo)
    clear(client, ada)
    take_back(client)

    stale = clear(client, ada)
    again = clear(client, ada, last=last_seen(ada), period="all")

    assert (stale.status_code, again.status_code) == (409, 303)
    assert states(spam)["old"] == "spam"


def test_of_two_moderators_the_second_reads_who_was_first(as_, mo, ada, spam):
    second = as_(person("min", can_moderate=True, can_supervise=True))
    clear(as_(mo), ada)

    answer = clear(second, ada, period="all")

    assert answer.status_code == 409
    assert "mo 님이 먼저 처리했습니다" in answer.text
    assert f'name="last" value="{last_seen(ada)}"' in answer.text
    assert 'value="all" checked' in answer.text
    assert states(spam)["old"] is None


def test_a_longer_restriction_is_left_as_it_is(as_, mo, ada, spam):
    client = as_(mo)
    client.post(f"/desk/people/{ada.id}/ban", data={"reason": "spam", "name": "ada"})

    clear(client, ada, restriction="1h", last=last_seen(ada))

    assert ada.suspended_until == sanctions.FOREVER
    page = client.get(f"/desk/people/{ada.id}?lang=en").text
    assert notice(page).startswith("ada: They were restricted for longer already. 3 comments")


@pytest.mark.parametrize("who", ["tess", "mo"])
def test_staff_are_not_cleared(as_, request, mo, harbour, who):
    user = request.getfixturevalue(who)
    say(harbour, user, "A remark of the desk")

    assert clear(as_(mo), user).status_code == 403
    assert 'name="period"' not in as_(mo).get(f"/desk/people/{user.id}/clear").text
    assert verdicts() == []


def test_only_moderators_clear_and_undo(as_, guest, ada, bora, tess, mo, spam):
    def press(client):
        return [act(client).status_code for act in (lambda each: clear(each, ada), take_back)]

    with writing():
        clearings.clear(
            bora, by=mo, until=sanctions.FOREVER, after=0, reason="spam", note="", period="all",
            restriction="ban",
        )  # fmt: skip
    run_pending()
    answers = [press(client) for client in (as_(ada), as_(tess), guest)]

    assert answers == [[403, 403], [403, 403], [401, 401]]
    assert verdicts() == ["hide", "clear", "ban"]


@pytest.mark.parametrize(
    "fields",
    [{"reason": "", "note": ""}, {"period": "1y"}, {"period": ""}, {"restriction": "2h"},
     {"restriction": ""}, {"note": "x" * 201, "reason": ""}],
)  # fmt: skip
def test_what_the_form_does_not_offer_is_refused(as_, mo, ada, spam, fields):
    assert clear(as_(mo), ada, **fields).status_code == 422
    assert verdicts() == ["hide"]


def test_hostile_fields_lead_nowhere(as_, mo, ada, bora, harbour, spam):
    other = say(harbour, bora, "Not hers").id
    fields = {"next": "https://evil.example/", "comment": str(other), "last": "-1"}

    answer = clear(as_(mo), ada, **fields)

    assert answer.location == f"/desk/people/{ada.id}"
    assert "about_comment" not in db.session.scalars(select(Clearing)).one().ruling.detail


def test_nobody_without_comments_is_only_banned(as_, mo, bora):
    client = as_(mo)
    clear(client, bora)

    assert verdicts() == ["clear", "ban"]
    page = client.get(f"/desk/people/{bora.id}?lang=en").text
    assert notice(page).startswith("bora: Banned. 0 comments hidden. You can undo")


@pytest.fixture
def many(ada, harbour, monkeypatch):
    """Seven comments, of which a portion is three; requests leave all to the job."""
    monkeypatch.setattr(clearing_portions, "PORTION", 3)
    monkeypatch.setattr(clear_views, "ANSWER_WITHIN", 0)
    return [say(harbour, ada, f"Spam {number}") for number in range(7)]


def hidden_count():
    return db.session.scalar(select(func.count()).where(Comment.hidden_for == "spam"))


def test_what_a_killed_request_left_is_hidden_by_the_job(as_, mo, ada, many):
    client = as_(mo)
    clear(client, ada)
    began = hidden_count()
    clearing_portions.run_portion(db.session.scalars(select(Clearing)).one().ruling_id)
    page = client.get(f"/desk/people/{ada.id}?lang=en").text
    half = hidden_count()

    jobs = run_pending()

    assert (began, half, hidden_count()) == (0, 3, 7)
    assert "3 of 7 comments are hidden. The rest follow by themselves." in notice(page)
    assert "clearings" in jobs
    assert "clearings" not in run_pending()
    assert verdicts().count("hide") == 7
    assert drift() == []


def test_an_undo_while_it_hides_takes_back_what_it_did(as_, mo, ada, many):
    client = as_(mo)
    clear(client, ada)
    clearing_portions.run_portion(db.session.scalars(select(Clearing)).one().ruling_id)

    take_back(client)
    run_pending()

    assert hidden_count() == 0
    assert not ada.is_suspended
    assert (verdicts().count("hide"), verdicts().count("undo")) == (3, 5)
    assert drift() == []


def test_what_a_colleague_decided_meanwhile_stays_and_is_counted(as_, mo, ada, many):
    client, second = as_(mo), person("min", can_moderate=True, can_supervise=True)
    clear(client, ada)
    with writing():
        decisions.hide(many[1], by=None, reason="fraud")
        decisions.keep(many[2], by=second)
        many[3].delete()

    run_pending()

    assert (many[1].hidden_for, many[2].hidden_for) == ("fraud", None)
    assert "4 comments hidden. Decided or deleted meanwhile, left as they are: 3." in notice(
        client.get(f"/desk/people/{ada.id}?lang=en").text
    )


def test_what_is_written_after_a_lifted_restriction_is_not_hidden(as_, mo, ada, harbour, many):
    client = as_(mo)
    clear(client, ada)
    client.post(f"/desk/people/{ada.id}/lift")
    later = say(harbour, ada, "A new start")

    run_pending()

    assert later.hidden_for is None
    assert hidden_count() == 7


def test_the_log_has_one_entry_with_its_parts_behind_it(as_, mo, ada, spam):
    client = as_(mo)
    clear(client, ada)
    act = db.session.scalars(select(Clearing)).one().ruling_id

    page = client.get("/desk/rulings?lang=en").text
    parts = client.get(f"/desk/rulings?act={act}&lang=en").text
    of_person = client.get(f"/desk/people/{ada.id}?lang=en").text
    hides = client.get("/desk/rulings?verdict=hide&lang=en").text

    def entries(text):
        return len(re.findall(r'<li id="ruling-', text))

    assert entries(page) == 2  # the hide before, and the act
    assert f'href="/desk/rulings?act={act}"' in page
    assert "Banned. 3 comments hidden." in page
    assert (entries(parts), entries(hides), entries(of_person)) == (5, 4, 2)


def test_the_queue_offers_to_undo_the_act_and_not_its_last_part(as_, mo, ada, spam):
    client = as_(mo)
    clear(client, ada)
    page = client.get("/desk/comments").text

    assert "/desk/people/clearings/" in page
    assert not re.search(r'action="/desk/rulings/\d+/undo"', page)


QUEUE = "/desk/comments?queue=reported&author=ada"


@pytest.mark.parametrize("verb", ["warn", "hold", "suspend"])
def test_a_sanction_from_the_queue_keeps_place_reason_and_comment(as_, mo, ada, spam, verb):
    client, comment = as_(mo), spam["hidden"].id
    context = {"comment": str(comment), "next": QUEUE}
    page = client.get(f"/desk/people/{ada.id}", query_string=context).text
    form = page[page.index(f'action="/desk/people/{ada.id}/{verb}"') :]
    form = form[: form.index("</form>")]

    fields = {"reason": "abuse", "term": "6h", **context}
    answer = client.post(f"/desk/people/{ada.id}/{verb}", data=fields)

    assert f'name="comment" value="{comment}"' in form
    assert 'value="abuse" selected' in form  # for which the comment was hidden
    assert "Rude" in page
    assert answer.location.startswith(QUEUE)
    assert answer.location.endswith(f"#item-{comment}")
    ruling = db.session.scalar(clearings.latest_account_ruling(ada))
    assert (ruling.verdict, ruling.detail) == (verb, {"about_comment": comment})
    assert "“Rude”" in client.get("/desk/rulings").text


def test_a_refused_sanction_from_the_queue_keeps_place_and_comment(as_, mo, ada, spam):
    fields = {"comment": str(spam["hidden"].id), "next": QUEUE, "note": "", "reason": ""}

    answer = as_(mo).post(f"/desk/people/{ada.id}/warn", data=fields)

    assert answer.status_code == 422
    assert f'name="comment" value="{spam["hidden"].id}"' in answer.text
    assert 'name="next" value="/desk/comments?queue=reported&amp;author=ada"' in answer.text


def test_the_reason_readers_gave_is_chosen_for_a_comment_nobody_decided(as_, mo, ada, bora, spam):
    as_(bora).post(f"/comments/{spam['first'].id}/report", data={"reason": "spam"})
    page = as_(mo).get(f"/desk/people/{ada.id}/clear?comment={spam['first'].id}").text

    assert 'value="spam" selected' in page


def test_the_author_of_a_warning_reads_for_which_comment(as_, mo, ada, spam):
    fields = {"reason": "abuse", "comment": str(spam["first"].id)}
    as_(mo).post(f"/desk/people/{ada.id}/warn", data=fields)

    page = as_(ada).get("/account/notices").text

    warning = page[page.index('id="notice-') :]
    assert "Spam one" in warning[: warning.index("</li>")]


def test_all_comments_of_a_person_have_their_state_and_its_actions(as_, mo, ada, spam):
    client, path = as_(mo), f"/desk/people/{ada.id}/comments"
    page = client.get(path).text

    def actions(name):
        part = page[page.index(f'id="item-{spam[name].id}"') :]
        return re.findall(r'action="/desk/comments/\d+/(\w+)"', part[: part.index("</article>")])

    assert actions("first") == ["hide"]
    assert actions("held") == ["keep", "hide"]
    assert actions("hidden") == ["restore"]
    assert "숨김: 욕설·인신공격" in page
    listed = {
        state: set(re.findall(r'id="item-(\d+)"', client.get(f"{path}?state={state}").text))
        for state in ("visible", "held", "hidden")
    }
    assert listed == {
        "visible": {str(spam[name].id) for name in ("old", "first", "second")},
        "held": {str(spam["held"].id)},
        "hidden": {str(spam["hidden"].id)},
    }


def test_a_decision_on_the_page_of_a_person_leads_back_to_it_and_can_be_undone(as_, mo, ada, spam):
    client, path = as_(mo), f"/desk/people/{ada.id}/comments"
    fields = {"reason": "spam", "next": path, "last": "0"}

    answer = client.post(f"/desk/comments/{spam['first'].id}/hide", data=fields)
    page = client.get(answer.location).text

    assert answer.location.startswith(f"{path}?notice=")
    [undo] = re.findall(r'action="(/desk/rulings/\d+/undo)"', page)
    assert client.post(undo, data={"next": path}).location.startswith(path)
    assert states(spam)["first"] is None


def test_more_comments_than_one_page_go_on_in_the_next(as_, mo, bora, harbour):
    for number in range(31):
        say(harbour, bora, f"Remark {number}")
    client, path = as_(mo), f"/desk/people/{bora.id}/comments"
    first = client.get(path).text

    second = client.get(more_link(first)).text

    assert (first.count('id="item-'), second.count('id="item-')) == (30, 1)
    assert more_link(second) is None

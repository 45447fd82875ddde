"""A moderator tests and adds rules and sees their statistics; authors are warned."""

import re

import pytest
from sqlalchemy import func, select

from board.comments.models import Comment
from board.comments.writing import warnings
from board.db import db, writing
from board.moderation.cli import load_when_untouched, rules_cli
from board.moderation.filters import changes, dry_run, matches
from board.moderation.filters.dry_run import DryRun
from board.moderation.filters.matches import RuleMatch
from board.moderation.filters.models import AllowedWord, Rule, State
from board.moderation.queue import QueueItem
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.runtime.limiter import long_work
from board.text.spans import split_by_spans
from conftest import count_queries, person, say

DRAFT = {"kind": "word", "text": "고래밥", "action": "hold", "category": "insult",
         "disguised": "y", "days": "30"}  # fmt: skip


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """A dry run of a few comments takes several steps."""
    monkeypatch.setattr(DryRun, "STEP", 4)


def send(client, text, **fields):
    """Posts, with the warning confirmed."""
    sure = {"sure": warnings.confirmation_token(text)}
    return client.post("/articles/harbour/comments", data={"body": text, **sure, **fields})


def add_rule(text, *, state=State.ON, **fields):
    with writing():
        return changes.add(**{"kind": "word", "text": text, "by": None, "state": state, **fields})


def only(model):
    [row] = db.session.scalars(select(model))
    return row


def verdicts():
    return list(db.session.scalars(select(Ruling.verdict).order_by(Ruling.id)))


def begin(client, **fields):
    answer = client.post("/desk/rules/new", data=DRAFT | fields)
    assert answer.status_code == 303
    return answer.location


def finish(client, path):
    while not only(DryRun).is_done:
        client.post(f"{path}/continue")


def test_a_rule_holds_a_comment_and_the_moderator_reads_why(as_, guest, ada, harbour):
    add_rule("고래밥")

    send(as_(ada), "이런 고1래밥들아 조용히 해")

    comment = only(Comment)
    assert comment.held_for == "word"
    assert "조용히" not in guest.get("/articles/harbour").text
    item = only(QueueItem)
    assert (item.queue, item.reason, item.why) == ("held", "word", "고래밥 ← 고1래밥")
    hit = only(RuleMatch)
    assert comment.body[hit.start : hit.end] == "고1래밥"


def test_the_author_reads_that_the_decision_was_automatic(as_, ada, harbour):
    add_rule("고래밥")
    client = as_(ada)

    page = client.get(send(client, "이 고래밥아").location).text

    assert "자동 분류로 보류되었습니다. 운영자가 확인할 때까지" in page
    assert "자동 분류로 보류되었습니다." in client.get("/account/comments").text
    assert "자동 분류로 보류되었습니다." in client.get(f"/comments/{only(Comment).id}").text


def test_a_refused_word_is_named_and_the_text_stays_in_the_form(as_, ada, harbour):
    add_rule("고래밥", action="refuse")

    answer = send(as_(ada), "이 고-래-밥아")

    assert answer.status_code == 422
    assert "‘고-래-밥’" in answer.text
    assert "이 고-래-밥아</textarea>" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("hold", "이대로 등록하면 운영자 확인 후 공개됩니다"),
        ("warn", "의도보다 거칠게 읽힐 수 있는"),
    ],
)
def test_the_author_is_warned_and_may_still_post(as_, ada, harbour, action, says):
    add_rule("고래밥", action=action)
    client = as_(ada)

    first = send(client, "이 고래밥아", sure="")
    second = send(client, "이 고래밥아")

    assert first.status_code == 422
    assert says in first.text
    assert "<mark>고래밥</mark>" in first.text
    assert second.status_code == 303
    assert only(Comment).held_for == ("word" if action == "hold" else None)


def test_an_edit_is_checked_like_a_new_comment(as_, guest, ada, harbour):
    add_rule("고래밥")
    add_rule("멸치떼", action="warn")
    comment = say(harbour, ada, "멸치떼가 온다")
    text = "다시 보니 고래밥이다"

    fields = {"body": text, "version": "0", "sure": warnings.confirmation_token(text)}
    as_(ada).post(f"/comments/{comment.id}/edit", data=fields)

    assert comment.held_for == "word"
    assert "고래밥" not in guest.get("/articles/harbour").text
    assert only(RuleMatch).rule.text == "고래밥"
    assert only(QueueItem).why == "고래밥"


def test_the_queue_marks_the_match_and_links_to_the_rule(as_, mo, ada, harbour):
    rule = add_rule("고래밥")
    say(harbour, ada, "이 고1래밥들아")

    page = as_(mo).get("/desk/comments?queue=held").text

    assert "이 <mark>고1래밥</mark>들아" in page
    assert f'href="/desk/rules/{rule.id}">규칙: 고래밥</a>' in page


def test_a_rule_in_shadow_records_matches_and_holds_nothing(as_, guest, ada, harbour):
    add_rule("고래밥", state=State.SHADOW, action="refuse")

    assert send(as_(ada), "이 고래밥아").status_code == 303

    assert "고래밥아" in guest.get("/articles/harbour").text
    assert only(RuleMatch).shadow


def test_a_rule_that_is_off_matches_nothing(as_, mo, ada, harbour):
    rule = add_rule("고래밥")

    as_(mo).post(f"/desk/rules/{rule.id}/switch", data={"state": "off", "note": "너무 넓다"})
    send(as_(ada), "이 고래밥아")

    assert only(Comment).is_visible
    assert verdicts() == ["rule_add", "rule_change"]
    ruling = db.session.scalars(select(Ruling).order_by(Ruling.id.desc())).first()
    assert (ruling.note, ruling.moderator_id) == ("너무 넓다", mo.id)
    assert (ruling.detail["before"]["state"], ruling.detail["after"]["state"]) == ("on", "off")


def test_a_rule_does_nothing_until_its_dry_run_is_accepted(as_, mo, ada, harbour):
    for number in range(9):
        say(harbour, ada, f"{number}번째 {'고래밥' if number % 3 == 0 else '멸치'}")
    with writing():
        decisions.hide(db.session.get(Comment, 1), by=mo, reason="abuse")
    moderator = as_(mo)

    path = begin(moderator, note="주말에 늘었다")
    first = moderator.get(path).text
    finish(moderator, path)
    page = moderator.get(path).text
    before = db.session.scalar(select(func.count()).select_from(Rule))
    moderator.post(f"{path}/adopt", data={"state": "on"})

    assert "계속" in first
    trial = re.findall(r"<dd>([\d.,]+)</dd>", page)
    assert trial == ["9", "3", "333.3", "1"]
    assert page.count("<mark>고래밥</mark>") == 3
    assert before == 0
    rule = only(Rule)
    assert (rule.text, rule.state, rule.note, rule.made_by) == (
        "고래밥",
        "on",
        "주말에 늘었다",
        mo.id,
    )
    assert send(as_(ada), "또 고래밥").location.endswith("notice=held#held")


def test_a_dry_run_that_finds_the_board_busy_is_begun_and_goes_on_later(
    as_, mo, ada, harbour, monkeypatch
):
    say(harbour, ada, "고래밥")
    monkeypatch.setattr(long_work, "wait", 0)
    moderator = as_(mo)
    with long_work:
        path = begin(moderator)
        busy = moderator.post(f"{path}/continue")
        looked = only(DryRun).looked

    finish(moderator, path)

    assert (busy.status_code, busy.headers["Retry-After"], looked) == (503, "1", 0)
    assert (only(DryRun).looked, only(DryRun).found) == (1, 1)


def test_an_unfinished_dry_run_cannot_be_accepted_but_discarded(as_, mo, ada, harbour):
    for number in range(9):
        say(harbour, ada, f"{number}번째 고래밥")
    moderator = as_(mo)
    path = begin(moderator)

    early = moderator.post(f"{path}/adopt", data={"state": "on"})
    moderator.post(f"{path}/discard")

    assert early.status_code == 422
    assert moderator.get(path).status_code == 404
    assert list(db.session.scalars(select(Rule))) == []


def test_a_step_run_in_two_windows_counts_once(ada, mo, harbour):
    for number in range(9):
        say(harbour, ada, f"{number}번째 고래밥")
    fields = {"kind": "word", "text": "고래밥", "action": "hold", "category": "other"}
    with writing():
        trial = dry_run.begin(by=mo, days=30, note="", disguised=True, **fields)

    seen = dry_run.run_step(trial)
    with writing():
        dry_run.store_step(trial, seen)
        dry_run.store_step(trial, seen)

    assert (trial.looked, trial.found, trial.is_done) == (4, 4, False)


def test_a_dry_run_checks_only_the_days_requested(as_, mo, ada, harbour):
    old = say(harbour, ada, "옛날 고래밥")
    say(harbour, ada, "오늘 고래밥")
    with writing():
        old.posted_at = old.posted_at.replace(year=2020)
    moderator = as_(mo)

    path = begin(moderator, days="1")
    finish(moderator, path)

    assert (only(DryRun).looked, only(DryRun).found) == (1, 1)


def test_a_changed_rule_gets_a_dry_run_and_keeps_its_history(as_, mo, ada, harbour):
    rule = add_rule("고래밥")
    moderator = as_(mo)

    path = moderator.post(f"/desk/rules/{rule.id}/edit", data=DRAFT | {"text": "멸치떼"}).location
    finish(moderator, path)
    moderator.post(f"{path}/adopt", data={"state": "shadow"})

    db.session.refresh(rule)
    assert (rule.text, rule.state) == ("멸치떼", "shadow")
    page = moderator.get(f"/desk/rules/{rule.id}").text
    assert "고래밥 → 멸치떼" in page
    assert "적용 중 → 시범 적용" in page


def test_a_signal_does_not_become_a_word(as_, mo):
    rule = add_rule("link", kind="signal", threshold=2)

    assert as_(mo).post(f"/desk/rules/{rule.id}/edit", data=DRAFT).status_code == 404


@pytest.mark.parametrize(
    ("text", "kind"), [("", "word"), ("…", "word"), ("가" * 41, "word"), ("가*", "pattern")]
)
def test_an_invalid_rule_is_refused(as_, mo, text, kind):
    answer = as_(mo).post("/desk/rules/new", data=DRAFT | {"text": text, "kind": kind})

    assert answer.status_code == 422
    assert 'class="problem"' in answer.text


def test_a_duplicate_rule_is_refused(as_, mo, harbour):
    add_rule("고래밥")
    moderator = as_(mo)
    path = begin(moderator)
    finish(moderator, path)

    answer = moderator.post(f"{path}/adopt", data={"state": "on"})

    assert answer.status_code == 422
    assert "이미 있는 규칙입니다" in answer.text


def test_an_allowed_word_no_longer_matches(as_, mo, ada, harbour):
    add_rule("고래밥")
    moderator = as_(mo)

    moderator.post("/desk/rules/allowed", data={"text": "고래밥상"})
    send(as_(ada), "고래밥상이 맛있다")
    twice = moderator.post("/desk/rules/allowed", data={"text": "고래밥상"})
    moderator.post(f"/desk/rules/allowed/{only(AllowedWord).id}/remove")
    send(as_(ada), "고래밥상이 또 맛있다")

    assert twice.status_code == 422
    assert list(db.session.scalars(select(Comment.held_for).order_by(Comment.id))) == [None, "word"]
    assert verdicts() == ["rule_add", "rule_allow", "rule_disallow"]


def test_a_worker_uses_rules_changed_by_another(another, as_, mo, ada, harbour, tmp_path):
    rule = add_rule("고래밥")
    send(as_(ada), "이 고래밥아")
    other = another(tmp_path)
    with other.app_context(), writing():
        changes.change(db.session.get(Rule, rule.id), by=None, text="멸치떼")

    send(as_(ada), "저 고래밥아")
    send(as_(ada), "이 멸치떼야")

    held = db.session.scalars(select(Comment.held_for).order_by(Comment.id))
    assert list(held) == ["word", None, "word"]


def test_the_list_shows_how_many_matches_were_hidden(as_, mo, ada, harbour):
    rule = add_rule("고래밥")
    for number in range(4):
        say(harbour, ada, f"{number}번째 고래밥 고래밥")
    comments = list(db.session.scalars(select(Comment).order_by(Comment.id)))
    with writing():
        decisions.hide(comments[0], by=mo, reason="abuse")
        decisions.keep(comments[1], by=mo)

    assert matches.match_statistics([rule])[rule.id] == matches.MatchStatistics(
        matches=4, hidden=1, waiting=2
    )
    page = as_(mo).get("/desk/rules").text
    assert "숨김 1, 승인 1, 승인 대기 2" in page


def test_a_match_is_marked_in_place_and_escaped(as_, mo, ada, harbour):
    rule = add_rule("고래밥")
    say(harbour, ada, "<b>이 고래밥</b> & <i>")

    page = as_(mo).get(f"/desk/rules/{rule.id}").text

    assert "&lt;b&gt;이 <mark>고래밥</mark>&lt;/b&gt; &amp; &lt;i&gt;" in page


def test_the_pieces_of_any_spans_join_to_the_text():
    text = "가나다라마"
    for spans in ([], [(0, 5)], [(1, 3), (2, 4)], [(4, 5), (0, 1)], [(2, 2)], [(0, 3), (1, 2)]):
        assert "".join(piece for piece, _ in split_by_spans(text, spans)) == text
    assert list(split_by_spans(text, [(1, 3), (2, 4)])) == [
        ("가", False), ("나다", True), ("", False), ("라", True), ("마", False),
    ]  # fmt: skip


def test_matches_of_a_deleted_comment_are_deleted(as_, ada, harbour):
    add_rule("고래밥")
    comment = say(harbour, ada, "이 고래밥아 정말이지 너무한 것 아닙니까 여러분 그렇지요")

    with writing():
        comment.delete()

    assert list(db.session.scalars(select(RuleMatch))) == []
    assert list(db.session.scalars(select(matches.near_duplicates.CommentFingerprint))) == []
    assert list(db.session.scalars(select(matches.near_duplicates.FingerprintBucket))) == []


def test_lists_are_exported_and_imported_into_shadow(as_, mo):
    add_rule("고래밥", disguised=False)
    moderator = as_(mo)
    saved = moderator.get("/desk/rules/list.txt").text

    again = moderator.post("/desk/rules/import", data={"lines": saved})
    lines = "# ours\n멸치떼\npattern | refuse | hate | on | 새우*깡\nallow|새우튀김\n"
    moderator.post("/desk/rules/import", data={"lines": lines})

    assert saved == "word= | hold | other | on | 고래밥\n"
    assert again.status_code == 303
    rows = [(r.kind, r.text, r.action, r.state) for r in db.session.scalars(select(Rule))]
    assert rows == [
        ("word", "고래밥", "hold", "on"),
        ("word", "멸치떼", "hold", "shadow"),
        ("pattern", "새우*깡", "refuse", "shadow"),
    ]
    assert only(AllowedWord).text == "새우튀김"
    assert verdicts() == ["rule_add", "rule_import"]


def test_a_list_with_an_invalid_line_imports_nothing(as_, mo):
    answer = as_(mo).post("/desk/rules/import", data={"lines": "고래밥\nhello | world\n멸치"})

    assert answer.status_code == 422
    assert "규칙이 아닌 줄이 있습니다: 2" in answer.text
    assert list(db.session.scalars(select(Rule))) == []


@pytest.mark.slow
def test_a_new_board_loads_the_default_rules_once(app, as_, ada, harbour):
    run = app.test_cli_runner()
    load_when_untouched()
    load_when_untouched()
    second = run.invoke(rules_cli, ["load"]).output

    assert second.startswith("0 ")
    send(as_(ada), "시발 진짜")
    assert only(Comment).held_for == "word"
    assert verdicts() == ["rule_import"]


def test_the_list_takes_as_many_queries_for_one_rule_as_for_fifty(as_, mo, harbour, ada):
    add_rule("고래밥1")
    moderator = as_(mo)
    moderator.get("/desk/rules")
    with count_queries() as of_one:
        moderator.get("/desk/rules")
    with writing():
        changes.add_all([{"kind": "word", "text": f"멸치{n}"} for n in range(60)], [], by=mo)
    with count_queries() as of_fifty:
        page = moderator.get("/desk/rules").text

    assert len(of_fifty) == len(of_one)
    assert 'class="button more"' in page


@pytest.mark.slow
def test_a_rule_and_a_dry_run_take_as_many_queries_for_one_match_as_for_many(as_, mo, harbour, ada):
    rule = add_rule("고래밥")
    say(harbour, ada, "고래밥 하나")
    moderator = as_(mo)
    path = begin(moderator, text="고래밥들")
    pages = (f"/desk/rules/{rule.id}", path)

    def queries():
        counts = []
        for page in pages:
            with count_queries() as seen:
                assert moderator.get(page).status_code == 200
            counts.append(len(seen))
        return counts

    before = queries()
    for number in range(30):
        say(
            harbour,
            person(f"reader{'abcdefghijklmnopqrstuvwxyzABCD'[number]}{number}x"),
            f"고래밥들 {number}",
        )
    with writing():
        trial = only(DryRun)
        trial.is_done, trial.reached = False, 0
    finish(moderator, path)

    assert queries() == before


def test_rules_are_searched_by_text_and_category(as_, mo):
    add_rule("고래밥", category="insult")
    add_rule("멸치떼", category="spam")
    moderator = as_(mo)

    by_text = moderator.get("/desk/rules?q=고래").text
    by_category = moderator.get("/desk/rules?category=spam").text

    assert ("고래밥" in by_text, "멸치떼" in by_text) == (True, False)
    assert ("고래밥</a>" in by_category, "멸치떼</a>" in by_category) == (False, True)

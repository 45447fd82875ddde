"""Every act of the desk says what happened, and to what; and no link can say it for the site."""

import ast
import inspect
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from board.articles.thread_controls.models import ThreadRestriction
from board.comments.writing import create
from board.db import db, writing
from board.moderation.appeals import models as appeals
from board.moderation.filters import dry_run
from board.moderation.filters.models import AllowedWord, Rule
from board.moderation.users import bulk_bans, sanctions
from board.web.response.notices import NOTICES, VALUE_MAX, notice
from conftest import person, said, say

BOARD = Path(__file__).parents[2] / "board"

# Acts that lead to no page with a notice, and what they do instead.
WITHOUT_NOTICE = {
    "webhooks.secret": "shows the secret",
    "webhooks.rotate": "shows the new secret",
    "queues.take": "answers with JSON",
    "people.clear": "shows what it did to how many, beside the offer to undo it",
    "people.undo_clear": "shows what it did to how many",
    "claims.open_file": "sends a file",
    "dossiers.claim": "sends a file",
    "dossiers.comment": "sends a file",
    "dossiers.order": "sends a file",
    "rules.write": "shows the progress of a test",
    "rules.edit": "shows the progress of a test",
    "rules.go_on": "shows the progress of a test",
    "staff.read_address": "shows the address",
    "tip_desk.contact": "shows the contact",
    "tip_desk.file": "sends a file",
    "tip_desk.search": "shows what was found",
    "tip_export.export": "sends a file",
    "tip_export.ask": "asks for the code next",
    "tip_readers.lock": "leads to the page that unlocks",
    "tip_readers.unlock": "leads to the page that was asked for",
    "tip_readers.start": "shows the recovery sheet",
    "tip_readers.recover": "shows the recovery sheet",
    "tip_readers.renew": "shows the recovery sheet",
}


@pytest.mark.parametrize(
    "argument",
    ["", "saved", "nonsense", "banned", "kept", "bulk_hide", "WyJiYW5uZWQiXQ.x", "%", "a" * 4000],
)
def test_a_notice_that_is_not_ours_or_lacks_its_values_says_nothing(as_, mo, argument):
    page = as_(mo).get(f"/desk/people?{urlencode({'notice': argument})}")

    assert page.status_code in (200, 414)
    assert 'class="notice"' not in page.text


def test_nobody_can_put_words_into_a_notice(app, as_, mo):
    forged = URLSafeSerializer("guessed", salt="notice").dumps(["banned", {"name": "Call 010"}])
    signed = notice("banned", name="ada")
    payload, signature = signed.rsplit(".", 1)
    other = notice("banned", name="Call 010").rsplit(".", 1)[0]

    for argument in (forged, f"{other}.{signature}", payload, signed[:-1]):
        page = as_(mo).get(f"/desk/people?{urlencode({'notice': argument})}").text
        assert 'class="notice"' not in page
        assert "Call 010" not in page


def test_names_in_a_notice_are_escaped_and_have_an_end(as_, mo):
    page = as_(mo).get(f"/desk/people?notice={notice('banned', name='<b>' + 'x' * 200)}").text

    assert f"&lt;b&gt;{'x' * (VALUE_MAX - 4)}…" in page
    assert "<b>x" not in page


def test_no_notice_is_of_the_kind_that_fits_everything(app):
    with app.test_request_context():
        texts = {str(text) for text in NOTICES.values() if not inspect.isfunction(text)}

    assert texts.isdisjoint({"Saved.", "Done.", "저장했습니다.", "처리했습니다."})


@pytest.mark.slow
def test_every_notice_that_the_source_names_exists(app):
    named = set()
    for path in BOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                named |= {
                    each.value.value
                    for each in node.keywords
                    if each.arg == "notice" and isinstance(each.value, ast.Constant)
                }
                is_notice = isinstance(node.func, ast.Name) and node.func.id == "notice"
                if is_notice and node.args and isinstance(node.args[0], ast.Constant):
                    named.add(node.args[0].value)

    assert len(named) > 40
    assert named - set(NOTICES) == set()


def names_used(function, seen):
    """Names in a view, and in the functions of its module that it calls."""
    if function.__name__ in seen:
        return set()
    seen.add(function.__name__)
    function = inspect.unwrap(function)
    tree = ast.parse(inspect.getsource(function))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
    for name in set(names):
        called = function.__globals__.get(name)
        if inspect.isfunction(called) and called.__module__ == function.__module__:
            names |= names_used(called, seen)
    return names


def test_every_act_of_the_desk_ends_with_a_notice(app):
    says = {
        "notice",
        "redirect_back",
        "redirect_to_edit_form",
        "tip_address",
        "switched_notice",
        "decision_notice",
    }
    acts = {
        rule.endpoint: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk") and "POST" in rule.methods
    }

    silent = {name for name, view in acts.items() if not names_used(view, set()) & says}

    assert len(acts) > 60
    assert silent - set(WITHOUT_NOTICE) == set()
    assert set(WITHOUT_NOTICE) - set(acts) == set()


class TestWhatItSays:
    """One act after the other, as a moderator or an editor reads it."""

    @pytest.fixture
    def act(self, as_, mo):
        client = as_(mo)

        def send(path, **fields):
            answer = client.post(path, data=fields)
            assert answer.status_code == 303, answer.text
            assert f'role="status">{said(answer)}'.replace("&", "&amp;") in client.get(
                answer.location
            ).text.replace("\u2060", "") or path.startswith("/desk/comments")
            return said(answer).replace("\u2060", "")

        return send

    @pytest.mark.slow
    def test_about_a_member(self, act, ada, mo):
        person("min")
        path = f"/desk/people/{ada.id}"
        term = {"reason": "spam", "days": "7"}

        assert act(f"{path}/note", text="Hm") == "ada 님에 대한 메모를 남겼습니다."
        assert act(f"{path}/lift") == "바뀐 것이 없습니다. ada 님은 이용 제한 중이 아니었습니다."
        assert act(f"{path}/warn", reason="spam").startswith("ada 님에게 경고했습니다.")
        assert act(f"{path}/hold", **term).startswith("ada 님을 사전 승인 대상으로 정했습니다.")
        assert act(f"{path}/suspend", **term).startswith("ada 님의 이용을 제한했습니다.")
        assert act(f"{path}/lift") == "ada 님의 이용 제한을 모두 해제했습니다."
        assert act(f"{path}/ban", reason="spam", name="ada").startswith(
            "ada 님을 영구 제한했습니다."
        )

    def test_about_bans(self, act, as_, ada, bora, mo):
        ids = [str(ada.id), str(bora.id)]
        proposed = act("/desk/people/bans", person=ids, reason="spam")
        assert proposed == "영구 제한을 제안했습니다: ada, bora. 다른 운영자가 동의해야 합니다."
        assert act("/desk/people/bans/1/reject") == "영구 제한 제안을 철회했습니다: ada, bora."
        second = person("min", can_moderate=True)
        with writing():
            for _ in range(2):
                bulk_bans.propose([ada], by=second, reason="spam")

        assert act("/desk/people/bans/2/reject") == "영구 제한 제안을 기각했습니다: ada."
        assert act("/desk/people/bans/3/approve").startswith("영구 제한했습니다: ada.")

    def test_about_a_comment(self, act, ada, mo, harbour, monkeypatch):
        monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
        comment = say(harbour, ada, "One")
        path, fields = f"/desk/comments/{comment.id}", {"queue": "held", "next": "/desk/comments"}

        hidden = act(f"{path}/hide", reason="spam", **fields)
        restored = act(f"{path}/restore", last="1", **fields)
        kept = act(f"{path}/keep", last="2", **fields)
        with writing():
            comment.delete()
        again = act(f"{path}/keep", last="3", **fields)

        assert hidden == "ada 님의 댓글을 숨겼습니다(광고·도배)."
        assert restored == "ada 님의 댓글을 복원했습니다."
        assert kept == "ada 님의 댓글을 승인했습니다."
        assert again == "바뀐 것이 없습니다. ada 님의 댓글은 이미 처리되었거나 삭제되었습니다."

    def test_about_a_comment_in_the_thread(self, as_, ada, mo, harbour):
        comment, client = say(harbour, ada, "One"), as_(mo)

        hidden = client.post(f"/comments/{comment.id}/hide", data={"reason": "spam"})
        twice = client.post(f"/comments/{comment.id}/hide", data={"reason": "spam"})
        restored = client.post(f"/comments/{comment.id}/restore")

        assert said(hidden) == "ada 님의 댓글을 숨겼습니다(광고·도배)."
        assert said(twice).startswith("바뀐 것이 없습니다.")
        assert said(restored) == "ada 님의 댓글을 복원했습니다."

    def test_about_a_thread(self, act, mo, harbour):
        fields = {"scope": "article", "article": "harbour", "measures": "latest", "reason": "Hm"}
        steered = act("/desk/threads/steer", **fields)
        assert steered.startswith("댓글 제한을 설정했습니다: The harbour reopens.")
        id = db.session.scalar(select(ThreadRestriction.id))
        released = act(f"/desk/threads/steerings/{id}/release")
        assert released == "댓글 제한을 해제했습니다: The harbour reopens."
        assert act("/desk/threads/steer", **{**fields, "scope": "board"}).startswith(
            "댓글 제한을 설정했습니다: 사이트 전체."
        )

    def test_about_rules(self, act, mo):
        assert act("/desk/rules/allowed", text="부두") == "“부두” 예외 단어를 추가했습니다."
        word = db.session.scalars(select(AllowedWord).where(AllowedWord.text == "부두")).one()
        removed = act(f"/desk/rules/allowed/{word.id}/remove")
        assert removed == "“부두” 예외 단어를 삭제했습니다."
        imported = act("/desk/rules/import", lines="등대지기")
        assert re.fullmatch(r"새 규칙과 단어 1개를 가져왔습니다\. .+", imported)
        rule = db.session.scalars(select(Rule).where(Rule.text == "등대지기")).one()
        switched = act(f"/desk/rules/{rule.id}/switch", state="off", threshold="1")
        assert switched == "“등대지기” 규칙의 상태: 끔."

    def test_about_a_test_of_a_rule(self, act, mo):
        with writing():
            run = dry_run.begin(
                by=mo, days=7, note="", rule=None, kind="word", text="등대", action="hold",
                category="abuse", disguised=True,
            )  # fmt: skip
        discarded = act(f"/desk/rules/trials/{run.id}/discard")
        assert discarded == "“등대” 미리 검사를 취소했습니다. 바뀐 규칙은 없습니다."

    def test_about_an_appeal(self, act, ada, mo):
        second = person("min", can_moderate=True)
        with writing():
            for _ in range(2):
                warned = sanctions.warn(ada, by=second, reason="spam")
                appeals.submit_appeal(warned, by=ada, text="No")
        first, last = (each.ruling_id for each in db.session.scalars(select(appeals.Appeal)))

        upheld = act(f"/desk/appeals/{first}/decide", outcome="uphold", says="Right")
        rejected = act(f"/desk/appeals/{last}/decide", outcome="reject", says="No")

        assert upheld.startswith("ada 님의 이의신청을 인용했습니다.")
        assert rejected.startswith("ada 님의 이의신청을 기각했습니다.")
        assert act("/desk/appeals/seen") == "이의신청 결과를 확인한 것으로 표시했습니다."

    def test_about_a_text_that_must_not_come_again(self, act, mo):
        text = "이 글은 법원이 삭제하라고 명령한 긴 글입니다."
        barred = act("/desk/barred", what=text, case="부산지법 2026가합1")
        assert barred == "재게시를 차단했습니다: 부산지법 2026가합1."
        unbarred = act("/desk/barred/1/unbar")
        assert unbarred == "재게시 차단을 해제했습니다: 부산지법 2026가합1."

"""Attacks on tips that do not work."""

import itertools
import logging
import random
import re
import statistics
import time
from pathlib import Path

import pytest

from board.tips.crypto import key_files, passphrases, primitives
from board.tips.dates import start_of_day
from board.tips.models.tip import Tip
from tips.conftest import SourceClient, decided
from tips.test_send_tip import AS_SERVED, tip_count

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."


def is_dated_by_day(path):
    """Whether the file's time is midnight in Seoul."""
    return (path.stat().st_mtime + 9 * 3600) % 86400 == 0


def test_no_file_reveals_the_hour_a_tip_came(app, desk, source):
    source.send(STORY, files=((b"x" * 100, "a.bin"),))
    SourceClient(app).preview("아직 쓰는 중", files=((b"y" * 100, "b.bin"),))

    folders = ("keys", "files", "drafts")
    kept = [path for name in folders for path in key_files.folder(name).iterdir()]
    about = [key_files.folder(name) for name in ("", "waiting", *folders)]
    assert len(kept) == 4
    assert [path.name for path in (*kept, *about) if not is_dated_by_day(path)] == []


def test_a_text_with_the_code_in_it_is_refused(sent):
    sent.enter()
    for given in (sent.code, f"제 코드는 {sent.code}입니다", passphrases.as_digits(sent.code)):
        page = sent.client.post("/tips/box/message", data={"text": given, "step": "look"})
        assert page.status_code == 422
        assert "코드가 글 안에 있습니다" in page.text
    assert sent.preview(f"다시 씁니다 {sent.code}").status_code == 422


def test_a_text_far_too_long_is_not_searched_for_a_code(desk, source, monkeypatch):
    searched = []
    monkeypatch.setattr(passphrases, "_contains_code", searched.append)

    statuses = [source.preview("x" * (Tip.TEXT_MAX + more)).status_code for more in (0, 1)]

    assert statuses == [200, 422]
    assert searched == ["x" * Tip.TEXT_MAX]


def test_texts_wait_for_their_turn_to_be_searched_and_come_back_if_none_comes(
    desk, source, monkeypatch
):
    monkeypatch.setattr(passphrases.text_checks, "wait", 0)
    with passphrases.text_checks:
        busy = source.preview(STORY)

    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert STORY in busy.text
    assert source.preview(STORY).status_code == 200


def test_listed_words_that_are_not_a_code_are_sent(desk, source):
    assert source.send("가격 가구 가족 가방 가수 가슴 가운데 가을 가이드").status_code == 200


def test_a_crash_is_logged_without_its_words(app, desk, source, caplog, monkeypatch):
    """An error message may quote its input."""
    caplog.set_level(logging.DEBUG)

    def stumble(self, *_args, **_kwargs):
        raise ValueError(f"cannot seal {STORY!r}")

    monkeypatch.setattr("board.tips.sealed.messages.DecryptableTip.add", stumble)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = source.send(STORY)

    assert page.status_code == 500
    assert STORY in page.text  # only its author sees it
    assert "<script" not in page.text
    assert STORY not in caplog.text
    assert "ValueError" in caplog.text
    assert "stumble" in caplog.text
    (record,) = (record for record in caplog.records if record.name == app.logger.name)
    assert (record.created, record.msecs) == (start_of_day().timestamp(), 0)


def test_a_tip_that_meets_an_error_is_not_half_sent(app, desk, source, monkeypatch):
    form = decided(source.preview(STORY))
    monkeypatch.setattr("board.tips.source.sending.Submission.store", lambda *_: 1 / 0)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert source.client.post("/tips/new", data=form).status_code == 500
    monkeypatch.undo()

    assert tip_count() == 0
    assert list(key_files.folder("keys").iterdir()) == []
    assert "Set-Cookie" not in source.client.get("/tips/new").headers


def test_too_many_fields_are_refused(desk, source):
    many = {f"f{number}": "x" for number in range(60)}

    assert source.client.post("/tips/new", data=many).status_code == 413


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "한\x00글"])
def test_invalid_text_is_refused(desk, source, text):
    data = {"text": text.encode("utf-8", "surrogatepass")}

    assert source.client.post("/tips/new", data=data).status_code == 400


def test_readers_see_invisible_characters_as_visible_marks(desk, source):
    """Bidi overrides, zero-width characters, a homoglyph: kept as evidence, shown as marks."""
    source.send("장부\u202e는 두\u200b 권 pаypal")
    page = desk.get("/desk/tips/1").text

    assert "⟦U+202E⟧" in page
    assert "⟦U+200B⟧" in page
    assert "\u202e" not in page


def test_hidden_marks_are_reported_to_the_source_and_removed_for_readers(desk, source):
    """A leak may be traced by marks that only one copy has."""
    leaked = "회의\u200b록\u2060 사본\ufeff"
    preview = source.preview(leaked)
    source.send(leaked)
    page = desk.get("/desk/tips/1").text

    assert "보이지 않는 글자" in preview.text
    assert "보이지 않는 글자가 3개" in page
    assert "회의록 사본" in page
    assert not {"\u200b", "\u2060", "\ufeff"} & set(page)


def test_contact_details_cannot_be_disguised(desk, source):
    source.send(STORY, contact="\u202e0000-9999-010\u202c")

    page = desk.post("/desk/tips/1/contact").text

    assert "0000-9999-010" in page
    assert "\u202e" not in page


def test_the_first_page_warns_of_company_computers_before_the_link_to_the_form(desk, source):
    page = source.client.get("/tips").text.split("<main")[1]
    warned, form = page.index("회사 컴퓨터"), page.index('href="/tips/new"')

    assert warned < form
    assert "확장 프로그램" in page[warned:form]


@pytest.mark.parametrize("password", ["wrong entirely", ""])
def test_sign_in_does_not_reveal_who_reads_tips(app, desk, ada, password):
    def tried(email):
        page = app.test_client().post("/sign-in", data={"email": email, "password": password})
        return page.status_code, page.text.replace(email, ""), {*page.headers.keys()}

    assert tried(desk.user.email) == tried(ada.email) == tried("nobody@harbour.example")


def test_links_in_tips_are_not_clickable(desk, source):
    source.send("https://evil.example/x?y=1 와 evil.example")
    page = desk.get("/desk/tips/1").text

    assert "hxxps://evil[.]example" in page
    assert 'href="https://evil' not in page


def test_a_script_is_only_text(desk, source):
    source.send("<script>alert(1)</script><img src=x onerror=alert(1)>", contact="<b>x</b>")
    page = desk.get("/desk/tips/1").text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_no_page_of_a_source_links_to_another_site(sent):
    """Nothing is loaded from elsewhere, and no link leads elsewhere."""
    sent.enter()
    for page in ("/tips", "/tips/new", "/tips/box"):
        html = sent.client.get(page, follow_redirects=True).text
        assert re.findall(r'(?:href|src|action)="(?:https?:)?//', html) == []
        assert (
            re.findall(r"<(?:script|iframe|object|embed|link[^>]*(?:preconnect|dns))", html) == []
        )


def test_browsers_are_told_not_to_remember_or_check_what_is_typed(desk, source):
    page = source.form().text

    assert 'translate="no"' in page
    assert 'autocomplete="off"' in re.search(r"<form[^>]*>", page)[0]
    sent = source.send(STORY)
    forms = [page, source.preview(STORY).text, sent.text, source.mailbox().text]
    forms += [source.enter("뷁").text, source.enter().text, source.mailbox().text]
    forms += [desk.get(f"/desk/tips/{form}").text for form in ("unlock", "recover")]
    fields = [
        tag for form in forms
        for tag in re.findall(r"<(?:textarea|input)[^>]*>", form)
        if re.search(r'name="(?:text|contact|code|passphrase|word\d)"', tag)
    ]  # fmt: skip
    off = ('autocomplete="off"', 'spellcheck="false"', 'writingsuggestions="false"', "data-gramm")
    assert len(fields) > 10
    assert [tag for tag in fields if not all(attribute in tag for attribute in off)] == []
    assert [tag for tag in fields if 'type="password"' in tag] == []


def test_no_page_copies_the_code_to_the_clipboard(desk, source):
    page = source.send(STORY)

    assert "<script" not in page.text
    assert "clipboard" not in page.text
    assert "download" not in page.text


def test_pages_have_the_same_size_for_every_wrong_code(sent):
    """An eavesdropper cannot tell one wrong code from another."""
    sizes = {
        len(sent.enter(code).data)
        for code in ("뷁뷁", "1" * 27, "가격 " * 8, passphrases.new_code())
    }

    assert len(sizes) == 1


def test_drafts_on_disk_are_unreadable_without_their_token(desk, source, app):
    """The form token is the key of the draft; without it the files on disk are noise."""
    source.preview(STORY, files=((b"secret " * 999, "a.txt"),))
    stored = [path.read_bytes() for path in key_files.folder("drafts").iterdir()]

    assert all(b"secret" not in data and b"a.txt" not in data for data in stored)


def test_an_old_draft_is_deleted(desk, source, changed_at):
    source.preview(STORY, files=((b"x" * 999, "a.txt"),))
    for path in key_files.folder("drafts").iterdir():
        changed_at[path.stat().st_ctime_ns] = time.time() - 3 * 3600

    source.preview("다른 이야기", files=((b"y" * 999, "b.txt"),))

    assert len(list(key_files.folder("drafts").iterdir())) == 2  # the new one and its text


# Right and wrong codes cost the same CPU time, compared in pairs.

ROUNDS = 10
CHANCE = 0.002
BOUND = 0.3  # of the median; a missing derivation is 0.9 and more


def chance_of_equal_cost(ones, others):
    """The chance that `ones` cost at most BOUND more than `others`: a permutation test on signs.

    Noise is as likely in either direction, so it seldom stands out from all sign combinations.
    """
    median = statistics.median([*ones, *others])
    excess = [(one - other) / median - BOUND for one, other in zip(ones, others, strict=True)]
    sign_combinations = itertools.product((1, -1), repeat=len(excess))
    sums = [
        sum(sign * each for sign, each in zip(signs, excess, strict=True))
        for signs in sign_combinations
    ]
    return sum(each >= sum(excess) for each in sums) / len(sums)


def measured_costs(sent, *codes):
    """Seconds of this thread's CPU time for each code, in rounds, each in random order."""
    costs = {code: [] for code in codes}
    for _ in range(ROUNDS):
        for code in random.sample(codes, len(codes)):
            client = SourceClient(sent.client.application)
            started = time.thread_time()
            client.enter(code)
            costs[code].append(time.thread_time() - started)
    return [costs[code] for code in codes]


@pytest.fixture
def served(desk, source, monkeypatch):
    """A quarter of the production memory, so that it takes seconds; no padding of the duration."""
    monkeypatch.setattr(primitives, "_PASSES", AS_SERVED[0])
    monkeypatch.setattr(primitives, "_KIB", AS_SERVED[2] // 4)
    assert source.send(STORY).status_code == 200
    return source


def test_a_wrong_code_costs_what_a_right_one_does(served):
    nobodys = passphrases.new_code()
    wrong = [nobodys, passphrases.as_digits(passphrases.new_code()), "뷁뷁", " ".join(["가격"] * 8)]
    right, *others = measured_costs(served, served.code, *wrong)

    suspicious = [
        code
        for code, costs in zip(wrong, others, strict=True)
        if min(chance_of_equal_cost(right, costs), chance_of_equal_cost(costs, right)) <= CHANCE
    ]
    assert suspicious == []


def test_the_timing_test_notices_an_early_return(served, monkeypatch):
    """A code refused without a derivation fails the test above."""
    stretch = key_files.stretch

    def hasty(secret, **salt):
        return stretch(secret, **salt) if len(secret.split()) == 8 else (b"", b"")

    monkeypatch.setattr("board.tips.source.mailbox_views.key_files.stretch", hasty)
    right, wrong = measured_costs(served, served.code, "뷁뷁")

    assert chance_of_equal_cost(right, wrong) <= CHANCE


def test_every_test_named_in_the_documentation_exists():
    root = Path(__file__).parent.parent
    document = (root.parent / "docs/tip-abuse.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", document))
    sources = "".join(path.read_text() for path in root.rglob("test_*.py"))

    rows = re.findall(r"^\| \d+ \|.*\| ([^|]+) \|$", document, re.M)
    assert len(rows) > 50
    assert [row for row in rows if "`test_" not in row and not row.startswith("– ")] == []
    assert {name for name in named if f"def {name}(" not in sources} == set()

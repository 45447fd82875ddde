"""Security events: who attacks leaves a line, which says nothing that could name a visitor."""

import json
import multiprocessing
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from board.accounts.auth.passwords import hash_password
from board.accounts.cli import accounts_cli
from board.db import now, writing
from board.ops import events as summary
from board.ops.doctor import doctor
from board.runtime import event_log
from board.runtime.event_log import EventLog, events_since
from board.web.request.observability.security_events import folder
from conftest import PASSWORD

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def new_log(app):
    """As after a start of the server."""
    app.extensions["event_log"] = EventLog()


@pytest.fixture
def events(app):
    """What was written, without the fields that differ each time."""

    def read(*fields):
        return [
            tuple(event.get(field, "") for field in fields or ("event", "reason", "route"))
            for event in events_since(folder(), now() - timedelta(hours=1))
        ]

    return read


@pytest.fixture
def ada(ada):
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    return ada


def text():
    return "".join(path.read_text() for path in sorted(folder().glob("*.jsonl")))


def sign_in(guest, email, password, **more):
    return guest.post("/sign-in", data={"email": email, "password": password}, **more)


def test_failed_sign_ins_are_written(guest, ada, events):
    sign_in(guest, ada.email, "not her password")
    sign_in(guest, "nobody@harbour.example", "not a password")

    assert events() == [("authn_login_fail", "password", "accounts.sign_in")] * 2


def test_so_is_one_to_a_suspended_account(guest, ada, events):
    with writing():
        ada.suspend(until=now() + timedelta(days=1), reason="spam")

    assert sign_in(guest, ada.email, PASSWORD).status_code == 403
    assert events() == [("authn_login_fail", "suspended", "accounts.sign_in")]


def test_one_that_succeeds_is_not(guest, ada, events):
    assert sign_in(guest, ada.email, PASSWORD).status_code == 303
    assert events() == []


def test_sign_ins_refused_by_the_limit_are_written(guest, ada, events):
    answers = [sign_in(guest, ada.email, "wrong").status_code for _ in range(11)]

    assert answers[-1] == 429
    assert events()[-1] == ("excess_rate_limit_exceeded", "", "accounts.sign_in")


def test_a_wrong_second_factor_is_written_with_the_mark_of_the_account(app, as_, mo, events):
    as_(mo).post("/sign-in/code", data={"code": "000000"})
    as_(mo).post("/account/second-factor/codes", data={"code": "111111"})

    assert events() == [
        ("authn_login_fail", "second_factor", "second_factor.code"),
        ("authn_login_fail", "second_factor", "second_factor.renew"),
    ]
    assert len(set(events("actor"))) == 1 and re.fullmatch("[0-9a-f]{12}", events("actor")[0][0])


def test_a_wrong_password_where_it_is_asked_again_is_written(as_, ada, events):
    as_(ada).post("/account/leave", data={"password": "wrong"})

    assert events() == [("authn_login_fail", "own_password", "leaving.leave")]


def test_forbidden_pages_are_written(as_, ada, events):
    as_(ada).get("/desk")
    as_(ada).post("/desk/people/1/ban", data={})

    assert events("event", "route") == [("authz_fail", "desk.home"), ("authz_fail", "people.ban")]
    assert events("actor")[0] == events("actor")[1] != ("",)


def test_requests_of_other_sites_are_written(guest, events):
    guest.post("/sign-in", data={}, headers={"Sec-Fetch-Site": "cross-site"})

    assert events() == [("malicious_cors", "", "accounts.sign_in")]


def test_a_refused_comment_is_no_forbidden_page(app, as_, ada, harbour, events):
    app.config["COMMENT_INTERVAL_SECONDS"] = 60
    for text in ("One", "Two"):
        as_(ada).post("/articles/harbour/comments", data={"body": text})

    assert events() == [("excess_rate_limit_exceeded", "", "comments.post")]


def test_acts_of_staff_on_accounts_are_written(as_, mo, ada, events):
    browser = as_(mo)
    done = browser.post(f"/desk/people/{ada.id}/warn", data={"reason": "spam"})
    browser.get(f"/desk/people/{ada.id}")
    browser.post(f"/desk/people/{ada.id}/suspend", data={})

    assert done.status_code == 303
    assert events() == [("authz_admin", "", "people.warn")]
    assert re.fullmatch("[0-9a-f]{12}", events("actor")[0][0])


def test_so_are_commands_that_change_accounts(app, ada, events):
    def run(*words):
        return app.test_cli_runner().invoke(accounts_cli, words).exit_code

    assert run("grant", ada.email, "edit") == 0
    assert run("grant", "nobody@harbour.example", "edit") == 1
    assert events("event", "route", "actor") == [("authz_admin", "cli.accounts.grant", "")]


def test_a_wrong_token_for_metrics_is_written(app, guest, events):
    app.config["METRICS_TOKEN"] = "a-token-of-the-tests"
    guest.get("/metrics", headers={"Authorization": "Bearer guess"})

    assert events() == [("authn_login_fail", "metrics_token", "metrics.metrics")]


FROM_OUTSIDE = {"REMOTE_ADDR": "203.0.113.77"}


def test_no_line_has_an_address_a_name_or_a_text(guest, ada, events):
    headers = {"User-Agent": "sesame/1", "Referer": "http://sesame/", "X-Request-Id": "sesame"}
    for address in ("203.0.113.77", "2001:db8::77"):
        sign_in(guest, ada.email, "sesame", headers=headers, environ_base={"REMOTE_ADDR": address})
    guest.post("/sign-in?next=/sesame", data={"x": "sesame"}, headers={"Sec-Fetch-Site": "none"})

    written = text()
    assert len(events()) == 3
    for word in ("sesame", "203.0.113", "2001:db8", ada.email, ada.name, "harbour.example"):
        assert word not in written
    assert {key for line in written.splitlines() for key in json.loads(line)} == {
        "event", "time", "reason", "route", "client", "request",
    }  # fmt: skip


def marks_of(guest, ada, *addresses):
    for address in addresses:
        sign_in(guest, ada.email, "wrong", environ_base={"REMOTE_ADDR": address})
    lines = [json.loads(line) for line in text().splitlines()]
    return [line["client"] for line in lines][-len(addresses) :]


def test_a_client_has_one_mark_for_a_day(guest, ada):
    with time_machine.travel(NOON, tick=False) as clock:
        same, neighbour, other = marks_of(guest, ada, "203.0.113.77", "203.0.113.9", "198.51.100.1")
        clock.shift(timedelta(hours=11))
        (later,) = marks_of(guest, ada, "203.0.113.77")
        clock.shift(timedelta(hours=2))
        (tomorrow,) = marks_of(guest, ada, "203.0.113.77")

    assert same == neighbour == later
    assert len({same, other, tomorrow}) == 3


def test_the_salt_of_marks_is_on_no_disk(app, guest, ada):
    marks_of(guest, ada, "203.0.113.77")
    (day, salt) = app.extensions["event_log"]._salt

    assert len(salt) == 32
    found = [p for p in folder().rglob("*") if p.is_file() and salt.encode() in p.read_bytes()]
    assert found == []
    assert [path.name for path in folder().glob("security*")] == [f"security-{day}.jsonl"]
    assert {oct(path.stat().st_mode & 0o777) for path in folder().iterdir()} == {"0o600"}


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/tips/box", "/tips/new", "/tips/nothing"])
def test_nothing_of_a_source_s_pages_is_written(guest, events, path):
    for site in ("same-origin", "cross-site"):
        for _ in range(12):
            guest.post(path, data={"code": "가 나 다"}, headers={"Sec-Fetch-Site": site})

    assert events() == []
    assert not folder().exists()


def test_nor_of_anything_at_their_address(another, tmp_path):
    app = another(tmp_path, TIPS_ORIGIN="http://jebo.example", ORIGIN="http://news.example")
    with app.app_context():
        answer = app.test_client().post("/sign-in", base_url="http://jebo.example")

        assert answer.status_code == 404
        assert not folder().exists()


def test_at_the_desk_of_tips_a_line_has_the_day_only(as_, ada, events):
    as_(ada).get("/desk/tips")

    line = json.loads(text())
    assert (line["event"], line["route"]) == ("authz_fail", "tip_desk.inbox")
    assert line["time"].endswith("T00:00:00.000+00:00")
    assert "request" not in line


def test_a_line_has_the_id_that_the_page_shows(as_, ada, events):
    answer = as_(ada).get("/desk")

    assert events("request") == [(answer.headers["X-Request-Id"],)]


def test_a_flood_leaves_few_lines_and_its_number(app, monkeypatch):
    log = EventLog()
    monkeypatch.setattr(event_log.time, "monotonic", lambda: 0.0)
    for _ in range(1000):
        log.append(folder(), "authn_login_fail", {"time": now().isoformat()})
    log.append(folder(), "authz_fail", {"time": now().isoformat()})
    monkeypatch.setattr(event_log.time, "monotonic", lambda: 60.0)
    log.append(folder(), "authn_login_fail", {"time": now().isoformat()})

    lines = [json.loads(line) for line in text().splitlines()]
    assert len(lines) == event_log.PER_MINUTE + 2
    assert [line["event"] for line in lines[-2:]] == ["authz_fail", "authn_login_fail"]
    assert lines[-1]["skipped"] == 1000 - event_log.PER_MINUTE


def test_the_file_of_a_day_does_not_grow_without_end(app, monkeypatch):
    monkeypatch.setattr(event_log, "BYTES_MAX", 200)
    monkeypatch.setattr(summary, "BYTES_MAX", 200)
    log = EventLog()
    for _ in range(20):
        log.append(folder(), "authz_fail", {"time": now().isoformat()})

    assert 200 <= len(text()) < 400
    start = now() - timedelta(hours=1)
    assert [sentence for is_good, sentence in summary.findings(start) if not is_good] == [
        f"security-{now():%Y-%m-%d}.jsonl is full: later events of that day are missing"
    ]


@pytest.mark.parametrize("taken", [".", "salt.lock", f"security-{now():%Y-%m-%d}.jsonl"])
def test_an_answer_does_not_fail_for_a_log_that_cannot_be_written(app, guest, ada, taken):
    if taken == ".":
        folder().touch()
    else:
        (folder() / taken).mkdir(parents=True)

    assert sign_in(guest, ada.email, "wrong").status_code == 422
    assert app.test_cli_runner().invoke(accounts_cli, ["grant", ada.email, "edit"]).exit_code == 0


def _write_many(path, name):
    log = EventLog()
    event_log.PER_MINUTE = 10_000
    for number in range(2000):
        log.append(path, name, {"time": "x", "reason": "r" * (number % 300)})


@pytest.mark.slow
def test_lines_of_several_processes_stay_whole(tmp_path):
    fork = multiprocessing.get_context("fork")
    names = ["authz_fail", "malicious_cors", "authn_login_fail"]
    writers = [fork.Process(target=_write_many, args=(tmp_path, name)) for name in names]
    for each in writers:
        each.start()
    for each in writers:
        each.join()

    (path,) = tmp_path.glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    written = [[len(e.get("reason", "")) for e in lines if e["event"] == name] for name in names]
    assert written == [[number % 300 for number in range(2000)]] * 3


def run_doctor(app, *words):
    return app.test_cli_runner().invoke(doctor, words)


@pytest.mark.slow
def test_doctor_sums_them_up(app, guest, ada, as_, events):
    with time_machine.travel(NOON - timedelta(hours=30), tick=False):
        sign_in(guest, ada.email, "wrong", environ_base=FROM_OUTSIDE)
    with time_machine.travel(NOON, tick=False):
        for last in ("7", "8", "9"):
            address = {"REMOTE_ADDR": f"203.0.{last}.1"}
            sign_in(guest, ada.email, "wrong", environ_base=address)
        as_(ada).get("/desk")

        said = run_doctor(app, "--since", "24h").output.splitlines()
        longer = run_doctor(app, "--since", "2d").output.splitlines()
    assert said[:3] == [
        "ok  security events since 2026-03-04 12:00 UTC",
        "ok  authn_login_fail (password): 3, by 3 clients, mostly at accounts.sign_in",
        "ok  authz_fail: 1, by one client, mostly at desk.home",
    ]
    assert longer[1].startswith("ok  authn_login_fail (password): 4, by 4 clients")


def test_doctor_counts_lines_that_were_left_out(app):
    folder().mkdir()
    start = now() - timedelta(hours=1)
    lines = [{"event": "a"}, {"event": "b"}, {"event": "b", "skipped": 5}, {"event": "c"}] * 2
    path = folder() / f"security-{now():%Y-%m-%d}.jsonl"
    path.write_text("".join(f"{json.dumps(e | {'time': now().isoformat()})}\n" for e in lines))

    numbers = [sentence.split(",")[0] for _, sentence in summary.findings(start)[1:]]
    assert numbers == ["b: 14", "a: 2", "c: 2"]


def test_doctor_says_so_when_there_were_none(app):
    assert " security events since " in run_doctor(app, "--since", "90m").output
    assert "none" in run_doctor(app, "--since", "90m").output.splitlines()[0]


def test_doctor_says_nothing_of_them_unasked(app):
    assert "security events" not in run_doctor(app).output


@pytest.mark.parametrize("since", ["24", "h", "-1h", "1y", "99999h", "1h;", "٣h"])
def test_doctor_refuses_what_is_no_period(app, since):
    answer = run_doctor(app, "--since", since)

    assert answer.exit_code == 2 and "is no period such as 24h, 7d or 90m" in answer.output


def test_damaged_lines_hide_no_others(app, guest, ada, events):
    sign_in(guest, ada.email, "wrong")
    (path,) = folder().glob("*.jsonl")
    damaged = b'{"event": "half\n\xff\xfe\n[]\n{}\n{"event": "x", "time": "never"}\n"text"\n'
    path.write_bytes(damaged + path.read_bytes())

    assert events() == [("authn_login_fail", "password", "accounts.sign_in")]


def test_files_are_deleted_after_ninety_days(app):
    folder().mkdir()
    for name in ("security-2025-12-04.jsonl", "security-2025-12-05.jsonl", "other.txt"):
        (folder() / name).touch()
    with time_machine.travel(NOON, tick=False):
        assert summary.has_old()
        summary.delete_old()
        assert not summary.has_old()

    left = sorted(path.name for path in Path(folder()).iterdir())
    assert left == ["other.txt", "security-2025-12-05.jsonl"]

"""Request ids: who saw an error names it, and the operator finds it in the log."""

import logging
import re

import pytest
from flask.logging import default_handler

ID = re.compile(r"[0-9a-f]{16}")


def id_of(response):
    return response.headers.get("X-Request-Id")


@pytest.fixture
def log(app, caplog):
    """The lines that the operator sees."""
    caplog.set_level(logging.INFO, "board")

    def lines():
        return [default_handler.format(record) for record in caplog.records]

    return lines


@pytest.fixture
def broken(app, monkeypatch):
    """The front page and the API fail."""

    def fail(**_values):
        raise ZeroDivisionError

    app.config["PROPAGATE_EXCEPTIONS"] = False
    for name in ("articles.front", "api.counts", "tips.choose", "tip_desk.inbox"):
        fail_as = lambda **values: fail(**values)  # noqa: E731
        vars(fail_as).update(vars(app.view_functions[name]))
        monkeypatch.setitem(app.view_functions, name, fail_as)


def test_every_response_of_its_own_has_an_id_of_its_own(guest):
    ids = [id_of(guest.get(path)) for path in ("/no-such-page", "/no-such-page", "/sign-in/code")]

    assert all(ID.fullmatch(id) for id in ids)
    assert len(set(ids)) == 3


@pytest.mark.parametrize("path", ["/articles/harbour", "/static/css/board.css", "/favicon.ico"])
def test_a_page_that_caches_keep_has_none(guest, harbour, path):
    assert [id_of(guest.get(path)) for _ in range(2)] == [None, None]


def test_a_page_that_fails_names_the_line_in_the_log(guest, broken, log):
    answer = guest.get("/")

    assert answer.status_code == 500
    assert id_of(answer) in answer.text
    assert [f"[{id_of(answer)}]: Exception on / [GET]" in line for line in log()] == [True]


def test_a_program_reads_it_in_the_problem(guest, broken, log):
    answer = guest.get("/api/v1/counts?article=harbour")

    assert answer.json["request_id"] == id_of(answer)
    assert [id_of(answer) in line for line in log()] == [True]


def test_a_forbidden_page_names_it(as_, ada):
    answer = as_(ada).get("/desk")

    assert answer.status_code == 403
    assert answer.text.count(id_of(answer)) == 1


def test_nobody_chooses_it_from_outside(guest):
    given = "0123456789abcdef"

    assert id_of(guest.get("/nowhere", headers={"X-Request-Id": given})) != given


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("123e4567-e89b-12d3-a456-426614174000", True),
        ("0123456789abcde", False),
        ("0123456789abcdef\u00a0", False),
        ("<script>alert(1)</script>", False),
        ("f" * 400, False),
        ("", False),
    ],
)
def test_a_proxy_we_know_chooses_it(another, tmp_path, given, is_taken):
    guest = another(tmp_path, PROXIES=1).test_client()

    id = id_of(guest.get("/nowhere", headers={"X-Request-Id": given}))

    assert (id == given) is is_taken
    assert is_taken or ID.fullmatch(id)


@pytest.mark.parametrize("path", ["/tips", "/tips/nowhere", "/desk/tips"])
def test_sources_and_tip_readers_have_none(app, as_, tess, broken, log, path):
    app.config["PROXIES"] = 1
    given = "0123456789abcdef"
    answer = as_(tess).get(path, headers={"X-Request-Id": given})

    assert answer.status_code in (404, 500)
    assert id_of(answer) is None
    assert given not in f"{answer.text}{log()}"
    assert [re.search(r"\[[0-9a-f]{16}", line) for line in log()] == [None] * len(log())


def test_nor_has_anything_at_an_address_for_sources(another, tmp_path):
    guest = another(tmp_path, TIPS_ORIGIN="http://jebo.example", ORIGIN="http://news.example")
    answer = guest.test_client().get("/nowhere", base_url="http://jebo.example")

    assert (answer.status_code, id_of(answer)) == (404, None)

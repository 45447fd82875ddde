"""The access log: off by default, and without anything of the visitor when on."""

import json

import pytest


@pytest.fixture
def lines(capfd):
    def read():
        return [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    return read


@pytest.fixture
def logged(another, tmp_path, app, harbour):
    return another(app.instance_path, ACCESS_LOG=True, PROXIES=1).test_client()


def test_it_is_off_by_default(guest, harbour, lines):
    guest.get("/articles/harbour")

    assert lines() == []


def test_a_line_for_each_request_from_the_app_or_from_the_cache(logged, lines):
    for path in ("/articles/harbour", "/articles/harbour", "/nowhere"):
        logged.get(path)

    told = lines()
    assert [(line["route"], line["status"], line["source"]) for line in told] == [
        ("comments.article", 200, "app"),
        ("comments.article", 200, "cache"),
        ("none", 404, "app"),
    ]
    assert [set(line) for line in told] == [
        {"time", "route", "status", "ms", "source", "request"}
    ] * 3


def test_it_has_the_id_of_the_request_and_nothing_of_the_visitor(logged, lines):
    headers = {
        "User-Agent": "sesame",
        "Referer": "http://sesame/",
        "X-Forwarded-For": "203.0.113.7",
    }
    answer = logged.get("/sesame?q=sesame", headers=headers)

    (line,) = lines()
    assert line["request"] == answer.headers["X-Request-Id"]
    assert "sesame" not in str(line) and "203.0" not in str(line)


@pytest.mark.parametrize("path", ["/tips", "/tips/nowhere", "/desk/tips"])
def test_pages_of_sources_and_tip_readers_are_not_in_it(logged, lines, path):
    for _ in range(2):
        logged.get(path)

    assert lines() == []


def test_nor_are_kept_files_at_their_address(another, tmp_path, lines):
    settings = {"TIPS_ORIGIN": "http://jebo.example", "ORIGIN": "http://news.example"}
    browser = another(tmp_path, ACCESS_LOG=True, **settings).test_client()
    for _ in range(2):
        answer = browser.get("/static/css/board.css", base_url="http://jebo.example")

    assert answer.status_code == 200
    assert lines() == []

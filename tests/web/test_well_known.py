"""Addresses that programs and people try on any site."""

import io
from urllib.parse import urljoin

import pytest
from PIL import Image


def test_robots_may_read_articles_and_not_accounts(guest):
    answer = guest.get("/robots.txt")

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /desk", "Disallow: /account", "Disallow: /sign-in"} <= set(lines)
    assert "Disallow: /" not in lines


def test_the_icon_is_one_that_every_program_can_read(guest):
    answer = guest.get("/favicon.ico")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert Image.open(io.BytesIO(answer.data)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_a_password_manager_finds_where_to_change_a_password(guest, as_, ada):
    member = as_(ada).get("/.well-known/change-password")

    assert (member.status_code, member.location) == (303, "/account#password-title")
    assert 'id="password-title"' in as_(ada).get("/account").text
    assert guest.get("/.well-known/change-password").location.startswith("/sign-in?next=")


SLASHES = [
    ("/articles/harbour/", "/articles/harbour"),
    ("/articles/harbour/comments/?sort=liked", "/articles/harbour/comments?sort=liked"),
    ("/rulings/", "/rulings"),
    ("/sign-in/?next=%2Faccount", "/sign-in?next=%2Faccount"),
    ("/transparency/", "/transparency"),
    ("/tips/", "/tips"),
    ("/tips/box/", "/tips/box"),
    ("/api/v1/counts/?article=harbour", "/api/v1/counts?article=harbour"),
]


@pytest.mark.parametrize(("path", "location"), SLASHES)
def test_an_address_with_a_slash_at_its_end_moved_for_good(guest, harbour, path, location):
    answer = guest.get(path)

    assert (answer.status_code, answer.location) == (301, location)
    assert guest.get(location).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere/", "//evil.example/", "/\\evil.example/", "///"])
def test_no_slash_leads_to_another_site_or_nowhere(guest, path):
    answer = guest.open("/", environ_overrides={"PATH_INFO": path})

    target = answer.headers.get("Location", "/")
    assert answer.status_code == 404 or urljoin("http://localhost/", target).startswith(
        "http://localhost/"
    )


def test_a_form_posted_to_an_address_with_a_slash_is_not_redirected(as_, ada, harbour):
    assert as_(ada).post("/articles/harbour/comments/", data={"body": "x"}).status_code in (
        404,
        405,
    )

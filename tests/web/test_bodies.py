"""The body of a request: read when nothing refuses it before, and what if it does not come."""

import io

import pytest
from werkzeug.exceptions import RequestTimeout

from board.web.access import everyone, everyone_as_guest
from board.web.request.body import BodyNeeded, RequestBody, TooManyUploads
from support.bodies import send

FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
DESK = "/desk/tips/1/reply"
WORDS = b"text=two+ledgers&body=two+ledgers&reason="


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/no/such/page", FORM, 404), ("/", FORM, 405), ("/sign-in" + "x" * 5000, FORM, 414),
        ("/sign-in", "application/json", 415),
    ],
)  # fmt: skip
def test_what_is_refused_is_not_read(guest, path, kind, status):
    assert send(guest, path, RequestBody(1000), kind).status_code == status


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_sends_is_not_read(guest, site):
    page = send(guest, "/sign-in", RequestBody(1000), FORM, Sec_Fetch_Site=site)

    assert page.status_code == 403


@pytest.mark.parametrize(
    ("path", "kind"), [("/sign-in", FORM), ("/tips/new", PARTS), ("/report/rights", PARTS)]
)
def test_what_a_view_takes_is_asked_for(guest, path, kind):
    with pytest.raises(BodyNeeded) as needed:
        send(guest, path, RequestBody(1000), kind)

    assert (needed.value.most, needed.value.network) == (1000, None)


def test_the_server_learns_whose_body_it_is(guest):
    guest.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    with pytest.raises(BodyNeeded) as needed:
        send(guest, "/sign-in", RequestBody(1000), FORM)

    assert needed.value.network == "203.0.113.0/24"


def test_a_guest_s_upload_to_the_desk_is_not_received(guest):
    """Only as much as the page shows again, which says that they must sign in."""
    with pytest.raises(BodyNeeded) as needed:
        send(guest, DESK, RequestBody(400 * 1024**2), PARTS)
    body = RequestBody(400 * 1024**2, io.BytesIO(b"--b"), received=3)

    assert needed.value.most == 4 * 1024**2
    assert send(guest, DESK, body, PARTS).status_code == 401


def test_of_a_form_too_long_only_the_words_are_read(guest):
    with pytest.raises(BodyNeeded) as needed:
        send(guest, "/sign-in", RequestBody(1 << 30), FORM)
    body = RequestBody(1 << 30, io.BytesIO(WORDS), received=len(WORDS))
    page = send(guest, "/sign-in", body, FORM)

    assert needed.value.most == 4 * 1024**2
    assert (page.status_code, "two ledgers" in page.text) == (413, True)


def posts(app):
    """The addresses to which anybody may post."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "POST" in rule.methods and view.audience in (everyone, everyone_as_guest):
            values = dict.fromkeys(rule.arguments, "1") | (rule.defaults or {})
            yield adapter.build(rule.endpoint, values, "POST")


@pytest.mark.parametrize("kind", [FORM, PARTS])
@pytest.mark.parametrize(("problem", "status"), [(TooManyUploads(), 503), (RequestTimeout(), 408)])
def test_every_form_says_that_it_did_not_arrive(app, guest, kind, problem, status):
    """On a page, whether or not there was a word of it."""
    addresses = list(posts(app))
    pages = [
        send(guest, path, RequestBody(1000, io.BytesIO(begun), problem=problem), kind)
        for path in addresses
        for begun in (b"", WORDS)
    ]

    assert len(addresses) > 10
    # A source whose session is over is asked for the code first.
    assert {page.status_code for page in pages} == {status, 401}
    assert all("<main" in page.text for page in pages)

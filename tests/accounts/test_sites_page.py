"""Who appoints staff says at the desk which sites show threads in their own pages."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from board.accounts.models import User
from board.accounts.sites.models import Site
from board.db import db
from conftest import person, said

As = Callable[[User], FlaskClient]
FIELDS = {
    "key": "press",
    "name": "우리신문",
    "origins": "https://www.news.example\nhttps://news.example",
    "hosts": "m.news.example",
    "parameters": "idxno",
    "language": "ko",
}


@pytest.fixture
def desk(as_: As) -> FlaskClient:
    return as_(person("appo", can_appoint=True))


def sites() -> list[Site]:
    return list(db.session.scalars(Site.all()))


def test_a_site_is_added_and_the_lines_to_paste_are_shown(desk: FlaskClient) -> None:
    added = desk.post("/desk/sites", data=FIELDS)
    (site,) = sites()

    assert (added.status_code, said(added)) == (303, "우리신문: 저장했습니다.")
    assert added.location.startswith("/desk/sites/press?notice=")
    assert (site.key, site.name, site.language) == ("press", "우리신문", "ko")
    assert site.origins == ["https://www.news.example", "https://news.example"]
    assert (site.hosts[-1], site.parameters) == ("m.news.example", ["idxno"])
    page = desk.get("/desk/sites/press").text
    assert '&lt;script type="module" src="http://localhost/embed.js"&gt;' in page
    assert '&lt;board-comments site="press"' in page


def test_a_site_is_changed(desk: FlaskClient) -> None:
    desk.post("/desk/sites", data=FIELDS)

    desk.post("/desk/sites/press", data=FIELDS | {"origins": "https://a.example", "hosts": ""})

    (site,) = sites()
    assert (site.origins, site.hosts) == (["https://a.example"], ["a.example"])
    assert "https://a.example" in desk.get("/desk/sites").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("key", "Press"), ("key", ""), ("name", ""), ("name", "n" * 81), ("origins", ""),
     ("origins", "https://a.example/path"), ("origins", "https://a.example *"),
     ("origins", "\n".join(f"https://{n}.example" for n in range(21))),
     ("hosts", "https://a.example"), ("parameters", "a=b"), ("language", "de")],
)  # fmt: skip
def test_what_is_wrong_is_shown_again(desk: FlaskClient, field: str, value: str) -> None:
    refused = desk.post("/desk/sites", data=FIELDS | {field: value})

    assert (refused.status_code, sites()) == (422, [])
    assert 'class="error"' in refused.text


@pytest.mark.parametrize("path", ["/desk/sites", "/desk/sites/press"])
def test_a_form_without_fields_is_shown_again(desk: FlaskClient, path: str) -> None:
    desk.post("/desk/sites", data=FIELDS)

    assert desk.post(path, data={}).status_code == 422
    assert [site.name for site in sites()] == ["우리신문"]


def test_a_key_is_given_once(desk: FlaskClient) -> None:
    desk.post("/desk/sites", data=FIELDS)

    assert desk.post("/desk/sites", data=FIELDS | {"name": "Other"}).status_code == 422
    assert [site.name for site in sites()] == ["우리신문"]


def test_only_who_appoints_may(
    as_: As, guest: FlaskClient, ada: User, mo: User, tess: User
) -> None:
    for user in (ada, mo, tess):
        assert as_(user).get("/desk/sites").status_code == 403
        assert as_(user).post("/desk/sites", data=FIELDS).status_code == 403
    assert guest.post("/desk/sites", data=FIELDS).status_code == 401
    assert sites() == []


def test_an_unknown_site_is_404(desk: FlaskClient) -> None:
    assert desk.get("/desk/sites/nobody").status_code == 404
    assert desk.post("/desk/sites/nobody", data=FIELDS).status_code == 404

"""Tips may have an origin of their own: the form is served there alone, and nothing else is."""

import pytest

from board.config import BadSetting, load
from tips.conftest import SourceClient, element_text, form_fields, hidden_field

BOARD = "https://news.example"
OWN = "https://jebo.example"
ONION = "http://" + "a2" * 28 + ".onion"
STORY = "과장이 장부를 두 권 씁니다."


@pytest.fixture
def settings(settings):
    return settings | {"ORIGIN": BOARD, "TIPS_ORIGIN": f"{OWN} {ONION}"}


@pytest.fixture
def as_(as_):
    """Staff sign in at the board's origin."""

    def signed_in(user):
        client = as_(user)
        token = client.get_cookie("board_session").value
        client.environ_base["HTTP_HOST"] = "news.example"
        client.set_cookie("__Host-board_session", token, domain="news.example", secure=True)
        return OriginClient(client, BOARD)

    return signed_in


class OriginClient:
    """A browser at one origin."""

    def __init__(self, client, origin):
        self.client, self.origin, self.application = client, origin, client.application

    def get(self, path, **more):
        return self.client.get(path, base_url=self.origin, **more)

    def post(self, path, **more):
        return self.client.post(path, base_url=self.origin, **more)


@pytest.fixture
def board(app):
    return OriginClient(app.test_client(), BOARD)


@pytest.fixture(params=[OWN, ONION])
def there(app, request):
    return OriginClient(app.test_client(), request.param)


@pytest.fixture
def source(app, there):
    source = SourceClient(app)
    source.client = there
    return source


def test_a_source_sends_and_comes_back_at_the_tips_origin(desk, source, there):
    form = form_fields(source.preview(STORY))
    page = there.post("/tips/new", data=form)
    code = element_text(page, "tip-code")
    entered = source.enter(code)

    cookie = entered.headers["Set-Cookie"]
    secure = there.origin == OWN
    assert cookie.startswith("__Host-board_tip=" if secure else "board_tip=")
    assert ("; Secure" in cookie) is secure
    assert "Domain" not in cookie
    assert STORY in source.mailbox().text


def test_pages_of_the_board_are_not_found_at_the_tips_origin(there, harbour):
    for path in (
        "/sign-in", "/sign-up", "/articles/harbour", "/desk", "/rulings", "/healthz",
        "/nothing", "/api/v1/counts?article=harbour", "/feed.atom", "/desk/tips",
    ):  # fmt: skip
        page = there.get(path)
        assert page.status_code == 404, path
        assert "<script" not in page.text, path
        assert "/sign-in" not in page.text, path
        assert len(page.data) % (64 * 1024) == 0, path
        assert page.headers["Cache-Control"] == "private, no-store, no-transform", path
        assert "script-src" not in page.headers["Content-Security-Policy"], path


def test_nobody_signs_in_or_posts_at_the_tips_origin(there, harbour):
    for path in ("/sign-in", "/language", "/articles/harbour/comments"):
        assert there.post(path, data={"email": "x"}).status_code == 404


def test_the_root_of_the_tips_origin_redirects_to_the_first_page(there):
    assert there.get("/").location == "/tips"


def test_the_board_redirects_to_the_form_at_the_tips_origin(board, desk):
    for path in ("/tips", "/tips/new", "/tips/box?lang=en"):
        answer = board.get(path)
        assert (answer.status_code, answer.location) == (303, OWN + path)
        assert "no-store" in answer.headers["Cache-Control"]
    ticket = hidden_field(
        OriginClient(board.client, OWN).get("/tips/new", follow_redirects=True), "ticket"
    )
    sent = board.post("/tips/new", data={"ticket": ticket, "text": STORY, "step": "look"})
    assert sent.status_code == 404


def test_links_of_the_board_lead_to_the_tips_origin(board, harbour):
    assert f'href="{OWN}/tips" rel="noreferrer noopener"' in board.get("/articles/harbour").text
    assert f'href="{OWN}/tips?lang=en"' in board.get("/?lang=en").text


def test_a_form_from_another_origin_is_refused(desk, there):
    ticket = hidden_field(there.get("/tips/new", follow_redirects=True), "ticket")
    for origin in (BOARD, "null", "http://localhost", {OWN: ONION, ONION: OWN}[there.origin]):
        headers = {"Sec-Fetch-Site": None, "Origin": origin}
        data = {"ticket": ticket, "text": STORY}
        assert there.post("/tips/new", data=data, headers=headers).status_code == 403
    own = {"Sec-Fetch-Site": None, "Origin": there.origin}
    preview = there.post("/tips/new", data={"ticket": ticket, "text": STORY}, headers=own)
    assert "아직 아무것도 보내지 않았습니다" in preview.text


def test_the_onion_location_header_names_the_onion_service(app, desk):
    clear, onion = (OriginClient(app.test_client(), origin) for origin in (OWN, ONION))

    assert clear.get("/tips/box?lang=en").headers["Onion-Location"] == f"{ONION}/tips/box?lang=en"
    assert "Onion-Location" not in onion.get("/tips/box").headers
    assert "Onion-Location" not in OriginClient(app.test_client(), BOARD).get("/").headers


def test_only_an_origin_with_tls_sets_hsts(there):
    assert ("Strict-Transport-Security" in there.get("/tips").headers) is (there.origin == OWN)


def test_static_files_are_served_at_the_tips_origin(there):
    assert there.get("/static/css/board.css").status_code == 200
    assert BOARD not in there.get("/tips").text


def test_a_members_session_is_ignored_at_the_tips_origin(there, as_, ada):
    """Even if a browser sent the cookie."""
    member = as_(ada)
    token = member.client.get_cookie("__Host-board_session", domain="news.example").value
    headers = {"Cookie": f"__Host-board_session={token}; board_session={token}"}

    assert "ada" not in there.get("/tips", headers=headers).text
    assert "ada" not in there.get("/nothing", headers=headers).text


class TestAnOnionServiceOnly:
    @pytest.fixture
    def settings(self, settings):
        return settings | {"TIPS_ORIGIN": ONION}

    def test_the_board_shows_the_onion_address(self, board):
        assert 'href="/tips"' in board.get("/").text
        page = board.get("/tips/new")
        assert f'<code class="address-shown">{ONION}/tips/new</code>' in page.text
        assert page.headers["Onion-Location"] == f"{ONION}/tips/new"
        assert "<textarea" not in page.text
        assert board.post("/tips/new", data={"text": STORY}).status_code == 404


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        (BOARD, BOARD), (BOARD, "https://news.example:8443"), (BOARD, f"{OWN} https://x.example"),
        (BOARD, f"{ONION} {OWN}"), (BOARD, "jebo.example"), (BOARD, f"{OWN} {OWN}:8443"),
        (BOARD, f"{OWN} {ONION} {ONION}:81"),
    ],
)  # fmt: skip
def test_an_address_that_would_share_cookies_is_refused(tmp_path, origin, own):
    from flask import Flask  # noqa: PLC0415

    app = Flask("x", instance_path=str(tmp_path))
    with pytest.raises(BadSetting, match="BOARD_TIPS_ORIGIN"):
        load(app, {"ORIGIN": origin, "TIPS_ORIGIN": own})


def test_browsers_without_sec_fetch_site_can_send_the_form(there):
    """With no-referrer alone they would send the origin "null", which is refused."""
    page = there.get("/tips/new", follow_redirects=True)

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="referrer" content="same-origin">' in page.text

"""The operator registers the board with providers: settings, `doctor`, and where forms may lead."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.identity_providers.conftest import Visit
from board import create_app
from board.accounts.models import User
from board.accounts.sign_in_methods.identity_providers import providers
from board.accounts.sign_in_methods.identity_providers.findings import findings
from board.config import BadSetting, client_parsers
from board.config.client_parsers import AppleClient, Client, OidcClient
from board.config.parsers import SecretGiven
from support.fake_providers import APPLE_SETTING, FakeProviders


def test_clients_are_read_from_text_and_lists() -> None:
    own = ("우리 신문", "https://sso.example/realms/news", "id", "secret")

    assert client_parsers.parse_client("id secret") == Client("id", "secret")
    assert client_parsers.parse_client(["id", "secret"]) == Client("id", "secret")
    assert client_parsers.parse_apple_client(APPLE_SETTING) == AppleClient(*APPLE_SETTING.split())
    assert client_parsers.parse_oidc_client(" ".join(own)) == OidcClient(*own)
    assert client_parsers.parse_oidc_client(list(own)) == OidcClient(*own)


@pytest.mark.parametrize("value", ["secret", "id secret more", ["id", 7], ["id", "se\ncret"], 7])
def test_a_wrong_client_is_refused_without_its_secret(value: object) -> None:
    with pytest.raises(SecretGiven) as refused:
        client_parsers.parse_client(value)
    assert "se" not in str(refused.value).replace("secret", "").replace("separated", "")


@pytest.mark.parametrize(
    "issuer",
    ["http://sso.example", "sso.example", "https://", "https://sso.example?x", "https://a:b@c.d"],
)
def test_a_wrong_issuer_is_refused(issuer: str) -> None:
    with pytest.raises(SecretGiven):
        client_parsers.parse_oidc_client(f"News {issuer} id secret")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"APPLE": APPLE_SETTING}, "BOARD_APPLE needs the key"),
        ({"APPLE": "id team ../../key"}, "BOARD_APPLE must be"),
        ({"KAKAO": "hush"}, "BOARD_KAKAO must be the client id and the secret"),
        ({"FAKE_PROVIDERS": "https://fakes.example"}, "must be an origin of this machine"),
        ({"FAKE_PROVIDERS": "http://localhost.evil.example"}, "must be an origin of this machine"),
        (
            {"FAKE_PROVIDERS": "http://localhost:9000", "ORIGIN": "https://news.example"},
            "only this machine can reach",
        ),
    ],
)
def test_the_board_does_not_start_with_a_wrong_setting(
    tmp_path: Path, settings: dict[str, str], problem: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        create_app({"INSTANCE": str(tmp_path), **settings})
    assert problem in refused.value.message
    assert "hush" not in refused.value.message


@pytest.mark.slow
def test_the_board_starts_without_the_library_for_tokens(tmp_path: Path) -> None:
    start = "board.create_app({'INSTANCE': sys.argv[1], 'KAKAO': 'a b'})"
    code = f"import sys, board; {start}; print('joserfc' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


def test_doctor_asks_each_provider(app: Flask, apple: None, fake: FakeProviders) -> None:
    found = findings()
    assert [is_good for is_good, _ in found] == [True] * 6
    assert found[0] == (True, "kakao: its keys can be fetched")

    fake.has_discovery = False
    app.config["KAKAO_ADMIN_KEY"], key = "", app.config["KAKAO_ADMIN_KEY"]
    app.config["APPLE"].key_path(Path(app.instance_path)).write_text("no key")
    found = findings()
    app.config["KAKAO_ADMIN_KEY"] = key
    problems = [text.partition(":")[0] for is_good, text in found if not is_good]
    assert problems == ["naver", "apple", "oidc"]
    assert any("not told who unlinks" in text for _, text in found)


def test_only_pages_with_buttons_let_forms_lead_away(
    app: Flask, guest: FlaskClient, as_: Callable[[User], FlaskClient], ada: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def targets(client: FlaskClient, path: str) -> list[str]:
        policy = client.get(path).headers["Content-Security-Policy"]
        return policy.partition("form-action ")[2].partition(";")[0].split()

    monkeypatch.setitem(app.config, "FAKE_PROVIDERS", "")
    theirs = [
        "'self'", "https://accounts.google.com", "https://accounts.kakao.com",
        "https://kauth.kakao.com", "https://nid.naver.com", "https://sso.harbour.example",
    ]  # fmt: skip
    for path in ("/sign-in", "/sign-up"):
        assert targets(guest, path) == theirs
    assert targets(as_(ada), "/account/sign-in-methods") == theirs
    for path in ("/", "/rulings", "/sign-in/forgot", "/nowhere"):
        assert targets(guest, path) == ["'self'"]
    assert targets(as_(ada), "/account") == ["'self'"]


def test_the_real_addresses_are_https_and_ask_for_no_more_than_who(
    app: Flask, visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FAKE_PROVIDERS", "")
    for name in ("kakao", "naver", "google", "oidc"):
        address = visit().begin(name)
        provider = providers.named(name)
        assert provider and address.startswith("https://")
        assert "scope=openid&" in f"{address}&" and "email" not in address
        assert f"redirect_uri=http%3A%2F%2Flocalhost%2Fsign-in%2Fwith%2F{name}%2Fback" in address


def test_google_is_refused_in_apps_which_the_page_says(guest: FlaskClient) -> None:
    def page(agent: str) -> str:
        return guest.get("/sign-in", headers={"User-Agent": agent}).text

    assert "kakaotalk://web/openExternal?url=http" in page("Mozilla KAKAOTALK 11")
    assert "앱 안의 브라우저" in page("Mozilla NAVER(inapp; search; 1)")
    assert "앱 안의 브라우저" not in page("Mozilla Chrome/140")

"""ID tokens that prove nothing: each is refused, and leaves a line in the security log."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from accounts.identity_providers.conftest import Visit
from board.accounts.sign_in_methods.identity_providers import (
    background,
    flow,
    jose,
    providers,
    tokens,
)
from board.accounts.sign_in_methods.identity_providers.jose import BadToken
from board.accounts.sign_in_methods.identity_providers.models import Identity, OAuthState
from board.db import db, now
from board.runtime import http_client
from support.fake_providers import SECRETS, FakeProviders, encoded

Visits = Callable[..., Visit]
FAILED = "/sign-in?notice=provider_failed"


def reasons(app: Flask) -> list[str]:
    """What the log says of sign-ins that failed."""
    lines = [
        json.loads(line)
        for path in (Path(app.instance_path) / "log").glob("*")
        if path.is_file()
        for line in path.read_text(errors="replace").splitlines()
        if line.startswith("{")
    ]
    return [line["reason"] for line in lines if line.get("event") == "authn_login_fail"]


def is_refused(visit: Visits, subject: str = "1001", name: str = "kakao") -> bool:
    answer = visit().sign_in(name, subject)
    nothing = db.session.query(Identity).count() == db.session.query(OAuthState).count() == 0
    return answer.location == FAILED and nothing


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": "https://kauth.kakao.com/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-app"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": ["kakao-id", "another-app"]}, "aud"),
        ({"aud": ["kakao-id", "another-app"], "azp": "another-app"}, "aud"),
        ({"azp": "another-app"}, "aud"),
        ({"exp": 1}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "2099-01-01"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": 10**12}, "iat"),
        ({"iat": 1}, "iat"),
        ({"nonce": None}, "nonce"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": 7}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 1001}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "소라"}, "sub"),
        ({"sub": "10\n01"}, "sub"),
    ],
)
def test_a_token_with_a_wrong_claim(
    app: Flask, visit: Visits, fake: FakeProviders, claims: dict[str, Any], reason: str
) -> None:
    fake.claims = claims

    assert is_refused(visit)
    assert reasons(app) == [f"provider_token_{reason}"]


@pytest.mark.parametrize(
    ("claims"),
    [{"aud": ["kakao-id"]}, {"aud": ["kakao-id", "x"], "azp": "kakao-id"}, {"azp": "kakao-id"},
     {"sub": "x" * 255}, {"sub": "a|b c/d"}],
)  # fmt: skip
def test_a_token_that_is_right_if_unusual(
    visit: Visits, fake: FakeProviders, claims: dict[str, Any]
) -> None:
    fake.claims = claims

    assert visit().sign_in("kakao", "1001").location == "/sign-up/with"


@pytest.mark.parametrize(
    ("name", "seconds", "is_good"),
    [("exp", -50, True), ("exp", -70, False), ("iat", 50, True), ("iat", 70, False),
     ("iat", -600, True), ("iat", -700, False)],
)  # fmt: skip
def test_clocks_may_differ_by_a_minute(
    visit: Visits, fake: FakeProviders, name: str, seconds: int, is_good: bool
) -> None:
    with time_machine.travel(now(), tick=False):
        fake.claims = {name: int(time.time()) + seconds}
        location = visit().sign_in("kakao", "1001").location

    assert (location == "/sign-up/with") is is_good


@pytest.mark.parametrize(
    ("header", "reason"),
    [({"alg": "none"}, "header"), ({"kid": "rsa-unknown"}, "key"), ({"alg": "RS512"}, "header")],
)
def test_a_token_signed_in_a_wrong_way(
    app: Flask, visit: Visits, fake: FakeProviders, header: dict[str, str], reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if header.get("alg") == "RS512":
        monkeypatch.setattr(fake, "signed", lambda claims, _alg="": token_of(header, claims))
    fake.header = header

    assert is_refused(visit)
    assert reasons(app) == [f"provider_token_{reason}"]


def token_of(header: dict[str, str], claims: dict[str, Any]) -> str:
    return f"{encoded(header)}.{encoded(claims)}.AAAA"


def test_a_token_signed_with_the_shared_secret(
    app: Flask, visit: Visits, fake: FakeProviders
) -> None:
    """HS256 with the client secret, or with the public key taken for one."""
    fake.signs_with_secret = SECRETS["kakao-id"]

    assert is_refused(visit)
    assert reasons(app) == ["provider_token_header"]


def test_a_token_of_another_signer_with_a_known_key_id(
    app: Flask, visit: Visits, fake: FakeProviders
) -> None:
    known = fake.keys["RS256"].kid
    visit().sign_in("kakao", "1001")  # the board has the keys
    old = fake.keys
    fake.rotate()
    fake.header = {"kid": known}

    answer = visit().sign_in("kakao", "1002")
    fake.keys = old

    assert (answer.location, reasons(app)) == (FAILED, ["provider_token_signature"])


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "....", "{}", "é.é.é", "." * 10_000])
def test_what_is_no_token_at_all(app: Flask, text: str) -> None:
    provider = providers.named("kakao")
    assert provider
    with pytest.raises(BadToken):
        tokens.subject_of(text, provider, nonce="n")


@pytest.mark.parametrize("keys", [[{}], [{"kty": "RSA", "n": "!", "e": 1}], [{"kty": 7}]])
def test_keys_that_are_none(fake: FakeProviders, keys: list[dict[str, Any]]) -> None:
    token = fake.signed({"iss": "x"})
    with pytest.raises(BadToken):
        jose.verified(token, keys)


# ---- answers ----


@pytest.mark.parametrize("answer", ["error", "huge", "html", "empty"])
def test_an_answer_without_a_token(
    app: Flask, visit: Visits, fake: FakeProviders, answer: str
) -> None:
    fake.answer = answer

    assert is_refused(visit)
    assert reasons(app) == ["provider_answer"]


@pytest.mark.slow
def test_a_provider_that_does_not_answer(
    visit: Visits, fake: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "TIMEOUT", 0.3)
    fake.answer = "slow"

    assert is_refused(visit)


def test_only_some_threads_wait_for_providers(
    visit: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "_WAITING_FOR_ONE", 0)
    assert visit().sign_in("kakao", "1001").location == "/sign-in?notice=provider_busy"


def test_a_wrong_secret_of_ours_is_said_to_the_operator_without_it(
    app: Flask, visit: Visits, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(app.config, "KAKAO", app.config["KAKAO"]._replace(secret="mistyped"))

    assert is_refused(visit)
    assert "sign-in with kakao: it answered 400" in caplog.text
    assert "mistyped" not in caplog.text


# ---- keys ----


def asked_for_keys(fake: FakeProviders) -> int:
    return len([path for path in fake.asked if path == "/kauth.kakao.com/.well-known/jwks.json"])


def test_keys_are_fetched_once_a_day(visit: Visits, fake: FakeProviders) -> None:
    for _ in range(3):
        visit().sign_in("kakao", "1001")

    assert asked_for_keys(fake) == 1  # by the worker
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        visit().sign_in("kakao", "1001")
    assert asked_for_keys(fake) == 2


def test_new_keys_are_fetched_when_one_is_met_but_not_often(
    visit: Visits, fake: FakeProviders
) -> None:
    with time_machine.travel(now() + timedelta(minutes=6), tick=False) as clock:
        fake.rotate()
        assert visit().sign_in("kakao", "1001").location == "/sign-up/with"
        assert asked_for_keys(fake) == 2
        fake.rotate()
        assert visit().sign_in("kakao", "1001").location == FAILED
        assert asked_for_keys(fake) == 2
        clock.shift(timedelta(minutes=6))
        assert visit().sign_in("kakao", "1001").location == "/sign-up/with"


# ---- discovery ----


def buttons(visit: Visits) -> list[str]:
    page = visit().client.get("/sign-in").text
    return [name for name in providers.NAMES if f"provider-{name}" in page]


def test_a_provider_is_offered_while_it_can_be_discovered(
    app: Flask, visit: Visits, fake: FakeProviders
) -> None:
    assert buttons(visit) == ["kakao", "naver", "google", "oidc"]
    fake.has_discovery = False
    with time_machine.travel(now() + timedelta(hours=13), tick=False) as clock:
        background.renew()
        assert buttons(visit) == ["kakao", "naver", "google", "oidc"]
        clock.shift(timedelta(hours=12))
        background.renew()
        assert buttons(visit) == ["kakao", "google"]
        assert visit().begin("naver") == FAILED
        assert background.is_due() is False
        fake.has_discovery = True
        clock.shift(timedelta(minutes=6))
        assert background.is_due() is True
        background.renew()
        assert buttons(visit) == ["kakao", "naver", "google", "oidc"]


@pytest.mark.parametrize(
    "found",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://nid.naver.com/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://nid.naver.com; script-src *"},
        {"authorization_endpoint": "https://user@nid.naver.com/"},
        {"jwks_uri": None},
        {"jwks_uri": "https://x.example/" + "x" * 600},
        {"token_endpoint_auth_methods_supported": 7},
    ],
)
def test_a_document_that_cannot_be_believed_offers_nothing(
    visit: Visits, fake: FakeProviders, found: dict[str, Any]
) -> None:
    fake.discovered = found
    with time_machine.travel(now() + timedelta(hours=13), tick=False):
        background.renew()
        answer = visit().client.get("/sign-in")

    assert "provider-naver" not in answer.text
    assert "evil" not in answer.headers["Content-Security-Policy"]
    assert "script-src *" not in answer.headers["Content-Security-Policy"]


def test_a_board_without_providers_asks_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAKAO", "NAVER", "GOOGLE", "OIDC"):
        monkeypatch.setitem(app.config, name, None)

    assert (providers.configured(), background.is_due()) == ([], False)

"""Kakao, Naver, Google, Apple and an OIDC server of the newsroom's own, on this machine.

Each host has a path: https://kauth.kakao.com/oauth/token is /kauth.kakao.com/oauth/token here. They
are as strict as the real ones, and lie only if a test asks for it. To try a board out by hand:

    PYTHONPATH=tests .venv/bin/python -m support.fake_providers 9000
"""

import base64
import hashlib
import html
import json
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from support.http_server import serving

OWN = "sso.harbour.example"
ISSUERS = {
    "kauth.kakao.com": "https://kauth.kakao.com",
    "nid.naver.com": "https://nid.naver.com",
    "accounts.google.com": "https://accounts.google.com",
    "oauth2.googleapis.com": "https://accounts.google.com",
    "www.googleapis.com": "https://accounts.google.com",
    "appleid.apple.com": "https://appleid.apple.com",
    OWN: f"https://{OWN}/realms/news",
}
APPLE = "https://appleid.apple.com"
KAKAO_UNLINK = "/kapi.kakao.com/v1/user/unlink"
SETTINGS = {
    "KAKAO": "kakao-id kakao-secret-of-the-fake",
    "KAKAO_ADMIN_KEY": "kakao-admin-key-0123456789",
    "NAVER": "naver-id naver-secret",
    "GOOGLE": "google-id google-secret",
    "OIDC": f"우리 신문 {ISSUERS[OWN]} own-id own+secret%",
}
APPLE_SETTING = "example.news.board TEAM123456 KEY1234567"
SECRETS = {
    "kakao-id": "kakao-secret-of-the-fake",
    "naver-id": "naver-secret",
    "google-id": "google-secret",
    "own-id": "own+secret%",
}
_EMBEDDED = ("KAKAOTALK", "NAVER(inapp", "; wv)")


@dataclass
class Grant:
    """What somebody agreed to at a provider; a code stands for it."""

    issuer: str
    subject: str
    asked: dict[str, str]


@dataclass
class FakeProviders:
    """`claims` replaces those of ID tokens (None: without it), `header` their header. `answer` is
    what the token endpoint does instead: error, huge, slow, html or empty."""

    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    has_discovery: bool = True
    discovered: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)  # who has agreed at Kakao
    url: str = ""
    signs_with_secret: str = ""  # HS256, in place of its own key
    apple_key: bytes = b""  # public; without it Apple takes any secret

    def __post_init__(self) -> None:
        self.apple_private = ECKey.generate_key("P-256")
        self.rotate()

    def rotate(self) -> None:
        """New keys, with new ids."""
        number = secrets.token_hex(4)
        self.keys: dict[str, Any] = {
            "RS256": RSAKey.generate_key(2048, {"kid": f"rsa-{number}", "use": "sig"}),
            "ES256": ECKey.generate_key("P-256", {"kid": f"ec-{number}", "use": "sig"}),
        }

    def agree(self, address: str, subject: str) -> str:
        """What a person does at the provider. Returns where they are sent back."""
        parts = urlsplit(address)
        asked = dict(parse_qsl(parts.query))
        code = secrets.token_urlsafe(16)
        issuer = ISSUERS[parts.path.split("/")[1]]
        self.grants[code] = Grant(issuer, subject, asked)
        if "kakao" in issuer:
            self.linked.add(subject)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def refuse(self, address: str) -> str:
        asked = dict(parse_qsl(urlsplit(address).query))
        query = {"error": "access_denied", "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(query)}"

    def signed(self, claims: dict[str, Any], algorithm: str = "RS256") -> str:
        """A token of these claims, with the changes that are asked for."""
        header = {"alg": algorithm, "kid": self.keys[algorithm].kid, **self.header}
        claims = {
            name: value for name, value in {**claims, **self.claims}.items() if value is not None
        }
        if header["alg"] == "none":
            return ".".join(encoded(part) for part in (header, claims)) + "."
        if self.signs_with_secret:
            return jwt.encode(
                {**header, "alg": "HS256"}, claims, OctKey.import_key(self.signs_with_secret)
            )
        return jwt.encode(header, claims, self.keys[algorithm], [algorithm])

    def id_token(self, grant: Grant) -> str:
        moment = int(time.time())
        claims = {
            "iss": grant.issuer,
            "aud": grant.asked["client_id"],
            "sub": grant.subject,
            "iat": moment,
            "exp": moment + 600,
            "nonce": grant.asked["nonce"],
            "email": "ada@harbour.example",  # which nobody asked for
        }
        return self.signed(claims, "ES256" if OWN in grant.issuer else "RS256")

    def apple_event(self, client_id: str, *events: dict[str, Any]) -> str:
        moment = int(time.time())
        text = json.dumps(events[0] if len(events) == 1 else list(events))
        claims = {"iss": APPLE, "aud": client_id, "iat": moment, "exp": moment + 86400}
        return self.signed({**claims, "jti": secrets.token_hex(8), "events": text})

    def apple_p8(self) -> bytes:
        """The key that Apple lets the newsroom download."""
        private = self.apple_private.private_key
        assert private is not None
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return bytes(private.private_bytes(serialization.Encoding.PEM, *form))

    @contextmanager
    def served(self, port: int = 0) -> Iterator["FakeProviders"]:
        server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        server.providers = self  # type: ignore[attr-defined]
        with serving(server) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield self


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass

    @property
    def _fake(self) -> FakeProviders:
        return self.server.providers  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self._fake.asked.append(path)
        _, host, *_rest = path.split("/")
        if host not in ISSUERS:
            self._answer(404, b"")
        elif path.endswith("/openid-configuration"):
            self._discovery(host)
        elif path.endswith(("/keys", "/certs", "/jwks.json")):
            keys = [key.as_dict(private=False) for key in self._fake.keys.values()]
            self._json(200, {"keys": keys})
        else:
            self._consent(host)

    def _discovery(self, host: str) -> None:
        base = ISSUERS[host]
        found = {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth2/authorize",
            "token_endpoint": f"{base}/oauth2/token",
            "jwks_uri": f"{base}/oauth2/keys",
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic" if host == OWN else "client_secret_post"
            ],
        }
        has = self._fake.has_discovery and host in ("nid.naver.com", OWN)
        self._json(200 if has else 404, {**found, **self._fake.discovered})

    def _consent(self, host: str) -> None:
        """A page on which to be somebody, or to go back."""
        asked = dict(parse_qsl(urlsplit(self.path).query))
        problem = self._problem_of(host, asked)
        if problem:
            self._answer(400, f"<h1>{html.escape(problem)}</h1>".encode())
            return
        if as_ := asked.pop("as", None):
            self._redirect(self._fake.agree(f"{self.path.partition('&as=')[0]}", as_))
            return
        who = "".join(
            f'<p><a href="{html.escape(self.path)}&amp;as={each}">{each}</a></p>'
            for each in (
                f"{thousand}00{number}" for thousand in range(1, 5) for number in range(1, 4)
            )
        )
        back = html.escape(self._fake.refuse(self.path))
        icon = '<link rel="icon" href="data:,">'  # browsers would ask for one
        page = f'<!doctype html>{icon}<title>{host}</title>{who}<a href="{back}">취소</a>'
        self._answer(200, page.encode())

    def _problem_of(self, host: str, asked: dict[str, str]) -> str:
        """What the provider finds wrong with what it is asked."""
        needed = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")
        if missing := [name for name in needed if not asked.get(name)]:
            return f"missing {missing}"
        if asked.get("code_challenge_method") != "S256" or asked.get("response_type") != "code":
            return "only codes with S256"
        if host == "appleid.apple.com":
            return "response_mode must be form_post" if "scope" in asked else ""
        if host == "accounts.google.com":
            agent = self.headers.get("User-Agent", "")
            if any(each in agent for each in _EMBEDDED):
                return "disallowed_useragent"
        return "" if asked.get("scope") == "openid" else "invalid_scope"

    def do_POST(self) -> None:
        self._fake.asked.append(self.path)
        length = int(self.headers.get("Content-Length", 0))
        given = dict(parse_qsl(self.rfile.read(length).decode()))
        if self.path == KAKAO_UNLINK:
            self._unlink(given)
            return
        grant = self._fake.grants.pop(given.get("code", ""), None)  # once
        host = self.path.split("/")[1]
        if (lie := self._fake.answer) in ("huge", "html", "empty", "slow"):
            self._lie(lie)
        elif lie == "error" or grant is None or not self._is_right(host, grant, given):
            self._json(400, {"error": "invalid_grant"})
        else:
            token = self._fake.id_token(grant)
            self._json(200, {"id_token": token, "access_token": "never kept", "scope": "openid"})

    def _unlink(self, given: dict[str, str]) -> None:
        """Kakao’s answer to unlinking: it knows who has agreed."""
        key, subject = SETTINGS["KAKAO_ADMIN_KEY"], given.get("target_id", "")
        if self._fake.answer in ("huge", "html"):
            self._lie(self._fake.answer)
        elif self.headers.get("Authorization") != f"KakaoAK {key}":
            self._json(401, {"msg": "wrong appKey", "code": -401})
        elif given.get("target_id_type") != "user_id" or subject not in self._fake.linked:
            self._json(400, {"msg": "NotRegisteredUserException", "code": -101})
        else:
            self._fake.linked.remove(subject)
            self._json(200, {"id": int(subject)})

    def _is_right(self, host: str, grant: Grant, given: dict[str, str]) -> bool:
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        asked = grant.asked
        return (
            ISSUERS[host] == grant.issuer
            and challenge == asked["code_challenge"]
            and given.get("redirect_uri") == asked["redirect_uri"]
            and given.get("grant_type") == "authorization_code"
            and self._knows_secret(host, asked["client_id"], given)
        )

    def _knows_secret(self, host: str, client_id: str, given: dict[str, str]) -> bool:
        id, secret = given.get("client_id", ""), given.get("client_secret", "")
        if host == OWN:
            encoded = self.headers.get("Authorization", "").removeprefix("Basic ")
            id, _, secret = map(unquote_plus, base64.b64decode(encoded).decode().partition(":"))
        if host == "appleid.apple.com":
            key = self._fake.apple_private
            claims = jwt.decode(secret, key, algorithms=["ES256"]).claims
            times = claims["iat"] <= time.time() < claims["exp"] <= claims["iat"] + 15777000
            named = claims["iss"], claims["sub"], claims["aud"]
            return id == client_id and times and named == ("TEAM123456", client_id, APPLE)
        return id == client_id and secret == SECRETS.get(client_id, secret)

    def _lie(self, kind: str) -> None:
        if kind == "huge":
            self._answer(200, b'{"id_token": "' + b"x" * 300_000 + b'"}')
        elif kind == "html":
            self._answer(200, b"<h1>We are back soon</h1>")
        elif kind == "empty":
            self._json(200, {"access_token": "only"})
        else:  # slow: until nobody waits any longer
            self.connection.settimeout(30)
            self.connection.recv(1)

    def _json(self, status: int, value: Any) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json")

    def _redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.end_headers()

    def _answer(self, status: int, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


if __name__ == "__main__":
    with FakeProviders().served(int(sys.argv[1]) if len(sys.argv) > 1 else 9000) as fake:
        print(f"export BOARD_FAKE_PROVIDERS={fake.url}")
        for name, value in SETTINGS.items():
            print(f"export BOARD_{name}={value!r}")
        threading.Event().wait()

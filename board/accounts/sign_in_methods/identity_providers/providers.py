"""Identity providers: where each is, what is special about it, and which are in use."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _

from board.accounts.sign_in_methods.identity_providers import apple
from board.accounts.sign_in_methods.identity_providers.documents import URL_MAX, Document
from board.accounts.sign_in_methods.identity_providers.locations import located, origin_of
from board.accounts.sign_in_methods.identity_providers.models import KAKAO_ISSUER
from board.config.client_parsers import Client
from board.runtime.app import setting


class Endpoints(NamedTuple):
    authorization: str
    token: str
    keys: str
    takes_secret_in_form: bool = True  # else as HTTP Basic


@dataclass(frozen=True, slots=True)
class Provider:
    """`name` is its setting in lower case, and in addresses."""

    name: str
    label: Any
    button: Any  # the words it asks for
    issuer: str
    pinned: Endpoints | None = None  # None: they are discovered
    # Origins it redirects to before a page is shown, which the policy of a form must allow.
    passes: tuple[str, ...] = ()
    scope: str = "openid"
    connected: str = ""  # its page of connected services, where somebody can cut the connection

    def client(self) -> Client:
        """Raises NoKey."""
        if self.name == "apple":
            return Client(self.client_id, apple.client_secret(setting("APPLE")))
        return Client(self.client_id, setting(self.name.upper()).secret)

    @property
    def client_id(self) -> str:
        return str(setting(self.name.upper()).id)

    def discovery(self) -> Document | None:
        if self.pinned:
            return None
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        return Document(url, named=self.has_named(url))

    def endpoints(self) -> Endpoints | None:
        """None while they cannot be discovered."""
        if self.pinned:
            return self.pinned
        document = self.discovery()
        found = document.read() if document else None
        try:
            return self._endpoints_in(found) if found else None
        except (TypeError, ValueError):
            return None

    def keys(self) -> Document | None:
        endpoints = self.endpoints()
        if endpoints is None:
            return None
        return Document(endpoints.keys, named=self.has_named(endpoints.keys))

    def has_named(self, url: str) -> bool:
        """Whether the operator named the host, which is that of the newsroom’s own issuer."""
        return self.name == "oidc" and urlsplit(url).netloc == urlsplit(self.issuer).netloc

    def form_targets(self) -> set[str]:
        """Origins that a form which leads there passes."""
        endpoints = self.endpoints()
        urls = (endpoints.authorization, *self.passes) if endpoints else ()
        return {origin_of(located(url)) for url in urls}

    def _endpoints_in(self, found: dict[str, Any]) -> Endpoints:
        """Raises TypeError and ValueError."""
        if found.get("issuer") != self.issuer:
            raise ValueError("it is another issuer")
        return Endpoints(
            _address(found.get("authorization_endpoint")),
            _address(found.get("token_endpoint")),
            _address(found.get("jwks_uri")),
            "client_secret_post" in (found.get("token_endpoint_auth_methods_supported") or ()),
        )


def _address(value: Any) -> str:
    """Raises ValueError."""
    if not isinstance(value, str) or len(value) > URL_MAX or not value.startswith("https://"):
        raise ValueError("it is no https address")
    origin_of(value)
    return value


KAKAO = Provider(
    "kakao",
    _("Kakao"),
    _("Login with Kakao"),
    KAKAO_ISSUER,
    Endpoints(
        "https://kauth.kakao.com/oauth/authorize",
        "https://kauth.kakao.com/oauth/token",
        "https://kauth.kakao.com/.well-known/jwks.json",
    ),
    passes=("https://accounts.kakao.com",),
    connected="https://apps.kakao.com/connected/app/list?service_type=open",
)
NAVER = Provider(
    "naver",
    _("Naver"),
    _("Log in with NAVER"),
    "https://nid.naver.com",
    connected="https://nid.naver.com/internalToken/view/tokenList/pc/ko",
)
GOOGLE = Provider(
    "google",
    "Google",
    _("Sign in with Google"),
    "https://accounts.google.com",
    Endpoints(
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://www.googleapis.com/oauth2/v3/certs",
    ),
    connected="https://myaccount.google.com/connections",
)
APPLE = Provider(
    "apple",
    "Apple",
    _("Sign in with Apple"),
    "https://appleid.apple.com",
    Endpoints(
        "https://appleid.apple.com/auth/authorize",
        "https://appleid.apple.com/auth/token",
        "https://appleid.apple.com/auth/keys",
    ),
    scope="",  # with one it answers by a POST from its own site, which brings no cookie
    connected="https://account.apple.com/account/manage",
)
NAMES = ("kakao", "naver", "google", "apple", "oidc")


def configured() -> list[Provider]:
    """Those with a setting, in the order of their buttons."""
    return [found for name in NAMES if (found := named(name))]


def usable() -> list[Provider]:
    """Those whose addresses are known, too."""
    return [provider for provider in configured() if provider.endpoints()]


def named(name: str) -> Provider | None:
    if name not in NAMES or not setting(name.upper()):
        return None
    if name == "oidc":
        client = setting("OIDC")
        button = _("Sign in with %(provider)s", provider=client.label)
        return Provider(name, client.label, button, client.issuer)
    return next(each for each in (KAKAO, NAVER, GOOGLE, APPLE) if each.name == name)


def documents_of(providers: Iterable[Provider]) -> list[Document]:
    """What is kept of them: what they offer, and their keys."""
    found = [each for one in providers for each in (one.discovery(), one.keys())]
    return [document for document in found if document]

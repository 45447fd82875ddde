"""Attacks: what their connections send, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

HOST = "127.0.0.1"
SIGNS = ("4@8({[<63!1|/0$5+7%2" * 7)[:128]  # like letters, in many ways: long to estimate
WORDS = "가격 가끔 가난 가능 가득 가르침 가뭄 가방"  # a code that opens nothing
MARKS = "a" + 4000 * "\u0345" + 4000 * "\u0334"  # long to put into order


@dataclass(frozen=True)
class Attack:
    """`connections` of them send `opening`, then `drip` every second until they are closed, and
    begin again. Without a drip they read the response and send the next request at once.

    `networks`: how many networks they pretend to come from. `wait`: seconds between the drips.
    """

    name: str
    connections: int
    opening: Callable[[int], bytes]
    drip: bytes = b""
    is_held: bool = False
    networks: int = 1
    is_proxied: bool = False
    wait: float = 1.0

    def request(self, number: int, port: int, sessions: Mapping[str, str] | None = None) -> bytes:
        """What connection `number` sends first; the board under attack answers at `port`, to the
        session tokens of @reader and @moderator."""
        filled = {
            "@address": f"198.51.{number % self.networks}.7",
            "@origin": f"http://{HOST}:{port}",
            **(sessions or {"@reader": "", "@moderator": ""}),
        }
        text = self.opening(number)
        for name, value in filled.items():
            text = text.replace(name.encode(), value.encode())
        return text


def _head(method: str, path: str, *lines: str, origin: str = "@origin", session: str = "") -> bytes:
    head = (
        f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Origin: {origin}",
        "X-Forwarded-For: @address", *lines,
        *([f"Cookie: board_session={session}"] if session else []),
    )  # fmt: skip
    return "\r\n".join(head).encode() + b"\r\n"


def _form(path: str, length: int, **options: str) -> bytes:
    kind = "Content-Type: application/x-www-form-urlencoded"
    return _head("POST", path, kind, f"Content-Length: {length}", **options) + b"\r\n"


def _post(path: str, *, session: str = "", **fields: str) -> Callable[[int], bytes]:
    def request(number: int) -> bytes:
        body = urlencode({k: v.replace("@n", str(number)) for k, v in fields.items()}).encode()
        return _form(path, len(body), session=session) + body

    return request


def _upload(path: str, megabytes: int) -> Callable[[int], bytes]:
    kind = "Content-Type: multipart/form-data; boundary=b"
    part = '--b\r\nContent-Disposition: form-data; name="files"; filename="a.bin"\r\n\r\n'
    length = f"Content-Length: {megabytes * 1024**2}"
    return lambda _: _head("POST", path, kind, length) + b"\r\n" + part.encode()


def _slow_form(path: str = "/sign-in", **options: str) -> Callable[[int], bytes]:
    return lambda _: _form(path, 60_000, **options) + b"email=a"


def _get(path: str, **options: str) -> bytes:
    return _head("GET", path, **options) + b"\r\n"


def _slow(name: str, connections: int, opening: Callable[[int], bytes], **more: Any) -> Attack:
    """A byte a second."""
    return Attack(name, connections, opening, drip=b"a", is_held=True, **more)


NEW_ACCOUNT = {
    "email": "storm@n@harbour.example", "name": "독자 폭풍 @n", "password": SIGNS, "of_age": "y"
}  # fmt: skip
WRONG = {"email": "ada@harbour.example", "password": "wrong wrong wrong"}
RULE = {"kind": "word", "text": "버스", "action": "hold", "category": "insult", "days": "90"}

_LONG_WORK = {
    "sign-ups with signs in their passwords": _post("/sign-up", **NEW_ACCOUNT),
    "stacked marks in passwords": _post("/sign-in", email="a@b.example", password=MARKS),
    "Hangul domains": _post("/sign-in", email=f"a@{'가.' * 3000}", password="wrong"),
    "codes of sources": _post("/tips/box", code=WORDS),
    "digits in tips": _post("/tips/new", text="0" * 20_000),
    "words of codes in tips": _post("/tips/new", text="가격 " * 6000),
    "searches": lambda _: _get("/articles/bench/comments/search?q=%EB%B2%84%EC%8A%A4"),
    "data exports": lambda _: _get("/account/data", session="@reader"),
    "trials of rules": _post("/desk/rules/new", session="@moderator", **RULE),
}  # fmt: skip


def _in_turn(*openings: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Each connection has the next of them."""
    return lambda number: openings[number % len(openings)](number)


ATTACKS = (
    # 1. Work that takes long.
    *(Attack(name, 24, opening, networks=240) for name, opening in _LONG_WORK.items()),
    Attack("all of these at once", 72, _in_turn(*_LONG_WORK.values()), networks=240),
    # 2. Slow bodies and connections.
    _slow("bodies a byte a second", 60, _slow_form()),
    _slow("the same from many networks", 400, _slow_form(), networks=200),
    _slow("the same through nginx", 400, _slow_form("/tips/new"), is_proxied=True),
    _slow("bodies of another origin", 200, _slow_form(origin="http://a.example")),
    Attack("headers never ended", 1200, lambda _: _head("GET", "/"), b"X-A: b\r\n", is_held=True),
    Attack("idle connections", 1200, lambda _: b"", is_held=True),
    Attack("responses nobody reads", 400, lambda _: _get("/") * 50, is_held=True),
    # 3. Uploads.
    _slow("slow uploads to the newsroom", 40, _upload("/tips/new", 400), networks=20),
    _slow("slow uploads with claims", 40, _upload("/report/rights", 90), networks=20),
    # 4. Floods of sign-ins.
    Attack("wrong sign-ins, one network", 16, _post("/sign-in", **WRONG)),
    Attack("wrong sign-ins, many networks", 16, _post("/sign-in", **WRONG), networks=16),
)  # fmt: skip

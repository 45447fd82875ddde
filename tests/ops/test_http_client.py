"""Questions to services of others: nothing but TLS, public addresses, and answers with an end."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from board.db import now
from board.runtime import http_client
from board.runtime.http_client import BYTES_MAX, RequestFailed, get, post_form, post_json
from support.http_server import serving


class Service(BaseHTTPRequestHandler):
    """Answers by path, and tells what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str, str, bytes]]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        kind = self.headers.get("Content-Type", "")
        self.asked.append((self.command, self.path, kind, self.rfile.read(length)))
        path = urlsplit(self.path).path
        {"/drip": self.drip, "/slow-headers": self.drip_headers}.get(path, self.answer)()

    do_POST = do_GET

    def answer(self) -> None:
        body, status = {
            "/huge": (b'"' + b"x" * BYTES_MAX + b'"', 200),
            "/just": (b"x" * BYTES_MAX, 200),
            "/text": (b"hello", 200),
            "/list": (b"[]", 200),
            "/error": (b"{}", 500),
            "/moved": (b"", 302),
        }.get(urlsplit(self.path).path, (b'{"a": 1}', 200))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """A body without an end, until nobody listens."""
        self.send_response(200)
        self.end_headers()
        self._write_for_ever(b" ")

    def drip_headers(self) -> None:
        self._write_for_ever(b"HTTP/1.1 200 OK\r\nX: ")

    def _write_for_ever(self, some: bytes) -> None:
        self.close_connection = True
        gone = threading.Event()
        while not gone.wait(0.02):
            try:
                self.wfile.write(some)
            except OSError:
                gone.set()
            some = b" "

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def service(app: Flask) -> Iterator[Callable[[str], str]]:
    """Makes an address of a service on this machine."""
    Service.asked = []
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Service)) as port:
        yield lambda path: f"http://127.0.0.1:{port}{path}"


def test_an_object_is_read(service: Callable[[str], str]) -> None:
    assert get(service("/?b=2")).json_object() == {"a": 1}
    assert Service.asked == [("GET", "/?b=2", "", b"")]


def test_a_form_and_json_are_sent(service: Callable[[str], str]) -> None:
    post_form(service("/form"), {"code": "ü &"})
    post_json(service("/json"), {"text": "항구"})

    (_, _, form, fields), (_, _, kind, text) = Service.asked
    assert (form, parse_qsl(fields.decode())) == (
        "application/x-www-form-urlencoded", [("code", "ü &")],
    )  # fmt: skip
    assert (kind, text) == ("application/json", b'{"text": "\\ud56d\\uad6c"}')


@pytest.mark.parametrize(
    ("path", "problem"),
    [("/text", "its answer is not JSON"), ("/list", "its answer is not a JSON object"),
     ("/error", "it answered 500"), ("/moved", "it answered 302")],
)  # fmt: skip
def test_what_is_no_object_is_a_failure(
    service: Callable[[str], str], path: str, problem: str
) -> None:
    with pytest.raises(RequestFailed) as failed:
        get(service(path)).json_object()
    assert str(failed.value) == problem


def test_a_redirect_is_not_followed(service: Callable[[str], str]) -> None:
    assert get(service("/moved")).status == 302
    assert len(Service.asked) == 1


def test_an_answer_has_an_end(service: Callable[[str], str]) -> None:
    assert len(get(service("/just")).body) == BYTES_MAX
    with pytest.raises(RequestFailed, match="its answer is larger than 256 KiB"):
        get(service("/huge"))


@pytest.mark.parametrize("path", ["/drip", "/slow-headers"])
def test_an_answer_that_does_not_end_is_cut_off(
    service: Callable[[str], str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "TIMEOUT", 0.3)

    with pytest.raises(RequestFailed):
        get(service(path))


@pytest.mark.parametrize("origin", ["https://news.example", "https://127.0.0.1.example"])
def test_a_board_with_readers_asks_nothing_of_its_own_machine(
    app: Flask, service: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    monkeypatch.setitem(app.config, "ORIGIN", origin)
    at = service("/")

    with pytest.raises(RequestFailed, match="it is not an https address"):
        get(at, named=True)
    with pytest.raises(RequestFailed, match=r"127\.0\.0\.1 is not a public address"):
        get(at.replace("http:", "https:"))
    assert Service.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://127.0.0.1/", "https:///x", "//127.0.0.1/", "", "https://[::1",
     "https://127.0.0.1:x/", "https://user:secret@127.0.0.1/", "file:///etc/passwd"],
)  # fmt: skip
def test_an_address_that_is_not_of_a_service_is_refused(app: Flask, url: str) -> None:
    with pytest.raises(RequestFailed) as failed:
        get(url, named=True)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("host", ["10.1.2.3", "169.254.169.254", "[::ffff:10.0.0.1]", "0x7f000001"])
def test_a_private_address_is_asked_only_if_the_operator_named_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    connected: list[str] = []

    def refuse(address: tuple[str, int], *rest: Any) -> Any:
        connected.append(address[0])
        raise OSError("refused")

    monkeypatch.setattr(http_client.socket, "create_connection", refuse)
    with pytest.raises(RequestFailed, match="is not a public address"):
        get(f"https://{host}/")
    assert connected == []
    with pytest.raises(RequestFailed, match="refused"):
        get(f"https://{host}/", named=True)
    assert len(connected) == 1


def test_a_certificate_nobody_vouches_for_is_refused(app: Flask, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    Service.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *of: None  # type: ignore[method-assign]

    with serving(server) as port:
        with pytest.raises(RequestFailed, match="certificate verify failed"):
            get(f"https://localhost:{port}/", named=True)
        assert Service.asked == []


def self_signed(folder: Path) -> Path:
    """A key and a certificate of `localhost`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, path = serialization.Encoding.PEM, folder / "certificate.pem"
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(pem))
    return path

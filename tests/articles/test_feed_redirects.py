"""Redirects of feeds: none leads into the newsroom's own network, unless the operator named it."""

import gc
import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from board.articles.importing.download import open_source
from board.articles.importing.items import BrokenFeed
from board.runtime.pinned_addresses import is_public
from support.http_server import serving

FEED, PUBLIC, OTHER = b"<rss/>", "93.184.216.34", "2606:2800:220:1::1"


class Redirecting(BaseHTTPRequestHandler):
    """Answers /to/<address> with a redirect there, and anything else with a feed."""

    def do_GET(self) -> None:
        target = self.path.partition("/to/")[2]
        is_redirect = bool(target)
        self.send_response(302 if is_redirect else 200)
        if is_redirect:
            self.send_header("Location", target)
        self.send_header("Content-Length", "0" if is_redirect else str(len(FEED)))
        self.end_headers()
        self.wfile.write(b"" if is_redirect else FEED)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[int]:
    """The port of a server to which every connection is led."""
    with serving(HTTPServer(("127.0.0.1", 0), Redirecting)) as port:
        yield port


class Network:
    """Names with their addresses, one list for each time they are looked up, and what was asked."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.looked_up: list[str] = []
        self.connected: list[str] = []


@pytest.fixture
def network(server: int, monkeypatch: pytest.MonkeyPatch) -> Network:
    network, look_up, connect = Network(), socket.getaddrinfo, socket.create_connection

    def getaddrinfo(host: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in network.names:
            return look_up(host, port, *args, **kwargs)
        network.looked_up.append(host)
        lists = network.names[host]
        found = lists.pop(0) if len(lists) > 1 else lists[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    def create_connection(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        network.connected.append(address[0])
        return connect(("127.0.0.1", server), *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    network.names["feed.example"] = [[PUBLIC]]
    return network


def read(url: str) -> bytes:
    with open_source(url) as path:
        return path.read_bytes()


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "198.18.0.1", "::1", "::", "fe80::1",
    "fe80::1%1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378::1", "2001:db8::1",
    "::127.0.0.1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, OTHER, "1.1.1.1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.slow
@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://2130706433/",
        "http://localhost:6379/", "http://[::1]/", "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "HTTP://LOCALHOST/",
        "http://intranet.example/", "http://both.example/",
    ],
)  # fmt: skip
def test_a_feed_does_not_redirect_into_a_private_network(network: Network, target: str) -> None:
    network.names["intranet.example"] = [["192.168.7.7"]]
    network.names["both.example"] = [[PUBLIC, "10.0.0.1"]]

    with pytest.raises(BrokenFeed, match=r"it redirects to .*, which is not a public address"):
        read(f"http://feed.example/to/{target}")
    assert network.connected == [PUBLIC]
    gc.collect()  # the connection is closed, or Python would complain


def test_a_feed_redirects_to_another_public_server(network: Network) -> None:
    network.names["cdn.example"] = [["1.1.1.1"]]

    assert read("http://feed.example/to/http://cdn.example/feed") == FEED
    assert network.connected == [PUBLIC, "1.1.1.1"]


def test_a_name_is_connected_to_at_the_address_that_was_checked(network: Network) -> None:
    network.names["rebind.example"] = [["1.1.1.1"], ["127.0.0.1"]]

    assert read("http://feed.example/to/http://rebind.example/feed") == FEED
    assert network.connected == [PUBLIC, "1.1.1.1"]
    assert network.looked_up.count("rebind.example") == 1


def test_the_feed_s_own_name_cannot_move_into_a_private_network_either(network: Network) -> None:
    network.names["feed.example"] = [[PUBLIC], ["127.0.0.1"]]

    assert read("http://feed.example/to/http://feed.example:6379/") == FEED
    assert network.connected == [PUBLIC, PUBLIC]


def test_the_next_address_is_tried_when_one_does_not_answer(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.names["feed.example"] = [[OTHER, PUBLIC]]
    connect: Callable[..., socket.socket] = socket.create_connection

    def first_fails(address: tuple[str, int], *args: Any) -> socket.socket:
        if address[0] == OTHER:
            raise OSError("unreachable")
        return connect(address, *args)

    monkeypatch.setattr(socket, "create_connection", first_fails)
    assert read("http://feed.example/feed") == FEED


@pytest.mark.parametrize("host", ["127.0.0.1", "cms.internal", "[::1]"])
def test_the_host_the_operator_named_may_be_private(network: Network, host: str) -> None:
    network.names["cms.internal"] = [["10.0.0.5"]]

    assert read(f"http://{host}/feed") == FEED
    assert read(f"http://{host}/to/http://{host}/feed") == FEED


def test_a_private_feed_redirects_to_no_other_private_server(network: Network) -> None:
    network.names["cms.internal"] = [["10.0.0.5"]]

    with pytest.raises(BrokenFeed, match="which is not a public address"):
        read("http://cms.internal/to/http://10.0.0.6/")


def test_a_proxy_is_not_asked_for_a_private_address(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.names["proxy.internal"] = [["10.0.0.9"]]
    monkeypatch.setenv("http_proxy", "http://proxy.internal:3128")

    assert read("http://unknown.invalid/feed") == FEED
    assert network.connected == ["10.0.0.9"]
    with pytest.raises(BrokenFeed, match="which is not a public address"):
        read("http://to.invalid/to/http://10.0.0.6/")

"""Addresses of the hosts that are connected to, each looked up once.

A host the operator named may be anywhere, also in the newsroom's own network. Any other must have
public addresses only. What was checked is what is connected to, so a name that changes its address
in between (DNS rebinding) gains nothing. Source: OWASP, Server-Side Request Forgery Prevention.
"""

import socket
import time
from collections.abc import Collection
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib import request

_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


class NotPublic(OSError):
    """A host has an address that is not of the internet."""


class PinnedAddresses:
    """The addresses by host. `named`: hosts that may have any."""

    def __init__(self, named: Collection[str | None] = ()) -> None:
        self._named = named
        self._found: dict[str, list[str]] = {}

    def of(self, host: str) -> list[str]:
        """Raises NotPublic, or OSError if there are none."""
        if host not in self._found:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            addresses = [str(entry[4][0]) for entry in found]
            if host not in self._named and not all(is_public(each) for each in addresses):
                raise NotPublic(f"{host[:200]} is not a public address")
            self._found[host] = addresses
        return self._found[host]

    def connect(self, address: tuple[str, int], timeout: float, *args: Any) -> socket.socket:
        """In place of `socket.create_connection`. The addresses of a host share the time."""
        (host, port), deadline = address, time.monotonic() + timeout
        addresses = self.of(host)
        for left, each in zip(range(len(addresses), 0, -1), addresses, strict=True):
            share = max(0.1, (deadline - time.monotonic()) / left)
            try:
                made = socket.create_connection((each, port), share, *args)
            except OSError:
                if left == 1:
                    raise
            else:
                made.settimeout(timeout)
                return made
        raise OSError(f"{host} has no address")


def is_public(text: str) -> bool:
    """Whether an IP address is of the internet: not of this machine, a private network, one of a
    provider, or a group; for one of IPv6 that stands for one of IPv4, whether that is."""
    address: IPv4Address | IPv6Address = ip_address(text)
    if isinstance(address, IPv6Address):
        stands_for = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            stands_for = IPv4Address(int(address) & 0xFFFFFFFF)
        if stands_for is None and (address not in _UNICAST or address.teredo):
            return False
        address = stands_for or address
    return address.is_global and not address.is_multicast


class HttpHandler(request.HTTPHandler):
    def __init__(self, addresses: PinnedAddresses) -> None:
        super().__init__()
        self._addresses = addresses

    def http_open(self, req: request.Request) -> Any:
        return self.do_open(pinned(HTTPConnection, self._addresses), req)


class HttpsHandler(request.HTTPSHandler):
    def __init__(self, addresses: PinnedAddresses) -> None:
        super().__init__()
        self._addresses = addresses

    def https_open(self, req: request.Request) -> Any:
        return self.do_open(pinned(HTTPSConnection, self._addresses), req)


def pinned(kind: type[HTTPConnection], addresses: PinnedAddresses) -> Any:
    """Makes connections of this kind, to these addresses only."""

    def connection(host: str, **options: Any) -> HTTPConnection:
        made = kind(host, **options)
        made._create_connection = addresses.connect  # type: ignore[attr-defined]  # its hook
        return made

    return connection

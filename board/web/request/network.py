"""The network a request comes from, for limits that no single client may use up."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network

from flask import has_request_context, request

from board.runtime.limiter import ConcurrencyLimit, Limiter
from board.web.request.origins import is_onion, tips_origin

_PREFIXES = {4: 24, 6: 56}  # bits that one subscriber or one site has in common


def client_network() -> str | None:
    """The /24 (IPv4) or /56 (IPv6) of the client. None if it cannot be told: an onion service has
    no addresses, and neither has a proxy that passes none on.
    """
    is_known = not is_onion(tips_origin() or "")
    return network_of(request.remote_addr or "") if is_known else None


def network_of(text: str) -> str | None:
    """The network of this address; None for what is none, and for this machine."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback or address.is_unspecified:
        return None
    return str(ip_network((address, _PREFIXES[address.version]), strict=False))


@contextmanager
def share_of_network(
    limit: ConcurrencyLimit, *, of_one: int, without_address: int
) -> Iterator[None]:
    """A thread of those that the client’s network may have at a time; all clients without an
    address have theirs together. Raises QueueFull at once.
    """
    network = client_network() if has_request_context() else None
    with limit.one_of(of_one if network else without_address, network or ""):
        yield


@contextmanager
def turn_of_network(limiter: Limiter) -> Iterator[None]:
    """A turn in the limiter, of whose places a network has half at most, and all clients without
    an address three quarters. Raises QueueFull.
    """
    places = limiter.queue + 1
    with (
        share_of_network(limiter.clients, of_one=places // 2, without_address=places * 3 // 4),
        limiter,
    ):
        yield

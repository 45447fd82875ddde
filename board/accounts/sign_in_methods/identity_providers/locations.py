"""Where providers are: on hosts of their own, or on this machine while a board is tried out."""

from urllib.parse import urlsplit

from board.runtime.app import setting


def located(url: str) -> str:
    """The address to use for one of a provider."""
    fakes, parts = setting("FAKE_PROVIDERS"), urlsplit(url)
    return f"{fakes}/{parts.netloc}{parts.path}" if fakes else url


def origin_of(url: str) -> str:
    """Scheme and host of an https address, as a policy names them. Raises ValueError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    is_plain = host.replace("-", "").replace(".", "").isalnum() and host.isascii()
    if parts.scheme not in ("https", "http") or not is_plain or parts.username is not None:
        raise ValueError(f"{url[:200]!r} is not the address of a provider")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")

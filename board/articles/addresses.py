"""Web addresses of articles: their normal form, and what makes two of them the same article."""

import re
import unicodedata
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from board.text import encode_decomposed, normalize_line

URL_MAX = 2000  # characters
_DEFAULT_PORT = {"http": 80, "https": 443}
_ENCODED = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")  # of letters that are not ASCII
_OTHER_HOSTS = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.)")  # of the same site
_TRACKING = re.compile(
    r"(?:utm_\w*|mtm_\w*|pk_\w*|hsa_\w*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|twclid|ttclid"
    r"|yclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|srsltid|napm|k_?clid"
    r"|n_(?:media|query|rank|keyword\w*|ad\w*|campaign\w*|match)|ref_(?:src|url)|spm|cmpid|s_cid|ocid"
    r")(?:=.*)?"
    # A number after ref= may be that of the article.
    r"|ref(?:errer)?(?:=(?!\d+$).*)?|(?:from|via|source)=(?:rss|naver|daum|kakao\w*|google|facebook)"
    r"|amp(?:=(?:1|true|amp)?)?|outputtype=amp",
    re.I,
)


class InvalidAddress(ValueError):
    """Not an address of a web page. The message completes “its address …”."""


def canonical_url(url: str) -> str:
    """The address in its normal form, without fragment and tracking parameters. Raises
    InvalidAddress.
    """
    url = normalize_line(encode_decomposed(url.strip()))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidAddress(f"{url[:200]} is not a web address") from None
    if parts.scheme not in _DEFAULT_PORT or not host or re.search(r"[\s\\@]", parts.netloc):
        raise InvalidAddress(f"{url[:200]} is not a web address")
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, _DEFAULT_PORT[parts.scheme]) else f"{host}:{port}"
    query = "&".join(pair for pair in parts.query.split("&") if not _TRACKING.fullmatch(pair))
    normalized = urlunsplit((parts.scheme, netloc, quoted(parts.path or "/"), quoted(query), ""))
    if len(normalized) > URL_MAX:
        raise InvalidAddress(f"is longer than {URL_MAX:,} characters")
    return normalized


def address_key(url: str) -> str:
    """What addresses of one article have in common: not the scheme, a `www.`, `m.` or `amp.`, a
    slash or `/amp` at the end, nor whether letters are composed. `url`: canonical.
    """
    parts = urlsplit(url)
    path = _composed(unquote(parts.path, errors="surrogateescape")).rstrip("/")
    path = path.removesuffix("/amp").rstrip("/")
    query = _ENCODED.sub(_composed_run, parts.query)
    return f"{_site(parts.netloc)}{path}" + (f"?{query}" if query else "")


def guid_key(url: str, guid: str) -> str:
    """The same for the identifier that a feed gives to the article at `url`."""
    if re.match("https?://", guid, re.I):
        try:
            return f"guid {address_key(canonical_url(guid))}"
        except InvalidAddress:
            pass
    return f"guid {_site(urlsplit(url).netloc)} {guid}"


def join_url(base: str, url: str) -> str:
    """`url` resolved against `base`, or as it is if one of them is no address."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def join_base(outer: str, inner: str) -> str:
    """The base `inner` resolved against the one around it; a bad one counts as none."""
    try:
        joined = urljoin(outer, inner)
        parts = urlsplit(joined)
        has_no_host = parts.scheme in _DEFAULT_PORT and not parts.hostname
        is_bad = has_no_host or parts.port == 0 or parts.scheme not in ("", *_DEFAULT_PORT)
    except ValueError:
        return outer
    return outer if is_bad else joined


def _site(netloc: str) -> str:
    return _OTHER_HOSTS.sub("", netloc, count=1) if _OTHER_HOSTS.match(netloc) else netloc


def _composed(part: str) -> str:
    return quoted(unicodedata.normalize("NFC", part))


def _composed_run(run: re.Match[str]) -> str:
    """An encoded run with its letters composed. One that is composed already stays as it is: `%ea`
    and `%EA` have always been two.
    """
    text = unquote(run[0], errors="surrogateescape")
    return run[0] if unicodedata.is_normalized("NFC", text) else _composed(text)


def quoted(part: str) -> str:
    """A path or a query with what an address cannot contain percent-encoded."""
    return quote(part, safe="/%:@!$&'()*+,;=~-._?[]|", errors="surrogateescape")

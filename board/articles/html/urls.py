"""URLs in article HTML: which links and images are allowed, as attribute filters for nh3."""

import re
from collections.abc import Callable, Collection
from urllib.parse import urljoin, urlsplit

from board.text import encode_decomposed

SCHEMES = {"http", "https", "mailto"}
_NUMBERS = {"width", "height", "colspan", "rowspan"}

AttributeFilter = Callable[[str, str, str], str | None]


def absolute_urls(base: str) -> AttributeFilter:
    """Resolves URLs against `base` and drops unsafe ones, and numbers of more than four digits."""

    def filter_attribute(tag: str, attribute: str, value: str) -> str | None:
        if attribute in ("href", "src"):
            return _safe_url(value, base)
        return _small_number(value) if attribute in _NUMBERS else value

    return filter_attribute


def allowed_image_urls(image_origins: frozenset[str]) -> AttributeFilter:
    """The same without a base, and without images from other origins."""
    filter_url = absolute_urls("")

    def filter_attribute(tag: str, attribute: str, value: str) -> str | None:
        is_image = tag == "img" and attribute == "src"
        if is_image and not is_allowed_image(value, image_origins):
            return None
        return filter_url(tag, attribute, value)

    return filter_attribute


def is_allowed_image(src: str, image_origins: Collection[str]) -> bool:
    """True for images below /static/ and from `image_origins`, a setting."""
    parts = urlsplit(src)
    if not parts.netloc:
        return src.startswith("/static/") and ".." not in src
    return f"{parts.scheme}://{parts.netloc}".lower() in image_origins


def _safe_url(value: str, base: str) -> str | None:
    """A URL with a known scheme, or an absolute path on this site. None for anything else."""
    value = encode_decomposed(re.sub(r"[\t\r\n]", "", value).strip())  # as browsers do
    if value.startswith("//") and not base:
        value = f"https:{value}"
    try:
        url = urljoin(base, value)
        parts = urlsplit(url)
    except ValueError:
        return None
    if re.search(r"[\s\\\x00-\x1f]", url.replace(" ", "")):
        return None
    if parts.scheme in ("http", "https"):
        return url if parts.netloc else None
    is_own_path = not parts.scheme and not parts.netloc and url.startswith("/")
    return url if parts.scheme == "mailto" or is_own_path else None


def _small_number(value: str) -> str | None:
    return value if re.fullmatch(r"[0-9]{1,4}", value) else None

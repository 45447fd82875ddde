"""Pictures that a script would load later: their real address, for readers without that script."""

import re
from html import escape, unescape

_IMAGE = re.compile(r"""<img\b(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.I)
_NOSCRIPT = re.compile(
    rf"(?:(?P<picture>{_IMAGE.pattern})\s*)?<noscript\b[^<>]*>"
    r"(?P<inner>(?:(?!<noscript\b).)*?)</noscript\s*>",
    re.I | re.S,
)
_ATTRIBUTE = re.compile(r"""([a-z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.I)
_LATER = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-actualsrc", "data-url",
          "data-lazyload")  # fmt: skip
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_PLACEHOLDER = re.compile(
    r"data:|about:|.*(?:blank|spacer|placeholder|loading|lazy|transparent|1x1|pixel)[^/]*$", re.I
)


def load_lazy_images(html: str) -> str:
    """`html` with the address of each picture in `src`, also where that held a placeholder."""
    return _IMAGE.sub(lambda tag: _loaded(tag[0]), _NOSCRIPT.sub(_without_script, html))


def _without_script(match: re.Match[str]) -> str:
    """What readers without scripts see: instead of the lazy picture before it, where it has one."""
    picture, inner = match["picture"] or "", match["inner"]
    is_same = _IMAGE.search(inner) and not _shows_now(_attributes(picture))
    return inner if is_same else picture + inner


def _attributes(tag: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag):
        name, *quoted = match.groups(default="")
        attributes.setdefault(name.lower(), unescape("".join(quoted)))
    return attributes


def _shows_now(attributes: dict[str, str]) -> bool:
    src = attributes.get("src", "").strip()
    return bool(src) and not _PLACEHOLDER.match(src)


def _loaded(tag: str) -> str:
    attributes = _attributes(tag)
    real = "" if _shows_now(attributes) else _real_source(attributes)
    if not real:
        return tag
    attributes["src"] = real
    kept = [name for name in ("src", "alt", "width", "height") if name in attributes]
    words = [f'{name}="{escape(attributes[name])}"' for name in kept]
    return f"<img {' '.join(words)}>"


def _real_source(attributes: dict[str, str]) -> str:
    sources = (attributes.get(name, "").strip() for name in _LATER)
    sets = (_largest(attributes.get(name, "")) for name in _SETS)
    return next(filter(None, (*sources, *sets)), "")


def _largest(srcset: str) -> str:
    """The candidate with the greatest width or density."""
    candidates = re.findall(r"([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)", srcset)
    return max(candidates, key=lambda each: float(each[1] or 1), default=("", ""))[0]

"""Pictures that a script would load later: their real address, for readers without that script."""

import re
from html import escape, unescape

_IMAGE = re.compile(r"""<img\b(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.I)
_ATTRIBUTE = re.compile(r"""([a-z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.I)
_LATER = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-actualsrc", "data-url")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_PLACEHOLDER = re.compile(
    r"data:|about:|.*(?:blank|spacer|placeholder|loading|lazy|transparent|1x1|pixel)[^/]*$", re.I
)


def load_lazy_images(html: str) -> str:
    """`html` with the address of each picture in `src`, also where that held a placeholder."""
    return _IMAGE.sub(lambda tag: _loaded(tag[0]), html)


def _loaded(tag: str) -> str:
    attributes: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag):
        name, *quoted = match.groups(default="")
        attributes.setdefault(name.lower(), unescape("".join(quoted)))
    src = attributes.get("src", "").strip()
    if src and not _PLACEHOLDER.match(src):
        return tag
    real = _real_source(attributes)
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

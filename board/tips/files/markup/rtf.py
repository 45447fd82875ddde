"""Rich text: its properties, comments, authors of changes, and what its text tells."""

import re
from collections.abc import Iterator

from ..property_kinds import kind_of
from ..results import Finding, FindingKind, WorkerLimits, make_finding
from ..text.pii import TEXT_MAX, find_pii

_GROUP = re.compile(r"\{(?:\\\*)?\s*\\?([a-z]*)-?\d* ?([^{}]*)\}")
# Groups whose whole text tells something, besides those whose name does.
_KINDS = {
    "atnauthor": FindingKind.AUTHOR,
    "atnid": FindingKind.AUTHOR,
    "annotation": FindingKind.COMMENTS,
    "revtbl": FindingKind.AUTHOR,
    "fldinst": FindingKind.LINK,
    "template": FindingKind.LINK,
    "doccomm": FindingKind.COMMENTS,
    "info": FindingKind.OTHER,
    "userprops": FindingKind.OTHER,
    "propname": FindingKind.OTHER,
    "staticval": FindingKind.OTHER,
    "docvar": FindingKind.OTHER,
    "bkmkstart": FindingKind.TITLE,
    "xmlattrvalue": FindingKind.OTHER,
    "header": FindingKind.TITLE,
    "v": FindingKind.HIDDEN,
}
_TIME = re.compile(r"\\(creatim|revtim|printim|buptim)((?:\\(?:yr|mo|dy|hr|min|sec)\d+)+)")
_CONTROL = re.compile(r"\\\*|\\[a-z]+-?\d* ?|[{}]|\r|\n")


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    del limits
    text = _decoded(data)[:TEXT_MAX]
    for match in _TIME.finditer(text):
        yield make_finding(FindingKind.TIME, "-".join(re.findall(r"\d+", match[2])), stays=True)
    for kind, body in _groups(text):
        if value := _CONTROL.sub(" ", body).strip(" ?;"):
            yield make_finding(kind, value, stays=True)
    yield from find_pii(_CONTROL.sub("", text))


def _groups(text: str) -> Iterator[tuple[FindingKind, str]]:
    """Groups that tell something, from the innermost: kind and content."""
    while groups := [*_GROUP.finditer(text)]:
        rest, at = "", 0
        for group in groups:
            kind = _KINDS.get(group[1]) or kind_of(group[1])
            if kind:
                yield kind, group[2]
            rest += text[at : group.start()] + ("" if kind else group[2])
            at = group.end()
        text = rest + text[at:]


def _decoded(data: bytes) -> str:
    """\\u51228 is Unicode, \\'c1\\'a6 is in the encoding of Korean Windows."""
    packed = re.sub(rb"\\'([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), data)
    text = packed.decode("cp949", "replace")
    return re.sub(r"\\u(-?\d{1,5}) ?\??", lambda m: chr(int(m[1]) % 0x10000), text)

"""The objects of a PDF one by one, and what their strings and names reveal."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from ...results import DETAIL_MAX, Finding, FindingKind, make_finding
from .opening import Deadline
from .strings import is_text, text_of

_KINDS = {
    **dict.fromkeys(("/Author", "/T", "/ContactInfo", "/UserName"), FindingKind.AUTHOR),
    **dict.fromkeys(("/Company", "/Manager"), FindingKind.ORGANISATION),
    **dict.fromkeys(("/Creator", "/Producer", "/FontFamily"), FindingKind.SOFTWARE),
    **dict.fromkeys(("/CreationDate", "/ModDate", "/M", "/LastModified"), FindingKind.TIME),
    **dict.fromkeys(("/Title", "/Subject", "/Keywords", "/Subj", "/TU"), FindingKind.TITLE),
    **dict.fromkeys(("/Contents", "/RC", "/Desc", "/Reason"), FindingKind.COMMENTS),
    **dict.fromkeys(
        ("/ActualText", "/Alt", "/E", "/V", "/DV", "/XFA", "/Name"), FindingKind.HIDDEN
    ),
    **dict.fromkeys(("/URI", "/F", "/UF", "/PTEX.FileName", "/URL"), FindingKind.LINK),
    "/JS": FindingKind.SCRIPT,
    "/Location": FindingKind.PLACE,
    "/ID": FindingKind.IDENTIFIER,
}
# Dictionaries whose keys are names that people chose.
_NAMED = {"/PieceInfo", "/RoleMap", "/Dests", "/Colorants", "/CharProcs"}
_GROUPED = {FindingKind.OTHER, FindingKind.SOFTWARE, FindingKind.TITLE}
_NUMBERED = {"/Names", "/Dests", "/D", "/ID"}  # "page.1", "page.2", … are one
_LINES_MAX = 3  # findings about one group, or one signature
_COUNT_MAX = 20  # findings about one key
# What programs write into every file.
_USUAL = re.compile(
    r"Adobe|Identity|UCS|(Japan|Korea|GB|CNS|KR)1|[a-z]{2}(-[A-Z]{2})?|https?://www\.color\.org/?"
    r"|/\w+ [\d.]+ Tf.*|Names|Kids|Limits|sRGB IEC61966-2\.1|(/[\w.]+)+|\W*[A-Za-z]{0,2}\d*\W*"
    r"|[a-z]?[0-9A-F]+"
)
_RUN = re.compile(r"[\w .,@:/=+()-]{4,}")

Numbers = set[tuple[int, int]]  # of indirect objects


@dataclass(frozen=True, slots=True)
class Place:
    """A value, the key it stands under (of the nearest dictionary), and that dictionary."""

    key: str
    value: Object
    owner: Object


def walk(roots: Iterable[Object], seen: Numbers, deadline: Deadline) -> Iterator[Place]:
    """Every value that can be reached, each indirect object once; `seen` gets their numbers."""
    stack = [Place("", root, root) for root in roots]
    while stack:
        place = stack.pop()
        if place.value.is_indirect:
            if place.value.objgen in seen:
                continue
            seen.add(place.value.objgen)
            deadline.check()
        yield place
        stack += reversed(list(_parts(place)))


def _parts(place: Place) -> Iterator[Place]:
    value = place.value
    if isinstance(value, Array):
        for part in value:
            if isinstance(part, Object):
                yield Place(place.key, part, place.owner)
    elif isinstance(value, Dictionary | Stream):
        for key, part in value.items():
            if isinstance(part, Object):
                yield Place(str(key), part, value)


def unused(pdf: Pdf, seen: Numbers) -> list[Object]:
    """Objects nothing leads to."""
    values = (value for value in pdf.objects if isinstance(value, Object))
    return [value for value in values if value.objgen not in seen]


class Texts:
    """Findings about strings and names, each text once.

    What each document has many of, such as fonts and bookmarks, is told together by `grouped`.
    """

    def __init__(self) -> None:
        self.told: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._groups: dict[tuple[FindingKind, str], dict[str, str]] = {}

    def inspect(self, place: Place, kind: FindingKind | None = None) -> Iterator[Finding]:
        """What one value reveals, if it is a string, or a list whose keys are names."""
        if isinstance(place.value, String) and place.key != "/Limits":  # copies of names
            for text in _readable(place, place.value):
                yield from self.tell(text, kind or _kind(place), place.key)
        elif place.key in _NAMED and isinstance(place.value, Dictionary):
            names = (name[1:] for name, _ in place.value.items())
            chosen = (name for name in names if not _USUAL.fullmatch(name))
            yield from self.tell(" ".join(chosen), kind or FindingKind.OTHER, place.key)
        elif isinstance(place.value, Name) and place.key == "/BaseFont":
            yield from self.tell(str(place.value)[1:], kind or FindingKind.SOFTWARE, place.key)

    def tell(self, text: str, kind: FindingKind, key: str = "") -> Iterator[Finding]:
        """One finding now or a part of one later, unless the text is usual or was told."""
        if text in self.told or _USUAL.fullmatch(text) or not is_text(text):
            return
        self.told.add(text)
        if kind in _GROUPED:
            group = self._groups.setdefault((kind, key), {})
            shape = re.sub(r"\d+", "#", text) if key in _NUMBERED else text
            group.setdefault(shape, text)
        elif self._counts[key] < _COUNT_MAX:
            self._counts[key] += 1
            yield make_finding(kind, text)

    def grouped(self) -> Iterator[Finding]:
        """What was told for later: a few findings for each key."""
        for (kind, key), group in self._groups.items():
            label = key[1:] + ": " if kind is FindingKind.OTHER else ""
            for line in wrap(label + ", ".join(group.values()), DETAIL_MAX)[:_LINES_MAX]:
                yield make_finding(kind, line)
        self._groups.clear()


def _readable(place: Place, value: String) -> list[str]:
    """The text of a string; of a signature's bytes, the names in its certificates."""
    if place.key in ("/Contents", "/Cert") and Name.ByteRange in place.owner:
        runs = _RUN.findall(bytes(value).decode("utf-8", "replace"))
        return wrap(" ".join(runs), DETAIL_MAX)[:_LINES_MAX]
    is_hash = place.key == "/ID" and not bytes(value).isascii()
    return [] if is_hash else [text_of(value)]


def _kind(place: Place) -> FindingKind:
    if Name.ByteRange in place.owner and place.key in ("/Name", "/Contents", "/Cert"):
        return FindingKind.AUTHOR
    if Name.EF in place.owner:
        return FindingKind.ATTACHMENT
    # Of form fields and structure, not of annotations.
    if place.key == "/T" and (Name.Rect not in place.owner or Name.FT in place.owner):
        return FindingKind.TITLE
    return _KINDS.get(place.key, FindingKind.OTHER)

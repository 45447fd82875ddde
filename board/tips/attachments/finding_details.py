"""Details of findings that the readers of files name by keys of their formats, in words."""

import re
from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext

Words = Callable[[re.Match[str]], str]


def detail_text(kind: str, detail: str) -> str:
    """The detail in words, if it is a key; empty if the label of its kind says all of it."""
    if kind == "mismatch":
        return FORMAT_LABELS[detail]() if detail in FORMAT_LABELS else detail
    for pattern, words in _DETAILS.get(kind, ()):
        if match := re.fullmatch(pattern, detail):
            return words(match)
    return detail


def _cells(match: re.Match[str]) -> str:
    return re.sub(
        r"R(\d+)C(\d+)",
        lambda cell: _("row %(row)s, column %(column)s", row=cell[1], column=cell[2]),
        match[1],
    )


def _bytes(match: re.Match[str]) -> str:
    return ngettext("%(num)s byte", "%(num)s bytes", int(match[1])) + match[2]


def _earlier(match: re.Match[str]) -> str:
    return ngettext("%(num)s version", "%(num)s versions", int(match[1])) if match[1] else ""


# By kind, because a name or a title may look like a key of another kind.
_DETAILS: dict[str, tuple[tuple[str, Words], ...]] = {
    "hidden": (
        (r"cells: (.*)", _cells),
        (r"crop: (.*)", lambda m: _("cut off from a picture: %(edges)s", edges=m[1])),
        (r"sheet: (.*)", lambda m: _("sheet “%(name)s”", name=m[1])),
        (r"track (video|audio)", lambda m: TRACK_LABELS[m[1]]()),
        (r"track .*", lambda _m: _("a track that is no sound or picture")),
        (r"cut ([\d.]+) s", lambda m: _("%(seconds)s seconds that were cut off", seconds=m[1])),
        (r"AcroForm", lambda _m: _("a form")),
        (r"OCProperties", lambda _m: _("layers")),
    ),
    "preview": (
        (r"PrvImage .*|Preview/PrvImage\.png|MPO|EXIF|Thumb", lambda _m: ""),
        (r"cover", lambda _m: _("a cover picture")),
    ),
    "revisions": (
        (r"DocHistory ?(\d*)", _earlier),
        (r"track changes", lambda _m: _("tracked changes")),
    ),
    "device": (
        (r"MakerNote (\d+) B()", lambda m: _("notes of the maker: %(size)s", size=_bytes(m))),
        (r"ICC (.*)", lambda m: _("colour profile: %(name)s", name=m[1])),
    ),
    "attachment": ((r"(\d+) B((?: .*)?)", _bytes),),
    "voice": ((r"(\d+) B()", _bytes),),
    "identifier": ((r"rsid", lambda _m: _("numbers of editing sessions")),),
    "other": (
        (r"DRM", lambda _m: _("protected against copying")),
        (r"password", lambda _m: _("locked with a password")),
        (r"distribution", lambda _m: _("a copy for distribution")),
        (r"XMP", lambda _m: _("properties that cannot be read")),
    ),
}
TRACK_LABELS: dict[str, Callable[[], str]] = {
    "video": lambda: _("a second track of pictures"),
    "audio": lambda: _("a second track of sound"),
}
FORMAT_LABELS: dict[str, Callable[[], str]] = {
    "text": lambda: _("plain text"),
    "data": lambda: _("data, source code or a log"),
    "email": lambda: _("an email"),
    "ical": lambda: _("a calendar"),
    "vcard": lambda: _("a contact"),
    "raw": lambda: _("a raw photo"),
    "sealed": lambda: _("a document with a password"),
    "ole": lambda: _("an old Office format"),
}

"""The parts of an OpenDocument package: which are there, and under which names they are kept."""

import posixpath
import re
from functools import partial
from pathlib import Path

from ...formats import format_of
from ...results import NotCleanable, Reason, WorkerLimits
from .. import embedded
from ..allow_list.rebuild import Told
from ..allow_list.tables import Tables
from ..allow_list.taken_parts import TakenParts
from ..zip_container import ZipContainer

_URN = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_OASIS = {
    **dict.fromkeys(("office", "style", "text", "table", "chart", "dr3d", "presentation"), ""),
    **dict.fromkeys(("form", "script"), ""),
    **{"draw": "drawing", "fo": "xsl-fo-compatible", "number": "datastyle"},
    **{"svg": "svg-compatible", "anim": "animation"},
}
NAMESPACES = {
    **{prefix: _URN.format(name or prefix) for prefix, name in _OASIS.items()},
    "xlink": "http://www.w3.org/1999/xlink",
    "math": "http://www.w3.org/1998/Math/MathML",
    "xforms": "http://www.w3.org/2002/xforms",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "tableooo": "http://openoffice.org/2009/table",
    "drawooo": "http://openoffice.org/2010/draw",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_LENGTH = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|pc|px)?|auto")
_INCHES = {"cm": 1 / 2.54, "mm": 1 / 25.4, "in": 1.0, "pt": 1 / 72, "pc": 1 / 6, "px": 1 / 96}
_SIDES = 4
# Read now, because the worker cannot read it later.
_TABLES = Path(__file__).with_name("tables.txt").read_text(encoding="utf-8")


class Package:
    """`kept`: new name → bytes of the parts of the cleaned copy."""

    def __init__(self, parts: ZipContainer, told: Told, limits: WorkerLimits) -> None:
        self.tables = Tables(_TABLES, NAMESPACES)
        self.parts, self.told = parts, told
        self._taken = TakenParts(parts, told, limits, "Pictures/{}".format)
        self.kept = self._taken.kept
        self.objects: dict[str, str] = {"": ""}  # folder → new folder, with a slash at the end
        self.sheets = {"", "local-table"}  # names of sheets that stay, and of a chart's own

    def has(self, folder: str, href: str) -> bool:
        return self._part(folder, href) is not None or self._object(folder, href) is not None

    def is_picture(self, folder: str, href: str) -> bool:
        name = self._part(folder, href)
        return name is not None and format_of(self.parts[name]).is_image

    def take(self, folder: str, href: str, clip: str) -> str | None:
        """The new name of a part or an object, which is kept then; `clip` crops a picture."""
        if (name := self._part(folder, href)) is not None:
            return self._taken.take(name, clip, partial(_edges, clip))
        if (old := self._object(folder, href)) is not None:
            return "./" + self.objects.setdefault(old, f"Object {len(self.objects)}/")[:-1]
        return None

    def left(self) -> set[str]:
        """Parts that are neither kept nor belong to a document of the package."""
        own = {f + n for f in self.objects for n in ("content.xml", "styles.xml")}
        return set(self.parts.names) - self._taken.names - own

    def _part(self, folder: str, href: str) -> str | None:
        name = posixpath.normpath(folder + href)
        return name if name in self.parts and not name.endswith(".xml") else None

    def _object(self, folder: str, href: str) -> str | None:
        name = posixpath.normpath(folder + href) + "/"
        is_object = href and name != "./" and f"{name}content.xml" in self.parts
        return name if is_object else None


def _edges(clip: str, data: bytes) -> embedded.Edges | None:
    """What `rect(top, right, bottom, left)` cuts off a picture; None: nothing.

    Raises NotCleanable(FORMAT) if it is something else.
    """
    if clip.strip() in ("", "auto"):
        return None
    inside = re.fullmatch(r"rect\((.*)\)", clip.strip())
    matches = [_LENGTH.fullmatch(part) for part in re.split(r"[\s,]+", inside[1])] if inside else []
    if len(matches) != _SIDES or None in matches:
        raise NotCleanable(Reason.FORMAT)
    top, right, bottom, left = (
        max(0.0, float(match[1] or 0) * _INCHES[match[2] or "px"]) for match in matches if match
    )
    if not any((left, top, right, bottom)):
        return None
    width, height = embedded.inches(data)
    return left / width, top / height, right / width, bottom / height

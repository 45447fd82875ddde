"""Names in an OpenDocument: known ones stay, all others become numbers."""

import re

from ..allow_list.fonts import is_usual
from ..allow_list.tables import Tables

_MADE_BY_PROGRAM = re.compile(
    r"M?(?:[A-Z]{1,2}|fr|gr|pr|dp|ce|co|ro|ta|ch|pm|pl|cp|n|f|ct|id|ftn|edn|list|page|control|objekt"
    r"|Table|Sect|Section|Frame|Image|Sheet|Graphic|Object|Text|Shape|표|시트|그림|개체)\d+"
    r"(?:[TP]\d+)?(?:\.[A-Z]*\d*)*(?:_[A-Z]\d+)?"
)
_TARGET = re.compile(r"#?_+(?:RefHeading|Ref|Toc|RefNumPara|DdeLink|Reference)\w{0,40}\d(?:\|\w+)?")
_ENCODED = re.compile(r"_([0-9a-fA-F]{1,4})_")
_OF_MASTER = re.compile(
    r"(.+)-(title|subtitle|outline\d|notes|background|backgroundobjects|standard)"
)
_OF_TABLE = re.compile(r"\.[A-Z]{1,2}\d*$")  # a column or a cell


def master_of(name: str) -> str:
    """The slide master that a style belongs to; empty if it does not."""
    match = _OF_MASTER.fullmatch(name)
    return match[1] if match else ""


def decoded(name: str) -> str:
    """The name that a program shows: `_20_` is a space. Of a table's columns: the table's."""
    return _OF_TABLE.sub("", _ENCODED.sub(lambda match: chr(int(match[1], 16)), name))


class Names:
    """New names by old ones, the same in all parts of a document."""

    def __init__(self, tables: Tables) -> None:
        self._known = tables["known names"]
        self._shown = {decoded(name) for name in self._known}
        self._new: dict[str, str] = {}

    def new(self, name: str) -> str:
        """Styles of a slide master are tied to it by the beginning of their names."""
        if not name or name in self._known:
            return name
        if master := master_of(name):
            return self.new(master) + name.removeprefix(master)
        return self._new.setdefault(name, f"n{len(self._new) + 1}")

    def is_free(self, name: str) -> bool:
        """Whether a person may have given the name."""
        if master := master_of(name):
            return self.is_free(master)
        is_known = name in self._known or decoded(name) in self._shown
        is_typeface = is_usual(decoded(name).rstrip("0123456789"))
        return bool(name) and not (is_known or is_typeface or self.is_machine_made(name))

    def is_machine_made(self, name: str) -> bool:
        return bool(_MADE_BY_PROGRAM.fullmatch(name) or _TARGET.fullmatch(name))

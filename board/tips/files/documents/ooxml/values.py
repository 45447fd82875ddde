"""Values in the copy of a document: visible text, numbers, words of the standard, new names."""

import re

from . import names

# Attributes that a reader sees: bullets, number formats, names of sheets.
_VISIBLE = {
    *("w:lvlText/w:val", "a:buChar/char", "x:numFmt/formatCode", "c:numFmt/formatCode"),
    *("c:pt/formatCode", "v:textpath/string", "x:sheet/name", "x:tableColumn/name"),
    *("w:numFmt/w:format", "m:chr/m:val", "m:begChr/m:val", "m:endChr/m:val", "m:sepChr/m:val"),
}
_FONTS = {
    *("w:rFonts/w:ascii", "w:rFonts/w:hAnsi", "w:rFonts/w:eastAsia", "w:rFonts/w:cs"),
    *("w:sym/w:font", "x:name/val", "x:rFont/val", "a:latin/typeface", "a:ea/typeface"),
    *("a:cs/typeface", "a:sym/typeface", "a:buFont/typeface", "a:font/typeface"),
}
# Names that only connect elements are numbered anew: where → how the new ones begin.
_STYLE_NAMES = (
    *("w:style/w:styleId", "w:pStyle/w:val", "w:rStyle/w:val", "w:tblStyle/w:val"),
    *("w:basedOn/w:val", "w:next/w:val", "w:link/w:val", "w:numStyleLink/w:val"),
    "w:styleLink/w:val",
)
_POINTS = ("modelId", "srcId", "destId", "parTransId", "sibTransId", "presAssocID", "cxnId")
_DIAGRAM_NAMES = (
    *("presName", "presStyleLbl", "loTypeId", "qsTypeId", "csTypeId", "uniqueId", "defStyle"),
    *("name", "styleLbl", "moveWith", "ref", "forName", "refForName"),
)
_CONNECTING = {
    **dict.fromkeys(_STYLE_NAMES, "S"),
    **dict.fromkeys(_POINTS, ""),
    **dict.fromkeys(_DIAGRAM_NAMES, "n"),
}
_DIAGRAMS = ("dgm:", "dsp:")
_TABLE_STYLES = {"a:tblStyle/styleId", "a:tblStyleLst/def"}
_USUAL_TABLE_STYLE = "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"  # the built-in one
# Attributes that must be there, but say nothing to a reader.
_FIXED = {
    **{f"{prefix}:cNvPr/name": "" for prefix in ("pic", "p", "xdr", "wps", "wpg", "a", "dsp")},
    **dict.fromkeys(("a:clrScheme/name", "a:fontScheme/name", "a:fmtScheme/name"), "Office"),
    **{"wp:docPr/name": "", "a:tblStyle/styleName": "Style", "x:cellStyle/name": "Normal"},
    "a:fld/id": "{00000000-0000-0000-0000-000000000000}",
    "a:fld/type": "slidenum",
    "w:compatSetting/w:uri": "http://schemas.microsoft.com/office/word",
}
_GUIDES = {"a:gd", "a:pt", "a:ahXY", "a:ahPolar", "a:pos", "a:rect", "a:arcTo"}
_GUIDE = re.compile(r"[A-Za-z_]\w*")
_SCRIPT = re.compile(r"[A-Z][a-z]{3}")  # such as Hang
_SHAPE = re.compile(r"#?_x0000_[a-z]\d{1,6}")


class Values:
    """Decides what the copy has for each value of the source.

    `aliases`: names of the source → new ones, shared by all parts of a document.
    """

    def __init__(self, aliases: dict[str, str]) -> None:
        self._aliases = aliases

    def of(self, name: str, attribute: str, value: str) -> str | None:
        """The value of an attribute in the copy; None if it has none."""
        place = f"{name}/{attribute}"
        if place in _FIXED:
            return _FIXED[place]
        if place in _VISIBLE or (place in _FONTS and names.is_font(value)):
            return value
        connecting = _CONNECTING.get(attribute if name[:4] in _DIAGRAMS else place)
        if connecting is not None:
            return self._alias(connecting, value)
        if place in _TABLE_STYLES:
            return self.table_style(value)
        return None if place in _FONTS else self._checked(name, attribute, value)

    def _checked(self, name: str, attribute: str, value: str) -> str | None:
        if attribute == "uri" and name in ("a:graphicData", "a:ext"):
            return value if value in names.URIS else None
        if name in _GUIDES and (attribute == "name" or names.is_attribute(name, attribute)):
            return _GUIDE.sub(lambda guide: self._guide(guide[0]), value)
        if not names.is_attribute(name, attribute):
            return "preserve" if attribute == "xml:space" else None
        if name.startswith("v:") and attribute == "style":
            return _style(value)
        return value if _is_known(name, attribute, value) else None

    def _guide(self, name: str) -> str:
        return name if names.is_plain(name) else self._alias("zz", name)

    def _alias(self, start: str, value: str) -> str:
        count = len(self._aliases) + 1
        return self._aliases.setdefault(f"{start}/{value}", f"{start}{count}")

    def table_style(self, value: str) -> str:
        if value == _USUAL_TABLE_STYLE:
            return value
        number = self._alias("", value)
        return f"{{00000000-0000-0000-0000-{int(number):012}}}"


def _is_known(name: str, attribute: str, value: str) -> bool:
    if name == "w:name":
        return names.is_style(value)
    if attribute == "script":
        return bool(_SCRIPT.fullmatch(value))
    return names.is_plain(value) or bool(_SHAPE.fullmatch(value))


def _style(value: str) -> str:
    """The CSS of a shape, of known words only."""
    declarations = [each.strip() for each in value.split(";")]
    return ";".join(each for each in declarations if each and names.is_plain(each))


def only_connects(name: str, attribute: str, value: str) -> bool:
    """Whether a value says nothing to a person: it connects elements of a program."""
    own = attribute.rpartition(":")[2]
    if own in ("Ignorable", "crop") or (name[:4] in _DIAGRAMS and own in _CONNECTING):
        return True
    return _CONNECTING.get(f"{name}/{attribute}") == "S" and names.is_style(value)

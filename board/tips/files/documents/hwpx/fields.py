"""Fields of HWPX that show who wrote the document, when and where: what they show goes, too."""

from lxml import etree

from ...results import FindingKind
from ..allow_list.rebuild import Rebuilder

_KINDS = {
    "USER_INFO": FindingKind.AUTHOR,
    **dict.fromkeys(("SUMMERY", "SUMMARY", "DOCSUMMARY"), FindingKind.AUTHOR),
    **dict.fromkeys(("PATH", "FILENAME", "FILE_NAME"), FindingKind.LINK),
    **dict.fromkeys(("DOC_DATE", "DOCDATE", "CREATEDATE", "MODIFYDATE"), FindingKind.TIME),
}


def remove_values(root: etree._Element, rebuilder: Rebuilder) -> None:
    open_fields: dict[str, FindingKind] = {}
    for element in list(root.iter(etree.Element)):
        name = rebuilder.tables.name(element.tag)
        if name == "hp:fieldBegin" and element.get("type") in _KINDS:
            open_fields[element.get("id") or ""] = _KINDS[element.get("type") or ""]
        elif name == "hp:fieldEnd":
            open_fields.pop(element.get("beginIDRef") or "", None)
        elif name == "hp:t" and open_fields:
            rebuilder.leave_out(next(iter(open_fields.values())), element)
            for child in list(element):
                element.remove(child)
            element.text = None

"""The parts, elements and links of OOXML that a cleaned copy does not keep."""

import re

from lxml import etree

from ..results import FindingKind

# Invisible parts, and parts that only show who worked on the document.
DROPPED = (
    (r"docProps/thumbnail\..*", FindingKind.PREVIEW),
    (r"docProps/.*", None),  # reported property by property
    (r".*/(threaded)?comments[^/]*(/.*)?\.xml", FindingKind.COMMENTS),
    (r".*/(people|commentAuthors|authors)\.xml|xl/persons/.*", FindingKind.AUTHOR),
    (r".*/(printerSettings/.*|printerSettings\d*\.bin)", FindingKind.PRINTER),
    (r"customXml/.*", FindingKind.OTHER),
    (r".*/(vbaProject.*|vbaData\.xml|attachedToolbars\.bin)", FindingKind.MACROS),
    (r"(.*/)?(customUI|userCustomization)/.*", FindingKind.MACROS),
    (r"xl/revisions/.*", FindingKind.REVISIONS),
    (r"xl/(connections\.xml|queryTables/.*)", FindingKind.LINK),
    (r".*/(activeX|ctrlProps)/.*", FindingKind.SCRIPT),
    (r"(.*/)?(docMetadata|_xmlsignatures)/.*", FindingKind.AUTHOR),
    (r"ppt/(tags|changesInfos)/.*|ppt/revisionInfo\.xml", FindingKind.OTHER),
)
MEDIA = r".*/(media|embeddings)/[^/]+"
BLANK_TARGET = "about:blank"
DELETED = {"del", "moveFrom"}
INSERTED = {"ins", "moveTo"}
MARKERS = {
    *("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef"),
    *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
    *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange"),
    *("tcPrChange", "tblGridChange", "numberingChange", "cellIns", "cellMerge"),
    *("customXmlInsRangeStart", "customXmlInsRangeEnd"),
    *("customXmlDelRangeStart", "customXmlDelRangeEnd"),
    *("rsids", "attachedTemplate", "docVars", "docId", "mailMerge", "trackRevisions"),
    *("absPath", "revisionPtr", "fileSharing", "sheetDataSet", "controls"),
    *("legacyDrawing", "legacyDrawingHF"),
    *("custDataLst", "presenceInfo"),
}
WORD_NAMESPACE = "wordprocessingml"


def external_links(root: etree._Element) -> list[etree._Element]:
    """Links to targets outside the document."""
    links = [link for link in root.iterchildren() if link.get("TargetMode") == "External"]
    return [link for link in links if link.get("Target") != BLANK_TARGET]


def is_hyperlink(link: etree._Element) -> bool:
    """Whether a reader clicks this link, so that it is content; the program itself follows all
    others.
    """
    return (link.get("Type") or "").endswith("/hyperlink") and not re.match(
        r"file:|[A-Za-z]:[\\/]|\\\\", link.get("Target") or ""
    )

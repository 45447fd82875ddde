"""XMP: the metadata packet of pictures, PDF and video. ISO 16684-1."""

import re
from collections.abc import Iterator

from lxml import etree

from ..property_kinds import kind_of
from ..results import Finding, FindingKind, make_finding
from ..xml_tree import Damaged, local, parse

_PACKET = re.compile(rb"<(x:xmpmeta|rdf:RDF)\b.*?</\1>", re.S)
_RDF = {"RDF", "Description", "Seq", "Bag", "Alt", "li", "xmpmeta", "about", "parseType", "lang"}


def packets_in(data: bytes) -> list[bytes]:
    return [match[0] for match in _PACKET.finditer(data)]


def inspect(packet: bytes) -> Iterator[Finding]:
    """One finding for each known property; one for the whole packet if none is known."""
    is_known = False
    try:
        root = parse(b"".join(packets_in(packet)[:1]))
    except (etree.XMLSyntaxError, Damaged):
        yield make_finding(FindingKind.OTHER, "XMP")
        return
    for name, value in _properties(root):
        if kind := kind_of(name):
            is_known = True
            yield make_finding(kind, value)
    if not is_known:
        yield make_finding(FindingKind.OTHER, "XMP")


def _properties(root: etree._Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        for attribute, value in element.attrib.items():
            if local(attribute) not in _RDF and str(value).strip():
                yield local(attribute), str(value)
        # A list is one property; the fields of a structure are properties of their own.
        if local(element.tag) not in _RDF:
            values = [str(piece).strip() for piece in element.itertext()]
            text = ", ".join(value for value in values if value)
            if text or local(element.tag) in ("History", "DerivedFrom"):
                yield local(element.tag), text

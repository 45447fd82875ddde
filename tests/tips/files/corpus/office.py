# ruff: noqa: E501 - documents are written as their programs write them
"""The container of DOCX, XLSX and PPTX, with a word in every place that all of them have."""

import zipfile
from io import BytesIO

from tips.files import samples
from tips.files.corpus.markers import Sample

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "p14": "http://schemas.microsoft.com/office/powerpoint/2010/main",
    "x14": "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main",
    "x15ac": "http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac",
    "a16": "http://schemas.microsoft.com/office/drawing/2014/main",
}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "word/document.xml": f"{_OFFICE}.wordprocessingml.document.main+xml",
    "xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet.main+xml",
    "ppt/presentation.xml": f"{_OFFICE}.presentationml.presentation.main+xml",
}


def xml(root: str, body: str, attributes: str = "") -> bytes:
    """A part: `root` is w:document or the like."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    ignorable = 'mc:Ignorable="w14 w15 p14 x14 a16"'
    return f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?><{root} {declared} {ignorable} {attributes}>{body}</{root}>".encode()


def rels(*links: tuple[str, str, str]) -> bytes:
    """Relationships: id, kind, target; a target with a colon is outside the document."""
    rows = "".join(
        f'<Relationship Id="{number}" Type="{NAMESPACES["r"]}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if ":" in target else "/>")
        for number, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'.encode()


def photo(sample: Sample, place: str) -> bytes:
    """A picture with a word in its metadata."""
    facts = samples.exif()
    facts[0x013B] = sample.hide(f"artist of {place}")
    return samples.saved(samples.drawing(), "JPEG", exif=facts)


def document(sample: Sample, main: str, parts: dict[str, bytes]) -> bytes:
    """The file: its parts, properties of all kinds, and what only the zip file has."""
    parts = {**_properties(sample), **parts}
    parts[f"{sample.hide('folder of an unknown part')}/unknown.xml"] = (
        f"<data>{sample.hide('unknown part')}</data>".encode()
    )
    parts["[Content_Types].xml"] = _content_types(sample, parts, main)
    parts["_rels/.rels"] = rels(
        ("rId1", "officeDocument", main),
        ("rId2", "metadata/core-properties", "docProps/core.xml"),
        ("rId3", "extended-properties", "docProps/app.xml"),
        ("rId4", "custom-properties", "docProps/custom.xml"),
        ("rId5", "metadata/thumbnail", "docProps/thumbnail.jpeg"),
    )
    return _zipped(sample, parts)


def _properties(sample: Sample) -> dict[str, bytes]:
    def elements(prefix, names):
        return "".join(
            f"<{prefix}:{name}>{sample.hide(f'property {name}')}</{prefix}:{name}>"
            for name in names
        )

    core = f"{_PACKAGE}/metadata/core-properties"
    custom = f"<property name='{sample.hide('name of a custom property')}'><lpwstr>{sample.hide('custom property')}</lpwstr></property>"
    return {
        "docProps/core.xml": f"<cp:coreProperties xmlns:cp='{core}' xmlns:dc='http://purl.org/dc/elements/1.1/'>{elements('dc', ('title', 'subject', 'creator', 'description'))}{elements('cp', ('keywords', 'lastModifiedBy', 'category', 'contentStatus'))}</cp:coreProperties>".encode(),
        "docProps/app.xml": f"<e:Properties xmlns:e='http://schemas.openxmlformats.org/officeDocument/2006/extended-properties'>{elements('e', ('Application', 'Company', 'Manager', 'Template', 'HyperlinkBase', 'TitlesOfParts'))}</e:Properties>".encode(),
        "docProps/custom.xml": f"<Properties>{custom}</Properties>".encode(),
        "docProps/thumbnail.jpeg": photo(sample, "the thumbnail"),
    }


def _content_types(sample: Sample, parts: dict[str, bytes], main: str) -> bytes:
    rows = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPES.get(name, "application/xml")}"/>'
        for name in parts
        if name.endswith(".xml")
    )
    rows += f'<Override PartName="/{sample.hide("part that is listed only")}.xml" ContentType="application/xml"/>'
    usual = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="png" ContentType="image/png"/>'
    assert main in parts
    return f'<Types xmlns="{_PACKAGE}/content-types">{usual}{rows}</Types>'.encode()


def _zipped(sample: Sample, parts: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = sample.hide("comment of the zip file").encode()
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (2026, 3, 1, 14, 25, 30))
            if name == "[Content_Types].xml":
                info.comment = sample.hide("comment of a zip entry").encode()
                word = sample.hide("extra field of a zip entry", told=False).encode()
                info.extra = b"\x99\x99" + len(word).to_bytes(2, "little") + word
            archive.writestr(info, data)
    return buffer.getvalue()


def picture_shape(sample: Sample, place: str, number: str) -> str:
    """A picture of DrawingML with words in everything that names it."""
    hide = sample.hide
    return f"""<pic:pic><pic:nvPicPr><pic:cNvPr id="7" name="{hide(f"name of {place}")}"
 descr="C:\\Users\\{hide(f"path of {place}")}\\x.jpg" title="{hide(f"title of {place}")}">
 <a:hlinkClick r:id="" tooltip="{hide(f"tooltip of {place}")}"/>
 <a:extLst><a:ext uri="{{FF2B5EF4-FFF2-40B4-BE49-F238E27FC236}}"><a16:creationId id="{hide(f"creation id of {place}")}"/></a:ext></a:extLst>
 </pic:cNvPr><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{number}"/><a:srcRect/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
 <pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="914400" cy="457200"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>"""


def theme(sample: Sample) -> bytes:
    """A theme that somebody named."""
    hide = sample.hide
    colours = "".join(
        f'<a:{name}><a:srgbClr val="336699"/></a:{name}>'
        for name in [
            "dk1",
            "lt1",
            "dk2",
            "lt2",
            "accent1",
            "accent2",
            "accent3",
            "accent4",
            "accent5",
            "accent6",
            "hlink",
            "folHlink",
        ]
    )
    font = '<a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return xml(
        "a:theme",
        f"""<a:themeElements><a:clrScheme name="{hide("colours of the theme")}">{colours}</a:clrScheme>
 <a:fontScheme name="{hide("fonts of the theme")}"><a:majorFont>{font}<a:font script="Hang" typeface="{hide("font of the theme")}"/></a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme>
 <a:fmtScheme name="{hide("effects of the theme")}"><a:fillStyleLst>{fill * 3}</a:fillStyleLst><a:lnStyleLst>{f"<a:ln>{fill}</a:ln>" * 3}</a:lnStyleLst><a:effectStyleLst>{"<a:effectStyle><a:effectLst/></a:effectStyle>" * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements>
 <a:custClrLst><a:custClr name="{hide("custom colour")}"><a:srgbClr val="FF0000"/></a:custClr></a:custClrLst>
 <a:extLst><a:ext uri="{{05A4C25C-085E-4340-85A3-A5531E510DB2}}"><family name="{hide("theme family")}"/></a:ext></a:extLst>""",
        f'name="{hide("name of the theme")}"',
    )


def chart(sample: Sample) -> dict[str, bytes]:
    """A chart with its workbook, for charts/chart1.xml of any family; by their path behind the folder."""
    hide, show = sample.hide, sample.show

    def cached(kind, values, formula):
        points = "".join(
            f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values)
        )
        return f'<c:{kind}Ref><c:f>{formula}</c:f><c:{kind}Cache><c:ptCount val="{len(values)}"/>{points}</c:{kind}Cache></c:{kind}Ref>'

    book = f"[{hide('workbook of a chart')}.xlsx]A!$A$1"
    series = f"""<c:ser><c:idx val="0"/><c:order val="0"/><c:tx>{cached("str", [show("series of a chart")], book)}</c:tx>
 <c:cat>{cached("str", [show("category of a chart"), "B"], "A!$A$2:$A$3")}</c:cat><c:val>{cached("num", [3, 4], "A!$B$2:$B$3")}</c:val></c:ser>"""
    axes = """<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx>
 <c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:crossAx val="1"/></c:valAx>"""
    return {
        "charts/chart1.xml": xml(
            "c:chartSpace",
            f"""<c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>{show("title of a chart")}</a:t></a:r></a:p></c:rich></c:tx></c:title>
 <c:plotArea><c:layout/><c:barChart><c:barDir val="col"/><c:grouping val="clustered"/>{series}<c:axId val="1"/><c:axId val="2"/></c:barChart>{axes}</c:plotArea><c:plotVisOnly val="1"/></c:chart>
 <c:externalData r:id="rId1"/><c:userShapes r:id="rId2"/>""",
        ),
        "charts/_rels/chart1.xml.rels": rels(
            ("rId1", "package", "../embeddings/book1.xlsx"),
            ("rId2", "chartUserShapes", "../drawings/drawing9.xml"),
            ("rId3", "oleObject", f"file:///C:/Users/{hide('linked workbook of a chart')}.xlsx"),
        ),
        "embeddings/book1.xlsx": samples.zipped(
            {
                "[Content_Types].xml": b"<Types/>",
                "docProps/core.xml": f"<a><creator>{hide('author of an embedded workbook', told=False)}</creator></a>".encode(),
            }
        ),
        "drawings/drawing9.xml": xml("c:userShapes", f"<a:t>{hide('shape on a chart')}</a:t>"),
    }

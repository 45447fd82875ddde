# ruff: noqa: E501 - documents are written as their programs write them
"""Files as people send them, each with the metadata its format can have. Built here byte by byte."""

import base64
import struct
import zipfile
import zlib
from io import BytesIO

import pikepdf
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin, TiffImagePlugin

HARBOUR = "37.56650, 126.97800"
# 32 × 16 red pixels with EXIF, from an encoder that the board does not have.
_HEIC = (
    "c-mc2J!lkB5T3Vtds#6*hfz3!gu6h@k5!_eSm>b%L`*ELv%cHS4(#S0dmB9)Ng#z*ibV<=uZ@CYCqlqjr${SUoCt"
    "vg0+uI4)|t02A!OLuZ{GL5d2ikf09+2zXDakj0$Gf~6vr`o0f5+w{nUfps$o4!ObiNT3TNy(Mh$()Obsj$9Eo2!l"
    "3gK=%<4H|zL4KUTn_Y#cQ4Vx*D}(CPvjJwA_YrkTd3vz3ey;j5{^(Mitr~Y*&tk@+<U@i>a`XP|AC`_-7dg@y+|4"
    "5n&=f-#sZraHh;rkt(r%h6L*C;v(v7uIU5Hb-|ls)?Qg39y{k;GKPGi?Mr=2?U(y|evJoZAGHMaq2St*=MQkeHyt"
    "Zb1Tt*%jRx!1g7_%(va1RJ~O)p9cTgZvF>$(JGRPpgB1PEu%vYmB`hcNL2!}rU2Q|jLH$$N3#;~|ZVi%*3MgY%v4"
    "{`c_Cj~jpAKXPA<9e%j_`~JJ9pUZDHvo@)Ud21IIV3JlY*kVA}ah`lylyrQK{Pv4cD45#k_|kb?3e&K$(xjI@@O|"
    "Ycm1{&7@_~W%FrTgix|{Hv{+gc!tvcp6%o|3{+0`7y1fiqza{iXV9p?W7$JKV&"
)


def zipped(parts, date=(2026, 3, 1, 14, 25, 30)):
    """A zip file as programs write it: `parts` by name, in this order, with a date."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, date)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def unzipped(data):
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# Pictures.


def drawing(mode="RGB", size=(64, 32)):
    picture = Image.new("RGB", size, (200, 220, 240))
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1] // 2), (180, 30, 40))
    return picture.convert(mode)


def exif(orientation=1):
    facts = Image.Exif()
    facts[0x010E], facts[0x010F], facts[0x0110] = "the quay", "Lighthouse", "Keeper 3"
    facts[0x0131], facts[0x013B], facts[0x0112] = "Darkroom 9", "Ada Kim", orientation
    facts[0x0132] = "2026:03:01 14:25:30"
    facts.get_ifd(0x8769).update({0xA431: "SN-4711", 0x927C: b"maker's own", 0xA420: "unique-1"})
    facts.get_ifd(0x8825).update(
        {1: "N", 2: (37.0, 33.0, 59.4), 3: "E", 4: (126.0, 58.0, 40.8)},
    )
    return facts


XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<rdf:Description xmp:CreatorTool="Darkroom 9" xmpMM:DocumentID="xmp.did:4711">
<dc:creator><rdf:Seq><rdf:li>Ada Kim</rdf:li></rdf:Seq></dc:creator></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
FILM_BEHIND = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"voices in the room" * 20


def saved(picture, format_, **options):
    buffer = BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def iptc():
    """APP13 of a picture agency: author and city."""
    records = b"".join(
        b"\x1c\x02" + bytes([number]) + len(text).to_bytes(2, "big") + text
        for number, text in ((80, b"Ada Kim"), (90, b"Incheon"))
    )
    block = b"8BIM\x04\x04\0\0" + len(records).to_bytes(4, "big") + records
    body = b"Photoshop 3.0\0" + block + b"\0" * (len(block) % 2)
    return b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(orientation=1):
    facts = exif(orientation)
    data = saved(drawing(), "JPEG", exif=facts, xmp=XMP, comment=b"for the desk", quality=95)
    return data[:2] + iptc() + data[2:] + FILM_BEHIND


def png():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Ada Kim")
    texts.add_text("Software", "Screen 2")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    data = saved(drawing("RGBA"), "PNG", pnginfo=texts, exif=exif())
    return data + b"PK\x03\x04 hidden behind the end"


def gif():
    frames = [drawing("P"), drawing("L").convert("P")]
    return saved(
        frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[200, 300], loop=0,
        comment=b"by Ada Kim",
    )  # fmt: skip


def webp():
    return saved(drawing(), "WEBP", exif=exif().tobytes(), xmp=XMP)


def tiff():
    facts = TiffImagePlugin.ImageFileDirectory_v2()
    facts[270], facts[305], facts[315] = "scan of the ledger", "Scanner 4", "Ada Kim"
    return saved(drawing(), "TIFF", tiffinfo=facts)


def bmp():
    return saved(drawing(), "BMP") + b"a note behind the picture, long enough to be one"


def avif():
    return saved(drawing(), "AVIF", exif=exif().tobytes(), xmp=XMP)


def heic():
    return zlib.decompress(base64.b85decode("".join(_HEIC)))


def coloured(rgb):
    """A JPEG whose colour profile exchanges red and green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    data = bytearray(profile.tobytes())
    at_red, at_green = data.index(b"rXYZ"), data.index(b"gXYZ")
    data[at_red : at_red + 4], data[at_green : at_green + 4] = b"gXYZ", b"rXYZ"
    return saved(Image.new("RGB", (16, 16), rgb), "JPEG", icc_profile=bytes(data), quality=95)


# Documents.

_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
_CORE = b"""<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
<dc:creator>Ada Kim</dc:creator><cp:lastModifiedBy>Bora Lee</cp:lastModifiedBy><cp:revision>7</cp:revision>
<dcterms:created>2026-03-01T05:25:30Z</dcterms:created><dc:title>Draft</dc:title></cp:coreProperties>"""
_APP = b"""<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">
<Application>Writer 12</Application><Company>Harbour Works</Company><Manager>Mo</Manager></Properties>"""
_CUSTOM = b"""<Properties><property name="Desk"><x>4th floor</x></property></Properties>"""


def _rels(*links):
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{kind if ":" in kind else f"{_OFFICE}/{kind}"}" '
        f'Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if outside else ""}/>'
        for n, (kind, target, outside) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_RELS}">{rows}</Relationships>'.encode()


def _types(**parts):
    rows = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts.items()
    )
    usual = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_TYPES}">{usual}{rows}</Types>'.encode()


def _properties():
    return {"docProps/core.xml": _CORE, "docProps/app.xml": _APP, "docProps/custom.xml": _CUSTOM,
            "docProps/thumbnail.jpeg": saved(drawing(), "JPEG")}  # fmt: skip


_TOP = (
    ("officeDocument", "word/document.xml", False),
    ("core-properties", "docProps/core.xml", False),
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_DOCUMENT = f"""<w:document {_W} xmlns:r="{_OFFICE}"><w:body><w:p w:rsidR="00A77B3E">
<w:commentRangeStart w:id="0"/><w:r><w:t>The ledger has two columns. </w:t></w:r><w:commentRangeEnd w:id="0"/>
<w:r><w:commentReference w:id="0"/></w:r>
<w:ins w:author="Bora Lee" w:date="2026-03-01T05:00:00Z"><w:r><w:t>Kept sentence. </w:t></w:r></w:ins>
<w:del w:author="Bora Lee" w:date="2026-03-01T05:00:00Z"><w:r><w:delText>Struck sentence.</w:delText></w:r></w:del>
<w:r><w:rPr><w:rPrChange w:author="Bora Lee"><w:rPr/></w:rPrChange></w:rPr><w:t>Call 010-1234-5678.</w:t></w:r>
</w:p></w:body></w:document>"""


def docx(document=_DOCUMENT, **more):
    parts = {
        "[Content_Types].xml": _types(**{
            "word/document.xml": _MAIN.format("wordprocessingml.document"),
            "word/comments.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml",
            "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        }),
        "_rels/.rels": _rels(*_TOP),
        "word/document.xml": document.encode(),
        "word/_rels/document.xml.rels": _rels(
            ("comments", "comments.xml", False), ("image", "media/image1.jpg", False),
            ("hyperlink", "https://harbour.example/", True),
            ("image", "https://tracker.example/dot.png", True),
        ),
        "word/comments.xml": f'<w:comments {_W}><w:comment w:id="0" w:author="Mo Park" w:initials="MP"/></w:comments>'.encode(),
        "word/settings.xml": f'<w:settings {_W} xmlns:r="{_OFFICE}"><w:attachedTemplate r:id="rId1"/>'
        f'<w:rsids><w:rsid w:val="00A77B3E"/></w:rsids></w:settings>'.encode(),
        "word/_rels/settings.xml.rels": _rels(("attachedTemplate", "file:///C:/Users/ada/desk.dotx", True)),
        "word/media/image1.jpg": jpeg(),
        **_properties(),
        **{name.replace("__", "/"): data for name, data in more.items()},
    }  # fmt: skip
    return zipped(parts)


def docm():
    parts = unzipped(docx())
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        _MAIN.format("wordprocessingml.document").encode(),
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    parts["word/vbaProject.bin"] = b"macro"
    return zipped(parts)


def xlsx():
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": _types(**{"xl/workbook.xml": _MAIN.format("spreadsheetml.sheet")}),
        "_rels/.rels": _rels(("officeDocument", "xl/workbook.xml", False)),
        "xl/workbook.xml": f'''<workbook xmlns="{main}" xmlns:r="{_OFFICE}"
 xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"><fileSharing userName="Ada Kim"/>
<x15ac:absPath url="C:\\Users\\ada\\ledger\\"/><sheets><sheet name="Q1" sheetId="1" r:id="rId1"/>
<sheet name="Second books" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>'''.encode(),
        "xl/_rels/workbook.xml.rels": _rels(
            ("worksheet", "worksheets/sheet1.xml", False), ("worksheet", "worksheets/sheet2.xml", False)
        ),
        "xl/worksheets/sheet1.xml": f'''<worksheet xmlns="{main}" xmlns:r="{_OFFICE}"><sheetData><row r="1">
<c r="A1"><v>42</v></c></row></sheetData><pageSetup r:id="rId1"/><legacyDrawing r:id="rId2"/></worksheet>'''.encode(),
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>'.encode(),
        "xl/worksheets/_rels/sheet1.xml.rels": _rels(
            ("printerSettings", "../printerSettings/printerSettings1.bin", False),
            ("vmlDrawing", "../drawings/vmlDrawing1.vml", False), ("comments", "../comments1.xml", False),
        ),
        "xl/printerSettings/printerSettings1.bin": b"H\0P\0 4th floor",
        "xl/drawings/vmlDrawing1.vml": b"<xml/>",
        "xl/comments1.xml": f'<comments xmlns="{main}"><authors><author>Mo Park</author></authors></comments>'.encode(),
        "xl/externalLinks/externalLink1.xml": f'''<externalLink xmlns="{main}"><externalBook>
<sheetDataSet><sheetData sheetId="0"/></sheetDataSet></externalBook></externalLink>'''.encode(),
        "xl/externalLinks/_rels/externalLink1.xml.rels": _rels(("externalLinkPath", "file:///C:/Users/ada/x.xlsx", True)),
        **_properties(),
    }  # fmt: skip
    return zipped(parts)


def pptx():
    main = "http://schemas.openxmlformats.org/presentationml/2006/main"
    drawing_ = "http://schemas.openxmlformats.org/drawingml/2006/main"
    parts = {
        "[Content_Types].xml": _types(
            **{"ppt/presentation.xml": _MAIN.format("presentationml.presentation")}
        ),
        "_rels/.rels": _rels(("officeDocument", "ppt/presentation.xml", False)),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{main}"/>'.encode(),
        "ppt/_rels/presentation.xml.rels": _rels(("slide", "slides/slide1.xml", False)),
        "ppt/slides/slide1.xml": f'''<p:sld xmlns:p="{main}" xmlns:a="{drawing_}" show="0"><a:p><a:r>
<a:t>Audit of the quay</a:t></a:r></a:p></p:sld>'''.encode(),
        "ppt/notesSlides/notesSlide1.xml": f'<p:notes xmlns:p="{main}"/>'.encode(),
        "ppt/commentAuthors.xml": f'<p:cmAuthorLst xmlns:p="{main}"><p:cmAuthor name="Mo Park"/></p:cmAuthorLst>'.encode(),
        "ppt/comments/comment1.xml": f'<p:cmLst xmlns:p="{main}"/>'.encode(),
        **_properties(),
    }  # fmt: skip
    return zipped(parts)


_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"'
)


def opendocument(kind="text"):
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    names = ("content.xml", "meta.xml", "settings.xml", "Thumbnails/thumbnail.png")
    entries = "".join(f'<m:file-entry m:full-path="{name}"/>' for name in ("/", *names))
    return zipped({
        "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{manifest}">{entries}</m:manifest>'.encode(),
        "content.xml": f'''<office:document-content {_ODF}><office:body><office:text>
<text:tracked-changes><text:changed-region><office:change-info><dc:creator>Bora Lee</dc:creator></office:change-info>
</text:changed-region></text:tracked-changes><text:p>The ledger<text:change-start/> has two<text:change-end/>
<office:annotation><dc:creator>Mo Park</dc:creator><text:p>ask Ada</text:p></office:annotation> columns.
<draw:image xlink:href="file:///home/ada/quay.png"/></text:p></office:text></office:body></office:document-content>'''.encode(),
        "meta.xml": f'''<office:document-meta {_ODF}><office:meta><meta:initial-creator>Ada Kim</meta:initial-creator>
<meta:generator>Writer 7</meta:generator><dc:date>2026-03-01T14:25:30</dc:date></office:meta></office:document-meta>'''.encode(),
        "settings.xml": f'''<office:document-settings {_ODF}><config:config-item config:name="PrinterName">HP 4th floor
</config:config-item></office:document-settings>'''.encode(),
        "Thumbnails/thumbnail.png": saved(drawing(), "PNG"),
        "Pictures/quay.jpg": jpeg(),
    })  # fmt: skip


_HP = "http://www.hancom.co.kr/hwpml/2011/paragraph"


def hwpx(paragraph="<hp:t>장부가 두 권이다</hp:t>"):
    opf = "http://www.idpf.org/2007/opf/"
    return zipped({
        "mimetype": b"application/hwp+zip",
        "version.xml": b'<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" major="5" '
        b'application="Hancom Office Hangul" appVersion="11, 0, 0, 2129 WIN32LEWindows_10"/>',
        "META-INF/container.xml": b'''<ocf:container xmlns:ocf="urn:oasis:names:tc:opendocument:xmlns:container"><ocf:rootfiles>
<ocf:rootfile full-path="Contents/content.hpf"/><ocf:rootfile full-path="Preview/PrvText.txt"/></ocf:rootfiles></ocf:container>''',
        "Contents/content.hpf": f'''<opf:package xmlns:opf="{opf}"><opf:metadata><opf:title>초안</opf:title>
<opf:language>ko</opf:language><opf:meta name="creator" content="text">김아다</opf:meta>
<opf:meta name="lastsaveby" content="text">이보라</opf:meta><opf:meta name="CreatedDate" content="text">2026-03-01T05:25:30Z</opf:meta>
</opf:metadata><opf:manifest><opf:item id="section0" href="Contents/section0.xml"/><opf:item id="script" href="Scripts/headerScripts"/>
</opf:manifest><opf:spine><opf:itemref idref="section0"/><opf:itemref idref="script"/></opf:spine></opf:package>'''.encode(),
        "Contents/section0.xml": f'''<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" xmlns:hp="{_HP}"><hp:p><hp:run>
<hp:ctrl><hp:fieldBegin id="9" type="MEMO"><hp:stringParam name="Author">박모</hp:stringParam></hp:fieldBegin></hp:ctrl>
{paragraph}<hp:ctrl><hp:fieldEnd beginIDRef="9"/></hp:ctrl></hp:run></hp:p></hs:sec>'''.encode(),
        "Preview/PrvText.txt": "지운 문장이 아직 여기 있다".encode(),
        "Preview/PrvImage.png": saved(drawing(), "PNG"),
        "Scripts/headerScripts": b"var x;",
        "BinData/image1.jpg": jpeg(),
    })  # fmt: skip


def property_set(values):
    """A summary information stream ([MS-OLEPS]): texts by property number."""
    offsets, body = [], b""
    for number, text in values.items():
        offsets.append((number, 8 + 8 * len(values) + len(body)))
        raw = (text + "\0").encode("utf-16-le")
        body += struct.pack("<II", 31, len(text) + 1) + raw + bytes(-len(raw) % 4)
    table = b"".join(struct.pack("<II", *pair) for pair in offsets)
    section = struct.pack("<II", 8 + len(table) + len(body), len(values)) + table + body
    return (
        struct.pack("<HHI16sI", 0xFFFE, 0, 0, bytes(16), 1)
        + bytes(16)
        + struct.pack("<I", 48)
        + section
    )


def compound(streams):
    """An OLE file of streams, by path; each stream has its own sectors ([MS-CFB])."""
    folders = sorted({path.rpartition("/")[0] for path in streams} - {""})
    names = ["", *folders, *streams]
    sectors, fat = [], []

    def put(data):
        first = len(fat)
        count = max(1, -(-len(data) // 512))
        padded = data.ljust(count * 512, b"\0")
        sectors.extend(padded[n * 512 : n * 512 + 512] for n in range(count))
        fat.extend([*range(first + 1, first + count), 0xFFFFFFFE])
        return first

    starts = {path: put(data.ljust(4096, b"\0")) for path, data in streams.items()}
    children = {
        folder: [n for n in names if n and n.rpartition("/")[0] == folder]
        for folder in ["", *folders]
    }
    entries = []
    for name in names:
        kind = 5 if not name else 1 if name in folders else 2
        siblings = children[name.rpartition("/")[0]] if name else []
        at = siblings.index(name) if name else 0
        right = names.index(siblings[at + 1]) if name and at + 1 < len(siblings) else 0xFFFFFFFF
        child = names.index(children[name][0]) if children.get(name) else 0xFFFFFFFF
        raw = ((name.rpartition("/")[2] or "Root Entry") + "\0").encode("utf-16-le")
        start = starts.get(name, 0xFFFFFFFE if not name else 0)
        size = max(4096, len(streams[name])) if name in streams else 0
        entries.append(
            raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, right, child)
            + bytes(36) + struct.pack("<IQ", start, size)
        )  # fmt: skip
    directory = put(b"".join(entries))
    tables = next(n for n in range(1, 100) if len(fat) + n <= 128 * n)
    listed = [*fat, *[0xFFFFFFFD] * tables, *[0xFFFFFFFF] * 128 * tables][: 128 * tables]
    table = put(struct.pack(f"<{128 * tables}I", *listed))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 62, 3, 0xFFFE, 9, 6,
        bytes(6), 0, tables, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, table,
    )  # fmt: skip
    further = [*range(table + 1, table + tables), *[0xFFFFFFFF] * 109][:108]
    return header + struct.pack("<108I", *further) + b"".join(sectors)


def packed(data):
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def record(number, body, level=0):
    """A record of HWP 5: type, level and size in one word; a long record has its size after it."""
    size = min(len(body), 0xFFF)
    more = struct.pack("<I", len(body)) if size == 0xFFF else b""
    return struct.pack("<I", number | level << 10 | size << 20) + more + body


def counted(text):
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


def control(letter):
    """A control in the text of a paragraph, eight units wide: a character, its name, the character."""
    return struct.pack("<8H", letter, 0x636F, 0x6C64, 0, 0, 0, 0, letter)


def hwp_script(body="\t//todo : "):
    lines = (
        "var Documents = XHwpDocuments;\r\nvar Document = Documents.Active_XHwpDocument;\r\n",
        "function OnDocument_New()\r\n{\r\n" + body + "\r\n}\r\n",
    )
    parts = (struct.pack("<I", len(line)) + line.encode("utf-16-le") for line in lines)
    return b"".join(parts) + struct.pack("<III", 0, 0, 0xFFFFFFFF)


def hwp(flags=0x1, **instead):
    """A document with all streams that Hangul writes. `instead`: other contents, by stream name."""
    info = (
        record(16, bytes(26))
        + record(17, bytes(72))
        + record(
            18,
            struct.pack("<H", 0x0)
            + counted("C:\\Users\\ada\\Pictures\\quay.png")
            + counted("quay.png"),
            1,
        )
        + record(18, struct.pack("<HH", 0x1, 1) + counted("jpg"), 1)
        + record(19, b"\x01" + counted("함초롬바탕"), 1)
        + record(32, bytes(1032))
        + record(16 + 81, counted("박다라"))
    )
    text = (
        control(2)
        + "안전관리팀에서 ".encode("utf-16-le")
        + control(9)
        + ("적었다. 연락은 010-1234-5678로" + "가" * 2100 + "\r").encode("utf-16-le")
    )
    memo = record(16 + 55, b"em%%" + bytes(8), 1) + record(16 + 77, bytes(4), 1)
    link = record(16 + 55, b"klh%" + bytes(5) + counted("http\\://desk.example/ledger;1;0;0;"), 1)
    body = record(16 + 50, bytes(22)) + record(16 + 51, text, 1) + memo + link
    left = b"\0\0" + ":\\Users\\ada\\AppData\\Local\\Temp\\prv0.gif\0".encode("utf-16-le")
    streams = {
        "FileHeader": b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010001, flags) + bytes(216),
        "DocInfo": packed(info),
        "\x05HwpSummaryInformation": property_set({2: "초안", 4: "김아다", 8: "이보라", 20: "2026년 3월 1일"}),
        "BodyText/Section0": packed(body),
        "BinData/BIN0001.jpg": packed(jpeg()),
        "PrvText": "지운 문장이 아직 여기 있다".encode("utf-16-le"),
        "PrvImage": saved(drawing(), "PNG"),
        "DocOptions/_LinkDoc": left + b"\x00\x00" + b"\x7f\xe0" * 200,
        "Scripts/DefaultJScript": packed(hwp_script()),
        "Scripts/JScriptVersion": packed(struct.pack("<II", 1, 0)),
        "DocHistory/HistoryLastDoc": b"earlier",
    }  # fmt: skip
    return compound(
        {path: instead.get(path.split("/")[-1], data) for path, data in streams.items()}
    )


def doc():
    return compound({
        "WordDocument": b"text",
        "\x05SummaryInformation": property_set({4: "Ada Kim", 8: "Bora Lee"}),
        "Macros/dir": b"macro",
    })  # fmt: skip


def pdf():
    """One page with a picture, a note, a filled form, a script, an attachment, and an earlier
    version.
    """
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    picture = document.make_stream(
        jpeg(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=64, Height=32,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary({"/AA": picture}), Font=pikepdf.Dictionary({"/B": font})
    )
    profile = document.make_stream(b"profile", N=3)
    profile.Metadata = document.make_stream(XMP)
    page.Resources.ColorSpace = pikepdf.Dictionary(
        {"/C": pikepdf.Array([pikepdf.Name.ICCBased, profile])}
    )
    page.Contents = document.make_stream(
        b"BT /B 12 Tf 20 150 Td (The ledger) Tj ET q 64 0 0 32 20 20 cm /AA Do Q"
    )
    field = document.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[20, 100, 120, 120], T="name", V="Ada",
        FT=pikepdf.Name.Tx, DA="/B 10 Tf 0 g", F=4,
    ))  # fmt: skip
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 20, 20], T="Mo Park",
        Contents="ask Ada", M="D:20260301142530",
    )  # fmt: skip
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 50, 20, 70],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://harbour.example/"),
    )  # fmt: skip
    page.Annots = pikepdf.Array([field, note, link])
    page.PieceInfo = pikepdf.Dictionary(Editor=pikepdf.Dictionary(Private="x"))
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=[field], NeedAppearances=True, DR=pikepdf.Dictionary(Font=pikepdf.Dictionary({"/B": font})),
    )  # fmt: skip
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.attachments["list.txt"] = "연락처 010-1234-5678".encode()
    document.docinfo["/Author"], document.docinfo["/Producer"] = "Ada Kim", "Printer 5"
    document.Root.Metadata = document.make_stream(
        XMP, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
    )
    buffer = BytesIO()
    document.save(buffer)
    earlier = buffer.getvalue()
    start = earlier[earlier.rindex(b"startxref") :]
    return earlier + b"\n" + start


# Recordings.


def box(kind, *bodies):
    body = b"".join(bodies)
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def film(brand=b"qt  ", track=b"soun"):
    """A film with its place, device and author; a second track has another handler."""
    more = box(
        b"udta",
        box(b"\xa9xyz", b"\0\x12\x15\xc7+37.5665+126.9780/"),
        box(b"\xa9mod", b"\0\x08\x15\xc7Keeper 3"),
    )
    tracks = [(b"soun", b"sowt", b"soundsound" * 50)]
    if track != b"soun":
        tracks.append((track, b"mett", b"here and there"))
    return movie(tracks, more, "Core Media Audio", brand=brand) + box(b"uuid", bytes(16), XMP)


def movie(tracks, more=b"", names="", spare=b"", brand=b"qt  "):
    """A QuickTime file. `tracks`: handler, name of the codec, data. `spare`: bytes of no track."""
    moment = (3_855_000_000).to_bytes(4, "big")
    head = box(b"ftyp", brand, bytes(4), brand)
    at, data, boxes = len(head) + 8, b"", b""
    for number, (handler, codec, body) in enumerate(tracks, 1):
        boxes += _track(number, handler, codec, body, at + len(data), names)
        data += body + spare
    times = bytes(4) + moment + moment
    movie_head = (
        times + struct.pack(">II", 8000, 8000) + _MATRIX_HEAD + bytes(24) + struct.pack(">I", 99)
    )
    return head + box(b"mdat", data) + box(b"moov", box(b"mvhd", movie_head), boxes, more)


_MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_MATRIX_HEAD = struct.pack(">IH", 1 << 16, 256) + bytes(10) + _MATRIX


def _track(number, handler, codec, body, at, names):
    moment = (3_855_000_000).to_bytes(4, "big")
    times = bytes(3) + b"\1" + moment + moment
    is_sound = handler == b"soun"
    count, size = (len(body) // 2, 2) if is_sound else (1, len(body))
    entry = bytes(6) + b"\0\1"
    entry += struct.pack(">HHIHHHHI", 0, 0, 0, 1, 16, 0, 0, 8000 << 16) if is_sound else bytes(24)
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(codec, entry)),
        box(b"stts", struct.pack(">IIII", 0, 1, count, 1)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, count, 1)),
        box(b"stsz", struct.pack(">III", 0, size, count)),
        box(b"stco", struct.pack(">III", 0, 1, at)),
    )
    name = bytes([len(names)]) + names.encode()
    return box(
        b"trak",
        box(
            b"tkhd", times + struct.pack(">III", number, 0, count) + bytes(16) + _MATRIX + bytes(8)
        ),
        box(
            b"mdia",
            box(b"mdhd", bytes(4) + moment + moment + struct.pack(">III", 8000, count, 0)),
            box(b"hdlr", bytes(4) + b"mhlr" + handler + bytes(12) + name),
            box(
                b"minf",
                box(b"smhd", bytes(8)) if is_sound else box(b"nmhd", bytes(4)),
                box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1"))),
                table,
            ),
        ),
    )


def mp3():
    def frame(name, text):
        body = b"\3" + text
        return name + len(body).to_bytes(4, "big") + bytes(2) + body

    tag = frame(b"TPE1", b"Ada Kim") + frame(b"TSSE", b"Recorder 2") + frame(b"TIT2", b"Meeting")
    sound = b"\xff\xfb\x90\x00" + b"\0" * 413
    return (
        b"ID3\3\0\0"
        + struct.pack(">I", len(tag))
        + tag
        + sound * 3
        + b"TAG"
        + b"Meeting".ljust(125, b"\0")
    )


def wav():
    info = b"INFOIART" + (8).to_bytes(4, "little") + b"Ada Kim\0"
    chunks = (
        (b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16)), (b"LIST", info), (b"bext", b"Recorder 2".ljust(602, b"\0")), (b"data", b"\1\2" * 50),
    )  # fmt: skip
    body = b"".join(name + len(data).to_bytes(4, "little") + data for name, data in chunks)
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WAVE" + body

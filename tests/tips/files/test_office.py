"""DOCX, XLSX and PPTX: the cleaned copy is built anew, and shows what the original shows."""

import re
from io import BytesIO

import pytest
from PIL import Image

from board.tips.files import FindingKind, Reason, WorkerLimits
from board.tips.files.worker import answer_for
from board.tips.files.xml_tree import parse
from tips.files import samples
from tips.files.corpus import excel, office, powerpoint, word

LIMITS = WorkerLimits()
SHEET = office.NAMESPACES["x"]


def copy_of(data):
    answer = answer_for(data, "x", LIMITS)
    assert answer.why_not is None
    return samples.unzipped(answer.cleaned)


def picture_docx(edges, picture=None):
    """A document with a picture 100 pixels wide, of which `edges` are cropped away."""
    shown = Image.new("RGB", (100, 40), "white")
    shown.paste((200, 0, 0), (0, 0, 50, 40))  # the left half is red
    blip = f'<pic:blipFill><a:blip r:embed="rId2"/><a:srcRect {edges}/></pic:blipFill>'
    uri = office.NAMESPACES["pic"]
    drawing = (
        f'<w:drawing><wp:inline><a:graphic><a:graphicData uri="{uri}"><pic:pic>{blip}</pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    parts = samples.unzipped(samples.docx())
    body = f"<w:body><w:p><w:r>{drawing}</w:r></w:p></w:body>"
    parts["word/document.xml"] = office.xml("w:document", body)
    parts["word/media/image1.jpg"] = picture or samples.saved(shown, "PNG")
    return samples.zipped(parts)


def pictures_in(parts):
    return [Image.open(BytesIO(data)) for name, data in parts.items() if "/media/" in name]


@pytest.mark.parametrize("edges", ['l="50000" r="10000"', 'l="50%" r="10%"'])
def test_the_part_of_a_picture_that_is_cropped_away_is_gone(edges):
    (picture,) = pictures_in(copy_of(picture_docx(edges)))

    assert picture.size == (40, 40)
    assert picture.convert("RGB").getpixel((0, 20)) == (255, 255, 255)  # nothing red


def test_a_cropped_picture_is_told():
    answer = answer_for(picture_docx('l="50000" r="10000"'), "x", LIMITS)

    told = {(finding.kind, finding.detail) for finding in answer.findings}
    assert (FindingKind.HIDDEN, "crop: 50% 0% 10% 0%") in told


def test_a_picture_that_is_padded_keeps_its_padding():
    parts = copy_of(picture_docx('l="-50000" r="50000"'))

    (picture,) = pictures_in(parts)
    assert picture.size == (50, 40)
    assert b'<a:srcRect l="-100000" r="0" t="0" b="0"/>' in parts["word/document.xml"]


@pytest.mark.parametrize("edges", ['l="99999" r="99999"', 'l="1" b="100000"', 'l="900000"'])
def test_a_picture_cropped_to_nothing_keeps_one_pixel(edges):
    (picture,) = pictures_in(copy_of(picture_docx(edges)))

    assert min(picture.size) >= 1


def workbook(cells, more="", **parts):
    """A workbook with one sheet."""
    book = samples.unzipped(samples.xlsx())
    for name in [name for name in book if re.match(r"xl/(worksheets/_rels|external)", name)]:
        del book[name]
    sheet = f'<worksheet xmlns="{SHEET}">{more}<sheetData>{cells}</sheetData></worksheet>'
    return samples.zipped({**book, "xl/worksheets/sheet1.xml": sheet.encode(), **parts})


def cells_of(parts):
    """The cells of the first sheet of a copy: place → text."""
    root = parse(parts["xl/worksheet1.xml"])
    return {cell.get("r"): "".join(cell.itertext()) for cell in root.iter(f"{{{SHEET}}}c")}


def test_a_formula_becomes_the_value_it_shows_although_its_cells_are_hidden():
    parts = copy_of(
        workbook(
            '<row r="1" hidden="1"><c r="A1"><v>3500</v></c></row>'
            '<row r="2"><c r="A2"><f>A1*2</f><v>7000</v></c></row>'
        )
    )

    assert cells_of(parts) == {"A2": "7000"}


def test_a_formula_that_was_never_calculated_is_not_cleaned():
    answer = answer_for(workbook('<row r="1"><c r="A1"><f>1+1</f></c></row>'), "x", LIMITS)

    assert answer.why_not == Reason.FORMAT


def test_cells_without_a_place_of_their_own_are_counted():
    hidden = '<cols><col min="2" max="3" hidden="1"/></cols>'
    texts = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in "abcd")

    parts = copy_of(workbook(f"<row>{texts}</row>", hidden))

    assert cells_of(parts) == {"A1": "a", "D1": "d"}


def test_merged_cells_are_seen_if_a_part_of_them_is():
    merged = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>wide</t></is></c></row>'
    data = workbook(row, '<cols><col min="1" max="1" hidden="1"/></cols>')
    parts = samples.unzipped(data)
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"</sheetData>", b"</sheetData>" + merged.encode()
    )

    assert cells_of(copy_of(samples.zipped(parts))) == {"A1": "wide"}


@pytest.mark.parametrize(
    "build", [word.docx, excel.xlsx, powerpoint.pptx], ids=["docx", "xlsx", "pptx"]
)
def test_nothing_in_a_copy_leads_outside(build):
    parts = copy_of(build().data)

    links = b"".join(data for name, data in parts.items() if name.endswith(".rels"))
    assert b"External" not in links
    targets = re.findall(rb'Target="/([^"]+)"', links)
    assert {target.decode() for target in targets} == {
        name for name in parts if not name.endswith(".rels") and name != "[Content_Types].xml"
    }


@pytest.mark.parametrize(
    "build", [word.docx, excel.xlsx, powerpoint.pptx], ids=["docx", "xlsx", "pptx"]
)
def test_a_copy_has_only_known_namespaces_and_no_comments(build):
    parts = copy_of(build().data)

    everything = b"".join(data for name, data in parts.items() if name.endswith((".xml", ".rels")))
    assert b"<!--" not in everything
    assert re.findall(rb"<\?(?!xml )", everything) == []
    assert b"markup-compatibility" not in everything
    assert b"extLst" not in everything


def test_a_document_of_the_strict_standard_is_cleaned():
    strict = {
        name: re.sub(
            rb"http://schemas\.openxmlformats\.org/(\w+)/2006/(main|relationships)",
            rb"http://purl.oclc.org/ooxml/\1/\2",
            data,
        )
        if name.startswith("word/")
        else data
        for name, data in samples.unzipped(samples.docx()).items()
    }

    assert b"Kept sentence" in copy_of(samples.zipped(strict))["word/document.xml"]


def test_an_unknown_kind_of_document_is_not_cleaned():
    parts = samples.unzipped(samples.docx())
    parts["word/document.xml"] = b'<x:document xmlns:x="urn:another"/>'

    assert answer_for(samples.zipped(parts), "x", LIMITS).why_not == Reason.FORMAT


@pytest.mark.parametrize("part", ["word/drawings/vmlDrawing1.vml", "word/embeddings/book.xlsx"])
def test_a_damaged_part_that_copies_do_not_have_spoils_nothing(part):
    parts = samples.unzipped(samples.docx()) | {part: b"<xml><br></xml> PK\3\4 Kim Ada"}

    assert "word/document.xml" in copy_of(samples.zipped(parts))


def test_page_numbers_still_count():
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    code = r"<w:r><w:instrText> PAGE \* MERGEFORMAT </w:instrText></w:r>"
    shown = "<w:r><w:t>7</w:t></w:r>"
    field = mark("begin") + code + mark("separate") + shown + mark("end")
    document = f"<w:document {samples._W}><w:body><w:p>{field}</w:p></w:body></w:document>"

    copy = copy_of(samples.docx(document))["word/document.xml"]

    assert copy.count(b"fldChar ") == 3
    assert b"<w:instrText> PAGE </w:instrText>" in copy


def test_a_hidden_row_of_a_table_is_removed_and_told():
    row = "<w:tr><w:trPr>{}</w:trPr><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    rows = row.format("<w:hidden/>", "Second books") + row.format("", "Books")
    document = f"<w:document {samples._W}><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>"

    answer = answer_for(samples.docx(document), "x", LIMITS)

    assert (FindingKind.HIDDEN, "tc: Second books") in {(f.kind, f.detail) for f in answer.findings}
    copy = samples.unzipped(answer.cleaned)["word/document.xml"]
    assert (b"Second" in copy, b"Books" in copy) == (False, True)


_BLACK = '<w:color w:val="000000"/>'
_WHITE = '<w:color w:val="FFFFFF"/>'
_PALE = '<w:color w:val="FFFFFF" w:themeColor="background1"/>'
_GREY = '<w:color w:val="7F7F7F" w:themeColor="background1" w:themeShade="7F"/>'
_DARK = '<w:shd w:val="clear" w:fill="000000"/>'


def told_of(run, styles=""):
    """What is told of a document with this run of text, and these styles."""
    parts = samples.unzipped(word.docx().data)
    parts["word/document.xml"] = office.xml("w:document", f"<w:body><w:p>{run}</w:p></w:body>")
    parts["word/styles.xml"] = office.xml("w:styles", styles)
    answer = answer_for(samples.zipped(parts), "x", LIMITS)
    return {(f.kind, f.detail, f.stays) for f in answer.findings}


def run(properties):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>Second books</w:t></w:r>"


@pytest.mark.parametrize(
    "properties",
    [
        *(_WHITE, _PALE, _BLACK + _DARK, _WHITE + '<w:shd w:val="clear" w:fill="auto"/>'),
        *('<w:highlight w:val="black"/>', _BLACK + '<w:highlight w:val="black"/>'),
        *('<w:sz w:val="2"/>', '<w:rStyle w:val="Pale"/>', '<w:rStyle w:val="Small"/>'),
        *('<w:color w:val="FDFEF0"/>', '<w:rtl/><w:szCs w:val="2"/>'),
        _BLACK + '<w:shd w:val="solid" w:color="000000" w:fill="FFFFFF"/>',
    ],
)
def test_text_that_nobody_can_read_is_told_and_stays(properties):
    styles = "".join(
        f'<w:style w:type="character" w:styleId="{name}"><w:rPr>{say}</w:rPr></w:style>'
        for name, say in (("Pale", _PALE), ("Small", '<w:sz w:val="1"/>'))
    )

    found = told_of(run(properties), styles)

    assert (FindingKind.HIDDEN, "Second books", True) in found


@pytest.mark.parametrize(
    "properties",
    [
        *("", _BLACK, _GREY, _WHITE + _DARK, _PALE + '<w:highlight w:val="black"/>'),
        *('<w:highlight w:val="yellow"/>', _DARK, '<w:sz w:val="12"/>', '<w:szCs w:val="2"/>'),
        *('<w:color w:val="D9D9D9"/>', _BLACK + '<w:shd w:val="pct10" w:color="000000"/>'),
    ],
)
def test_text_that_can_be_read_is_not_told(properties):
    assert not any("Second books" in detail for _, detail, _ in told_of(run(properties)))


def box(width, height):
    """A text box of this size."""
    text = f"<w:txbxContent><w:p>{run('')}</w:p></w:txbxContent>"
    data = f"<wps:wsp><wps:txbx>{text}</wps:txbx><wps:bodyPr/></wps:wsp>"
    graphic = f'<a:graphicData uri="{office.NAMESPACES["wps"]}">{data}</a:graphicData>'
    inline = f'<wp:extent cx="{width}" cy="{height}"/><a:graphic>{graphic}</a:graphic>'
    return f"<w:r><w:drawing><wp:inline>{inline}</wp:inline></w:drawing></w:r>"


def old_box(size):
    text = f"<w:txbxContent><w:p>{run('')}</w:p></w:txbxContent>"
    shape = f'<v:shape style="position:absolute;{size}"><v:textbox>{text}</v:textbox></v:shape>'
    return f"<w:r><w:pict>{shape}</w:pict></w:r>"


def paragraph(properties):
    return f"</w:p><w:p><w:pPr>{properties}</w:pPr>{run('')}"


def row(properties):
    cells = f"<w:tc><w:p>{run('')}</w:p></w:tc>"
    return f"</w:p><w:tbl><w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr></w:tbl><w:p>"


def column(cell="", grid=(9000, 9000), table=""):
    """The text in the second of two columns."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    cells = f"<w:tc><w:p/></w:tc><w:tc><w:tcPr>{cell}</w:tcPr><w:p>{run('')}</w:p></w:tc>"
    properties = f"<w:tblPr>{table}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
    return f"</w:p><w:tbl>{properties}<w:tr>{cells}</w:tr></w:tbl><w:p>"


FIXED = '<w:tblLayout w:type="fixed"/>'


@pytest.mark.parametrize(
    "narrow",
    [
        paragraph('<w:spacing w:line="1" w:lineRule="exact"/>'),
        paragraph('<w:framePr w:w="2000" w:h="1" w:hRule="exact"/>'),
        row('<w:trHeight w:val="1" w:hRule="exact"/>'),
        column('<w:tcW w:w="1" w:type="dxa"/>'),
        column('<w:tcW w:w="1" w:type="pct"/>'),
        column(grid=(9000, 20)),
        column('<w:gridSpan w:val="2"/>', grid=(9000, 1, 1)),
        column('<w:tcW w:w="0" w:type="dxa"/>', table=FIXED),
        column(table='<w:tblW w:w="1" w:type="dxa"/>'),
        *(box(1, 914400), box(914400, 0), old_box("width:0;height:9pt"), old_box("height:1.5pt")),
    ],
)
def test_text_without_room_is_told_and_stays(narrow):
    assert (FindingKind.HIDDEN, "Second books", True) in told_of(narrow)


@pytest.mark.parametrize(
    "wide",
    [
        paragraph('<w:spacing w:line="1"/>') + paragraph('<w:framePr w:w="2000" w:h="1"/>'),
        paragraph('<w:spacing w:line="240" w:lineRule="exact"/>') + row('<w:trHeight w:val="1"/>'),
        box(914400, 457200) + old_box("width:90pt;height:12.5pt"),
        column('<w:tcW w:w="0" w:type="auto"/>', grid=(1, 9000)),
        column('<w:tcW w:w="2500" w:type="pct"/>', grid=(0, 0)),
        column('<w:gridSpan w:val="2"/>', grid=(9000, 1, 9000), table=FIXED),
        column(grid=(), table='<w:tblW w:w="0" w:type="auto"/>' + FIXED),
    ],
)
def test_text_with_room_is_not_told(wide):
    assert not any("Second books" in detail for _, detail, _ in told_of(wide))


def headed(*sections, settings=""):
    """A document with these sections: the references to headers and other properties of each."""
    parts = samples.unzipped(word.docx().data)
    breaks = "".join(
        f"<w:p><w:pPr><w:sectPr>{section}</w:sectPr></w:pPr></w:p>" for section in sections[:-1]
    )
    body = f"<w:body>{breaks}<w:p/><w:sectPr>{sections[-1]}</w:sectPr></w:body>"
    parts["word/document.xml"] = office.xml("w:document", body)
    parts["word/settings.xml"] = office.xml("w:settings", settings)
    return samples.zipped(parts)


_FIRST = '<w:headerReference w:type="first" r:id="rIdFirst"/>'
_EVEN = '<w:footerReference w:type="even" r:id="rIdEven"/>'


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (headed(_FIRST + _EVEN), 0),
        (headed(_FIRST + "<w:titlePg/>"), 1),
        (headed(_FIRST + '<w:titlePg w:val="0"/>'), 0),
        (headed(_FIRST, "<w:titlePg/>"), 1),  # inherited
        (headed(_FIRST, _FIRST + "<w:titlePg/>"), 1),
        (headed(_FIRST + "<w:titlePg/>", _EVEN), 1),
        (headed(_EVEN, settings="<w:evenAndOddHeaders/>"), 1),
    ],
)
def test_headers_that_no_page_shows_are_left_out(data, count):
    document = copy_of(data)["word/document.xml"]

    assert document.count(b"Reference") == count


def test_styles_based_on_each_other_in_a_circle_are_read_once():
    circle = "".join(
        f'<w:style w:type="character" w:styleId="{id_}"><w:basedOn w:val="{base}"/></w:style>'
        for id_, base in (("a", "b"), ("b", "a"))
    )

    found = told_of(run('<w:rStyle w:val="a"/>'), circle)

    assert not any("Second books" in detail for _, detail, _ in found)


def test_an_alternative_that_only_old_programs_show_is_told_if_it_says_more():
    xmlns = "http://schemas.openxmlformats.org/markup-compatibility/2006"

    def alternatives(new, old):
        return (
            f'<w:r xmlns:mc="{xmlns}"><mc:AlternateContent><mc:Choice Requires="w14"><w:t>{new}'
            f"</w:t></mc:Choice><mc:Fallback><w:t>{old}</w:t></mc:Fallback></mc:AlternateContent>"
            "</w:r>"
        )

    assert (FindingKind.HIDDEN, "Second books", True) in told_of(alternatives("x", "Second books"))
    found = told_of(alternatives("Second books", "Second books"))
    assert not any("Second books" in detail for _, detail, _ in found)


def test_usual_typefaces_and_styles_of_several_words_keep_their_names():
    fonts = '<w:r><w:rPr><w:rFonts w:ascii="Book Antiqua"/></w:rPr><w:t>x</w:t></w:r>'
    style = '<w:style w:type="table" w:styleId="a"><w:name w:val="Table Grid Light"/></w:style>'
    parts = samples.unzipped(word.docx().data)
    parts["word/document.xml"] = office.xml("w:document", f"<w:body><w:p>{fonts}</w:p></w:body>")
    parts["word/styles.xml"] = office.xml("w:styles", style)

    copy = copy_of(samples.zipped(parts))

    assert b'w:ascii="Book Antiqua"' in copy["word/document.xml"]
    assert b'w:val="Table Grid Light"' in copy["word/styles1.xml"]


def test_layouts_have_ids_of_their_own_whatever_the_parts_are_called():
    def renamed(text):
        return re.sub("slideMasters/(_rels/)?slideMaster1", r"masters/\1one", text)

    data = samples.zipped(
        {
            renamed(name): renamed(part.decode("latin-1")).encode("latin-1")
            for name, part in samples.unzipped(powerpoint.pptx().data).items()
        }
    )

    parts = copy_of(data)

    def ids(part, kind):
        return re.findall(rf'<p:{kind} [^>]*?\bid="(\d+)"', parts[part].decode())

    assert ids("ppt/presentation.xml", "sldMasterId") == ["2147483648"]
    assert ids("ppt/slideMaster1.xml", "sldLayoutId") == ["2147483649"]


def test_what_a_document_inside_reveals_goes_with_it():
    inner = samples.unzipped(samples.docx())
    text = inner["word/document.xml"].replace(b"010-1234-5678", b"010-8765-4321")
    parts = samples.unzipped(samples.docx()) | {
        "word/embeddings/inner.docx": samples.zipped({**inner, "word/document.xml": text})
    }

    found = answer_for(samples.zipped(parts), "x", LIMITS).findings

    assert {f.detail: f.stays for f in found if f.kind == FindingKind.PHONE} == {
        "010-1234-5678": True,
        "010-8765-4321": False,
    }


def test_a_presentation_with_a_workbook_inside_is_a_presentation():
    parts = samples.unzipped(samples.pptx())
    book = (
        b'<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument'
        b'.spreadsheetml.sheet"/></Types>'
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", book)

    assert answer_for(samples.zipped(parts), "x.pptx", LIMITS).format.name == "pptx"

# ruff: noqa: E501 - documents are written as their programs write them
"""A document that is built anew says what it said, and looks as it looked."""

import re
from io import BytesIO

import pytest
from PIL import Image

from board.tips.files import FindingKind, Reason, WorkerLimits
from board.tips.files.worker import answer_for
from tips.files import samples
from tips.files.corpus import hwpx, opendocument
from tips.files.corpus.markers import Sample

LIMITS = WorkerLimits()


def two_colours():
    """A picture of 96 by 96 pixels: the left half is red, the right half blue."""
    picture = Image.new("RGB", (96, 96), (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, 48, 96))
    return samples.saved(picture, "PNG")


def packed(kind, content, **parts):
    part = opendocument._part("document-content", content)
    return opendocument.packed(Sample("x"), kind, {"content.xml": part, **parts})


def cleaned(data):
    answer = answer_for(data, "x", LIMITS)
    assert answer.why_not is None
    return samples.unzipped(answer.cleaned)


def text_document(body, automatic=""):
    styles = f"<office:automatic-styles>{automatic}</office:automatic-styles>"
    return packed(
        "text",
        f"{styles}<office:body><office:text>{body}</office:text></office:body>",
        **{"Pictures/x.png": two_colours()},
    )


def colours(parts):
    (picture,) = (data for name, data in parts.items() if name.startswith(("Pict", "BinData")))
    image = Image.open(BytesIO(picture)).convert("RGB")
    return {colour for _, colour in image.getcolors()}


def test_the_cropped_part_of_a_picture_is_not_in_the_copy():
    frame = (
        '<text:p><draw:frame draw:style-name="fr1"><draw:image xlink:href="Pictures/x.png"/>'
        "</draw:frame></text:p>"
    )
    style = (
        '<style:style style:name="fr1" style:family="graphic">'
        '<style:graphic-properties fo:clip="rect(0in, 0in, 0in, 0.5in)"/></style:style>'
    )

    assert colours(cleaned(text_document(frame))) == {(255, 0, 0), (0, 0, 255)}
    assert colours(cleaned(text_document(frame, style))) == {(0, 0, 255)}


@pytest.mark.parametrize(("right", "expected"), [(3600, {(255, 0, 0)}), (7200, None)])
def test_a_picture_of_hangul_is_cropped_to_what_its_frame_shows(right, expected):
    picture = (
        f'<hp:run><hp:pic id="1"><hp:imgClip left="0" right="{right}" top="0" bottom="7200"/>'
        '<hp:imgDim dimwidth="7200" dimheight="7200"/><hc:img binaryItemIDRef="image1"/></hp:pic>'
        "</hp:run>"
    )
    item = '<opf:item id="image1" href="BinData/x.png" media-type="image/png" isEmbeded="1"/>'
    data = samples.zipped({
        "mimetype": b"application/hwp+zip",
        "Contents/content.hpf": hwpx._list(Sample("x"), item),
        "Contents/section0.xml": hwpx._part("hs:sec", f"<hp:p>{picture}</hp:p>"),
        "BinData/x.png": two_colours(),
    })  # fmt: skip

    parts = cleaned(data)

    assert colours(parts) == (expected or {(255, 0, 0), (0, 0, 255)})
    shown = re.search(
        rb'imgClip left="0" right="(\d+)".*dimwidth="(\d+)"', parts["Contents/section0.xml"]
    )
    assert shown.groups() == (b"%d" % right, b"%d" % right)


def test_styles_keep_their_effect_under_new_names():
    style = (
        '<style:style style:name="Kim" style:family="paragraph">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    )

    content = cleaned(text_document('<text:p text:style-name="Kim">x</text:p>', style))[
        "content.xml"
    ]

    (name,) = re.findall(rb'<text:p text:style-name="(\w+)"', content)
    assert name != b"Kim"
    assert b'<style:style style:name="%b" style:family="paragraph"><style:text-properties fo:font-weight="bold"' % name in content  # fmt: skip


def test_cells_stay_in_their_columns_when_hidden_ones_are_emptied():
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    repeated = cell.replace("-cell ", '-cell table:number-columns-repeated="3" ', 1)
    table = (
        '<table:table table:name="S"><table:table-column/><table:table-column '
        'table:visibility="collapse"/><table:table-column/><table:table-row>'
        f"{repeated.format('same')}{cell.format('after')}</table:table-row></table:table>"
    )
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"

    content = cleaned(packed("spreadsheet", body))["content.xml"]

    cells = re.findall(rb"<table:table-cell[^>]*?(?:/>|>(?:<text:p>(\w+)</text:p>)?</)", content)
    assert cells == [b"same", b"", b"same", b"after"]


def test_formulas_become_their_values():
    cell = (
        '<table:table-cell office:value-type="float" office:value="3" '
        'table:formula="of:=[.A1]+2"><text:p>3</text:p></table:table-cell>'
    )
    table = f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    data = packed("spreadsheet", body)

    assert b'office:value="3"><text:p>3</text:p>' in cleaned(data)["content.xml"]
    assert b"formula" not in cleaned(data)["content.xml"]
    told = {(f.kind, f.detail) for f in answer_for(data, "x", LIMITS).findings}
    assert (FindingKind.HIDDEN, "of:=[.A1]+2") in told


def test_a_copy_lists_the_parts_it_has():
    parts = cleaned(opendocument.odt().data)

    listed = set(re.findall(rb'full-path="([^"]+)"', parts["META-INF/manifest.xml"]))
    names = {name.encode() for name in parts} - {b"mimetype", b"META-INF/manifest.xml"}
    assert listed == names | {b"/", b"Object 1/"}


def test_a_copy_of_hangul_lists_the_parts_it_has():
    parts = cleaned(hwpx.hwpx().data)

    listed = set(re.findall(rb'href="([^"]+)"', parts["Contents/content.hpf"]))
    names = {name.encode() for name in parts if name.startswith(("Contents/", "BinData/"))}
    assert listed == names - {b"Contents/content.hpf"}


LOOKS = """<hh:charPr id="1" textColor="#FEFEFE" shadeColor="none"/>
<hh:charPr id="2" textColor="#000000" shadeColor="#0A0A0A"/>
<hh:charPr id="3" height="150" textColor="#000000"/>
<hh:charPr id="4" height="1000"><hh:relSz hangul="10" latin="10"/></hh:charPr>
<hh:charPr id="5" height="1000"><hh:ratio hangul="1" latin="1"/></hh:charPr>
<hh:charPr id="6" height="1000" textColor="#FFFFFF" shadeColor="#000000"><hh:relSz hangul="90" latin="90"/></hh:charPr>
<hh:charPr id="7" height="1000" textColor="#FFFF00" shadeColor="#FFFFFF"/>"""


def runs(text, look=0):
    return f'<hp:run charPrIDRef="{look}"><hp:t>{text}</hp:t></hp:run>'


def table(*cells):
    return f"<hp:run><hp:tbl><hp:tr>{''.join(cells)}</hp:tr></hp:tbl></hp:run>"


def cell(text, column, width=9000, span=1):
    return (
        f"<hp:tc><hp:subList><hp:p>{runs(text)}</hp:p></hp:subList>"
        f'<hp:cellAddr colAddr="{column}" rowAddr="0"/><hp:cellSpan colSpan="{span}" rowSpan="1"/>'
        f'<hp:cellSz width="{width}" height="0"/></hp:tc>'
    )


def box(text, width, height):
    inside = f"<hp:subList><hp:p>{runs(text)}</hp:p></hp:subList>"
    size = f'<hp:sz width="{width}" height="{height}"/>'
    return f"<hp:run><hp:rect>{size}<hp:drawText>{inside}</hp:drawText></hp:rect></hp:run>"


def edit(text, **attributes):
    values = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"<hp:run><hp:edit {values}><hp:text>{text}</hp:text></hp:edit></hp:run>"


def hangul(body):
    head = hwpx._part(
        "hh:head", f"<hh:refList><hh:charProperties>{LOOKS}</hh:charProperties></hh:refList>"
    )
    more = {"Contents/header.xml": head}
    return hwpx._with(body, more=lambda _sample: more).data


PEN = '<hp:markpenBegin color="{}"/>{}<hp:markpenEnd/>'
SWITCH = "<hp:switch><hp:case><hp:t>x</hp:t></hp:case><hp:default><hp:t>{}</hp:t></hp:default></hp:switch>"
UNSEEN = {
    "nearly white": runs("김모래", 1),
    "dark on dark": runs("김모래", 2),
    "tiny": runs("김모래", 3),
    "made tiny": runs("김모래", 4),
    "narrow": runs("김모래", 5),
    "under a pen": runs(f"x{PEN.format('#000000', '김모래')}y"),
    "under another cell": table(cell("x", 0, span=2), cell("김모래", 1)),
    "in a thin cell": table(cell("김모래", 0, width=0)),
    "in a thin box": box("김모래", 0, 9000),
    "in a flat box": box("김모래", 9000, 10),
    "for old programs": f"<hp:run>{SWITCH.format('김모래')}</hp:run>",
}
SEEN = {
    "white on black": runs("김모래", 6),
    "yellow on white": runs("김모래", 7),
    "of no known shape": runs("김모래", 99),
    "under a yellow pen": runs(PEN.format("#FFFF00", "김모래")),
    "in a table": table(cell("x", 0), cell("김모래", 1)),
    "in a box": box("김모래", 9000, 9000),
    "in a field": edit("김모래"),
}


@pytest.mark.parametrize("body", UNSEEN.values(), ids=UNSEEN)
def test_text_of_hangul_that_nobody_sees_is_told_and_stays(body):
    answer = answer_for(hangul(body), "x.hwpx", LIMITS)

    told = [finding for finding in answer.findings if finding.kind is FindingKind.HIDDEN]
    assert [(finding.detail, finding.stays) for finding in told] == [("김모래", True)]
    assert answer.why_not is None


@pytest.mark.parametrize("body", SEEN.values(), ids=SEEN)
def test_text_of_hangul_that_everybody_sees_is_not_told(body):
    answer = answer_for(hangul(body), "x.hwpx", LIMITS)

    assert [each for each in answer.findings if each.kind is FindingKind.HIDDEN] == []
    assert "김모래".encode() in samples.unzipped(answer.cleaned)["Contents/section0.xml"]


MASKED = {
    "as Hangul writes it": edit("김모래", passwordChar="*"),
    "two texts": edit("김모래</hp:text><hp:text>김모래", passwordChar="●"),
    "in another case": edit("김모래", PasswordChar="*"),
    "with a prefix": edit("김모래").replace("<hp:edit", '<hp:edit hp:passwordChar="*"'),
    "a text within": edit("x</hp:text><hp:caption><hp:text>김모래</hp:text></hp:caption><hp:text>", passwordChar="0"),
    "a run within": edit("x</hp:text><hp:t>김모래</hp:t><hp:text>", passwordChar=" "),
    "a list": '<hp:run><hp:comboBox passwordChar="*" selectedValue="김모래"/></hp:run>',
}  # fmt: skip


@pytest.mark.parametrize("body", MASKED.values(), ids=MASKED)
def test_what_a_masked_field_of_hangul_holds_is_told_and_left_out(body):
    answer = answer_for(hangul(body), "x.hwpx", LIMITS)

    assert "김모래" in [finding.detail for finding in answer.findings]
    assert "김모래".encode() not in b"".join(samples.unzipped(answer.cleaned).values())


@pytest.mark.parametrize(
    ("spine", "expected"),
    [
        ('<opf:itemref idref="section0"/>', Reason.FORMAT),
        ('<opf:itemref idref="section0"/><opf:itemref idref="more" linear="no"/>', Reason.FORMAT),
        ('<opf:itemref idref="section0"/><opf:itemref idref="more"/>', None),
        ("", None),
    ],
)
def test_a_section_of_hangul_outside_of_the_reading_order_may_be_hidden(spine, expected):
    items = '<opf:item id="section0" href="Contents/section0.xml"/><opf:item id="more" href="Contents/section1.xml"/>'
    listed = f'<opf:package xmlns:opf="x"><opf:manifest>{items}</opf:manifest><opf:spine>{spine}</opf:spine></opf:package>'
    section = hwpx._part("hs:sec", f"<hp:p>{runs('x')}</hp:p>")
    names = ("Contents/section0.xml", "Contents/section1.xml")
    data = samples.zipped({
        "mimetype": b"application/hwp+zip", "Contents/content.hpf": listed.encode(), **dict.fromkeys(names, section),
    })  # fmt: skip

    assert answer_for(data, "x.hwpx", LIMITS).why_not == expected

"""A document that is built anew says what it said, and looks as it looked."""

import re
from io import BytesIO

import pytest
from PIL import Image

from board.tips.files import FindingKind, WorkerLimits
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
    assert b'<style:style style:name="%b" style:family="paragraph"><style:text-properties fo:font-weight="bold"' % name in content  # fmt: skip  # noqa: E501


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

# ruff: noqa: E501 - documents are written as their programs write them
"""PPTX."""

from tips.files import samples
from tips.files.corpus import office
from tips.files.corpus.markers import Sample
from tips.files.corpus.office import rels, xml

_TREE = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'


def pptx() -> Sample:
    sample = Sample("x.pptx")
    parts = {
        "ppt/presentation.xml": _presentation(sample),
        "ppt/_rels/presentation.xml.rels": rels(*_links()),
        "ppt/slides/slide1.xml": _slide(sample),
        "ppt/slides/_rels/slide1.xml.rels": rels(
            ("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml"), ("rId2", "image", "../media/image1.jpeg"), ("rId3", "chart", "../charts/chart1.xml"),
            ("rId4", "notesSlide", "../notesSlides/notesSlide1.xml"), ("rId5", "comments", "../comments/modernComment1.xml"), ("rId6", "tags", "../tags/tag1.xml"),
            ("rId7", "hyperlink", f"https://intra.example/{sample.hide('target of a link')}"), ("rId8", "oleObject", "../embeddings/oleObject1.bin"),
            ("rId9", "video", f"file:///C:/Users/{sample.hide('linked film')}.mp4"), ("rId10", "audio", "../media/media1.bin"), ("rId11", "customXml", "../ink/ink1.xml"),
        ),
        **_hidden(sample),
        **_masters(sample),
        **_people(sample),
        **{f"ppt/{name}": part for name, part in office.chart(sample).items()},
        "ppt/media/image1.jpeg": office.photo(sample, "a picture"),
        "ppt/media/media1.bin": b"\0\1" + sample.hide("sound").encode(),
        "ppt/embeddings/oleObject1.bin": b"\0\1" + sample.hide("embedded object").encode("utf-16-le"),
        "ppt/ink/ink1.xml": f"<ink><trace>{sample.hide('ink')}</trace></ink>".encode(),
        "ppt/theme/theme1.xml": office.theme(sample),
    }  # fmt: skip
    sample.data = office.document(sample, "ppt/presentation.xml", parts)
    return sample


def _links():
    return (
        ("rId1", "slideMaster", "slideMasters/slideMaster1.xml"), ("rId2", "slide", "slides/slide1.xml"), ("rId3", "slide", "slides/slide2.xml"),
        ("rId4", "notesMaster", "notesMasters/notesMaster1.xml"), ("rId5", "handoutMaster", "handoutMasters/handoutMaster1.xml"), ("rId6", "commentAuthors", "commentAuthors.xml"),
        ("rId7", "theme", "theme/theme1.xml"), ("rId8", "presProps", "presProps.xml"), ("rId9", "viewProps", "viewProps.xml"), ("rId10", "tags", "tags/tag2.xml"),
        ("rId11", "tableStyles", "tableStyles.xml"), ("rId12", "font", "fonts/font1.fntdata"), ("rId13", "authors", "authors.xml"),
    )  # fmt: skip


def _presentation(sample):
    hide = sample.hide
    return xml(
        "p:presentation",
        f"""<p:sldMasterIdLst><p:sldMasterId id="2147483999" r:id="rId1"/></p:sldMasterIdLst><p:notesMasterIdLst><p:notesMasterId r:id="rId4"/></p:notesMasterIdLst><p:handoutMasterIdLst><p:handoutMasterId r:id="rId5"/></p:handoutMasterIdLst>
 <p:sldIdLst><p:sldId id="777" r:id="rId2"/><p:sldId id="300" r:id="rId3"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>
 <p:embeddedFontLst><p:embeddedFont><p:font typeface="{hide("embedded font name")}"/><p:regular r:id="rId12"/></p:embeddedFont></p:embeddedFontLst><p:custShowLst><p:custShow name="{hide("custom show")}" id="0"><p:sldLst/></p:custShow></p:custShowLst>
 <p:custDataLst><p:tags r:id="rId10"/></p:custDataLst><p:modifyVerifier hashValue="{hide("password of a presentation", told=False)}"/>
 <p:extLst><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst><p14:section name="{hide("section")}" id="{{x}}"/></p14:sectionLst></p:ext></p:extLst>""",
        'removePersonalInfoOnSave="0"',
    )


def _slide(sample):
    hide, show = sample.hide, sample.show

    def shape(name, text, place=(0, 0), more=""):
        return f"""<p:sp><p:nvSpPr><p:cNvPr id="4" name="{hide(f"name of {name}")}" descr="{hide(f"description of {name}")}" {more}/><p:cNvSpPr/><p:nvPr userDrawn="1"><p:custDataLst><p:tags r:id="rId6"/></p:custDataLst></p:nvPr></p:nvSpPr>
 <p:spPr><a:xfrm><a:off x="{place[0]}" y="{place[1]}"/><a:ext cx="2000000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p>{text}</a:p></p:txBody></p:sp>"""

    text = f"""<a:r><a:rPr lang="ko-KR" dirty="0"><a:latin typeface="{hide("font of a slide")}"/><a:hlinkClick r:id="rId7" tooltip="{hide("tooltip of a link")}" action="{hide("action of a link")}"/></a:rPr><a:t>{show("text")}</a:t></a:r>
 <a:fld id="{{B0A1C2D3-0000-4000-8000-{"0" * 12}}}" type="{hide("type of a field")}"><a:rPr/><a:t>{show("text of a field")}</a:t></a:fld>"""
    picture = (
        office.picture_shape(sample, "a picture", "rId2")
        .replace("pic:", "p:")
        .replace(
            "</p:nvPicPr>",
            f'<p:nvPr><a:videoFile r:link="rId9" contentType="{hide("type of a film")}"/></p:nvPr></p:nvPicPr>',
        )
    )
    chart = f'<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="{hide("name of a chart")}"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="3000000"/><a:ext cx="4000000" cy="3000000"/></p:xfrm><a:graphic><a:graphicData uri="{office.NAMESPACES["c"]}"><c:chart r:id="rId3"/></a:graphicData></a:graphic></p:graphicFrame>'
    ole = f"""<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="10" name="{hide("name of an object")}"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="1" cy="1"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/presentationml/2006/ole">
 <p:oleObj name="{hide("title of an object")}" progId="{hide("program of an object")}" r:id="rId8"><p:embed/>{office.picture_shape(sample, "the picture of an object", "rId2").replace("pic:", "p:").replace("</p:nvPicPr>", "<p:nvPr/></p:nvPicPr>")}</p:oleObj></a:graphicData></a:graphic></p:graphicFrame>"""
    table = f"""<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="11" name="x"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="1000000" cy="500000"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table">
 <a:tbl><a:tblPr firstRow="1"><a:tableStyleId>{{12345678-0000-4000-8000-00000000ABCD}}</a:tableStyleId></a:tblPr><a:tblGrid><a:gridCol w="1000000"/><a:gridCol w="1000000"/></a:tblGrid><a:tr h="500000"><a:tc gridSpan="2"><a:txBody><a:bodyPr/><a:p><a:r><a:t>{show("cell of a table")}</a:t></a:r></a:p></a:txBody><a:tcPr/></a:tc><a:tc hMerge="1"><a:txBody><a:bodyPr/><a:p><a:r><a:t>{hide("cell merged into another")}</a:t></a:r></a:p></a:txBody><a:tcPr/></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>"""
    shapes = (
        shape("a shape", text),
        shape("a shape beside the slide", f"<a:r><a:t>{show('text beside the slide')}</a:t></a:r>", (20000000, 0)),
        shape("a hidden shape", f"<a:r><a:t>{hide('text of a hidden shape')}</a:t></a:r>", more='hidden="1"'),
        picture, chart, ole, table,
    )  # fmt: skip
    return xml(
        "p:sld",
        f"""<p:cSld name="{hide("name of a slide")}"><p:spTree>{_TREE}{"".join(shapes)}</p:spTree><p:custDataLst><p:tags r:id="rId6"/></p:custDataLst></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>
 <p:transition><p:sndAc><p:stSnd><p:snd r:embed="rId10" name="{hide("sound of a transition")}"/></p:stSnd></p:sndAc></p:transition><p:timing><p:tnLst><p:par><p:cTn id="1"><p:childTnLst><p:cmd cmd="{hide("command of an animation")}"/></p:childTnLst></p:cTn></p:par></p:tnLst></p:timing>""",
    )


def _hidden(sample):
    hide = sample.hide
    return {
        "ppt/slides/slide2.xml": xml(
            "p:sld",
            f"<p:cSld><p:spTree>{_TREE}<p:sp><p:txBody><a:p><a:r><a:t>{hide('hidden slide')}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld>",
            'show="0"',
        ),
        "ppt/notesSlides/notesSlide1.xml": xml("p:notes", f"<a:t>{hide('notes')}</a:t>"),
        "ppt/notesMasters/notesMaster1.xml": xml(
            "p:notesMaster", f"<a:t>{hide('master of notes')}</a:t>"
        ),
        "ppt/handoutMasters/handoutMaster1.xml": xml(
            "p:handoutMaster", f"<a:t>{hide('master of handouts')}</a:t>"
        ),
        "ppt/tags/tag1.xml": xml(
            "p:tagLst", f'<p:tag name="{hide("name of a tag")}" val="{hide("tag")}"/>'
        ),
        "ppt/tags/tag2.xml": xml(
            "p:tagLst", f'<p:tag name="x" val="{hide("tag of the presentation")}"/>'
        ),
        "ppt/presProps.xml": xml(
            "p:presentationPr",
            f'<p:htmlPubPr title="{hide("title of a published presentation")}" r:id="rId1"/>',
        ),
        "ppt/viewProps.xml": xml(
            "p:viewPr", f'<p:outlineViewPr name="{hide("properties of a view")}"/>'
        ),
        "ppt/fonts/font1.fntdata": b"\0\1" + hide("embedded font").encode("utf-16-le"),
        "ppt/changesInfos/changesInfo1.xml": f"<chgInfo><chgData name='{hide('who changed a slide')}' userId='{hide('account of who changed a slide')}'/></chgInfo>".encode(),
        "ppt/revisionInfo.xml": f"<revInfo><client id='{hide('id of a program', told=False)}'/></revInfo>".encode(),
    }


def _masters(sample):
    hide, show = sample.hide, sample.show

    def placeholder(text):
        return f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>'

    colours = '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
    logo = f'<p:sp><p:nvSpPr><p:cNvPr id="3" name="y"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>{show("text of the master")}</a:t></a:r></a:p></p:txBody></p:sp>'
    return {
        "ppt/slideMasters/slideMaster1.xml": xml(
            "p:sldMaster",
            f'<p:cSld name="{hide("name of the master")}"><p:spTree>{_TREE}{placeholder(hide("prompt of the master"))}{logo}</p:spTree></p:cSld>{colours}<p:sldLayoutIdLst><p:sldLayoutId id="2147483700" r:id="rId1"/><p:sldLayoutId id="2147483701" r:id="rId2"/></p:sldLayoutIdLst>',
        ),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": rels(
            ("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml"),
            ("rId2", "slideLayout", "../slideLayouts/slideLayout2.xml"),
            ("rId3", "theme", "../theme/theme1.xml"),
        ),
        "ppt/slideLayouts/slideLayout1.xml": xml(
            "p:sldLayout",
            f'<p:cSld name="{hide("name of a layout")}"><p:spTree>{_TREE}{placeholder(hide("prompt of a layout"))}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>',
            f'matchingName="{hide("matching name of a layout")}" userDrawn="1" type="title"',
        ),
        "ppt/slideLayouts/_rels/slideLayout1.xml.rels": rels(
            ("rId1", "slideMaster", "../slideMasters/slideMaster1.xml")
        ),
        "ppt/slideLayouts/slideLayout2.xml": xml(
            "p:sldLayout",
            f"<p:cSld><p:spTree>{_TREE}<p:sp><p:txBody><a:p><a:r><a:t>{hide('text of a layout that no slide uses')}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld>",
        ),
        "ppt/slideLayouts/_rels/slideLayout2.xml.rels": rels(
            ("rId1", "slideMaster", "../slideMasters/slideMaster1.xml")
        ),
        "ppt/tableStyles.xml": xml(
            "a:tblStyleLst",
            f'<a:tblStyle styleId="{{12345678-0000-4000-8000-00000000ABCD}}" styleName="{hide("name of a table style")}"><a:wholeTbl><a:tcStyle/></a:wholeTbl></a:tblStyle>',
            'def="{12345678-0000-4000-8000-00000000ABCD}"',
        ),
    }


def _people(sample):
    hide = sample.hide
    return {
        "ppt/commentAuthors.xml": xml(
            "p:cmAuthorLst",
            f'<p:cmAuthor id="0" name="{hide("author of comments")}" initials="{hide("initials of an author")}"/>',
        ),
        "ppt/authors.xml": f"<authorLst><author id='{{x}}' name='{hide('author of modern comments')}' userId='S::{hide('account of an author')}@x.example' providerId='AD'/></authorLst>".encode(),
        "ppt/comments/comment1.xml": xml(
            "p:cmLst",
            f'<p:cm authorId="0" dt="2026-03-01"><p:text>{hide("comment")}</p:text></p:cm>',
        ),
        "ppt/comments/modernComment1.xml": f"<cmLst><cm id='{{x}}' authorId='{{x}}'><txBody><t>{hide('modern comment')}</t></txBody></cm></cmLst>".encode(),
        "ppt/embeddings/sheet2.xlsx": samples.zipped(
            {"x.xml": hide("second embedded workbook", told=False).encode()}
        ),
    }


SAMPLES = {"pptx": pptx}

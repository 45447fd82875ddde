# ruff: noqa: E501 - documents are written as their programs write them
"""DOCX."""

from board.tips.files import Reason
from tips.files import samples
from tips.files.corpus import office
from tips.files.corpus.markers import Sample
from tips.files.corpus.office import rels, xml


def docx() -> Sample:
    sample = Sample("x.docx")
    parts = {
        "word/document.xml": xml(
            "w:document",
            f"<!-- {sample.hide('comment of XML')} --><?{sample.hide('processing instruction')} x?><w:body>{_text(sample)}{_controls(sample)}{_fields(sample)}{_changes(sample)}{_hidden(sample)}{_drawings(sample)}{_section(sample)}</w:body>",
        ),
        "word/_rels/document.xml.rels": rels(*_links(sample)),
        "word/media/image1.jpeg": office.photo(sample, "a picture"),
        "word/theme/theme1.xml": office.theme(sample),
        "word/header1.xml": xml(
            "w:hdr",
            f'<w:p><w:r><w:t>{sample.show("header")}</w:t></w:r><w:fldSimple w:instr=" FILENAME \\p {sample.hide("field of a header")} "><w:r><w:t>{sample.show("result of a field of a header")}</w:t></w:r></w:fldSimple></w:p>',
        ),
        **{
            f"word/{name}.xml": xml(
                "w:hdr",
                f"<w:p><w:r><w:t>{sample.hide(f'{name} that no page shows')}</w:t></w:r></w:p>",
            )
            for name in ("first", "even")
        },
        "word/footnotes.xml": xml(
            "w:footnotes",
            f'<w:footnote w:id="2"><w:p><w:r><w:t>{sample.show("footnote")}</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>{sample.hide("hidden text of a footnote")}</w:t></w:r></w:p></w:footnote><w:footnote w:id="3"><w:p><w:r><w:t>{sample.hide("footnote without its mark")}</w:t></w:r></w:p></w:footnote>',
        ),
        **_definitions(sample),
        **_people(sample),
        **_settings(sample),
        **_binaries(sample),
        **{f"word/{name}": part for name, part in office.chart(sample).items()},
    }
    sample.data = office.document(sample, "word/document.xml", parts)
    return sample


def _links(sample):
    inner = "styles numbering settings theme footnotes webSettings fontTable comments commentsExtended commentsIds people glossaryDocument"
    files = {"theme": "theme/theme1.xml", "glossaryDocument": "glossary/document.xml"}
    yield from (
        (f"rId{n}", kind, files.get(kind, f"{kind}.xml"))
        for n, kind in enumerate(inner.split(), 10)
    )
    yield from (
        ("rIdPicture", "image", "media/image1.jpeg"), ("rIdHeader", "header", "header1.xml"),
        ("rIdFirst", "header", "first.xml"), ("rIdEven", "footer", "even.xml"),
        ("rIdChart", "chart", "charts/chart1.xml"), ("rIdInk", "customXml", "ink/ink1.xml"),
        ("rIdOle", "oleObject", "embeddings/oleObject1.bin"), ("rIdControl", "control", "activeX/activeX1.xml"),
        ("rIdXml", "customXml", "../customXml/item1.xml"), ("rIdMacro", "vbaProject", "vbaProject.bin"),
        ("rIdKeys", "keyMapCustomizations", "customizations.xml"),
        ("rIdLink", "hyperlink", f"https://intra.example/{sample.hide('target of a link')}"),
        ("rIdOutside", "image", f"file:///C:/Users/{sample.hide('linked picture')}.png"),
    )  # fmt: skip


def _text(sample):
    hide, show = sample.hide, sample.show
    return f"""<w:p w:rsidR="00A77B3E" w14:paraId="4F2A{hide("paragraph id", told=False)}">
 <w:pPr><w:pStyle w:val="{(style := hide("id of a style"))}"/></w:pPr>
 <w:bookmarkStart w:id="1" w:name="{hide("bookmark")}"/><w:r><w:t xml:space="preserve">{show("text")} </w:t></w:r><w:bookmarkEnd w:id="1"/>
 <w:permStart w:id="2" w:edGrp="everyone" w:ed="{hide("editor who may change a range")}"/><w:permEnd w:id="2"/>
 <w:proofErr w:type="spellStart"/><w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>
 <w:r><w:rPr><w:rFonts w:ascii="{hide("font of a company")}"/><w:lang w:val="ko-KR"/></w:rPr><w:t>{show("text in a font")}</w:t></w:r>
 <w:hyperlink r:id="rIdLink" w:tooltip="{hide("tooltip of a link")}" w:anchor="{hide("anchor of a link")}"><w:r><w:t>{show("text of a link")}</w:t></w:r></w:hyperlink>
 </w:p><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>{show("formula")}</m:t></m:r></m:oMath></w:p>
 <w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblCaption w:val="{hide("title of a table")}"/><w:tblDescription w:val="{hide("description of a table")}"/></w:tblPr>
 <w:tblGrid><w:gridCol w:w="4000"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>{show("cell")}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"""


def _controls(sample):
    hide, show = sample.hide, sample.show
    return f"""<w:sdt><w:sdtPr><w:alias w:val="{hide("alias of a control")}"/><w:tag w:val="{hide("tag of a control")}"/>
 <w:dataBinding w:xpath="/a/{hide("binding of a control")}" w:storeItemID="{{x}}"/><w:placeholder><w:docPart w:val="{hide("placeholder of a control")}"/></w:placeholder>
 <w:dropDownList w:lastValue="a"><w:listItem w:displayText="{hide("choice of a control")}" w:value="{hide("value of a control")}"/></w:dropDownList>
 <w15:appearance w15:val="{hide("appearance of a control")}"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>{show("text of a control")}</w:t></w:r></w:p></w:sdtContent></w:sdt>
 <w:customXml w:uri="{hide("namespace of a tag")}" w:element="{hide("tag around text")}"><w:customXmlPr><w:attr w:name="{hide("name in a tag")}" w:val="{hide("value in a tag")}"/></w:customXmlPr><w:p><w:r><w:t>{show("text in a tag")}</w:t></w:r></w:p></w:customXml>
 <w:p><w:smartTag w:uri="urn:x" w:element="{hide("smart tag")}"><w:r><w:t>{show("text of a smart tag")}</w:t></w:r></w:smartTag></w:p>"""


def _fields(sample):
    def field(code, result="", inner=""):
        run = "<w:r>{}</w:r>".format
        shown = (
            run('<w:fldChar w:fldCharType="separate"/>') + run(f"<w:t>{result}</w:t>")
            if result
            else ""
        )
        return (run(f'<w:fldChar w:fldCharType="begin">{inner}</w:fldChar>') + run(f'<w:instrText xml:space="preserve"> {code} </w:instrText>')
                + shown + run('<w:fldChar w:fldCharType="end"/>'))  # fmt: skip

    hide, show = sample.hide, sample.show
    codes = [
        "INCLUDEPICTURE",
        "HYPERLINK",
        "MERGEFIELD",
        "DOCVARIABLE",
        "DOCPROPERTY",
        "AUTHOR",
        "COMMENTS",
        "LINK",
    ]
    fields = "".join(
        field(f'{code} "C:\\Users\\{hide(f"field {code}")}"', show(f"result of {code}"))
        for code in codes
    )
    form = f'<w:ffData><w:name w:val="{hide("name of a form field")}"/><w:helpText w:val="{hide("help of a form field")}"/><w:statusText w:val="{hide("status of a form field")}"/><w:textInput><w:default w:val="{hide("default of a form field")}"/></w:textInput></w:ffData>'
    nested = f"""<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText></w:r>{field("MERGEFIELD x", hide("result within a code"))}
 <w:r><w:instrText> = 1 "{hide("answer of IF")}" "" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{show("result of IF")}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"""
    return f"""<w:p>{fields}{nested}{field("FORMTEXT", show("text of a form field"), form)}{field(f'XE "{hide("entry of the index")}"')}{field(f"PAGE {chr(92)}* {hide('switch of a page number')}", "1")}
 <w:r><w:fldChar w:fldCharType="begin" w:dirty="1"><w:fldData>{hide("data of a field")}</w:fldData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>"""


def _changes(sample):
    hide, show = sample.hide, sample.show

    def by(place):
        return f'w:id="9" w:author="{hide(f"author of {place}")}" w:date="2026-03-01T05:00:00Z"'

    return f"""<w:p><w:pPr><w:rPr><w:ins {by("an inserted paragraph")}/></w:rPr><w:pPrChange {by("a changed paragraph")}><w:pPr><w:pStyle w:val="{hide("former style of a paragraph")}"/></w:pPr></w:pPrChange></w:pPr>
 <w:ins {by("an insertion")}><w:r><w:t>{show("inserted text")}</w:t></w:r></w:ins><w:del {by("a deletion")}><w:r><w:delText>{hide("deleted text")}</w:delText></w:r><w:r><w:delInstrText>{hide("deleted field")}</w:delInstrText></w:r></w:del>
 <w:moveFromRangeStart w:id="3" w:name="{hide("name of a move")}" {by("a move")[9:]}/><w:moveFrom {by("text moved away")}><w:r><w:t>{hide("text moved away")}</w:t></w:r></w:moveFrom><w:moveFromRangeEnd w:id="3"/>
 <w:moveTo {by("text moved here")}><w:r><w:t>{show("text moved here")}</w:t></w:r></w:moveTo>
 <w:r><w:rPr><w:rPrChange {by("changed formatting")}><w:rPr><w:rFonts w:ascii="{hide("former font")}"/></w:rPr></w:rPrChange></w:rPr><w:t>{show("formatted text")}</w:t></w:r></w:p>
 <w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblPrChange {by("a changed table")}><w:tblPr><w:tblStyle w:val="{hide("former style of a table")}"/></w:tblPr></w:tblPrChange></w:tblPr><w:tblGrid><w:gridCol w:w="4000"/></w:tblGrid>
 <w:tr><w:trPr><w:ins {by("an inserted row")}/><w:trPrChange {by("a changed row")}><w:trPr/></w:trPrChange></w:trPr><w:tc><w:tcPr><w:tcPrChange {by("a changed cell")}><w:tcPr/></w:tcPrChange></w:tcPr><w:p><w:r><w:t>{show("inserted row")}</w:t></w:r></w:p></w:tc></w:tr>
 <w:tr><w:trPr><w:del {by("a deleted row")}/></w:trPr><w:tc><w:p><w:r><w:t>{hide("deleted row")}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"""


def _hidden(sample):
    hide, show = sample.hide, sample.show
    return f"""<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{hide("hidden text")}</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>{show("text that is not hidden")}</w:t></w:r>
 <w:r><w:rPr><w:rStyle w:val="Unseen"/></w:rPr><w:t>{hide("text hidden by its style")}</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Unseen2"/></w:rPr><w:t>{hide("text hidden by what its style is based on")}</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>
 <m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:phant><m:phantPr><m:show m:val="0"/></m:phantPr><m:e><m:r><m:t>{hide("phantom of a formula")}</m:t></m:r></m:e></m:phant><m:r><w:rPr><w:vanish/></w:rPr><m:t>{hide("hidden text of a formula")}</m:t></m:r></m:oMath></w:p>
 <w:p><w:pPr><w:pStyle w:val="Unseen3"/></w:pPr><w:bdo w:val="ltr"><w:r><w:t>{hide("text hidden by the style of its paragraph")}</w:t></w:r></w:bdo></w:p>
 <w:tbl><w:tblPr><w:tblStyle w:val="Unseen4"/></w:tblPr><w:tblGrid><w:gridCol w:w="4000"/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>{hide("text hidden by the style of its table")}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
 <w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="4000"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>{show("first of merged cells")}</w:t></w:r></w:p></w:tc></w:tr>
 <w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>{hide("cell merged into another")}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
 <kim:note xmlns:kim="urn:{hide("unknown namespace", told=False)}" kim:by="{hide("attribute of an unknown element")}">{hide("unknown element")}</kim:note>
 <w:p w15:unknown="{hide("unknown attribute")}"><w:contentPart r:id="rIdInk"/></w:p>"""


def _drawings(sample):
    hide, show = sample.hide, sample.show
    picture = office.picture_shape(sample, "a picture", "rIdPicture")
    box = f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent><w:p><w:r><w:t>{show("text box")}</w:t></w:r></w:p></w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp>'

    def inline(uri, content, name, more=""):
        return f"""<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0" wp14:anchorId="1A2B3C4D" xmlns:wp14="http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing"><wp:extent cx="914400" cy="457200"/>
 <wp:docPr id="1" name="{hide(f"drawing name of {name}")}" descr="{hide(f"drawing description of {name}")}" title="{hide(f"drawing title of {name}")}" {more}/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{uri}">{content}</a:graphicData></a:graphic></wp:inline></w:drawing>"""

    namespaces = office.NAMESPACES
    linked = f'<pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="{hide("name of a linked picture")}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="rIdOutside"/><a:stretch/></pic:blipFill><pic:spPr/></pic:pic>'
    return f"""<w:p><w:r>{inline(namespaces["pic"], picture, "a picture")}</w:r><w:r>{inline(namespaces["pic"], linked, "a linked picture")}</w:r>
 <w:r>{inline(namespaces["c"], '<c:chart r:id="rIdChart"/>', "a chart")}</w:r>
 <w:r>{inline(namespaces["pic"], hide("hidden shape"), "a hidden shape", 'hidden="1"')}</w:r>
 <w:r><mc:AlternateContent><mc:Choice Requires="wps">{inline(namespaces["wps"], box, "a text box")}</mc:Choice><mc:Fallback><w:pict><v:rect><v:textbox><w:txbxContent><w:p><w:r><w:t>{hide("fallback of a text box")}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r>
 <w:r><mc:AlternateContent><mc:Choice Requires="w14"><w:t>{hide("alternative that is not taken")}</w:t></mc:Choice><mc:Fallback><w:t>{show("fallback")}</w:t></mc:Fallback></mc:AlternateContent></w:r>
 <w:r><w:pict><v:shape id="{hide("id of a shape")}" style="position:absolute;width:10pt;height:9pt;mso-{hide("style of a shape")}:x" alt="{hide("alternative text of a shape")}" title="{hide("title of a shape")}" href="http://{hide("link of a shape")}/" o:gfxdata="{hide("data of a shape")}" o:spid="_x0000_s1026"><v:imagedata r:id="rIdPicture" o:title="{hide("title of an old picture")}" o:href="http://{hide("link of an old picture")}/"/><v:textbox><w:txbxContent><w:p><w:r><w:t>{show("old text box")}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>
 <w:r><w:object><v:shape id="_x0000_i1025" style="width:20pt;height:20pt"><v:imagedata r:id="rIdPicture" o:title=""/></v:shape><o:OLEObject Type="Embed" ProgID="{hide("program of an object")}" ShapeID="_x0000_i1025" ObjectID="{hide("id of an object")}" r:id="rIdOle"/></w:object></w:r>
 <w:r><w:object><w:control r:id="rIdControl" w:name="{hide("name of a control of ActiveX")}" w:shapeid="x"/></w:object></w:r></w:p>"""


def _section(sample):
    return f"""<w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p><w:sectPr w:rsidR="00A77B3E"><w:headerReference w:type="default" r:id="rIdHeader"/><w:headerReference w:type="first" r:id="rIdFirst"/><w:footerReference w:type="even" r:id="rIdEven"/><w:footnotePr/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/>
 <w:sectPrChange w:id="9" w:author="{sample.hide("author of a changed section")}" w:date="2026-03-01T05:00:00Z"><w:sectPr/></w:sectPrChange></w:sectPr>"""


def _definitions(sample):
    hide = sample.hide
    made, own = hide("name of a style"), sample.hidden["id of a style"]
    return {
        "word/styles.xml": xml(
            "w:styles",
            f"""<w:docDefaults><w:rPrDefault/></w:docDefaults><w:latentStyles><w:lsdException w:name="{hide("latent style")}"/></w:latentStyles>
 <w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
 <w:style w:type="paragraph" w:customStyle="1" w:styleId="{own}"><w:name w:val="{made}"/><w:aliases w:val="{hide("alias of a style")}"/><w:basedOn w:val="a"/><w:rsid w:val="00A77B3E"/></w:style>
 <w:style w:type="character" w:styleId="Unseen"><w:name w:val="Hidden by {hide("name of a style that hides")}"/><w:rPr><w:vanish/></w:rPr></w:style>
 <w:style w:type="character" w:styleId="Unseen2"><w:name w:val="Normal (Web)"/><w:basedOn w:val="Unseen"/></w:style>
 <w:style w:type="paragraph" w:styleId="Unseen3"><w:name w:val="Title"/><w:rPr><w:vanish/></w:rPr></w:style><w:style w:type="table" w:styleId="Unseen4"><w:name w:val="Table Grid"/><w:rPr><w:vanish/></w:rPr></w:style>""",
        ),
        "word/numbering.xml": xml(
            "w:numbering",
            f"""<w:abstractNum w:abstractNumId="0"><w:nsid w:val="1A2B3C4D"/><w:tmpl w:val="1A2B3C4D"/><w:name w:val="{hide("name of a list")}"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{sample.show("number of a list")} %1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>""",
        ),
        "word/fontTable.xml": xml(
            "w:fonts",
            f'<w:font w:name="{hide("name in the table of fonts")}"><w:altName w:val="{hide("other name of a font")}"/><w:embedRegular r:id="rId1" w:fontKey="{{x}}"/></w:font>',
        ),
        "word/_rels/fontTable.xml.rels": rels(("rId1", "font", "fonts/font1.odttf")),
        "word/fonts/font1.odttf": f"\1\2{hide('embedded font')}\0".encode(),
    }


def _people(sample):
    hide = sample.hide
    return {
        "word/comments.xml": xml(
            "w:comments",
            f'<w:comment w:id="0" w:author="{hide("author of a comment")}" w:initials="{hide("initials of an author")}"><w:p><w:r><w:t>{hide("comment")}</w:t></w:r></w:p></w:comment>',
        ),
        "word/commentsExtended.xml": xml(
            "w15:commentsEx", f'<w15:commentEx w15:paraId="{hide("id of a comment", told=False)}"/>'
        ),
        "word/commentsIds.xml": xml(
            "w15:ids",
            f'<w15:commentId w15:durableId="{hide("durable id of a comment", told=False)}"/>',
        ),
        "word/people.xml": xml(
            "w15:people",
            f'<w15:person w15:author="{hide("person")}"><w15:presenceInfo w15:providerId="AD" w15:userId="S::{hide("account of a person")}@x.example"/></w15:person>',
        ),
    }


def _settings(sample):
    hide = sample.hide
    return {
        "word/settings.xml": xml(
            "w:settings",
            f"""<w:attachedTemplate r:id="rId1"/><w:mailMerge><w:connectString w:val="Data Source={hide("source of a mail merge")}"/><w:query w:val="SELECT {hide("query of a mail merge")}"/></w:mailMerge>
 <w:documentProtection w:edit="readOnly" w:hash="{hide("hash of a password", told=False)}"/><w:defaultTabStop w:val="800"/><w:docVars><w:docVar w:name="{hide("name of a variable")}" w:val="{hide("variable")}"/></w:docVars>
 <w:rsids><w:rsid w:val="00A77B3E"/></w:rsids><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w14:docId w14:val="{hide("id of the document", told=False)}"/><w:attachedSchema w:val="{hide("attached schema")}"/><w:captions><w:caption w:name="{hide("caption")}"/></w:captions>""",
        ),
        "word/_rels/settings.xml.rels": rels(
            ("rId1", "attachedTemplate", f"file:///C:/Users/{hide('attached template')}.dotx")
        ),
        "word/webSettings.xml": xml(
            "w:webSettings",
            f'<w:divs><w:div w:id="1"><w:name w:val="{hide("web settings")}"/></w:div></w:divs>',
        ),
        "word/customizations.xml": xml(
            "w:custom", f'<w:acd w:argValue="{hide("customization of keys")}"/>'
        ),
        "word/glossary/document.xml": xml(
            "w:glossaryDocument",
            f'<w:docParts><w:docPart><w:docPartPr><w:name w:val="{hide("name of a building block")}"/></w:docPartPr><w:docPartBody><w:p><w:r><w:t>{hide("building block")}</w:t></w:r></w:p></w:docPartBody></w:docPart></w:docParts>',
        ),
        "customXml/item1.xml": f"<data by='{hide('attribute of custom XML')}'>{hide('custom XML')}</data>".encode(),
        "customXml/itemProps1.xml": f"<ds:datastoreItem xmlns:ds='urn:x' ds:itemID='{hide('id of custom XML')}'/>".encode(),
    }


def _binaries(sample):
    hide = sample.hide
    return {
        "word/ink/ink1.xml": f"<inkml:ink xmlns:inkml='http://www.w3.org/2003/InkML'><inkml:trace>{hide('ink')}</inkml:trace></inkml:ink>".encode(),
        "word/activeX/activeX1.xml": f"<ax:ocx xmlns:ax='urn:x' ax:classid='{hide('class of a control')}'/>".encode(),
        "word/activeX/activeX1.bin": hide("data of a control").encode("utf-16-le"),
        "word/embeddings/oleObject1.bin": b"\0\1\2\3" + hide("embedded object").encode("utf-16-le"),
        "word/vbaProject.bin": b"\0\1" + hide("macro").encode(),
        "word/printerSettings/printerSettings1.bin": hide("printer").encode("utf-16-le"),
    }


def picture_that_cannot_be_cleaned() -> Sample:
    sample = Sample("x.docx", why_not=Reason.FORMAT)
    shape = office.picture_shape(sample, "a drawing", "rId1")
    sample.data = samples.zipped({
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": rels(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": xml("w:document", f'<w:body><w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="{office.NAMESPACES["pic"]}">{shape}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p></w:body>'),
        "word/_rels/document.xml.rels": rels(("rId1", "image", "media/image1.emf")),
        "word/media/image1.emf": b"\1\0\0\0" + bytes(36) + b" EMF" + sample.hide("text of a drawing", told=False).encode("utf-16-le"),
    })  # fmt: skip
    return sample


SAMPLES = {"docx": docx, "docx with a drawing": picture_that_cannot_be_cleaned}

# ruff: noqa: E501 - documents are written as their programs write them
"""ODT, ODS, ODP and ODG with a word in every place of ISO/IEC 26300, and where LibreOffice puts text."""

import zipfile
from io import BytesIO

from board.tips.files import Reason
from board.tips.files.documents.opendocument.package import NAMESPACES
from tips.files import samples
from tips.files.corpus.markers import Sample

_MORE = {
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "config": "urn:oasis:names:tc:opendocument:xmlns:config:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "officeooo": "http://openoffice.org/2009/office",
    "smil": "urn:oasis:names:tc:opendocument:xmlns:smil-compatible:1.0",
    "ooo": "http://openoffice.org/2004/office",
    "mine": "urn:mine",  # what a program of one's own may write
}
_SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"' for prefix, uri in {**NAMESPACES, **_MORE}.items() if prefix != "xml"
)
_TYPE = "application/vnd.oasis.opendocument."


def _part(name, inside):
    text = f'<?xml version="1.0" encoding="UTF-8"?><office:{name} {_SPACES} office:version="1.3">{inside}</office:{name}>'
    return text.encode()


def _meta(sample, of=""):
    h = lambda place: sample.hide(f"{of}meta {place}")  # noqa: E731
    return _part("document-meta", f'''<office:meta><meta:initial-creator>{h("initial creator")}</meta:initial-creator>
<dc:creator>{h("creator")}</dc:creator><meta:printed-by>{h("printed by")}</meta:printed-by><dc:contributor>{h("contributor")}</dc:contributor>
<meta:generator>{h("generator")}</meta:generator><dc:title>{h("title")}</dc:title><dc:subject>{h("subject")}</dc:subject>
<dc:description>{h("description")}</dc:description><meta:keyword>{h("keyword")}</meta:keyword>
<meta:user-defined meta:name="{h("user-defined name")}" meta:value-type="string">{h("user-defined value")}</meta:user-defined>
<meta:template xlink:type="simple" xlink:href="file:///home/{h("template path")}/x.ott" xlink:title="{h("template title")}" meta:date="2026-01-01T00:00:00"/>
<meta:auto-reload xlink:href="http://{h("reload")}.example/"/><meta:hyperlink-behaviour office:target-frame-name="{h("frame")}"/>
<mine:secret>{h("foreign element")}</mine:secret><!-- {h("comment")} --><?pi {h("instruction")}?></office:meta>''')  # fmt: skip


def _settings(sample):
    h = lambda place: sample.hide(f"settings {place}")  # noqa: E731

    def item(name, kind, value):
        return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'

    return _part("document-settings", f'''<office:settings><config:config-item-set config:name="ooo:view-settings">
<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>{item("ViewId", "string", "view2")}{item("SelectedThing", "string", h("view"))}
</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set><config:config-item-set config:name="ooo:configuration-settings">
{item("PrinterName", "string", h("printer"))}{item("PrinterSetup", "base64Binary", sample.hide("printer setup", told=False).encode().hex())}
{item("CurrentDatabaseDataSource", "string", h("data source"))}{item("CurrentDatabaseCommand", "string", h("data command"))}
{item("ColorTableURL", "string", "file:///home/" + h("palette path") + "/x.soc")}{item("Rsid", "int", "1498021")}{item("UseOldNumbering", "boolean", "false")}
{item("AddFrameOffsets", "boolean", sample.hide("settings boolean", told=False))}</config:config-item-set></office:settings>''')  # fmt: skip


def picture(sample, place, size=(96, 96)):
    """A JPEG with words in its metadata."""
    facts = samples.exif()
    facts[0x013B] = sample.hide(f"{place} artist")
    comment = sample.hide(f"{place} comment").encode()
    return samples.saved(samples.drawing(size=size), "JPEG", exif=facts, comment=comment)


def packed(sample, kind, parts, *, zip_notes=True):
    """The package, with words in its list of parts and in the zip file itself."""
    entries = "".join(
        f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in parts
    )
    objects = "".join(
        f'<m:file-entry m:full-path="{name[:-11]}" m:media-type="{_TYPE}chart"/>'
        for name in parts
        if name.endswith("/content.xml")
    )
    manifest = f'''<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.3">
<m:file-entry m:full-path="/" m:media-type="{_TYPE}{kind}"/>{entries}{objects}
<m:file-entry m:full-path="{sample.hide("manifest path")}.xml" m:media-type="x/{sample.hide("manifest type")}"/><!--{sample.hide("manifest comment")}--></m:manifest>'''
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", _TYPE + kind)
        for name, data in {**parts, "META-INF/manifest.xml": manifest.encode()}.items():
            info = zipfile.ZipInfo(name, (2026, 3, 1, 14, 25, 30))
            if zip_notes and name == "content.xml":
                info.comment = sample.hide("zip entry comment").encode()
                extra = sample.hide("zip extra field").encode()
                info.extra = b"\x75\x70" + len(extra).to_bytes(2, "little") + extra
            archive.writestr(info, data)
        archive.writestr(sample.hide("zip folder") + "/", b"")
        archive.comment = sample.hide("zip comment").encode()
    return buffer.getvalue()


def _leftovers(sample):
    """Parts that no document of the package uses."""
    h = lambda place: sample.hide(f"part {place}")  # noqa: E731
    return {
        "meta.xml": _meta(sample),
        "settings.xml": _settings(sample),
        "manifest.rdf": f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x"><rdf:Description rdf:about="content.xml#{h("rdf about")}"><x:note>{h("rdf text")}</x:note></rdf:Description></rdf:RDF>'.encode(),
        "Thumbnails/thumbnail.png": samples.saved(samples.drawing(), "PNG", pnginfo=_info(h("thumbnail"))),
        f"Configurations2/toolbar/{h('toolbar name')}.xml": f'<t xmlns="urn:t" text="{h("toolbar")}"/>'.encode(),
        "Basic/Standard/Module1.xml": f'<script:module xmlns:script="http://openoffice.org/2000/script">REM {h("macro")}</script:module>'.encode(),
        f"Basic/{h('library')}/x.bin": b"",
        "Dialogs/Standard/D.xml": f'<d xmlns="urn:d" title="{h("dialog")}"/>'.encode(),
        "Scripts/python/x.py": sample.hide("part python", told=False).encode(),
        f"Versions/{h('version')}": sample.hide("part old version", told=False).encode(),
        "VersionList.xml": f'<v xmlns="urn:v" author="{h("version author")}"/>'.encode(),
        "META-INF/documentsignatures.xml": f"<s><X509SubjectName>CN={h('signer')}</X509SubjectName></s>".encode(),
        f"{h('unreferenced name')}.txt": sample.hide("part unreferenced", told=False).encode(),
        "Pictures/unused.jpg": picture(sample, "unused picture"),
        "layout-cache": sample.hide("part layout cache", told=False).encode(),
        "Object 9/content.xml": _part("document-content", f"<office:body><office:text><text:p>{h('unreferenced object')}</text:p></office:text></office:body>"),
    }  # fmt: skip


def _info(text):
    info = samples.PngImagePlugin.PngInfo()
    info.add_text("Author", text)
    return info


def _styles(sample, more="", masters="", automatic=""):
    h, s = sample.hide, sample.show
    return _part("document-styles", f'''<!--{h("styles comment")}--><office:font-face-decls>
<style:font-face style:name="{h("font name")}" svg:font-family="{h("font family")}" style:font-adornments="{h("font adornments")}"/>
<style:font-face style:name="Malgun" svg:font-family="'맑은 고딕'"/></office:font-face-decls>
<office:styles><style:style style:name="Standard" style:family="paragraph"><style:text-properties style:font-name="{sample.hidden["font name"]}" fo:font-family="{h("fo font")}" style:font-name-asian="Malgun"/></style:style>
<style:style style:name="{h("style name")}" style:display-name="{h("style display name")}" style:family="paragraph" style:parent-style-name="Standard" style:master-page-name="Standard" style:class="{h("style class")}">
<style:text-properties fo:color="#204080" fo:font-weight="bold" officeooo:rsid="0016dbad" mine:note="{h("foreign attribute")}"/></style:style>
<style:style style:name="{h("unused style")}" style:family="paragraph"><style:paragraph-properties><style:background-image xlink:href="file:///{h("style background")}.png"/></style:paragraph-properties></style:style>
<draw:gradient draw:name="{h("gradient name")}" draw:display-name="{h("gradient display")}" draw:style="linear" draw:start-color="#ff0000" draw:end-color="#0000ff"/>
<number:number-style style:name="{h("unused format")}"><number:text>{h("unused format text")}</number:text></number:number-style>
<text:list-style style:name="{h("list style")}"><text:list-level-style-number text:level="1" style:num-prefix="{s("number prefix")}" style:num-format="1"/></text:list-style>
<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" style:num-format=""/></text:outline-style>
<text:bibliography-configuration text:prefix="["><text:sort-key text:key="{h("bibliography key")}"/></text:bibliography-configuration>
<style:presentation-page-layout style:name="{h("page layout")}"/>{more}</office:styles>
<office:automatic-styles><style:page-layout style:name="pm1" style:page-usage="all"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" style:paper-tray-name="{h("paper tray")}"/></style:page-layout>{automatic}</office:automatic-styles>
<office:master-styles>{masters}</office:master-styles>''')  # fmt: skip


def _annotation(sample, name):
    h = lambda place: sample.hide(f"{name} {place}")  # noqa: E731
    return f'''<office:annotation office:name="{h("name")}" svg:width="4cm"><dc:creator>{h("author")}</dc:creator><dc:date>2026-03-01T10:00:00</dc:date>
<meta:creator-initials>{h("initials")}</meta:creator-initials><text:p>{h("text")}</text:p><text:list><text:list-item><text:p>{h("list")}</text:p></text:list-item></text:list></office:annotation>'''


def _text_fields(sample):
    h, s = sample.hide, sample.show
    gone = ("author-name", "author-initials", "creator", "initial-creator", "printed-by", "sender-firstname", "sender-lastname", "sender-initials",
            "sender-title", "sender-position", "sender-email", "sender-phone-private", "sender-fax", "sender-company", "sender-phone-work",
            "sender-street", "sender-city", "sender-postal-code", "sender-country", "sender-state-or-province", "user-defined", "file-name",
            "template-name", "editing-duration", "creation-date", "modification-time", "print-date")  # fmt: skip
    kept = ("title", "subject", "keywords", "description", "date", "time", "chapter", "sequence", "variable-get", "user-field-get",
            "expression", "bookmark-ref", "reference-ref", "database-display", "placeholder", "text-input", "conditional-text", "dde-connection",
            "execute-macro", "bibliography-mark")  # fmt: skip
    attributes = {
        "user-defined": f'text:name="{h("user field name")}"',
        "sequence": f'text:name="{h("sequence name")}" text:formula="ooow:{h("sequence formula")}+1" text:ref-name="{h("sequence ref")}"',
        "variable-get": f'text:name="{h("variable name")}"',
        "expression": f'text:formula="ooow:{h("expression formula")}"',
        "bookmark-ref": f'text:ref-name="{h("bookmark ref")}"',
        "database-display": f'text:table-name="{h("database table")}" text:database-name="{h("database name")}" text:column-name="{h("database column")}"',
        "placeholder": f'text:placeholder-type="text" text:description="{h("placeholder help")}"',
        "text-input": f'text:description="{h("input help")}"',
        "conditional-text": f'text:condition="ooow:{h("condition")}" text:string-value-if-true="{h("text if true")}" text:string-value-if-false="{h("text if false")}"',
        "dde-connection": f'text:connection-name="{h("dde connection")}"',
        "execute-macro": f'text:name="{h("macro name")}" text:description="{h("macro help")}"',
        "bibliography-mark": f'text:identifier="{h("source id")}" text:author="{h("source author")}" text:title="{h("source title")}" text:url="http://{h("source url")}/" text:custom1="{h("source custom")}"',
    }
    for name in gone:
        yield f"<text:{name} {attributes.get(name, '')}>{h('field ' + name)}</text:{name}>"
    for name in kept:
        yield f"<text:{name} {attributes.get(name, '')}>{s('field ' + name)}</text:{name}>"


def _drawn(sample):
    h, s = sample.hide, sample.show
    return f'''<draw:frame draw:name="{h("frame name")}" draw:style-name="fr1" text:anchor-type="paragraph" svg:width="2cm" svg:height="2cm" xml:id="{h("frame id")}">
<draw:image xlink:href="Pictures/cropped.jpg" xlink:type="simple" loext:mime-type="{h("picture type")}"/><svg:title>{h("picture title")}</svg:title><svg:desc>{h("picture description")}</svg:desc>
<draw:image-map><draw:area-rectangle xlink:href="http://{h("image map")}/" office:name="{h("area name")}" svg:x="0cm"><svg:desc>{h("area description")}</svg:desc></draw:area-rectangle></draw:image-map>
<office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:click" xlink:href="vnd.sun.star.script:{h("event macro")}"/></office:event-listeners></draw:frame>
<draw:frame draw:style-name="fr2" svg:width="1cm" svg:height="1cm"><draw:image xlink:href="file:///home/{h("linked picture")}/x.png"/></draw:frame>
<draw:frame draw:name="Object1" svg:width="8cm" svg:height="6cm"><draw:object xlink:href="./Object 1" draw:notify-on-update-of-ranges="{h("chart ranges")}"/><draw:image xlink:href="./ObjectReplacements/Object 1"/></draw:frame>
<draw:floating-frame xlink:href="http://{h("floating frame")}/" draw:frame-name="{h("floating name")}"/>
<draw:custom-shape draw:name="{h("shape name")}" draw:style-name="gr1" svg:width="2cm" svg:height="2cm"><svg:desc>{h("shape description")}</svg:desc><text:p>{s("shape text")}</text:p>
<draw:enhanced-geometry svg:viewBox="0 0 21600 21600" draw:type="rectangle" draw:enhanced-path="M 0 0 L 21600 0 21600 21600 0 21600 0 0 Z N"><draw:equation draw:name="f0" draw:formula="{h("equation formula")}"/></draw:enhanced-geometry></draw:custom-shape>
<draw:frame><draw:text-box draw:chain-next-name="{h("chained frame")}"><text:p>{s("text box")}</text:p></draw:text-box></draw:frame>
<draw:a xlink:href="file:///{h("linked shape")}" office:title="{h("shape link title")}"><draw:rect draw:style-name="gr1" svg:width="1cm" svg:height="1cm"><text:p>{s("linked shape text")}</text:p></draw:rect></draw:a>
<draw:control draw:control="control1" svg:width="3cm" svg:height="1cm"/><draw:control draw:control="control2" svg:width="3cm" svg:height="1cm"/>'''


def _forms(sample):
    h, s = sample.hide, sample.show
    return f'''<office:forms><form:form form:name="{h("form name")}" xlink:href="http://{h("form target")}/" form:datasource="{h("form source")}" form:command="select {h("form command")}">
<form:connection-resource xlink:href="sdbc:{h("form connection")}"/><form:properties><form:property form:property-name="{h("form property")}" office:string-value="{h("form property value")}"/></form:properties>
<form:text form:id="control1" form:name="{h("control name")}" form:title="{h("control help")}" form:value="{h("control default")}" form:current-value="{s("control value")}" form:data-field="{h("control field")}"/>
<form:checkbox form:id="control2" form:label="{s("checkbox label")}" form:current-state="checked" form:value="{h("checkbox value")}"/>
<form:hidden form:name="x" form:value="{h("hidden control")}"/><form:listbox form:id="control3"><form:option form:label="{h("unchosen option")}"/></form:listbox></form:form></office:forms>'''


def _chart(sample):
    h, s = sample.hide, sample.show
    content = _part("document-content", f'''<office:automatic-styles><style:style style:name="ch1" style:family="chart"/></office:automatic-styles><office:body><office:chart>
<chart:chart chart:class="chart:bar" chart:style-name="ch1" xlink:href="..{h("chart link")}"><chart:title><text:p>{s("chart title")}</text:p></chart:title>
<chart:plot-area table:cell-range-address="{h("chart address")}.A1:B2"><chart:axis chart:dimension="x" chart:name="{h("axis name")}"/>
<chart:series chart:values-cell-range-address="local-table.B2:B2" chart:label-cell-address="local-table.B1" chart:class="chart:bar"/></chart:plot-area>
<table:table table:name="local-table"><table:table-header-rows><table:table-row><table:table-cell office:value-type="string"><text:p>{s("chart row")}</text:p><draw:g><svg:desc>{h("chart origin")}</svg:desc></draw:g></table:table-cell></table:table-row></table:table-header-rows></table:table>
</chart:chart></office:chart></office:body>''')  # fmt: skip
    return {
        "Object 1/content.xml": content,
        "Object 1/styles.xml": _part(
            "document-styles", f"<office:styles><!--{h('chart styles')}--></office:styles>"
        ),
        "Object 1/meta.xml": _meta(sample, "chart "),
        "ObjectReplacements/Object 1": sample.hide("replacement picture", told=False).encode(),
    }


def odt() -> Sample:
    sample = Sample("x.odt")
    h, s = sample.hide, sample.show
    header = f'''<style:master-page style:name="Standard" style:display-name="{h("page style display")}" style:page-layout-name="pm1"><style:header><text:p>{s("header")} <text:author-name>{h("author in header")}</text:author-name></text:p></style:header>
<style:footer style:display="false"><text:p>{h("footer that is off")}</text:p></style:footer></style:master-page>
<style:master-page style:name="{h("unused page style")}" style:page-layout-name="pm1"><style:header><text:p>{h("header of an unused page style")}</text:p></style:header></style:master-page>'''
    styles = _styles(
        sample,
        masters=header,
        more='<style:style style:name="Unseen" style:family="text"><style:text-properties text:display="none"/></style:style>',
    )
    content = f'''<office:scripts><office:script script:language="x">{h("script")}</office:script></office:scripts>
<office:automatic-styles><style:style style:name="P1" style:family="paragraph" style:parent-style-name="{sample.hidden["style name"]}" style:list-style-name="{sample.hidden["list style"]}"><style:paragraph-properties fo:text-align="center"/></style:style>
<style:style style:name="T1" style:family="text" style:parent-style-name="Unseen"/><style:style style:name="P2" style:family="paragraph"><style:text-properties text:display="none"/></style:style>
<style:style style:name="fr1" style:family="graphic"><style:graphic-properties fo:clip="rect(0cm, 0cm, 0cm, 1.27cm)" style:mirror="none"/></style:style>
<style:style style:name="gr1" style:family="graphic"><style:graphic-properties draw:fill="gradient" draw:fill-gradient-name="{sample.hidden["gradient name"]}"/></style:style></office:automatic-styles>
<office:body><office:text text:global="false" mine:body="{h("body attribute")}">
<text:tracked-changes><text:changed-region text:id="ct1"><text:deletion><office:change-info><dc:creator>{h("deleted by")}</dc:creator><dc:date>2026-03-01T10:00:00</dc:date></office:change-info><text:p>{h("deleted text")}</text:p></text:deletion></text:changed-region>
<text:changed-region text:id="ct2"><text:insertion><office:change-info><dc:creator>{h("inserted by")}</dc:creator><text:p>{h("remark on a change")}</text:p></office:change-info></text:insertion></text:changed-region></text:tracked-changes>
<text:variable-decls><text:variable-decl text:name="{h("declared variable")}"/></text:variable-decls><text:sequence-decls><text:sequence-decl text:name="{h("declared sequence")}"/></text:sequence-decls>
<text:user-field-decls><text:user-field-decl text:name="{h("declared field")}" office:value-type="string" office:string-value="{h("declared value")}"/></text:user-field-decls>
<text:dde-connection-decls><text:dde-connection-decl office:name="x" office:dde-application="soffice" office:dde-topic="{h("dde topic")}" office:dde-item="{h("dde item")}"/></text:dde-connection-decls>
<text:alphabetical-index-auto-mark-file xlink:href="file:///{h("index file")}"/>{_forms(sample)}
<text:h text:style-name="{sample.hidden["style name"]}" text:outline-level="1">{s("heading")}<text:change text:change-id="ct1"/></text:h>
<text:p text:style-name="P1" xhtml:about="[{h("rdfa about")}]" xhtml:property="{h("rdfa property")}" xhtml:content="{h("rdfa content")}">{s("paragraph")}<text:change-start text:change-id="ct2"/>{s("inserted text")}<text:change-end text:change-id="ct2"/>
<text:span text:style-name="T1">{h("hidden characters")}</text:span><!--{h("comment")}--><?x {h("instruction")}?>{_annotation(sample, "range note")}{s("commented text")}<office:annotation-end office:name="{h("note end")}"/>{_annotation(sample, "point note")}
<text:bookmark text:name="{h("bookmark")}"/><text:bookmark-start text:name="{h("bookmark start")}"/><text:bookmark-end text:name="x"/><text:reference-mark text:name="{h("reference mark")}"/>
<text:toc-mark text:string-value="{h("toc mark")}" text:outline-level="1"/><text:alphabetical-index-mark text:string-value="{h("index mark")}" text:key1="{h("index key")}" text:key1-phonetic="{h("index sound")}"/><text:user-index-mark text:index-name="{h("user index")}" text:string-value="{h("user index mark")}"/>
<text:a xlink:href="file:///C:/Users/{h("linked file")}/x.odt" office:name="{h("link name")}" office:title="{h("link title")}" office:target-frame-name="{h("link frame")}">{s("link to a file")}</text:a> <text:a xlink:href="#{h("link target")}">{s("link inside")}</text:a>
<text:a xlink:href="https://{s("address")}.example/" office:name="{h("web link name")}">{s("web link")}</text:a>
<text:hidden-text text:condition="ooow:{h("hide condition")}" text:string-value="{h("hidden text")}" text:is-hidden="true"/><text:script script:language="JavaScript">{h("inline script")}</text:script>
<text:meta xhtml:about="{h("meta about")}" xml:id="id1">{s("meta text")}</text:meta><text:meta-field xml:id="{h("meta field id")}">{s("meta field")}</text:meta-field><text:variable-set text:name="x" text:display="none" office:string-value="{h("variable that is not shown")}"/>
<loext:content-control loext:alias="{h("control alias")}" loext:tag="{h("control tag")}">{s("content control")}</loext:content-control><text:ruby><text:ruby-base>{s("ruby base")}</text:ruby-base><text:ruby-text>{s("ruby text")}</text:ruby-text></text:ruby>
<text:note text:id="{h("note id")}" text:note-class="footnote"><text:note-citation text:label="{h("note label")}">1</text:note-citation><text:note-body><text:p>{s("footnote")}</text:p></text:note-body></text:note></text:p>
<text:p text:style-name="P2">{h("hidden paragraph style")}</text:p><text:p><text:hidden-paragraph text:condition="ooow:1" text:is-hidden="true"/>{h("hidden paragraph")}</text:p>
<text:section text:name="{h("hidden section")}" text:display="none"><text:p>{h("text of a hidden section")}</text:p></text:section>
<text:section text:name="{h("conditional section")}" text:display="condition" text:condition="ooow:{h("section condition")}" text:is-hidden="true"><text:p>{h("text of a conditional section")}</text:p></text:section>
<text:section text:name="{h("section name")}" text:protected="true" text:protection-key="{h("section key")}"><text:section-source xlink:href="file:///{h("section file")}" text:section-name="{h("section in file")}" text:filter-name="{h("section filter")}"/><office:dde-source office:dde-topic="{h("section dde")}"/><text:p>{s("section")}</text:p></text:section>
<text:p>{"".join(_text_fields(sample))}</text:p><text:p>{_drawn(sample)}</text:p>
<text:list text:style-name="{sample.hidden["list style"]}" xml:id="{h("list id")}"><text:list-item><text:p>{s("list item")}</text:p></text:list-item></text:list>
<table:table table:name="{h("table name")}" table:protection-key="{h("table key")}" table:template-name="{h("table template")}"><table:title>{h("table title")}</table:title><table:desc>{h("table description")}</table:desc><table:table-column/><table:table-row>
<table:table-cell office:value-type="string" office:string-value="{h("cell value")}" table:formula="ooow:{h("cell formula")}"><text:p>{s("cell")}</text:p></table:table-cell></table:table-row></table:table>
<text:table-of-content text:name="{h("toc name")}" text:protection-key="{h("toc key")}"><text:table-of-content-source><text:index-title-template>{h("toc template")}</text:index-title-template></text:table-of-content-source><text:index-body><text:index-title text:name="x"><text:p>{s("toc title")}</text:p></text:index-title></text:index-body></text:table-of-content>
</office:text></office:body>'''
    parts = {
        "content.xml": _part("document-content", content),
        "styles.xml": styles,
        "Pictures/cropped.jpg": picture(sample, "picture"),
        **_chart(sample),
    }
    sample.data = packed(sample, "text", parts)
    return sample


def odt_parts() -> Sample:
    """Parts that no document needs. A sample of its own: a report has at most 200 findings."""
    sample = Sample("x.odt")
    word = sample.show("paragraph")
    content = f"<office:body><office:text><text:p>{word}</text:p></office:text></office:body>"
    parts = {"content.xml": _part("document-content", content), **_leftovers(sample)}
    sample.data = packed(sample, "text", parts)
    return sample


def ods() -> Sample:
    sample = Sample("x.ods")
    h, s = sample.hide, sample.show

    def cell(text, more=""):
        return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'

    content = f'''<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N100"><style:map style:condition="cell-content()=&quot;{h("style condition")}&quot;" style:apply-style-name="{h("conditional style")}" style:base-cell-address="{h("base address")}.A1"/></style:style>
<number:number-style style:name="N100"><number:number number:min-integer-digits="1"/><number:text>{s("number format")}</number:text><style:map style:condition="value()&gt;=0" style:apply-style-name="N100"/></number:number-style></office:automatic-styles>
<office:body><office:spreadsheet><table:calculation-settings><table:null-date table:date-value="1899-12-30"/></table:calculation-settings>
<table:tracked-changes><table:cell-content-change table:id="ct1"><office:change-info><dc:creator>{h("changed by")}</dc:creator></office:change-info><table:previous><table:change-track-table-cell office:value-type="string"><text:p>{h("earlier value")}</text:p></table:change-track-table-cell></table:previous></table:cell-content-change></table:tracked-changes>
<table:content-validations><table:content-validation table:name="{h("validation name")}" table:condition="of:cell-content-is-in-list(&quot;{h("validation list")}&quot;)"><table:help-message table:title="{h("help title")}"><text:p>{h("help message")}</text:p></table:help-message><table:error-message table:title="{h("error title")}"><text:p>{h("error message")}</text:p></table:error-message></table:content-validation></table:content-validations>
<table:table table:name="{s("sheet")}" table:style-name="ta1" table:print-ranges="{h("print range")}.A1:.B2" table:protection-key="{h("sheet key")}"><table:table-source xlink:href="file:///{h("linked sheet")}" table:table-name="{h("linked sheet name")}" table:filter-name="{h("linked filter")}"/>
<table:scenario table:scenario-ranges="x" table:is-active="true" table:comment="{h("scenario comment")}"/>{_forms(sample).replace("control1", "c1").replace("control2", "c2")}
<table:shapes><draw:frame draw:name="{h("shape name")}" svg:width="3cm" svg:height="3cm" table:end-cell-address="{h("shape address")}.A1"><draw:object xlink:href="./Object 1"/></draw:frame></table:shapes>
<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/><table:table-column/>
<table:table-row>{cell(s("first"))}<table:table-cell office:value-type="float" office:value="3.5" table:style-name="ce1" table:formula="of:=[.A1]*COUNTIF([.A1:.A9];&quot;{h("formula text")}&quot;)+['file:///home/{h("formula file")}/x.ods'#$Sheet1.A1]" table:content-validation-name="{h("cell validation")}">{_annotation(sample, "cell note")}<text:p>3.5</text:p></table:table-cell>{cell(h("hidden column"))}{cell(s("fourth"))}</table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="4" office:value-type="string"><text:p>{s("repeated")}</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>{s("merged cell")}</text:p></table:table-cell><table:covered-table-cell office:value-type="string"><text:p>{h("cell under a merged one")}</text:p></table:covered-table-cell></table:table-row>
<table:table-row table:visibility="collapse">{cell(h("hidden row"))}</table:table-row><table:table-row table:visibility="filter">{cell(h("filtered row"))}</table:table-row>
<table:table-row><table:table-cell office:value-type="string" office:string-value="{h("value behind the text")}" table:formula="of:={h("named range used")}"><text:p>{s("shown value")}<text:a xlink:href="file:///{h("cell link")}">{s("cell link text")}</text:a></text:p><table:cell-range-source table:name="{h("range source")}" xlink:href="file:///{h("range source file")}" table:filter-options="{h("range options")}"/><table:detective><table:operation table:name="{h("detective")}"/></table:detective></table:table-cell></table:table-row>
<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="{h("conditional range")}.A1"><calcext:condition calcext:value="=&quot;{h("conditional value")}&quot;" calcext:apply-style-name="x"/></calcext:conditional-format></calcext:conditional-formats></table:table>
<table:table table:name="{h("hidden sheet name")}" table:style-name="ta2"><table:table-row>{cell(h("hidden sheet"))}</table:table-row></table:table>
<table:named-expressions><table:named-range table:name="{h("named range")}" table:cell-range-address="$x.$A$1"/><table:named-expression table:name="n" table:expression="&quot;{h("named expression")}&quot;"/></table:named-expressions>
<table:database-ranges><table:database-range table:name="{h("database range")}" table:target-range-address="x.A1:x.B2"><table:database-source-sql table:database-name="{h("database")}" table:sql-statement="select {h("sql")}"/><table:filter><table:filter-condition table:field-number="0" table:value="{h("filter value")}" table:operator="="/></table:filter></table:database-range></table:database-ranges>
<table:data-pilot-tables><table:data-pilot-table table:name="{h("pivot")}" table:application-data="{h("pivot data")}"><table:source-cell-range table:cell-range-address="{h("pivot source")}.A1"/><table:data-pilot-field table:source-field-name="{h("pivot field")}"><table:data-pilot-level><table:data-pilot-members><table:data-pilot-member table:name="{h("pivot member")}"/></table:data-pilot-members></table:data-pilot-level></table:data-pilot-field></table:data-pilot-table></table:data-pilot-tables>
<table:dde-links><table:dde-link><office:dde-source office:dde-application="excel" office:dde-topic="{h("dde topic")}"/><table:table><table:table-row>{cell(h("dde cache"))}</table:table-row></table:table></table:dde-link></table:dde-links>
</office:spreadsheet></office:body>'''
    header = f'<style:master-page style:name="Default" style:page-layout-name="pm1"><style:header><style:region-left><text:p>{s("header")} <text:file-name>{h("file name")}</text:file-name></text:p></style:region-left></style:header><style:footer style:display="false"><text:p>{h("footer that is off")}</text:p></style:footer></style:master-page>'
    sample.data = packed(sample, "spreadsheet", {
        "content.xml": _part("document-content", content), "styles.xml": _styles(sample, masters=header),
        **_chart(sample),
    })  # fmt: skip
    for place in ("number prefix", "control value", "checkbox label"):
        del sample.shown[place]  # no list and no control is on the sheet
    return sample


def odp(kind="presentation") -> Sample:
    sample = Sample("x.odp" if kind == "presentation" else "x.odg")
    h, s = sample.hide, sample.show

    def box(text):
        return f'<draw:frame draw:layer="layout" svg:width="5cm" svg:height="2cm"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>'

    declared = f'''<presentation:footer-decl presentation:name="{h("footer name")}">{s("footer")}</presentation:footer-decl><presentation:footer-decl presentation:name="ftr2">{h("footer that is off")}</presentation:footer-decl>
<presentation:header-decl presentation:name="hdr1">{h("header of no slide")}</presentation:header-decl>''' if kind == "presentation" else ""  # fmt: skip
    content = f'''<office:automatic-styles><style:style style:name="dp1" style:family="drawing-page"><style:drawing-page-properties presentation:display-footer="true"/></style:style>
<style:style style:name="dp2" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style><style:style style:name="dp3" style:family="drawing-page"><style:drawing-page-properties presentation:display-footer="false"/></style:style>
<style:style style:name="fr1" style:family="graphic"><style:graphic-properties fo:clip="rect(0cm, 0cm, 0cm, 1.27cm)"/></style:style><style:style style:name="gr1" style:family="graphic"><style:graphic-properties draw:fill="gradient" draw:fill-gradient-name="{sample.hide("gradient in use")}"/></style:style></office:automatic-styles>
<office:body><office:{"presentation" if kind == "presentation" else "drawing"}>{declared}
<draw:page draw:name="{h("slide name")}" draw:style-name="dp1" draw:master-page-name="{h("master name")}" presentation:use-footer-name="{sample.hidden.get("footer name", "")}" presentation:presentation-page-layout-name="AL1" xml:id="{h("slide id")}">{_forms(sample)}
{box(s("slide text"))}{_drawn(sample).replace('text:anchor-type="paragraph"', "")}<draw:rect draw:layer="{h("hidden layer")}"><text:p>{h("shape on a hidden layer")}</text:p></draw:rect>
<draw:rect draw:display="none"><text:p>{h("shape not displayed")}</text:p></draw:rect>{_annotation(sample, "slide note")}
<draw:frame draw:layer="layout" presentation:class="title" presentation:placeholder="true"><draw:text-box/></draw:frame><draw:frame><draw:plugin xlink:href="file:///{h("linked sound")}.wav"><draw:param draw:name="{h("parameter")}" draw:value="{h("parameter value")}"/></draw:plugin></draw:frame>
<anim:par><anim:par smil:begin="x"><anim:audio xlink:href="file:///{h("animation sound")}"/><anim:command anim:command="{h("animation command")}"/></anim:par></anim:par>
<presentation:notes><draw:page-thumbnail/><draw:frame><draw:text-box><text:p>{h("speaker notes")}</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>
<draw:page draw:name="page2" draw:style-name="dp2" draw:master-page-name="x">{box(h("hidden slide"))}</draw:page>
<draw:page draw:name="page3" draw:style-name="dp3" draw:master-page-name="{sample.hidden["master name"]}" presentation:use-footer-name="ftr2">{box(s("third slide"))}</draw:page>
<presentation:settings presentation:start-page="{h("start page")}"><presentation:show presentation:name="{h("custom show")}" presentation:pages="x"/></presentation:settings></office:{"presentation" if kind == "presentation" else "drawing"}></office:body>'''  # fmt: skip
    if kind != "presentation":  # slides that are hidden, and footers, are of presentations only
        content = content.replace("presentation:visibility", "presentation:display-header")
        sample.shown["hidden slide"] = sample.hidden.pop("hidden slide")
    name = sample.hidden["master name"]
    masters = f'''<draw:layer-set><draw:layer draw:name="layout"/><draw:layer draw:name="{sample.hidden["hidden layer"]}" draw:display="none"><svg:title>{h("layer title")}</svg:title></draw:layer></draw:layer-set>
<style:handout-master style:page-layout-name="pm1">{box(h("handout"))}</style:handout-master><style:master-page style:name="{name}" style:page-layout-name="pm1">{box(s("master text"))}<presentation:notes>{box(h("notes master"))}</presentation:notes></style:master-page>
<style:master-page style:name="{h("unused master")}" style:page-layout-name="pm1">{box(h("text of an unused master"))}</style:master-page>'''
    more = f'''<style:style style:name="{name}-title" style:family="presentation"><style:graphic-properties draw:fill="none"/></style:style>
<draw:gradient draw:name="{sample.hidden["gradient in use"]}" draw:style="axial" draw:start-color="#00ff00" draw:end-color="#0000ff"/>'''
    styles = _styles(sample, masters=masters, more=more)
    sample.data = packed(sample, "presentation" if kind == "presentation" else "graphics", {
        "content.xml": _part("document-content", content), "styles.xml": styles,
        "Pictures/cropped.jpg": picture(sample, "picture"), **_chart(sample),
    })  # fmt: skip
    del sample.shown["number prefix"]  # of a list that no slide has
    return sample


def _with(xml, parts=None, why_not=Reason.FORMAT):
    """A text with something that is not taken apart."""
    sample = Sample("x.odt", why_not=why_not)
    word = sample.show("paragraph")
    content = f"<office:body><office:text><text:p>{word}</text:p>{xml}</office:text></office:body>"
    sample.data = packed(
        sample, "text", {"content.xml": _part("document-content", content), **(parts or {})}
    )
    return sample


def odt_vector() -> Sample:
    return _with(
        '<text:p><draw:frame><draw:image xlink:href="Pictures/x.emf"/></draw:frame></text:p>',
        {"Pictures/x.emf": b"\x01\0\0\0 EMF with a path in it"},
    )


def odt_unknown() -> Sample:
    return _with("<mine:box><text:p>perhaps shown</text:p></mine:box>")


SAMPLES = {
    "odt": odt,
    "odt parts": odt_parts,
    "ods": ods,
    "odp": odp,
    "odg": lambda: odp("graphics"),
    "odt with a vector picture": odt_vector,
    "odt with an unknown element": odt_unknown,
}

# ruff: noqa: E501 - documents are written as their programs write them
"""HWPX with a word in every place of OWPML (KS X 6101), and where Hangul puts text."""

from board.tips.files import Reason
from board.tips.files.documents.hwpx.package import NAMESPACES
from tips.files import samples
from tips.files.corpus.markers import Sample
from tips.files.corpus.opendocument import picture

_MORE = {
    "ha": "http://www.hancom.co.kr/hwpml/2011/app",
    "config": "urn:oasis:names:tc:opendocument:xmlns:config:1.0",
    "mine": "urn:mine",
}
_SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"' for prefix, uri in {**NAMESPACES, **_MORE}.items() if prefix != "xml"
)
_OPF = "http://www.idpf.org/2007/opf/"


def _part(name, inside):
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><{name} {_SPACES}>{inside}</{name.split()[0]}>'
    return text.encode()


def _list(sample, pictures="", more=""):
    h = lambda place: sample.hide(f"list {place}")  # noqa: E731
    return f'''<opf:package xmlns:opf="{_OPF}" version="{h("version")}" unique-identifier="{h("identifier")}" id="{h("id")}"><!--{h("comment")}--><opf:metadata><opf:title>{h("title")}</opf:title><opf:language>ko</opf:language>
<opf:meta name="creator" content="text">{h("creator")}</opf:meta><opf:meta name="subject" content="text">{h("subject")}</opf:meta><opf:meta name="description" content="text">{h("description")}</opf:meta>
<opf:meta name="lastsaveby" content="text">{h("last saved by")}</opf:meta><opf:meta name="CreatedDate" content="text">2026-03-01T05:25:30Z</opf:meta><opf:meta name="date" content="text">{h("date")}</opf:meta>
<opf:meta name="keyword" content="text">{h("keyword")}</opf:meta><opf:meta name="{h("own name")}" content="{h("own content")}">{h("own value")}</opf:meta></opf:metadata>
<opf:manifest><opf:item id="header" href="Contents/header.xml" media-type="application/xml"/><opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/><opf:item id="settings" href="settings.xml" media-type="application/xml"/>{pictures}
<opf:item id="image9" href="C:\\Users\\{h("linked picture")}\\x.png" media-type="image/png" isEmbeded="0" sub-path="{h("picture path")}"/>{more}</opf:manifest>
<opf:spine><opf:itemref idref="header"/><opf:itemref idref="{h("reading order")}"/></opf:spine><opf:guide><opf:reference type="x" title="{h("guide")}"/></opf:guide></opf:package>'''.encode()


def _head(sample):
    h, s = sample.hide, sample.show
    return _part('hh:head version="1.4" secCnt="1"', f'''<hh:beginNum page="1" footnote="1"/><hh:refList><hh:fontfaces itemCnt="1"><hh:fontface lang="HANGUL" fontCnt="2">
<hh:font id="0" face="함초롬바탕" type="TTF" isEmbedded="0"/><hh:font id="1" face="{h("typeface")}" type="TTF" isEmbedded="1" binaryItemIDRef="{h("embedded font")}"><hh:substFont face="{h("substitute typeface")}" type="TTF"/></hh:font></hh:fontface></hh:fontfaces>
<hh:charProperties itemCnt="2"><hh:charPr id="0" height="1000" textColor="#000000" shadeColor="none"><hh:fontRef hangul="0" latin="1"/><hh:bold/></hh:charPr><hh:charPr id="1" height="1000" textColor="#FFFFFF"/></hh:charProperties>
<hh:numberings itemCnt="1"><hh:numbering id="1" start="0"><hh:paraHead level="1" numFormat="DIGIT">{s("number")}^1.</hh:paraHead></hh:numbering></hh:numberings><hh:bullets><hh:bullet id="1" char="-" useImage="0"/><hh:bullet id="2" char="{h("words for a bullet")}" checkedChar="{h("words for a ticked bullet")}" useImage="0"/></hh:bullets>
<hh:paraProperties><hh:paraPr id="0" tabPrIDRef="0"><hp:switch><hp:case hp:required-namespace="http://www.hancom.co.kr/hwpml/2016/HwpUnitChar"><hh:lineSpacing type="PERCENT" value="160" unit="HWPUNIT"/></hp:case><hp:default><hh:lineSpacing type="PERCENT" value="160" unit="HWPUNIT"/></hp:default></hp:switch></hh:paraPr></hh:paraProperties>
<hh:styles itemCnt="2"><hh:style id="0" type="PARA" name="바탕글" engName="Normal" paraPrIDRef="0" charPrIDRef="0"/><hh:style id="1" type="PARA" name="{h("style name")}" engName="{h("english style name")}" paraPrIDRef="0"/></hh:styles>
<hh:memoProperties><hh:memoPr id="1" width="1" lineColor="#000000"/></hh:memoProperties><hh:trackChangeAuthors><hh:trackChangeAuthor name="{h("change author")}" id="1"/></hh:trackChangeAuthors></hh:refList>
<hh:forbiddenWordList itemCnt="1"><hh:forbiddenWord>{h("forbidden word")}</hh:forbiddenWord></hh:forbiddenWordList><hh:compatibleDocument targetProgram="HWP201X"><hh:layoutCompatibility/></hh:compatibleDocument>
<hh:docOption><hh:linkinfo path="C:\\Users\\{h("linked document")}\\x.hwp" pageInherit="0"/><hh:licensemark type="KOGL" flag="1" lang="{h("licence")}"/></hh:docOption><hh:metaTag>{{"name":"{h("tag of the document")}"}}</hh:metaTag><hh:trackchageConfig flags="56"/><mine:x note="{h("foreign element of the head")}"/>''')  # fmt: skip


def _field(sample, kind, shown, *, is_gone=False):
    h = lambda place: sample.hide(f"field {kind} {place}")  # noqa: E731
    number = 100 + len(sample.hidden)
    word = h("value") if is_gone else shown
    return f'''<hp:run charPrIDRef="0"><hp:ctrl><hp:fieldBegin id="{number}" type="{kind}" name="{h("name")}" editable="1" dirty="0" zorder="-1" fieldid="627469685"><hp:parameters cnt="3" name="{h("set")}"><hp:integerParam name="Prop">9</hp:integerParam>
<hp:stringParam name="Command" xml:space="preserve">C:\\{h("command")}\\x;1;0;0;</hp:stringParam><hp:stringParam name="{h("parameter")}">x</hp:stringParam><hp:listParam name="x"><hp:stringParam name="y">{h("list")}</hp:stringParam></hp:listParam></hp:parameters><hp:metaTag>{h("tag")}</hp:metaTag></hp:fieldBegin></hp:ctrl><hp:t>{word}</hp:t><hp:ctrl><hp:fieldEnd beginIDRef="{number}" fieldid="1"/></hp:ctrl></hp:run>'''


def _shape(sample, name, more="", text=""):
    h = lambda place: sample.hide(f"{name} {place}")  # noqa: E731
    drawn = f"<hp:drawText lastWidth='100' name='{h('text box name')}' editable='0'><hp:subList><hp:p><hp:run charPrIDRef='0'><hp:t>{text}</hp:t></hp:run></hp:p></hp:subList></hp:drawText>" if text else ""  # fmt: skip
    return f'''<hp:run><hp:{name} id="1793562344" zOrder="0" numberingType="PICTURE" textWrap="SQUARE" textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" href="file:///{h("link")}" groupLevel="0" instid="719820521" reverse="0" mine:x="{h("foreign attribute")}">{more}{drawn}
<hp:sz width="7200" widthRelTo="ABSOLUTE" height="7200" heightRelTo="ABSOLUTE" protect="0"/><hp:pos treatAsChar="1" vertRelTo="PARA"/><hp:shapeComment>그림입니다. 원본 그림의 이름: C:\\Users\\{h("comment")}\\x.png</hp:shapeComment><hp:metaTag>{{"name":"{h("tag")}"}}</hp:metaTag></hp:{name}></hp:run>'''


def _shapes(sample):
    h, s = sample.hide, sample.show
    cropped = '<hp:imgRect/><hp:imgClip left="3600" right="7200" top="0" bottom="7200"/><hp:imgDim dimwidth="7200" dimheight="7200"/><hc:img binaryItemIDRef="image1" bright="0" contrast="0" effect="REAL_PIC" alpha="0"/>'
    yield _shape(sample, "pic", cropped)
    yield _shape(
        sample,
        "rect",
        '<hp:lineShape color="#000000" width="33" style="SOLID"/><hc:fillBrush><hc:imgBrush mode="TILE"><hc:img binaryItemIDRef="image2"/></hc:imgBrush></hc:fillBrush>',
        s("text box"),
    )
    yield _shape(sample, "container")
    yield _shape(sample, "equation", f"<hp:script>{s('equation')} over 2</hp:script>")
    yield f'<hp:run><hp:textart text="{s("word art")}" id="1"><hp:textartPr fontName="{h("word art typeface")}" fontStyle="보통"/></hp:textart></hp:run>'
    yield f'<hp:run><hp:compose circleType="CHAR" charSz="-3" composeText="{s("composed")}"/><hp:dutmal posType="TOP"><hp:mainText>{s("ruby base")}</hp:mainText><hp:subText>{s("ruby text")}</hp:subText></hp:dutmal></hp:run>'
    yield f'''<hp:run><hp:btn caption="{s("button")}" name="{h("button name")}" command="{h("button command")}" groupName="{h("button group")}" tabOrder="1"><hp:formCharPr charPrIDRef="0"/></hp:btn><hp:radioBtn caption="{s("radio")}" radioGroupName="{h("radio group")}" value="CHECKED"/>
<hp:comboBox selectedValue="{s("chosen")}" name="{h("combo name")}"><hp:listItem displayText="{h("option")}" value="{h("option value")}"/></hp:comboBox><hp:edit multiLine="0" passwordChar="*" name="{h("edit name")}"><hp:text>{h("edit text")}</hp:text></hp:edit></hp:run>'''


def _master(sample, name):
    return _part('hp:masterPage id="masterpage0" type="BOTH" pageNumber="0"', f'<hp:subList id="" textDirection="HORIZONTAL"><hp:p><hp:run><hp:t>{name}</hp:t></hp:run></hp:p></hp:subList>')  # fmt: skip


def _section(sample):
    h, s = sample.hide, sample.show
    gone = ("USER_INFO", "SUMMERY", "PATH", "DOC_DATE")
    kept = (
        "CLICK_HERE",
        "HYPERLINK",
        "CROSSREF",
        "BOOKMARK",
        "DATE",
        "FORMULA",
        "MAILMERGE",
        "PRIVATE_INFO",
        "METADATA",
    )
    fields = "".join(_field(sample, kind, "", is_gone=True) for kind in gone)
    fields += "".join(_field(sample, kind, s(f"field {kind}")) for kind in kept)
    return _part("hs:sec", f'''<!--{h("comment")}--><?x {h("instruction")}?><hp:p id="3121190098" paraPrIDRef="0" styleIDRef="1" pageBreak="0" columnBreak="0" merged="0"><hp:run charPrIDRef="0">
<hp:secPr id="" textDirection="HORIZONTAL" spaceColumns="1134" tabStop="8000" outlineShapeIDRef="1" memoShapeIDRef="0" masterPageCnt="1" mine:note="{h("section attribute")}"><hp:grid lineGrid="0" charGrid="0"/><hp:pagePr landscape="WIDELY" width="59528" height="84188" gutterType="LEFT_ONLY"><hp:margin header="4252" left="8504"/></hp:pagePr>
<hp:footNotePr><hp:autoNumFormat type="DIGIT" userChar="" prefixChar="" suffixChar=")" supscript="0"/><hp:placement place="EACH_COLUMN" beneathText="0"/></hp:footNotePr><hp:masterPage idRef="masterpage0"/><hp:presentation effect="none" soundIDRef="{h("sound")}" invertText="0"/></hp:secPr>
<hp:ctrl><hp:colPr id="" type="NEWSPAPER" layout="LEFT" colCount="1" sameSz="1" sameGap="0"/></hp:ctrl><hp:ctrl><hp:header id="1" applyPageType="BOTH"><hp:subList><hp:p><hp:run><hp:t>{s("header")}</hp:t></hp:run></hp:p></hp:subList></hp:header></hp:ctrl><hp:ctrl><hp:footer id="2" applyPageType="BOTH"><hp:subList><hp:p><hp:run><hp:t>{s("footer")}<hp:lineBreak/>x</hp:t></hp:run></hp:p></hp:subList></hp:footer></hp:ctrl></hp:run>
<hp:run charPrIDRef="0"><hp:t>{s("paragraph")}<hp:tab width="4000" leader="0" type="1"/><hp:markpenBegin color="#FFFF00"/>{s("marked")}<hp:markpenEnd/><hp:nbSpace/></hp:t></hp:run><hp:run charPrIDRef="1"><hp:t>{s("white text")}</hp:t></hp:run>{fields}
<hp:run><hp:ctrl><hp:bookmark name="{h("bookmark")}"/></hp:ctrl><hp:ctrl><hp:indexmark><hp:firstKey>{h("index key")}</hp:firstKey><hp:secondKey>{h("second key")}</hp:secondKey></hp:indexmark></hp:ctrl>
<hp:ctrl><hp:hiddenComment><hp:subList><hp:p><hp:run><hp:t>{h("hidden comment")}</hp:t></hp:run></hp:p></hp:subList></hp:hiddenComment></hp:ctrl><hp:ctrl><hp:footNote number="1" instId="5"><hp:subList><hp:p><hp:run><hp:ctrl><hp:autoNum num="1" numType="FOOTNOTE"><hp:autoNumFormat type="DIGIT"/></hp:autoNum></hp:ctrl><hp:t>{s("footnote")}</hp:t></hp:run></hp:p></hp:subList></hp:footNote></hp:ctrl></hp:run>
<hp:run><hp:ctrl><hp:fieldBegin id="55" type="MEMO" name=""><hp:parameters cnt="2"><hp:stringParam name="Author">{h("memo author")}</hp:stringParam><hp:stringParam name="CreateDateTime">{h("memo date")}</hp:stringParam></hp:parameters><hp:subList><hp:p><hp:run><hp:t>{h("memo")}</hp:t></hp:run></hp:p></hp:subList></hp:fieldBegin></hp:ctrl><hp:t>{s("text with a memo")}</hp:t><hp:ctrl><hp:fieldEnd beginIDRef="55"/></hp:ctrl></hp:run>
{"".join(_shapes(sample))}<hp:run><hp:tbl id="1" rowCnt="1" colCnt="1" borderFillIDRef="1" repeatHeader="1"><hp:shapeComment>{h("table comment")}</hp:shapeComment><hp:tr><hp:tc name="{h("cell name")}" header="0" borderFillIDRef="1"><hp:subList><hp:p><hp:run><hp:t>{s("cell")}</hp:t></hp:run></hp:p></hp:subList><hp:cellAddr colAddr="0" rowAddr="0"/><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc></hp:tr></hp:tbl></hp:run>
<hp:linesegarray><hp:lineseg textpos="0" vertpos="0" flags="393216"/></hp:linesegarray>{h("text between runs")}</hp:p>''')  # fmt: skip


def _leftovers(sample):
    h = lambda place: sample.hide(f"part {place}")  # noqa: E731
    return {
        "version.xml": f'<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" tagetApplication="WORDPROCESSOR" major="5" application="{h("program")}" appVersion="{h("version")}" os="{h("system")}" x="{h("version attribute")}"/>'.encode(),
        "META-INF/container.xml": f'<ocf:container xmlns:ocf="urn:oasis:names:tc:opendocument:xmlns:container"><ocf:rootfiles><ocf:rootfile full-path="Contents/content.hpf"/><ocf:rootfile full-path="{h("container path")}"/></ocf:rootfiles></ocf:container>'.encode(),
        "META-INF/container.rdf": f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="{h("rdf")}"/></rdf:RDF>'.encode(),
        "META-INF/manifest.xml": f'<odf:manifest xmlns:odf="urn:x"><!--{h("manifest comment")}--></odf:manifest>'.encode(),
        "META-INF/signatures.xml": f"<s><name>{h('signer')}</name></s>".encode(),
        "settings.xml": _part("ha:HWPApplicationSetting", f'<ha:CaretPosition listIDRef="0" paraIDRef="1" pos="16"/><config:config-item-set name="PrintInfo"><config:config-item name="PrinterName" type="string">{h("printer")}</config:config-item><config:config-item name="{h("setting name")}" type="string">{h("setting")}</config:config-item></config:config-item-set>'),
        "Preview/PrvText.txt": f"<지운 문장> {h('preview')}".encode(),
        "Preview/PrvImage.png": samples.saved(samples.drawing(), "PNG"),
        "Scripts/headerScripts": sample.hide("part script", told=False).encode("utf-16-le"),
        "DocHistory/VersionLog0.xml": f'<h author="{h("history author")}"><t>{h("history")}</t></h>'.encode(),
        "Contents/masterpage7.xml": _master(sample, h("unused master page")),
        f"BinData/{h('unused file')}.ole": sample.hide("part unused object", told=False).encode(),
        "BinData/unused.jpg": picture(sample, "unused picture"),
        "Custom/x.xml": f'<x><y z="{h("custom value")}">{h("custom text")}</y></x>'.encode(),
        f"DocOptions/{h('option')}": sample.hide("part of options", told=False).encode(),
    }  # fmt: skip


def hwpx() -> Sample:
    sample = Sample("x.hwpx")
    items = "".join(
        f'<opf:item id="image{n}" href="BinData/image{n}.jpg" media-type="image/jpg" isEmbeded="1"/>'
        for n in (1, 2)
    )
    master = (
        '<opf:item id="masterpage0" href="Contents/masterpage0.xml" media-type="application/xml"/>'
    )
    sample.data = samples.zipped({
        "mimetype": b"application/hwp+zip",
        "Contents/content.hpf": _list(sample, items, master),
        "Contents/header.xml": _head(sample),
        "Contents/section0.xml": _section(sample),
        "Contents/masterpage0.xml": _master(sample, sample.show("master page")),
        "BinData/image1.jpg": picture(sample, "picture"),
        "BinData/image2.jpg": picture(sample, "background"),
    })  # fmt: skip
    return sample


def hwpx_parts() -> Sample:
    """Parts that no document needs. A sample of its own: a report has at most 200 findings."""
    return _with("", more=_leftovers)


def _with(xml, why_not=None, more=lambda sample: {}):
    sample = Sample("x.hwpx", why_not=why_not)
    section = f"<hp:p><hp:run><hp:t>{sample.show('paragraph')}</hp:t></hp:run>{xml}</hp:p>"
    sample.data = samples.zipped({
        "mimetype": b"application/hwp+zip",
        "Contents/content.hpf": _list(sample),
        "Contents/section0.xml": _part("hs:sec", section),
        **more(sample),
    })  # fmt: skip
    return sample


SAMPLES = {
    "hwpx": hwpx,
    "hwpx parts": hwpx_parts,
    "hwpx with an object": lambda: _with('<hp:run><hp:ole binaryItemIDRef="ole1"/></hp:run>', Reason.FORMAT),
    "hwpx with a chart": lambda: _with('<hp:run><hp:chart chartIDRef="Chart/chart1.xml"/></hp:run>', Reason.FORMAT),
    "hwpx with changes": lambda: _with('<hp:run><hp:t>x<hp:deleteBegin Id="1" TcId="1"/>y<hp:deleteEnd Id="1"/></hp:t></hp:run>', Reason.CHANGES),
    "hwpx with an unknown element": lambda: _with("<mine:box>perhaps shown</mine:box>", Reason.FORMAT),
}  # fmt: skip

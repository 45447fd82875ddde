# ruff: noqa: E501 - documents are written as their programs write them
"""XLSX."""

from tips.files.corpus import office
from tips.files.corpus.markers import Sample
from tips.files.corpus.office import rels, xml


def xlsx() -> Sample:
    sample = Sample("x.xlsx")
    parts = {
        "xl/workbook.xml": _workbook(sample),
        "xl/_rels/workbook.xml.rels": rels(*_links()),
        "xl/sharedStrings.xml": _strings(sample),
        "xl/worksheets/sheet1.xml": _sheet(sample),
        "xl/worksheets/_rels/sheet1.xml.rels": rels(
            ("rId1", "drawing", "../drawings/drawing1.xml"), ("rId2", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
            ("rId3", "comments", "../comments1.xml"), ("rId4", "printerSettings", "../printerSettings/printerSettings1.bin"),
            ("rId5", "hyperlink", f"https://intra.example/{sample.hide('target of a link')}"), ("rId6", "table", "../tables/table1.xml"),
            ("rId7", "pivotTable", "../pivotTables/pivotTable1.xml"), ("rId8", "oleObject", "../embeddings/oleObject1.bin"),
            ("rId9", "customProperty", "../customProperty1.bin"), ("rId10", "threadedComment", "../threadedComments/threadedComment1.xml"),
            ("rId11", "slicer", "../slicers/slicer1.xml"), ("rId12", "timeline", "../timelines/timeline1.xml"), ("rId13", "queryTable", "../queryTables/queryTable1.xml"),
        ),
        **_hidden_sheets(sample),
        **_drawings(sample),
        **_styles(sample),
        **_data(sample),
        **_people(sample),
        **{f"xl/{name}": part for name, part in office.chart(sample).items()},
    }  # fmt: skip
    sample.data = office.document(sample, "xl/workbook.xml", parts)
    return sample


def _links():
    yield from ((f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in (1, 2, 3))
    yield from (
        ("rId4", "styles", "styles.xml"), ("rId5", "sharedStrings", "sharedStrings.xml"), ("rId6", "theme", "theme/theme1.xml"),
        ("rId7", "externalLink", "externalLinks/externalLink1.xml"), ("rId8", "connections", "connections.xml"),
        ("rId9", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"), ("rId10", "calcChain", "calcChain.xml"),
        ("rId11", "person", "persons/person.xml"), ("rId12", "powerPivotData", "model/item.data"), ("rId13", "customXml", "../customXml/item1.xml"),
    )  # fmt: skip


def _workbook(sample):
    hide, show = sample.hide, sample.show
    names = "".join(
        f'<definedName name="{hide(f"{kind} name")}" {more} comment="{hide(f"comment of a {kind} name")}">{formula}</definedName>'
        for kind, more, formula in (
            ("hidden", 'hidden="1"', f"'C:\\Users\\{hide('path in a name')}\\x'!$A$1"),
            ("visible", 'description="x"', f'"{hide("constant in a name")}"'),
        )
    )
    return xml(
        "x:workbook",
        f"""<x:fileVersion appName="xl" lastEdited="7" codeName="{hide("code name of a file")}"/><x:fileSharing readOnlyRecommended="1" userName="{hide("user who shares")}"/>
 <x:workbookPr codeName="{hide("code name of the workbook")}" date1904="0"/><mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="C:\\Users\\{hide("path of the workbook")}\\"/></mc:Choice></mc:AlternateContent>
 <x:bookViews><x:workbookView xWindow="0" yWindow="0"/></x:bookViews><x:sheets><x:sheet name="{show("name of a sheet")}" sheetId="7" r:id="rId1"/><x:sheet name="{hide("name of a hidden sheet")}" sheetId="8" state="hidden" r:id="rId2"/><x:sheet name="{hide("name of a very hidden sheet")}" sheetId="9" state="veryHidden" r:id="rId3"/></x:sheets>
 <x:functionGroups><x:functionGroup name="{hide("group of functions")}"/></x:functionGroups><x:externalReferences><x:externalReference r:id="rId7"/></x:externalReferences><x:definedNames>{names}</x:definedNames>
 <x:customWorkbookViews><x:customWorkbookView name="{hide("view of a workbook")}" guid="{{x}}"/></x:customWorkbookViews><x:pivotCaches><x:pivotCache cacheId="1" r:id="rId9"/></x:pivotCaches>
 <x:webPublishObjects><x:webPublishObject id="1" divId="x" destinationFile="C:\\{hide("published file")}.htm" title="{hide("title of a published file")}"/></x:webPublishObjects>
 <x:extLst><x:ext uri="{{x}}"><x14:slicerCaches name="{hide("extension of a workbook")}"/></x:ext></x:extLst>""",
    )


def _strings(sample):
    hide, show = sample.hide, sample.show
    rich = f'<x:r><x:rPr><x:rFont val="{hide("font in a cell")}"/></x:rPr><x:t>{show("rich text")}</x:t></x:r>'
    spoken = (
        f'<x:rPh sb="0" eb="1"><x:t>{hide("pronunciation")}</x:t></x:rPh><x:phoneticPr fontId="1"/>'
    )
    texts = (
        show("text of a cell"),
        hide("unused string"),
        hide("string of a hidden row"),
        hide("string of a hidden sheet"),
        show("heading of a table"),
    )
    return xml(
        "x:sst",
        "".join(f"<x:si><x:t>{text}</x:t></x:si>" for text in texts)
        + f"<x:si>{rich}{spoken}</x:si>",
    )


def _sheet(sample):
    hide, show = sample.hide, sample.show

    def inline(place, text):
        return f'<x:c r="{place}" t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c>'

    rows = f"""<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c>{inline("B1", show("inline string"))}{inline("C1", hide("hidden column"))}<x:c r="D1" t="s"><x:v>5</x:v></x:c></x:row>
 <x:row r="2" hidden="1"><x:c r="A2" t="s"><x:v>2</x:v></x:c>{inline("B2", hide("hidden row"))}</x:row><x:row r="3" ht="0" customHeight="1">{inline("A3", hide("row without height"))}</x:row>
 <x:row r="4"><x:c r="A4" t="str"><x:f>VLOOKUP("{hide("text in a formula")}",'[1]{hide("sheet in a formula")}'!A:B,2)</x:f><x:v>{show("result of a formula")}</x:v></x:c>{inline("E4", hide("column without width"))}<x:c r="F4" s="1" t="inlineStr"><x:is><x:t>{hide("cell with an empty format")}</x:t></x:is></x:c></x:row>
 <x:row r="5"><x:c r="A5" t="s"><x:v>4</x:v></x:c></x:row><x:row r="6">{inline("A6", show("row of a table"))}</x:row>
 <x:row r="7" ht="0.5" customHeight="1">{inline("A7", hide("row of half a point"))}</x:row><x:row r="8">{inline("A8", show("merged cell"))}{inline("B8", hide("cell under a merged one"))}{inline("G8", hide("column of a tenth of a digit"))}</x:row>"""
    rules = "".join(
        f'<x:conditionalFormatting sqref="A1"><x:cfRule type="{kind}" dxfId="0" priority="1" text="{hide(f"text of a rule {kind}")}"><x:formula>SEARCH("{hide(f"formula of a rule {kind}")}",A1)</x:formula></x:cfRule></x:conditionalFormatting>'
        for kind in ("containsText", "expression")
    )
    return xml("x:worksheet", f"""<x:sheetPr codeName="{hide("code name of a sheet")}"><x:tabColor rgb="FFFF0000"/></x:sheetPr><x:sheetViews><x:sheetView workbookViewId="0"><x:selection activeCell="Z99" sqref="Z99"/></x:sheetView></x:sheetViews>
 <x:cols><x:col min="3" max="3" width="9" hidden="1"/><x:col min="5" max="5" width="0"/><x:col min="7" max="7" width="0.1"/></x:cols><x:sheetData>{rows}</x:sheetData><x:sheetProtection password="CAFE"/><x:protectedRanges><x:protectedRange name="{hide("protected range")}" sqref="A1" securityDescriptor="{hide("who may change a range")}"/></x:protectedRanges>
 <x:scenarios><x:scenario name="{hide("scenario")}" user="{hide("user of a scenario")}" comment="{hide("comment of a scenario")}"><x:inputCells r="A1" val="{hide("value of a scenario")}"/></x:scenario></x:scenarios>
 <x:autoFilter ref="A5:A6"><x:filterColumn colId="0"><x:filters><x:filter val="{hide("filter")}"/></x:filters></x:filterColumn></x:autoFilter><x:customSheetViews><x:customSheetView guid="{{x}}"><x:headerFooter><x:oddHeader>{hide("header of a view")}</x:oddHeader></x:headerFooter></x:customSheetView></x:customSheetViews>
 <x:mergeCells><x:mergeCell ref="A8:B8"/></x:mergeCells>{rules}<x:dataValidations><x:dataValidation type="list" promptTitle="{hide("title of a prompt")}" prompt="{hide("prompt")}" error="{hide("error of a validation")}" errorTitle="{hide("title of an error")}" sqref="A1"><x:formula1>"{hide("choices of a validation")},b"</x:formula1></x:dataValidation></x:dataValidations>
 <x:hyperlinks><x:hyperlink ref="A1" r:id="rId5" tooltip="{hide("tooltip of a link")}" location="{hide("location of a link")}" display="{hide("display of a link")}"/></x:hyperlinks><x:pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/><x:pageSetup paperSize="9" r:id="rId4"/>
 <x:headerFooter><x:oddHeader>&amp;L{hide("header")} &amp;F</x:oddHeader><x:evenFooter>{hide("footer")}</x:evenFooter></x:headerFooter><x:customProperties><x:customPr name="{hide("name of a custom property of a sheet")}" r:id="rId9"/></x:customProperties>
 <x:drawing r:id="rId1"/><x:legacyDrawing r:id="rId2"/><x:oleObjects><x:oleObject progId="{hide("program of an object")}" link="[1]!{hide("link of an object")}" shapeId="1" r:id="rId8"/></x:oleObjects>
 <x:webPublishItems><x:webPublishItem id="1" divId="{hide("published item")}" destinationFile="x"/></x:webPublishItems><x:tableParts><x:tablePart r:id="rId6"/></x:tableParts><x:extLst><x:ext uri="{{x}}"><x14:slicerList name="{hide("extension of a sheet")}"/></x:ext></x:extLst>""", 'xr:uid="{00000000-0001-0000-0000-00000A77B3E0}" xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"')  # fmt: skip


def _hidden_sheets(sample):
    return {
        "xl/worksheets/sheet2.xml": xml(
            "x:worksheet",
            '<x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>3</x:v></x:c></x:row></x:sheetData>',
        ),
        "xl/worksheets/sheet3.xml": xml(
            "x:worksheet",
            f'<x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>{sample.hide("very hidden sheet")}</x:t></x:is></x:c></x:row></x:sheetData>',
        ),
    }


def _drawings(sample):
    hide, show = sample.hide, sample.show
    place = "<xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>8</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>12</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
    picture = office.picture_shape(sample, "a picture", "rId1").replace("pic:", "xdr:")
    shape = f'<xdr:sp macro="{hide("macro of a shape")}" textlink="Sheet1!{hide("cell of a shape")}"><xdr:nvSpPr><xdr:cNvPr id="3" name="{hide("name of a shape")}" descr="{hide("description of a shape")}"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{show("text of a shape")}</a:t></a:r></a:p></xdr:txBody></xdr:sp>'
    frame = f'<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="4" name="{hide("name of a chart")}"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="{office.NAMESPACES["c"]}"><c:chart r:id="rId2"/></a:graphicData></a:graphic></xdr:graphicFrame>'
    anchors = "".join(
        f"<xdr:twoCellAnchor>{place}{each}<xdr:clientData/></xdr:twoCellAnchor>"
        for each in (picture, shape, frame)
    )
    return {
        "xl/drawings/drawing1.xml": xml("xdr:wsDr", anchors),
        "xl/drawings/_rels/drawing1.xml.rels": rels(
            ("rId1", "image", "../media/image1.jpeg"), ("rId2", "chart", "../charts/chart1.xml")
        ),
        "xl/media/image1.jpeg": office.photo(sample, "a picture"),
        "xl/drawings/vmlDrawing1.vml": f'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape alt="{hide("alternative text of a note")}"><v:textbox>{hide("drawn note")}</v:textbox></v:shape></xml>'.encode(),
    }


def _styles(sample):
    hide, show = sample.hide, sample.show
    return {
        "xl/theme/theme1.xml": office.theme(sample),
        "xl/styles.xml": xml(
            "x:styleSheet",
            f"""<x:numFmts count="3"><x:numFmt numFmtId="170" formatCode="0&quot;{show("unit in a number format")}&quot;"/><x:numFmt numFmtId="171" formatCode="0&quot;{hide("unused number format")}&quot;"/><x:numFmt numFmtId="172" formatCode=";;;"/></x:numFmts>
 <x:fonts count="1"><x:font><x:sz val="11"/><x:name val="{hide("font of a style")}"/></x:font></x:fonts><x:fills count="1"><x:fill><x:patternFill patternType="none"/></x:fill></x:fills><x:borders count="1"><x:border/></x:borders>
 <x:cellStyleXfs count="1"><x:xf numFmtId="0"/></x:cellStyleXfs><x:cellXfs count="2"><x:xf numFmtId="170" xfId="0"/><x:xf numFmtId="172" xfId="0"/></x:cellXfs><x:cellStyles count="2"><x:cellStyle name="Normal" xfId="0" builtinId="0"/><x:cellStyle name="{hide("name of a cell style")}" xfId="0"/></x:cellStyles><x:dxfs count="1"><x:dxf/></x:dxfs>
 <x:tableStyles count="1" defaultTableStyle="{hide("usual style of tables")}"><x:tableStyle name="{hide("name of a table style")}"/></x:tableStyles>""",
        ),
        "xl/tables/table1.xml": xml(
            "x:table",
            f"""<x:autoFilter ref="A5:A6"><x:filterColumn colId="0"><x:filters><x:filter val="{hide("filter of a table")}"/></x:filters></x:filterColumn></x:autoFilter>
 <x:tableColumns count="1"><x:tableColumn id="4" name="{sample.shown["heading of a table"]}" totalsRowLabel="{hide("label of a total")}" uniqueName="{hide("unique name of a column")}"><x:calculatedColumnFormula>{hide("formula of a column")}</x:calculatedColumnFormula></x:tableColumn></x:tableColumns>
 <x:tableStyleInfo name="TableStyleMedium2" showRowStripes="1"/>""",
            f'id="5" name="{hide("name of a table")}" displayName="{hide("display name of a table")}" comment="{hide("comment of a table")}" ref="A5:A6"',
        ),
    }


def _data(sample):
    hide = sample.hide
    return {
        "xl/externalLinks/externalLink1.xml": xml(
            "x:externalLink",
            f"""<x:externalBook r:id="rId1"><x:sheetNames><x:sheetName val="{hide("sheet of a linked workbook")}"/></x:sheetNames><x:definedNames><x:definedName name="{hide("name in a linked workbook")}"/></x:definedNames><x:sheetDataSet><x:sheetData sheetId="0"><x:row r="1"><x:cell r="A1"><x:v>{hide("value of a linked workbook")}</x:v></x:cell></x:row></x:sheetData></x:sheetDataSet></x:externalBook>""",
        ),
        "xl/externalLinks/_rels/externalLink1.xml.rels": rels(
            (
                "rId1",
                "externalLinkPath",
                f"file:///C:/Users/{hide('path of a linked workbook')}.xlsx",
            )
        ),
        "xl/connections.xml": xml(
            "x:connections",
            f'<x:connection id="1" name="{hide("name of a connection")}" description="{hide("description of a connection")}" odcFile="C:\\{hide("file of a connection")}"><x:dbPr connection="Server={hide("server")};User={hide("user of a connection")}" command="SELECT {hide("command")}"/></x:connection>',
        ),
        "xl/queryTables/queryTable1.xml": xml(
            "x:queryTable", "", f'name="{hide("query table")}" connectionId="1"'
        ),
        "xl/pivotCache/pivotCacheDefinition1.xml": xml(
            "x:pivotCacheDefinition",
            f'<x:cacheSource type="worksheet"><x:worksheetSource ref="A1:B2" sheet="{hide("sheet of a pivot")}"/></x:cacheSource><x:cacheFields><x:cacheField name="{hide("field of a pivot")}"><x:sharedItems><x:s v="{hide("item of a pivot")}"/></x:sharedItems></x:cacheField></x:cacheFields>',
            f'refreshedBy="{hide("who refreshed a pivot")}" r:id="rId1"',
        ),
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": rels(
            ("rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")
        ),
        "xl/pivotCache/pivotCacheRecords1.xml": xml(
            "x:pivotCacheRecords", f'<x:r><x:s v="{hide("record of a pivot")}"/></x:r>'
        ),
        "xl/pivotTables/pivotTable1.xml": xml(
            "x:pivotTableDefinition",
            "",
            f'name="{hide("name of a pivot")}" dataCaption="{hide("caption of a pivot")}"',
        ),
        "xl/slicers/slicer1.xml": f"<slicers><slicer name='{hide('slicer')}' caption='{hide('caption of a slicer')}'/></slicers>".encode(),
        "xl/timelines/timeline1.xml": f"<timelines><timeline name='{hide('timeline')}'/></timelines>".encode(),
        "xl/model/item.data": b"\0\1\2" + hide("data model").encode("utf-16-le"),
        "xl/customProperty1.bin": hide("custom property of a sheet").encode("utf-16-le"),
        "xl/printerSettings/printerSettings1.bin": hide("printer").encode("utf-16-le"),
        "xl/embeddings/oleObject1.bin": b"\0\1\2" + hide("embedded object").encode("utf-16-le"),
        "xl/calcChain.xml": xml(
            "x:calcChain", f'<x:c r="A4" i="1" a="{hide("chain of calculation")}"/>'
        ),
        "xl/webextensions/webextension1.xml": f"<we id='{hide('web extension')}'/>".encode(),
        "customXml/item1.xml": f"<DataMashup>{hide('query')}</DataMashup>".encode(),
        "xl/revisions/userNames.xml": xml(
            "x:users", f'<x:userInfo name="{hide("user of a shared workbook")}"/>'
        ),
        "xl/revisions/revisionLog1.xml": xml(
            "x:revisions", f"<x:rcc><x:oc><x:v>{hide('former value')}</x:v></x:oc></x:rcc>"
        ),
    }


def _people(sample):
    hide = sample.hide
    return {
        "xl/comments1.xml": xml(
            "x:comments",
            f'<x:authors><x:author>{hide("author of a comment")}</x:author></x:authors><x:commentList><x:comment ref="A1" authorId="0"><x:text><x:t>{hide("comment")}</x:t></x:text></x:comment></x:commentList>',
        ),
        "xl/threadedComments/threadedComment1.xml": f"<ThreadedComments><threadedComment ref='A1' dT='2026-03-01' personId='{{x}}'><text>{hide('threaded comment')}</text></threadedComment></ThreadedComments>".encode(),
        "xl/persons/person.xml": f"<personList><person displayName='{hide('person')}' userId='{hide('account of a person')}' providerId='AD'/></personList>".encode(),
    }


SAMPLES = {"xlsx": xlsx}

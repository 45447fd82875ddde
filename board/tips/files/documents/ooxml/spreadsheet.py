"""XLSX: a part before it is copied. Cells keep the values they show; what is hidden goes."""

from ...results import FindingKind
from ...xml_tree import Damaged, remove
from . import cells, drawing
from .names import full, is_plain
from .package import Page


def prepare(page: Page) -> None:
    drawing.prepare(page)
    if page.kind == "workbook":
        _choose_sheets(page)
    elif page.kind == "worksheet":
        cells.keep_shown(page)
        _keep_rules(page)
        _keep_tables(page)
    elif page.kind == "sharedStrings":
        cells.keep_used_strings(page)
    elif page.kind == "styles":
        _keep_used_formats(page)
    elif page.kind == "table":
        _name_table(page)


def _choose_sheets(page: Page) -> None:
    """Remove hidden sheets; number the others anew. Raises Damaged if none is left."""
    for sheet in list(page.root.iter(full("x:sheet"))):
        if sheet.get("state", "visible") != "visible":
            page.told.note(FindingKind.HIDDEN, "sheet", sheet.get("name") or "")
            remove(sheet)
    shown = list(page.root.iter(full("x:sheet")))
    if not shown:
        raise Damaged("no sheet")
    for number, sheet in enumerate(shown, 1):
        sheet.set("sheetId", str(number))


def _keep_rules(page: Page) -> None:
    """Remove rules of conditional formats that contain names or text."""
    for rule in list(page.root.iter(full("x:cfRule"))):
        if not all(is_plain(formula.text or "") for formula in rule.iter(full("x:formula"))):
            page.told.element(rule)
            remove(rule)
    for rules in list(page.root.iter(full("x:conditionalFormatting"))):
        if rules.find(full("x:cfRule")) is None:
            remove(rules)


def _keep_tables(page: Page) -> None:
    """Keep tables whose headings are seen: their names must be those of the columns."""
    parts = list(page.root.iter(full("x:tablePart")))
    texts = cells.texts(page) if parts else {}
    for part in parts:
        target = page.target(part)
        headings = None if target is None else _headings(page, target, texts)
        if target is None or headings is None:
            remove(part)
        else:
            page.package.headings[target] = headings


def _headings(page: Page, table: str, texts: dict[tuple[int, int], str]) -> list[str] | None:
    root = page.package.tree(table) if table in page.package.source else None
    area = None if root is None else cells.area(root.get("ref") or "")
    if root is None or area is None or root.get("headerRowCount") == "0":
        return None
    columns = range(area.left, min(area.right, area.left + cells.COLUMNS_MAX) + 1)
    headings = [texts.get((area.top, column), "") for column in columns]
    return (
        headings if all(headings) and len({h.lower() for h in headings}) == len(headings) else None
    )


def _name_table(page: Page) -> None:
    number = str(list(page.package.headings).index(page.name) + 1)
    page.root.set("id", number)
    for name in ("name", "displayName"):
        page.told.word("name", page.root.get(name) or "")
        page.root.set(name, f"T{number}")
    headings = page.package.headings[page.name]
    for count, column in enumerate(page.root.iter(full("x:tableColumn"))):
        if count < len(headings):
            if column.get("name") != headings[count]:
                page.told.word("tableColumn", column.get("name") or "")
            column.set("name", headings[count])
            column.set("id", str(count + 1))


def _keep_used_formats(page: Page) -> None:
    """Remove styles of cells that somebody named, and number formats that nothing uses."""
    for style in list(page.root.iter(full("x:cellStyle"))):
        if style.get("builtinId") != "0":
            if style.get("builtinId") is None or style.get("customBuiltin"):
                page.told.word("cellStyle", style.get("name") or "", FindingKind.TITLE)
            remove(style)
    used = {xf.get("numFmtId") for xf in page.root.iter(full("x:xf"))}
    for each in list(page.root.iterfind(f"{full('x:numFmts')}/{full('x:numFmt')}")):
        if each.get("numFmtId") not in used:
            page.told.element(each)
            remove(each)

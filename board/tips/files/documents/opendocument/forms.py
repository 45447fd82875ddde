"""Form controls of an OpenDocument become text frames with what they show."""

from lxml import etree

from ..allow_list.tables import Tables

_SHOWN = {  # by control: the attribute with the text that it shows
    **dict.fromkeys(("text", "textarea", "formatted-text", "combobox"), "current-value"),
    **dict.fromkeys(("number", "date", "time", "file"), "current-value"),
    **dict.fromkeys(("button", "fixed-text", "checkbox", "radio", "frame"), "label"),
}
_BOXES = {"checkbox": ("☐ ", "☑ "), "radio": ("○ ", "● ")}
_PLACE = (
    *("svg:x", "svg:y", "svg:width", "svg:height", "draw:z-index", "draw:transform"),
    *("text:anchor-type", "text:anchor-page-number"),
    *("table:end-cell-address", "table:end-x", "table:end-y"),
)


_STYLE = "gr0"  # of the frames: only their text is to be seen


def replace(root: etree._Element, tables: Tables) -> None:
    controls = {
        value: element
        for element in root.iter(f"{{{tables.namespaces['form']}}}*")
        for key, value in element.attrib.items()
        if tables.name(key) in ("form:id", "xml:id")
    }
    draw = tables.namespaces["draw"]
    for shape in list(root.iter(f"{{{draw}}}control")):
        control = controls.get(shape.get(f"{{{draw}}}control") or "")
        if control is not None and (text := _shown(control, tables)):
            shape.addprevious(_frame(shape, text, tables))
    for styles in root.iter(f"{{{tables.namespaces['office']}}}automatic-styles"):
        _add_style(styles, tables)


def _add_style(styles: etree._Element, tables: Tables) -> None:
    style, draw = (tables.namespaces[prefix] for prefix in ("style", "draw"))
    graphic = {f"{{{style}}}name": _STYLE, f"{{{style}}}family": "graphic"}
    added = etree.SubElement(styles, f"{{{style}}}style", graphic)
    plain = {f"{{{draw}}}fill": "none", f"{{{draw}}}stroke": "none"}
    etree.SubElement(added, f"{{{style}}}graphic-properties", plain)


def _shown(control: etree._Element, tables: Tables) -> str:
    kind = tables.name(control.tag).removeprefix("form:")
    if kind == "listbox":
        options = (option for option in control if _get(option, "current-selected", tables))
        return next((_get(option, "label", tables) for option in options), "")
    text = _get(control, _SHOWN.get(kind, ""), tables)
    if not text and _SHOWN.get(kind) == "current-value":
        text = _get(control, "value", tables)
    if kind in _BOXES:
        is_checked = "checked" in (
            _get(control, "current-state", tables),
            _get(control, "state", tables),
        )
        return _BOXES[kind][is_checked] + text
    return text


def _get(element: etree._Element, name: str, tables: Tables) -> str:
    return element.get(f"{{{tables.namespaces['form']}}}{name}") or ""


def _frame(shape: etree._Element, text: str, tables: Tables) -> etree._Element:
    spaces = tables.namespaces
    frame = etree.Element(f"{{{spaces['draw']}}}frame")
    frame.set(f"{{{spaces['draw']}}}style-name", _STYLE)
    for key, value in shape.attrib.items():
        if tables.name(key) in _PLACE:
            frame.set(key, value)
    box = etree.SubElement(frame, f"{{{spaces['draw']}}}text-box")
    etree.SubElement(box, f"{{{spaces['text']}}}p").text = text
    return frame

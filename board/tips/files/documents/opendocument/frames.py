"""A frame can hold several forms of one picture or object: a cleaned copy keeps one."""

from lxml import etree

from .package import Package


def simplify(root: etree._Element, package: Package, folder: str) -> None:
    """Keep the object itself, or the first picture that can be cleaned."""
    draw = f"{{{package.tables.namespaces['draw']}}}"
    for frame in root.iter(f"{draw}frame"):
        images = list(frame.iter(f"{draw}image"))
        objects = [o for o in frame.iter(f"{draw}object") if package.has(folder, _href(o, package))]
        objects += frame.iterchildren(f"{{{package.tables.namespaces['table']}}}table")
        best = [i for i in images if package.is_picture(folder, _href(i, package))]
        for image in images if objects else [i for i in images if best and i is not best[0]]:
            frame.remove(image)


def _href(element: etree._Element, package: Package) -> str:
    return element.get(f"{{{package.tables.namespaces['xlink']}}}href") or ""

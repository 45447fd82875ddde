"""Styles of DOCX: what they say of text that says nothing itself."""

from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from ..names import full

OFF = ("0", "false", "off")

Answer = TypeVar("Answer")


class Styles:
    """The styles of a document, by their ids."""

    def __init__(self, root: etree._Element | None) -> None:
        each_style = () if root is None else root.iter(full("w:style"))
        self._styles = {style.get(full("w:styleId")): style for style in each_style}
        self._defaults = None if root is None else root.find(f".//{full('w:rPrDefault')}")
        self._usual = next((id_ for id_, style in self._styles.items() if _is_usual(style)), None)

    def answers(
        self, ask: Callable[[etree._Element], Answer | None]
    ) -> dict[str | None, Answer | None]:
        """By the id of a style: what `ask` finds in its properties, or in those of the styles it is
        based on. None stands for text without a style.
        """
        default = None if self._defaults is None else _asked(ask, self._defaults)
        known: dict[str | None, Answer | None] = {}
        for start in self._styles:
            self._follow(start, ask, known, default)
        known[None] = known.get(self._usual, default)
        return known

    def _follow(
        self,
        start: str | None,
        ask: Callable[[etree._Element], Answer | None],
        known: dict[str | None, Answer | None],
        default: Answer | None,
    ) -> None:
        """Answer for a style and all it is based on, each once, also if they go in a circle."""
        chain, id_, answer = [], start, None
        while id_ in self._styles and id_ not in known and answer is None:
            known[id_] = None
            chain.append(id_)
            answer = _asked(ask, self._styles[id_])
            base = self._styles[id_].find(full("w:basedOn"))
            id_ = None if base is None else base.get(full("w:val"))
        answer = answer if answer is not None else known.get(id_, default)
        known |= dict.fromkeys(chain, answer)


def is_on(switch: etree._Element | None) -> bool:
    """Whether a switch such as `w:vanish` is there, and not turned off."""
    return switch is not None and switch.get(full("w:val")) not in OFF


def _is_usual(style: etree._Element) -> bool:
    is_paragraph = style.get(full("w:type")) == "paragraph"
    return is_paragraph and style.get(full("w:default")) not in (None, *OFF)


def _asked(ask: Callable[[etree._Element], Answer | None], style: etree._Element) -> Answer | None:
    properties = style.find(full("w:rPr"))
    return None if properties is None else ask(properties)

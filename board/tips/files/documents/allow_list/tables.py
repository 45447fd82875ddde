"""Tables of what a cleaned document may have: names, and what its values are made of."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...results import FindingKind

_UNITS = r"(?:cm|mm|in|pt|pc|px|em|ex|deg|grad|rad|fpt|Q|%|\*)?"
_NUMBER = rf"[-+]?(?:\d{{1,15}}\.?\d{{0,20}}|\.\d{{1,20}})(?:[eE][-+]?\d{{1,3}})?{_UNITS}"
_MOMENT = r"\d{4}-\d\d-\d\d(?:T[\d:.]{1,20}Z?)?|-?P[\dYMDTHS.]{1,30}"
_PATH = r"(?:[zZ]?[A-Za-z]?[-+]?\d*\.?\d+)+[zZ]?"  # of a drawing: a letter, then numbers
_TOKEN = re.compile(rf"{_NUMBER}|{_MOMENT}|{_PATH}|#[0-9a-fA-F]{{3,8}}|[A-Za-z]?|\?f\d+|\$\d+")
_BETWEEN = re.compile(r"[\s,;:()/|*]+")


class Tables:
    """Names by section of a text file: `[section]`, then lines of `prefix: name name`."""

    def __init__(self, path: Path, namespaces: Mapping[str, str]) -> None:
        self.namespaces = dict(namespaces)
        self._prefixes = {uri: prefix for prefix, uri in namespaces.items()}
        self._seen: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._sections: dict[str, set[str]] = {}
        section: set[str] = set()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = self._sections.setdefault(line.strip("[]"), set())
            elif line and not line.startswith("#"):
                section.update(_names(line))
        self.left_out = {
            name: kind
            for kind in FindingKind
            for name in self._sections.get(f"left out as {kind}", ())
        }

    def __getitem__(self, section: str) -> set[str]:
        return self._sections[section]

    def name(self, tag: object) -> str:
        """`prefix:name` of an element or attribute; `?:name` in an unknown namespace."""
        text = str(tag)
        if text not in self._seen:
            uri, _, name = text.rpartition("}")
            prefix = self._prefixes.get(uri[1:], "?") if uri else ""
            self._seen[text] = f"{prefix}:{name}" if prefix else name
        return self._seen[text]

    def key(self, name: str) -> str:
        """The opposite of `name`."""
        if name not in self._keys:
            prefix, _, local = name.rpartition(":")
            self._keys[name] = f"{{{self.namespaces[prefix]}}}{local}"
        return self._keys[name]

    def is_measure(self, value: str) -> bool:
        """Whether it is made of numbers, colours, times and known words only."""
        if value in self["keywords"]:
            return True
        tokens = _BETWEEN.split(value)
        return all(self._is_known(token) or self._is_sum(token) for token in tokens)

    def _is_known(self, token: str) -> bool:
        return token in self["keywords"] or _TOKEN.fullmatch(token) is not None

    def _is_sum(self, token: str) -> bool:
        return all(self._is_known(term) for term in re.split(r"[-+]", token))


def _names(line: str) -> Iterator[str]:
    prefix, colon, names = line.partition(": ")
    for name in (names if colon else line).split():
        yield f"{prefix}:{name}" if colon else name

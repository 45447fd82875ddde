"""Loads all that any file may need, because in isolation nothing can be loaded."""

import codecs
from importlib import import_module

from .format_table import FORMATS

# Of text, e-mail and old documents. Others are then unknown, and their text unreadable.
_ENCODINGS = (
    *("ascii", "cp437", "cp949", "cp1252", "euc_kr", "iso2022_kr", "johab", "latin_1", "mac_roman"),
    *("utf_7", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "iso8859_15"),
    *("big5", "euc_jp", "gb18030", "iso2022_jp", "koi8_r", "shift_jis"),
)


def load() -> None:
    """Import every reader and every encoding."""
    for reader in {file_format.reader for file_format in FORMATS.values()} - {None}:
        import_module(f".{reader}", __package__)
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)

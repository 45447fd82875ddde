"""Loads all that any file may need, because in isolation nothing can be loaded."""

import codecs
from importlib import import_module
from io import BytesIO

from ..format_table import FORMATS

# What libraries import no earlier than they need it.
_LATER = (
    *("email.parser", "email.generator"),
    *("av.subtitles.codeccontext", "av.subtitles.stream"),
)
# Of text, e-mail and old documents. Others are then unknown, and their text unreadable.
_ENCODINGS = (
    *("ascii", "cp437", "cp949", "cp1252", "euc_kr", "iso2022_kr", "johab", "latin_1", "mac_roman"),
    *("utf_7", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "iso8859_15"),
    *("big5", "euc_jp", "gb18030", "iso2022_jp", "koi8_r", "shift_jis"),
    *("gb2312", "gbk", "cp1250", "cp1251", "iso8859_2", "koi8_u"),
    "raw_unicode_escape",  # of the decoder of encoded headers
)


def load(*, is_picture: bool) -> None:
    """Import the reader of pictures, or, since documents contain anything, all of them."""
    readers = {file_format.reader for file_format in FORMATS.values()} - {None}
    for reader in {"media.images"} if is_picture else {*readers, "text.detection"}:
        import_module(f"..{reader}", __package__)
    for module in () if is_picture else _LATER:
        import_module(module)
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    if not is_picture:
        _open_random_device()


def _open_random_device() -> None:
    """Encrypt an empty PDF: qpdf opens the device at first use, and keeps it open."""
    pdf = import_module("pikepdf")
    empty = pdf.new()
    empty.Root.Lang = "ko"
    empty.save(BytesIO(), encryption=pdf.Encryption(R=4))

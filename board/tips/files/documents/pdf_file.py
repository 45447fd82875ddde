"""Opens PDF files within limits, and finds the JPEGs in them."""

from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Name, Pdf

from ..results import NotCleanable, Reason

_OBJECTS_MAX = 200_000


def open_pdf(data: bytes) -> Pdf:
    """Raises NotCleanable: LOCKED with a password, TOO_MUCH with too many objects."""
    try:
        pdf = Pdf.open(BytesIO(data))
    except pikepdf.PasswordError:
        raise NotCleanable(Reason.LOCKED) from None
    if len(pdf.objects) > _OBJECTS_MAX:
        raise NotCleanable(Reason.TOO_MUCH)
    return pdf


def is_jpeg(stream: Any) -> bool:
    return bool(_filters(stream)) and _filters(stream)[-1] == "/DCTDecode"


def _filters(stream: Any) -> list[str]:
    filters = stream.get(Name.Filter, Array([]))
    return [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]


def encoded_jpeg(stream: Any) -> bytes:
    """The JPEG as it was embedded."""
    if len(_filters(stream)) == 1:
        return bytes(stream.read_raw_bytes())
    return bytes(stream.read_bytes(decode_level=pikepdf.StreamDecodeLevel.generalized))

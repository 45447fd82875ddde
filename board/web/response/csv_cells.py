"""Cells of a CSV file, which people open with a spreadsheet."""

from typing import Any

# What makes a spreadsheet calculate, also in full width: East Asian versions fold it.
_BEGINNINGS = "=+-@\t\r\n\0＝＋－＠"


def csv_cell(value: Any) -> Any:
    """Escapes with an apostrophe what a spreadsheet would take for a formula. Source: OWASP, CSV
    Injection."""
    return f"'{value}" if isinstance(value, str) and value[:1] in _BEGINNINGS and value else value

"""Text: normalization, graphemes, links, Korean keyboards, and checks of personal numbers."""

from board.text.normalization import (
    UNREADABLE,
    count_graphemes,
    encode_decomposed,
    first_grapheme,
    is_readable,
    join_closing_quotes,
    mark_unreadable,
    normalize,
    normalize_file_name,
    normalize_line,
)

__all__ = [
    "UNREADABLE",
    "count_graphemes",
    "encode_decomposed",
    "first_grapheme",
    "is_readable",
    "join_closing_quotes",
    "mark_unreadable",
    "normalize",
    "normalize_file_name",
    "normalize_line",
]

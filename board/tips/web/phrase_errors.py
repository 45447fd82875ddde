"""What is wrong with words or digits that were typed, in the reader’s language."""

from flask_babel import gettext, ngettext

from board.tips.crypto.phrase_parser import Fault, InvalidPhrase


def phrase_error_text(error: InvalidPhrase) -> str:
    """One or two sentences, without anything that was typed."""
    match error.fault:
        case Fault.UNKNOWN:
            return f"{_unknown_text(error.positions)} {_count_text(error)}".strip()
        case Fault.COUNT:
            return _count_text(error)
        case Fault.DIGIT_COUNT:
            return gettext(
                "A code has %(wanted)d digits. You entered %(typed)d.",
                wanted=error.wanted,
                typed=error.typed,
            )
        case Fault.AMBIGUOUS:
            return gettext(
                "This can be read in two ways. Put a space after each word, and use Korean input."
            )
        case Fault.CHECKSUM:
            return gettext(
                "Each word is in the word list, but together they are not a code. One of them is "
                "wrong, or their order is."
            )
        case Fault.DIGIT_CHECKSUM:
            return gettext("These digits are not a code. One of them is wrong, or their order is.")


def opens_nothing_text() -> str:
    """About a code without a mistake in it."""
    return gettext(
        "It has no typing mistake that we could see. The tip was deleted months ago, or the code "
        "was changed or given up, or it is from another site."
    )


def _unknown_text(positions: tuple[int, ...]) -> str:
    return ngettext(
        "Word %(places)s is not in the word list.",
        "Words %(places)s are not in the word list.",
        len(positions),
        places=", ".join(map(str, positions)),
    )


def _count_text(error: InvalidPhrase) -> str:
    """How many words are missing or too many; empty if none is, or if that cannot be told."""
    if error.typed in (0, error.wanted):
        return "" if error.positions else gettext("There are no words in it.")
    numbers = {"typed": error.typed, "wanted": error.wanted}
    if error.typed < error.wanted:
        return ngettext(
            "%(num)d word is missing: you entered %(typed)d of %(wanted)d.",
            "%(num)d words are missing: you entered %(typed)d of %(wanted)d.",
            error.wanted - error.typed,
            **numbers,
        )
    return ngettext(
        "There is %(num)d word too many: you entered %(typed)d instead of %(wanted)d.",
        "There are %(num)d words too many: you entered %(typed)d instead of %(wanted)d.",
        error.typed - error.wanted,
        **numbers,
    )

"""Text that programs like Excel must not take for a formula."""

from __future__ import annotations

_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_STARTS_CELL = ("\t", "\r", "\n")
_MARK = "'"
# What Excel writes for an error when it saves as text.
ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


def harmless(text: str) -> str:
    """The text as a cell of a CSV file, with an apostrophe where it might become a formula."""
    return f"{_MARK}{text}" if _is_guessed(text) else text


def marked(text: str) -> str:
    """As `harmless`, for files that come back: `unmarked` finds every text as it was, and none is
    taken for an error."""
    return f"{_MARK}{text}" if _is_mistaken(text.lstrip(_MARK)) else text


def unmarked(text: str) -> str:
    """The text without the apostrophe that `marked` or `harmless` put before it."""
    is_marked = text.startswith(_MARK) and _is_mistaken(text.lstrip(_MARK))
    return text[1:] if is_marked else text


def _is_mistaken(text: str) -> bool:
    return text.strip() in ERRORS or _is_guessed(text)


def _is_guessed(text: str) -> bool:
    """Whether a program may take it for a formula, or for more than one cell."""
    return text.lstrip().startswith(_STARTS_FORMULA) or text.startswith(_STARTS_CELL)

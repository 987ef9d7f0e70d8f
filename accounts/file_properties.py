"""What a workbook says of itself in its properties: whose it is, and what. Pure."""

from __future__ import annotations

from typing import Protocol

from accounts.cell_text import clean

# Whose it is where no body reports.
PRODUCT = "清单"
_LONGEST = 255


class Properties(Protocol):
    creator: str | None
    title: str | None


def say(properties: Properties, *, title: str = "", body: str = "") -> None:
    """Name the reporting body (填报单位) and the title; programs show both beside the file."""
    properties.creator = _fitting(body) or PRODUCT
    properties.title = _fitting(title) or None


def _fitting(text: str) -> str:
    return " ".join(clean(text).text.split())[:_LONGEST]

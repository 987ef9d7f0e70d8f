"""As workbook-xlsxwriter, under its former name."""

from __future__ import annotations

from bench import workbook_xlsxwriter


def run() -> str:
    return workbook_xlsxwriter.run("workbook")

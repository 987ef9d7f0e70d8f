"""By which program a snapshot was taken; its rules and calendar: obligations.judged_by."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def program_version() -> str:
    """The version in pyproject.toml."""
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])

"""The key of this installation, where the environment gives none: made once and kept."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def load(path: Path) -> str:
    """The key kept at `path`; of several first starts at once, all get the one that came first."""
    if not path.exists():
        _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    # Written whole under another name and then linked: nobody reads a name without its content.
    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_urlsafe(64))
            new.flush()
            os.fsync(new.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)

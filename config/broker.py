"""Where the embedded broker listens: one answer for the supervisor and for the settings."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

# sun_path holds 108 bytes including the closing zero; some systems hold fewer.
_LONGEST_SOCKET_PATH = 100


def broker_socket(data_dir: Path) -> Path:
    """The unix socket in the data folder, or a short path derived from it where that is too long."""
    inside = data_dir / "broker.sock"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
        return inside
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qingdan-{os.getuid()}-{mark}" / "broker.sock"

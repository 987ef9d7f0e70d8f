"""How much memory the child takes that parses a file: python -m bench.parsing FILE COLUMNS.

A process of its own and a small one: what a child is said to have needed at most is never less
than its parent held when it was started.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from obligations.tables import sandbox
from obligations.tables.headers import Known


def main(path: Path, columns: str) -> int:
    known = [
        Known(field, label, tuple(more), due) for field, label, more, due in json.loads(columns)
    ]
    sandbox.read_table(path.read_bytes(), name=path.name, known=known)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))

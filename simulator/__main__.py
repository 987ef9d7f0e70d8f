"""python -m simulator PLAN --url http://127.0.0.1:8000: runs until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from simulator import plan
from simulator.answering import Systems
from simulator.pushing import Pusher

# A little apart, so that one sees them come; and how soon one looks again whether one is due.
_PACE_SECONDS, _IDLE_SECONDS = 0.5, 1.0


def main(words: Sequence[str] | None = None) -> int:
    said = _arguments(words)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stopping.set())
    planned = plan.read(said.plan)
    try:
        systems = Systems(planned.port, stopping=stopping)
    except OSError as problem:
        _say(f"port {planned.port}: {problem.strerror}")
        return 1
    with systems:
        threading.Thread(target=systems.serve_forever, daemon=True).start()
        _say(f"listening on port {systems.port}")
        pusher = Pusher(planned, said.url, _say)
        while not stopping.is_set():
            stopping.wait(_PACE_SECONDS if pusher.push_next() else _IDLE_SECONDS)
        systems.shutdown()
    return 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("plan", type=Path, help="what the systems do, and their secrets")
    parser.add_argument("--url", required=True, help="where receipts go")
    return parser.parse_args(words)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Addresses that are probed: healthy, slow, failing, of another mind, silent, now up and now down.

Bound to the loopback address alone.
"""

from __future__ import annotations

import json
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler

ADDRESS = "127.0.0.1"
SLOW_SECONDS = 1.5
# Longer than anybody waits who asks.
_SILENT_SECONDS = 30.0
# Four rounds of probes up, four down: a state turns after three.
_FLAP_MINUTES = 20
_UP = {"status": "UP", "system": "【示例】"}
PATHS = ("/health", "/slow", "/error", "/degraded", "/silent", "/flapping")


class Systems(socketserver.ThreadingTCPServer):
    """Answers in threads of its own once `serve_forever` runs; `stopping` ends what waits."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, *, stopping: threading.Event) -> None:
        self.stopping = stopping
        super().__init__((ADDRESS, port), _Answer)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked has gone."""


class _Answer(BaseHTTPRequestHandler):
    server: Systems
    timeout = 10

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/health":
                self._say(200, _UP)
            case "/slow":
                self.server.stopping.wait(SLOW_SECONDS)
                self._say(200, _UP)
            case "/error":
                self._say(503, {"status": "DOWN"})
            case "/degraded":
                self._say(200, {"status": "DEGRADED", "queue": 18234})
            case "/silent":
                self.server.stopping.wait(_SILENT_SECONDS)
                self.close_connection = True
            case "/flapping":
                is_up = int(time.time() // 60) // _FLAP_MINUTES % 2 == 0
                self._say(*((200, _UP) if is_up else (503, {"status": "DOWN"})))
            case _:
                self._say(404, {"status": "NOT_FOUND"})

    do_HEAD = do_GET

    def _say(self, status: int, said: dict[str, object] | dict[str, str]) -> None:
        body = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Who asks says so itself: a log of probes is kept where they are made."""

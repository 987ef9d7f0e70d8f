"""A server on the loopback that misbehaves by path, and counts who asked what and when."""

from __future__ import annotations

import asyncio
import threading
import time

HUGE = 5_000_000
GOOD = b'{"status": "UP", "parts": [{"n": 1}], "note": "\xe6\xad\xa3\xe5\xb8\xb8"}'


def answer(body=GOOD, *, status=b"200 OK", length=None, more=b""):
    size = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s" % (status, size, more, body)


PLAIN = {
    "/ok": answer(),
    "/missing": answer(b"no", status=b"404 Not Found"),
    "/redirect": answer(b"", status=b"302 Found", more=b"Location: /ok\r\n"),
    "/elsewhere": answer(b"", status=b"307 Go", more=b"Location: http://127.0.0.1:1/\r\n"),
    "/broken": answer(b'{"status": '),
    "/short": answer(b"half", length=4000),
    "/garbage": b"SSH-2.0-server\r\n",
    "/cookie": answer(more=b"Set-Cookie: who=me; Path=/\r\n"),
    "/text": answer("系统运行正常".encode()),
    "/old": answer("系统运行正常".encode("gb18030")),
    "/marked": answer(b"\xef\xbb\xbf" + GOOD),
    "/silence": b"",
}


class Probed:
    """`with Probed() as server` starts it on ports of its own; `asked` is what came."""

    def __init__(self, *, ports=1, address="127.0.0.1"):
        self.asked = []
        self.ports = []
        self.open_now = self.open_most = 0
        self._count, self._address = ports, address
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def port(self):
        return self.ports[0]

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *problem):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def times(self):
        return [at for at, _path, _headers in self.asked]

    def paths(self):
        return [path for _at, path, _headers in self.asked]

    def _run(self):
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self):
        self._stop = asyncio.Event()
        self._talks = set()
        servers = [
            await asyncio.start_server(self._talk, self._address, 0) for _port in range(self._count)
        ]
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        self._ready.set()
        await self._stop.wait()
        for server in servers:
            server.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader, writer):
        self._talks.add(asyncio.current_task())
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _version = head.split("\r\n")[0].split(" ")
            self.asked.append((time.monotonic(), path, head))
            await self._behave(method, path, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open_now -= 1
            writer.close()
            self._talks.discard(asyncio.current_task())

    async def _behave(self, method, path, writer):
        if method == "HEAD":
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        elif path == "/hang":
            await self._stop.wait()
        elif path == "/slow":
            await asyncio.sleep(0.25)
            writer.write(PLAIN["/ok"])
        elif path == "/drip":
            writer.write(answer(b"", length=HUGE))
            while not self._stop.is_set():
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.05)
        elif path == "/huge":
            writer.write(answer(b"", length=HUGE))
            for _chunk in range(HUGE // 50_000):
                writer.write(b"x" * 50_000)
                await writer.drain()
        else:
            writer.write(PLAIN.get(path, PLAIN["/missing"]))
        await writer.drain()

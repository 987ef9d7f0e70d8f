"""The other side of the probe benchmark, in a process of its own: python -m bench.probed COUNT.

Listens on one port of COUNT loopback addresses, says which on its first line, and behaves by path.
"""

from __future__ import annotations

import asyncio
import sys

_GOOD = b'{"status": "UP", "version": "1.4.2"}'
_HUGE = 20_000_000
_CHUNK = b"x" * 65_536
_SLOW_SECONDS = 3.0


def addresses(count: int) -> list[str]:
    """So many of the loopback's own, none of them 127.0.0.1."""
    return [f"127.7.{number // 250}.{number % 250 + 1}" for number in range(count)]


async def serve(count: int) -> None:
    first, *others = addresses(count)
    servers = [await asyncio.start_server(_talk, first, 0)]
    port = servers[0].sockets[0].getsockname()[1]
    servers += [await asyncio.start_server(_talk, address, port) for address in others]
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        await _behave(head.split(b" ", 2)[1], writer)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def _behave(path: bytes, writer: asyncio.StreamWriter) -> None:
    if path == b"/hang":
        await asyncio.sleep(60)
    elif path == b"/redirect":
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n")
    elif path == b"/huge":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _HUGE)
        for _chunk in range(_HUGE // len(_CHUNK)):
            writer.write(_CHUNK)
            await writer.drain()
    else:
        if path == b"/slow":
            await asyncio.sleep(_SLOW_SECONDS)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_GOOD), _GOOD))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

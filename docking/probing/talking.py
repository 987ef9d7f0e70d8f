"""Asks over HTTP: pinned addresses, no redirects, no cookies, a total deadline, a byte cap."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from docking.probing.expecting import first_fault
from docking.probing.questions import MOST_BYTES, Question, Seen, host_of, pick

Resolve = Callable[[str, int], list[str]]
USER_AGENT = "Qingdan-probe/1"
_HEADERS = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=None)
# What our own side is to blame for.
_OURS = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE}
)
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, socket.EAI_NODATA})
_NAME_THREADS = 10


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


class _Pinned(AbstractResolver):
    """Answers with the address that was checked, whatever the name leads to by now."""

    def __init__(self) -> None:
        self.addresses: dict[tuple[str, int], str] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self.addresses.get((host, port))
        if address is None:
            raise OSError(errno.EADDRNOTAVAIL, "This name was not checked")
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        return


class Talker:
    """A session for one round, used as an async context."""

    def __init__(self, *, resolve: Resolve = look_up) -> None:
        self._resolve = resolve
        self._pinned = _Pinned()
        # Threads that hang in a name look-up must not hold up the end of the round.
        self._threads = ThreadPoolExecutor(_NAME_THREADS, thread_name_prefix="probe-names")

    async def __aenter__(self) -> Talker:
        connector = aiohttp.TCPConnector(
            resolver=self._pinned, use_dns_cache=False, limit=0, force_close=True
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            auto_decompress=False,
            trust_env=False,
            timeout=_NO_TIMEOUT,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def pin(self, question: Question, *, until: float) -> str | Seen:
        """The one address that this host is asked at in this round, or why there is none."""
        place = (question.host, question.port)
        known = self._pinned.addresses.get(place)
        if known is not None:
            return known
        try:
            async with asyncio.timeout_at(until):
                resolved = await self._addresses(*place)
        except TimeoutError:
            return Seen("unclear", "names")
        except UnicodeError:
            return Seen("down", "no_name")  # no name service could know it
        except OSError as problem:
            return _nameless(problem)
        address = pick(question.host, resolved, question.approved)
        if address is None:
            return Seen("unclear", "address")
        self._pinned.addresses[place] = address
        return address

    async def ask(self, question: Question, *, until: float) -> Seen:
        """One probe of a pinned host; it ends by `until`, whatever the other side does."""
        started = time.perf_counter()
        status: int | None = None
        try:
            async with asyncio.timeout_at(until):
                url = URL(question.url, encoded=True)
                if not _leads_to(url, question):
                    # Two readers of one address: nothing is asked where they differ.
                    return Seen("unclear", "address")
                async with self._session.request(
                    question.method, url, allow_redirects=False
                ) as answer:
                    status = answer.status
                    body = await _beginning(answer)
        except TimeoutError:
            return Seen("down", "timeout", status)
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            return _failed(problem, status)
        latency_ms = round((time.perf_counter() - started) * 1000)
        fault = first_fault(question, status=status, body=body, latency_ms=latency_ms)
        return Seen("down" if fault else "up", fault, status, latency_ms)

    async def _addresses(self, host: str, port: int) -> list[str]:
        if pick(host, [host], [host]):
            return [host]  # written out: nothing to look up
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._resolve, host, port)


def _leads_to(url: URL, question: Question) -> bool:
    """Whether the one who connects reads the same host and port as the one who allowed them."""
    try:
        return (host_of(url.host or ""), url.port) == (question.host, question.port)
    except ValueError:
        return False


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    """The body, or one byte more of it than may be read."""
    content = answer.content
    body = await content.read(MOST_BYTES + 1)
    while len(body) <= MOST_BYTES and not content.at_eof():
        body += await content.read(MOST_BYTES + 1 - len(body))
    if len(body) > MOST_BYTES:
        answer.close()
    return body


def _nameless(problem: OSError) -> Seen:
    """Only what the name service says of the name is held against it."""
    if problem.errno in _NO_SUCH_NAME:
        return Seen("down", "no_name")
    return Seen("unclear", "names")


def _failed(problem: Exception, status: int | None) -> Seen:
    """The outcome and word of what aiohttp or the system raised."""
    if isinstance(problem, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return Seen("down", "certificate", status)
    if isinstance(problem, aiohttp.ClientSSLError | ssl.SSLError):
        return Seen("down", "tls", status)
    number: Any = getattr(problem, "errno", None)
    if isinstance(problem, aiohttp.ClientConnectorError):
        number = problem.os_error.errno
    if number in _OURS:
        return Seen("unclear", "network", status)
    if number == errno.ECONNREFUSED:
        return Seen("down", "refused", status)
    if number in (errno.EHOSTUNREACH, errno.EHOSTDOWN):
        return Seen("down", "no_route", status)
    if isinstance(problem, aiohttp.ClientResponseError | ValueError):
        return Seen("down", "not_http", status)
    return Seen("down", "closed", status)

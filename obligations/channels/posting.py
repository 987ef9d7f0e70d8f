"""Posts to an allowed host: address resolved once and pinned, no redirects, a total deadline."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from obligations.channels.message import TryLater, Undeliverable

DEADLINE_SECONDS = 5.0
MOST_BYTES = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def place_of(url: str) -> tuple[str, int]:
    """Host and port of an address; ValueError where it has none that we post to."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.fragment:
        raise ValueError(url)
    return parts.hostname.lower(), parts.port or _PORTS[parts.scheme]


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    allowed: Collection[tuple[str, int]],
    seconds: float = DEADLINE_SECONDS,
) -> Answer:
    """The answer within `seconds` in all, name look-up included; nothing is sent after them."""
    if place_of(url) not in allowed:
        raise Undeliverable(
            _("The address is not on the list of allowed hosts; the system administrator keeps it.")
        )
    if len(body) > MOST_BYTES:
        raise Undeliverable(_("The message is longer than 64 kB."))
    exchange = _Exchange(urlsplit(url), body, headers, until=time.monotonic() + seconds)
    threading.Thread(target=exchange.run, name="posting", daemon=True).start()
    try:
        outcome = exchange.outcome.get(timeout=seconds)
    except queue.Empty:
        exchange.abandon()
        words = _("The other side did not answer within 5 seconds.")
        raise TryLater(words, unsure=exchange.has_sent) from None
    if isinstance(outcome, Answer):
        return outcome
    raise outcome


class _Exchange:
    """Runs beside its caller, who waits no longer than the deadline: a name server or a dripping
    answer could hold a socket's own time-out for ever."""

    def __init__(
        self, url: SplitResult, body: bytes, headers: Mapping[str, str], *, until: float
    ) -> None:
        self._url, self._body, self._headers, self._until = url, body, headers, until
        self._socket: socket.socket | None = None
        self.has_sent = False
        self.outcome: queue.Queue[Answer | Exception] = queue.Queue()

    def run(self) -> None:
        try:
            self.outcome.put(self._post())
        except (TryLater, Undeliverable) as known:
            self.outcome.put(known)
        except ssl.SSLCertVerificationError:
            self.outcome.put(Undeliverable(_("The other side's certificate is not valid.")))
        except (OSError, http.client.HTTPException) as problem:
            # The problem's own words may quote the address with its key.
            sentence = _("The connection failed (%(error)s).") % {"error": type(problem).__name__}
            self.outcome.put(TryLater(sentence, unsure=self.has_sent))

    def abandon(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _post(self) -> Answer:
        host, port = place_of(self._url.geturl())
        address = _resolve(host, port)
        self._socket = socket.create_connection((str(address), port), timeout=self._left())
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=self._left())
        connection.default_port = _PORTS[self._url.scheme]  # the Host header leaves it out
        connection.sock = self._socket
        try:
            self._socket.settimeout(self._left())
            path = self._url.path or "/"
            target = f"{path}?{self._url.query}" if self._url.query else path
            self.has_sent = True
            connection.request("POST", target, body=self._body, headers=dict(self._headers))
            response = connection.getresponse()
            content = response.read(MOST_BYTES + 1)
        finally:
            connection.close()
        if len(content) > MOST_BYTES:
            raise Undeliverable(_("The other side answered with more than 64 kB."))
        return Answer(response.status, content)


def _resolve(host: str, port: int) -> _Address:
    """One address; a name must not lead to this machine or its link, an address written out may."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    address = ipaddress.ip_address(found[0][4][0])
    address = getattr(address, "ipv4_mapped", None) or address
    if (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    ):
        raise Undeliverable(_("The host's name leads to this machine, where nothing is posted."))
    return address

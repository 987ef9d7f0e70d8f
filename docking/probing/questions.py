"""What a probe asks, where, and what it found. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_BYTES = 64 * 1024
_PORTS = {"http": 80, "https": 443}
# Printable ASCII without what two readers could read differently.
_URL = re.compile(r"https?://[^\x00-\x20\x7f-\U0010ffff\\@]{1,490}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Limits:
    """How gently a round asks, in seconds."""

    # For one probe in all, name look-up included.
    deadline: float = 5.0
    # A little over a second: what is sent a second apart may arrive closer together.
    spacing: float = 1.05
    at_once: int = 10
    # What is not asked by then is asked first in the next round.
    whole: float = 240.0


@dataclass(frozen=True, slots=True)
class Question:
    """One endpoint as it was when the round began; `approved` are addresses, or none named."""

    endpoint: int
    version: int
    url: str
    host: str
    port: int
    method: str = "GET"
    expected_status: int = 200
    text: str = ""
    json_field: str = ""
    json_value: str = ""
    latency_limit_ms: int | None = None
    approved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one probe found: up, down or unclear, and the first thing that was wrong."""

    outcome: str
    error: str = ""
    status: int | None = None
    latency_ms: int | None = None


def place_of(url: str) -> tuple[str, int]:
    """Host and port of an address; ValueError where it has none that may be probed."""
    if not _URL.fullmatch(url) or "#" in url:
        raise ValueError(url)
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(url)
    port = parts.port if parts.port is not None else _PORTS[parts.scheme]
    if not port:
        raise ValueError(url)
    return host_of(parts.hostname), port


def host_of(text: str) -> str:
    """A host as the list of allowed hosts writes it; ValueError where it is none."""
    host = text.strip().lower()
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        if not _HOST.fullmatch(host):
            raise
        return host


def addresses_of(text: str) -> tuple[str, ...]:
    """IP addresses between commas or blanks; ValueError where one is none."""
    parts = re.split(r"[\s,，、;；]+", text.strip())
    return tuple(str(ipaddress.ip_address(part)) for part in parts if part)


def pick(host: str, resolved: Iterable[str], approved: Iterable[str]) -> str | None:
    """The first resolved address that may be asked.

    Where addresses were approved it is one of them. Otherwise a name must not lead to this
    machine or its link; an address written out in the list may be any.
    """
    allowed = set(approved)
    for text in resolved:
        address = _plain(text)
        if address is None:
            continue
        if allowed:
            if str(address) in allowed:
                return str(address)
        elif str(address) == host or not _is_near(address):
            return str(address)
    return None


def _plain(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_near(address: Address) -> bool:
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )

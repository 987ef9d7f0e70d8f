"""What a probe asks, where, and what it found. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_BYTES = 64 * 1024
_LONGEST_HOST = 253
_PORTS = {"http": 80, "https": 443}
# Printable ASCII without what two readers could read differently.
_URL = re.compile(r"https?://[^\x00-\x20\x7f-\U0010ffff\\@]{1,490}")
# Labels of a name; the last one is no number: 127.1, 0x7f.1 and 2130706433 are addresses to some
# readers and names to others.
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?:{_LABEL}\.)*(?!\d+$|0x[0-9a-f]*$){_LABEL}")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Inside these an IPv4 address is written out.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
_NOWHERE = tuple(map(ipaddress.IPv4Network, ("0.0.0.0/8", "255.255.255.255/32")))


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
    host = host_of(parts.hostname)
    if ("[" in parts.netloc) != (":" in host):
        raise ValueError(url)  # an IPv4 address inside an IPv6 one: let it be written plainly
    return host, port


def host_of(text: str) -> str:
    """A host as the list of allowed hosts writes it; ValueError where it is none."""
    host = text.strip().lower()
    address = _plain(host.removeprefix("[").removesuffix("]"))
    if address is not None:
        return str(address)
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise ValueError(text)
    return host


def addresses_of(text: str) -> tuple[str, ...]:
    """IP addresses between commas or blanks; ValueError where one is none."""
    parts = re.split(r"[\s,，、;；]+", text.strip())
    found = {part: _plain(part) for part in parts if part}
    if None in found.values():
        raise ValueError(text)
    return tuple(map(str, found.values()))


def pick(host: str, resolved: Iterable[str], approved: Iterable[str]) -> str | None:
    """The first resolved address that may be asked.

    Where addresses were approved it is one of them. Otherwise a name must not lead to this
    machine or its link; an address written out in the list may be any.
    """
    allowed = set(approved)
    for text in resolved:
        address = _plain(text.partition("%")[0])
        if address is None:
            continue
        if allowed:
            if str(address) in allowed:
                return str(address)
        elif str(address) == host or not _is_near(address):
            return str(address)
    return None


def _plain(text: str) -> Address | None:
    """An IP address in one way of writing; None for what is none, and for one of a single link."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if getattr(address, "scope_id", None):
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_near(address: Address) -> bool:
    """Whether it is this machine, its link, many machines or none; also where a gateway would
    take it out of an IPv6 address."""
    if isinstance(address, ipaddress.IPv4Address) and any(address in net for net in _NOWHERE):
        return True
    if address.is_loopback or address.is_link_local or address.is_multicast:
        return True
    return address.is_unspecified or any(map(_is_near, _inside(address)))


def _inside(address: Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address leads to."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    found = [address.sixtofour, *(address.teredo or ())]
    if any(address in net for net in _TRANSLATED):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]

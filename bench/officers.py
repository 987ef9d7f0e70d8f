"""Officers with browsers, many at once: each comes to the desk, and claims on it row by row."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field

from aiohttp import BaseConnector, ClientSession, ClientTimeout, CookieJar, FormData, TCPConnector

from bench.due import Due

# What a browser opens at most to one place is 6; here all share these.
CONNECTIONS = 64
SIGN_IN_AT_ONCE = 8
# What scripts fetch as soon as the page is there.
_LATER = re.compile(r'hx-get="([^"]+)"\s+hx-trigger="load"')
_HTMX = {"HX-Request": "true"}
_FIELDS = ("csrfmiddlewaretoken", "version")
_TIMEOUT = ClientTimeout(total=300)


@dataclass
class Seen:
    """Seconds from click to answer, and how many answers of each status there were."""

    pages: list[float] = field(default_factory=list)
    claims: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: int = 0
    doubled: int = 0

    @property
    def errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


@dataclass(frozen=True)
class Pace:
    """Seconds between two clicks; which of an officer's claims is clicked twice, if any."""

    least: float
    most: float
    doubled: int | None = None

    async def wait(self, *, at_once: bool = False) -> None:
        await asyncio.sleep(random.uniform(0 if at_once else self.least, self.most))


def rush(due: Due, *, port: int, password: str, pace: Pace) -> Seen:
    """All officers sign in and have their desk before them; then, at the same time, each claims."""
    return asyncio.run(_rush(due, port=port, password=password, pace=pace))


async def _rush(due: Due, *, port: int, password: str, pace: Pace) -> Seen:
    seen = Seen()
    # gunicorn hangs up after two idle seconds; a browser would send again, this client does not.
    async with TCPConnector(limit=CONNECTIONS, keepalive_timeout=1) as connector:
        officers = [Officer(name, port, connector, seen) for name in due]
        try:
            door = asyncio.Semaphore(SIGN_IN_AT_ONCE)
            await asyncio.gather(*(one.sign_in(password, door) for one in officers))
            seen.statuses.clear()
            await asyncio.gather(*(one.work(due[one.name], pace) for one in officers))
        finally:
            await asyncio.gather(*(one.browser.close() for one in officers))
    return seen


class Officer:
    """One person at http://127.0.0.1:PORT, with cookies of their own."""

    def __init__(self, name: str, port: int, connector: BaseConnector, seen: Seen) -> None:
        self.name, self.seen, self.desk = name, seen, ""
        self.base = f"http://127.0.0.1:{port}"
        self.browser = ClientSession(
            connector=connector,
            connector_owner=False,
            cookie_jar=CookieJar(unsafe=True),  # an address is no name, but it is ours
            timeout=_TIMEOUT,
        )

    async def sign_in(self, password: str, door: asyncio.Semaphore) -> None:
        page = "/account/login/"
        async with door:
            _status, text = await self._get(page)
            fields = {"login": self.name, "password": password, **_hidden(text)}
            status, _text = await self._post(page, fields, on=page)
            await self._come_to_desk()
        if status != 302 or "sessionid" not in {cookie.key for cookie in self.browser.cookie_jar}:
            raise RuntimeError(f"{self.name} could not sign in: {status}")

    async def _come_to_desk(self) -> None:
        """Where signing in leads to, with what its scripts fetch."""
        start = time.perf_counter()
        _status, self.desk = await self._get("/")
        self.seen.pages.append(time.perf_counter() - start)
        await asyncio.gather(*(self._get(part, **_HTMX) for part in _LATER.findall(self.desk)))

    async def work(self, keys: list[int], pace: Pace) -> None:
        await pace.wait(at_once=True)
        blank = _hidden(self.desk.partition('<template id="blank-claim">')[2])
        for place, pk in enumerate(keys):
            fields = {**blank, "version": _version(self.desk, pk)}
            await pace.wait()  # the click that opens the form, with what the page brought along
            await pace.wait()
            said = {"document": f"某政办发〔2026〕{pk}号", "note": "已共享"}
            address = f"/obligations/{pk}/desk/claim/"
            await self._claim(address, {**fields, **said}, twice=place == pace.doubled)

    async def _claim(self, address: str, fields: dict[str, str], *, twice: bool) -> None:
        start = time.perf_counter()
        clicks = [self._post(address, fields, on="/", **_HTMX) for _ in range(1 + twice)]
        answers = await asyncio.gather(*clicks)
        self.seen.claims.append(time.perf_counter() - start)
        accepted = sum(status == 200 for status, _text in answers)
        self.seen.accepted += accepted
        self.seen.doubled += twice and accepted > 1

    async def _get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.browser.get(self.base + path, headers=headers) as answer:
            return self._count(answer.status), await answer.text()

    async def _post(
        self, path: str, fields: dict[str, str], *, on: str, **headers: str
    ) -> tuple[int, str]:
        """The form as the page sends it, and the answer."""
        form = FormData(fields, default_to_multipart=True)
        headers = {"Referer": self.base + on, "Origin": self.base, **headers}
        async with self.browser.post(
            self.base + path, data=form, headers=headers, allow_redirects=False
        ) as answer:
            return self._count(answer.status), await answer.text()

    def _count(self, status: int) -> int:
        self.seen.statuses[status] += 1
        return status


def _version(desk: str, pk: int) -> str:
    """Of a row that offers its claim, as its own form has it."""
    row = desk.partition(f'id="desk-{pk}"')[2].partition("</tr>")[0]
    if f'data-key="{pk}"' not in row:
        raise RuntimeError(f"the desk offers no claim of {pk}")
    return _hidden(row)["version"]


def _hidden(html: str) -> dict[str, str]:
    """The hidden fields that a browser sends along."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', html) for name in _FIELDS}
    return {name: match[1] for name, match in found.items() if match}

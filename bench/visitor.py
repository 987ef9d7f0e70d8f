"""Somebody with a browser: signs in, asks for pages, sends forms, and looks at the clock."""

from __future__ import annotations

import re
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """Where it came from in the end, how it stands, and how long it took."""

    url: str
    status: int
    text: str
    seconds: float


class Visitor:
    """One person at http://127.0.0.1:PORT."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def sign_in(self, name: str, password: str) -> Answer:
        page = "/account/login/"
        return self.send(page, {"login": name, "password": password}, on=page)

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.base + path))

    def send(self, path: str, fields: dict[str, object], *, on: str) -> Answer:
        """Send the form that stands on a page; only the sending is timed."""
        found = _TOKEN.search(self.get(on).text)
        body = encode_multipart(
            BOUNDARY, {**fields, "csrfmiddlewaretoken": found[1] if found else ""}
        )
        headers = {"Content-Type": MULTIPART_CONTENT, "Referer": self.base + on}
        return self._ask(urllib.request.Request(self.base + path, body, headers))

    def _ask(self, request: urllib.request.Request) -> Answer:
        request.add_header("Accept-Language", "zh-hans")
        start = time.perf_counter()
        with self._opener.open(request, timeout=60) as answer:
            text = answer.read().decode()
        seconds = time.perf_counter() - start
        return Answer(urllib.parse.urlsplit(answer.url).path, answer.status, text, seconds)

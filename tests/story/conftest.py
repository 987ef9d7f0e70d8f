"""A running installation and people who talk to it over HTTP alone."""

from __future__ import annotations

import json
import re
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.installation import Installation, wait_until

PASSWORD = "correct-horse-battery"
_DISPOSITION = "Content-Disposition: form-data"
PEOPLE = (
    ("coordinator", "coordinator", "省数据管理局"),
    ("coordinator2", "coordinator", "省数据管理局"),
    ("officer", "officer", "省公安厅"),
    ("reviewer", "reviewer", "省公安厅"),
    ("officer2", "officer", "省民政厅"),
    ("leader", "leader", "省数据管理局"),
)


@dataclass
class Answer:
    status: int
    body: bytes
    headers: Any

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Person:
    """Someone with a token."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address, token

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.address + path))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        data = json.dumps(body or {}).encode()
        request = urllib.request.Request(self.address + path, data=data, method="POST")
        request.add_header("Content-Type", "application/json")
        return self._ask(request)

    def upload(self, path: str, file: tuple[str, bytes], **fields: str) -> Answer:
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\n{_DISPOSITION}; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{boundary}\r\n{_DISPOSITION}; name="file"; filename="{file[0]}"'
        parts.append(f"{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
        data = b"".join([*parts, file[1], f"\r\n--{boundary}--\r\n".encode()])
        request = urllib.request.Request(self.address + path, data=data, method="POST")
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        return self._ask(request)

    def every(self, path: str) -> list[dict[str, Any]]:
        """All rows of a paged list."""
        rows: list[dict[str, Any]] = []
        while path:
            page = self.get(path).json
            rows += page["results"]
            path = (page["next"] or "").replace(self.address, "")
        return rows

    def wait_for(self, path: str, field: str, *values: str) -> Any:
        """The resource, once its field has one of the values."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            answer = self.get(path).json
            if answer[field] in values:
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{path} stays {answer[field]}: {answer}")

    def _ask(self, request: urllib.request.Request) -> Answer:
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answered:
                return Answer(answered.status, answered.read(), answered.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), error.headers)


class Town:
    """The running installation and its people."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.nobody = Person(self.address, "")
        self.people: dict[str, Person] = {}

    def open(self) -> None:
        lines = [
            ("load_reference", "-v", "0"),
            ("import_departments", "samples/departments.csv", "-v", "0"),
        ]
        for name, role, department in PEOPLE:
            words = ("create_user", name, "--role", role, "--department", department)
            lines += [(*words, "--password-stdin"), ("issue_token", name)]
        passwords = "\n".join(PASSWORD for _person in PEOPLE)
        printed = self.installation.manage_in_turn(*lines, said=passwords).splitlines()
        tokens = [line for line in printed if re.fullmatch(r"[\w-]{30,}", line)]
        for (name, _role, _department), token in zip(PEOPLE, tokens, strict=True):
            self.people[name] = Person(self.address, token)
        self.installation.start_broker()
        self.installation.start_worker()
        self.installation.start(
            "gunicorn",
            "--no-control-socket",
            "--threads",
            "4",
            "--bind",
            f"127.0.0.1:{self.port}",
            "config.wsgi",
        )
        assert wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            return self.nobody.get("/healthz").status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def town():
    installation = Installation(Path(tempfile.mkdtemp(prefix="story-")))
    place = Town(installation)
    try:
        place.open()
        yield place
    finally:
        installation.stop()
        shutil.rmtree(installation.folder, ignore_errors=True)

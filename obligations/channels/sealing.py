"""Keys of robots and systems at rest: encrypted with a key made from the installation's own."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

# What was sealed for one purpose opens for no other.
WEBHOOK, PUSH = "webhook", "push"


class Unreadable(Exception):
    """The installation's key is another one than when this was sealed."""


def seal(words: Mapping[str, str], *, purpose: str = WEBHOOK) -> str:
    """Encrypt; authenticated, so that nothing can be put in its place."""
    return _fernet(purpose, settings.SECRET_KEY).encrypt(json.dumps(dict(words)).encode()).decode()


def unseal(sealed: str, *, purpose: str = WEBHOOK) -> dict[str, str]:
    try:
        opened = _fernet(purpose, settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken as error:
        raise Unreadable from error
    words: dict[str, str] = json.loads(opened)
    return words


@cache
def _fernet(purpose: str, secret: str) -> Fernet:
    digest = hashlib.sha256(f"qingdan.{purpose}.1\x00{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))

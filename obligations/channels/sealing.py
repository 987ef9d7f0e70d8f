"""Keys of robots at rest: encrypted with a key derived from the installation's own."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

_PURPOSE = b"qingdan.webhook.1\x00"


class Unreadable(Exception):
    """The installation's key is another one than when this was sealed."""


def seal(words: Mapping[str, str]) -> str:
    """Encrypt; authenticated, so that nothing can be put in its place."""
    return _fernet().encrypt(json.dumps(dict(words)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    try:
        words: dict[str, str] = json.loads(_fernet().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Unreadable from error
    return words


def _fernet() -> Fernet:
    digest = hashlib.sha256(_PURPOSE + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))

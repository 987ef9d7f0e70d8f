"""E-mail through Django's settings: SMTP, or files where no server is named."""

from __future__ import annotations

import smtplib
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from obligations.channels.message import Message, TryLater, Undeliverable

_DOMAIN = "qingdan.invalid"


class Mailer:
    """One connection for many messages; a broken one is made anew for the next."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, message: Message, *, to: str) -> None:
        """Hand the message over; TryLater or Undeliverable where the server does not take it."""
        mail = EmailMessage(
            subject=message.subject,
            body=message.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
            headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
        )
        connection = self._opened()
        try:
            connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as refused:
            self._close()
            code = next(iter(refused.recipients.values()))[0]
            raise _of_code(code) from refused
        except smtplib.SMTPResponseException as refused:
            self._close()
            raise _of_code(refused.smtp_code) from refused
        except (smtplib.SMTPException, OSError) as problem:
            self._close()
            sentence = _("The connection to the mail server broke (%(error)s).")
            words = sentence % {"error": type(problem).__name__}
            raise TryLater(words, unsure=True) from problem

    def _opened(self) -> Any:
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except (smtplib.SMTPException, OSError) as problem:
                sentence = _("The mail server cannot be reached (%(error)s).")
                raise TryLater(sentence % {"error": type(problem).__name__}) from problem
            self._connection = connection
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (smtplib.SMTPException, OSError):
                return


def message_id(message: Message) -> str:
    """The same in every try: mail systems and people can tell a repetition by it."""
    sender = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >")
    return f"<{message.name}@{sender or _DOMAIN}>"


def _of_code(code: int) -> TryLater | Undeliverable:
    """4xx is for now, 5xx for good (RFC 5321); a refused sign-in is the server's set-up."""
    said = _("The mail server refused the message (code %(code)s).") % {"code": code}
    for_good = 500 <= code < 600 and code not in (530, 534, 535, 538)
    return Undeliverable(said) if for_good else TryLater(said)

"""消费方反馈: consumers say in every period whether what was opened to them is usable."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, User
from accounts.versions import require_same
from obligations import consumers
from obligations.confirmation_rules import hearing
from obligations.consumers import Hearing
from obligations.models import Confirmation, ItemConsumer, ListItem, Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.today import moment

_LONGEST = 4000


@dataclass(frozen=True)
class Voice:
    """One consumer of one obligation: the word that stands, if any, and whether it counts."""

    department: Department
    word: Confirmation | None
    counts: bool

    @property
    def version(self) -> int:
        """What a writer saw; 0 where nothing was said."""
        return self.word.version if self.word else 0

    def answers(self, heard: Hearing) -> bool:
        """Whether it was said in the period itself, of what is verified now."""
        return self.counts and self.word is not None and self.word.said_on >= heard.first_on


def asked_of(user: User, *, on: dt.date) -> ObligationQuerySet:
    """What the user's department is asked about; nothing for people of no department."""
    if not user.is_active or user.role not in User.OF_A_DEPARTMENT or user.department_id is None:
        return Obligation.objects.none()
    return consumers.asked_of(user.department_id, on=on)


def say(
    obligation: Obligation,
    *,
    word: str,
    reason: str = "",
    by: User,
    on: dt.date,
    version: int,
) -> Confirmation:
    """可用 or 不可用, with one click; the word before it ends and stays on record."""
    permissions.require(by, "say_usable")
    reason = reason.strip() if word == Confirmation.Word.UNUSABLE else ""
    _require_words(word, reason)
    with transaction.atomic():
        # Consumers of one obligation take turns, so that one word stands for each.
        row = Obligation.objects.select_for_update(of=("self",)).get(pk=obligation.pk)
        if by.department is None or not asked_of(by, on=on).filter(pk=row.pk).exists():
            raise PermissionDenied(_("Your department is not asked about this."))
        standing = _standing(row, by)
        require_same(standing.version if standing else 0, version)
        said = {"word": word, "reason": reason, "said_by": by, "department": by.department}
        made = _follow(standing, row, said, on=on)
        detail = {"on": str(on), "word": word, "reason": reason, "consumer": by.department_id}
        audit.record(row, verb="say_usable", by=by, detail=detail, department_id=by.department_id)
    return made


def name(
    item: ListItem, department: Department, *, note: str = "", by: User, on: dt.date
) -> ItemConsumer:
    """A coordinator names a department that uses the item without owing anything for it."""
    permissions.require(by, "name_consumers")
    if department.is_central:
        raise RuleViolation(_("People of central bodies do not sign in: name one of our own."))
    _require_scope(department, by=by)
    with transaction.atomic():
        ListItem.objects.select_for_update().get(pk=item.pk)
        if _consumes(item, department, on=on):
            raise RuleViolation(_("This department is asked about the item already."))
        made = ItemConsumer.objects.create(
            item=item, department=department, note=note.strip(), named_by=by, named_on=on
        )
        _record(made, verb="name_consumer", by=by, on=on)
    return made


def release(consumer: ItemConsumer, *, by: User, on: dt.date) -> None:
    """It is asked no more; what it said stays on record."""
    permissions.require(by, "name_consumers")
    with transaction.atomic():
        row = ItemConsumer.objects.select_for_update(of=("self",)).get(pk=consumer.pk)
        _require_scope(row.department, by=by)
        if row.ended_on is not None:
            raise RuleViolation(_("This consumer was released already."))
        row.ended_on, row.ended_by = max(on, row.named_on), by
        row.save(update_fields=["ended_on", "ended_by"])
        _record(row, verb="release_consumer", by=by, on=on)


def voices_of(obligation: Obligation, *, on: dt.date) -> list[Voice]:
    """Every consumer with its word; silence is a line of its own."""
    owed = consumers.owing(on).filter(item=obligation.item_id).values("department")
    named = ItemConsumer.objects.at(on).filter(item=obligation.item_id).values("department")
    asked = Department.objects.filter(pk__in=owed) | Department.objects.filter(pk__in=named)
    words = {
        one.department_id: one
        for one in Confirmation.objects.at(on).filter(obligation=obligation).order_by("pk")
    }
    heard = hearing(on)
    found = asked.exclude(pk=obligation.department_id).order_by("position", "pk")
    return [
        Voice(one, words.get(one.pk), _counts(words.get(one.pk), obligation, heard))
        for one in found
    ]


def own_words(rows: Sequence[Obligation], user: User, *, on: dt.date) -> dict[int, Voice]:
    """The department's own word on each of some obligations."""
    department = user.department
    if department is None or not rows:
        return {}
    words = Confirmation.objects.standing().filter(department=department, obligation__in=rows)
    by_row = {one.obligation_id: one for one in words}
    heard = hearing(on)
    return {
        row.pk: Voice(department, by_row.get(row.pk), _counts(by_row.get(row.pk), row, heard))
        for row in rows
    }


def unanswered(user: User, *, on: dt.date) -> ObligationQuerySet:
    """What the department has not answered in this period."""
    heard = hearing(on)
    told = Confirmation.objects.standing().filter(
        department=user.department_id, said_on__gte=heard.first_on
    )
    # What was reopened and verified again after the answer is a new question.
    return asked_of(user, on=on).exclude(consumers.answered(told))


@dataclass(frozen=True)
class Question:
    """An obligation of which a consumer has not spoken in the period, and since when it could."""

    obligation_id: int
    department_id: int
    since_on: dt.date


def open_questions(heard: Hearing) -> list[Question]:
    """What `unanswered` says of one department, of all of them at once; by item and consumer."""
    on = heard.as_of
    opened = Obligation.objects.filter(consumers.opened())
    consuming: dict[int, set[int]] = defaultdict(set)
    for rows in (consumers.owing(on), ItemConsumer.objects.at(on)):
        pairs = rows.filter(item__in=opened.values("item")).order_by().distinct()
        for item_id, department_id in pairs.values_list("item_id", "department_id"):
            consuming[item_id].add(department_id)
    told = Confirmation.objects.standing().filter(said_on__gte=heard.first_on)
    columns = ("obligation_id", "department_id", "said_on")
    said = {(pk, department_id): day for pk, department_id, day in told.values_list(*columns)}
    found = []
    fields = ("pk", "item_id", "department_id", "external", "verified_on", "opened_on")
    for pk, item_id, provider, external, verified_on, opened_on in opened.order_by(
        "department__position", "item__list", "item__position", "pk"
    ).values_list(*fields):
        since_on = opened_on if external else verified_on
        for department_id in sorted(consuming[item_id] - {provider}):
            day = said.get((pk, department_id))
            if day is None or (not external and day < since_on):
                found.append(Question(pk, department_id, since_on))
    return found


def _counts(word: Confirmation | None, row: Obligation, heard: Hearing) -> bool:
    if word is None or (row.verified_on is not None and word.said_on < row.verified_on):
        return False
    return word.word == Confirmation.Word.UNUSABLE or word.said_on >= heard.counts_from


def _standing(row: Obligation, by: User) -> Confirmation | None:
    words = Confirmation.objects.standing().select_for_update(of=("self",))
    return words.filter(obligation=row, department=by.department_id).first()


def _follow(
    standing: Confirmation | None, row: Obligation, said: dict[str, Any], *, on: dt.date
) -> Confirmation:
    if standing is not None:
        if on < standing.said_on:
            raise RuleViolation(
                _("A later change, of %(day)s, is already on record: use that day or a later one.")
                % {"day": standing.said_on.isoformat()}
            )
        standing.until_on = on
        standing.save(update_fields=["until_on"])
    return Confirmation.objects.create(
        obligation=row,
        period_on=hearing(on).first_on,
        said_on=on,
        said_at=moment(on),
        version=standing.version + 1 if standing else 1,
        **said,
    )


def _require_words(word: str, reason: str) -> None:
    if word not in Confirmation.Word.values:
        raise RuleViolation(_("Say whether it is usable or not."))
    if word == Confirmation.Word.UNUSABLE and not reason:
        raise RuleViolation(_("Say what does not work: the provider has to mend it."))
    if len(reason) > _LONGEST:
        raise RuleViolation(_("A text has at most %(most)s characters.") % {"most": _LONGEST})


def _consumes(item: ListItem, department: Department, *, on: dt.date) -> bool:
    return ListItem.objects.filter(consumers.items_of(department.pk, on=on), pk=item.pk).exists()


def _require_scope(department: Department, *, by: User) -> None:
    if by.region_id is not None and by.region_id != department.region_id:
        raise PermissionDenied(_("This lies outside your region."))


def _record(row: ItemConsumer, *, verb: str, by: User, on: dt.date) -> None:
    said = {"on": str(on), "item": row.item_id, "consumer": row.department_id, "note": row.note}
    audit.record(row, verb=verb, by=by, detail=said, department_id=row.department_id)

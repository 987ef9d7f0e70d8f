"""Plays an invented life with the real verbs, each on its day."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable

from accounts.models import User
from obligations import blocks, completion, dispatch, exemptions
from obligations.evidence import NewEvidence
from obligations.models import Duty, Obligation
from reports.sampling.paper import sample_pdf
from reports.sampling.staff import Staff

_RETURN_REASON = "佐证材料中的目录代码与已发布目录不一致，请核对后重新申报"
_REOPEN_REASON = "接口连续三个工作日无法调用，请恢复后重新申报"
_CONTACT = ("信息化处", "示例联系人", "000-0000000")
_FILE_ONE_IN = 5


class Stage:
    """Who plays; an obligation is taken through its acts in order."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff
        self._officer: User
        self._decider: User

    def play(
        self, obligation: Obligation, acts: Iterable[tuple[dt.date, str, dt.date | None]]
    ) -> None:
        department = obligation.department
        self._officer = self._staff.officer(department)
        self._decider = self._staff.decider(department)
        for on, verb, until in acts:
            getattr(self, f"_{verb}")(obligation, on, until)

    def _issue(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        dispatch.issue(obligation, by=self._decider, on=on)

    def _accept(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        dispatch.accept(obligation, by=self._officer, on=on)

    def _plan(self, obligation: Obligation, on: dt.date, until: dt.date | None) -> None:
        note = "已完成需求对接，正在开发接口"
        dispatch.plan(
            obligation,
            by=self._officer,
            on=on,
            planned_on=until,
            progress_note=note,
            contact=_CONTACT,
        )

    def _claim(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        completion.claim(
            obligation,
            by=self._officer,
            on=on,
            note="已完成，请审签",
            with_evidence=_evidence(obligation, on),
        )

    def _endorse(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        completion.endorse(obligation, by=self._staff.reviewer(obligation.department), on=on)

    def _send_back(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        completion.send_back(obligation, by=self._decider, on=on, reason=_RETURN_REASON)

    def _verify(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        completion.verify(obligation, by=self._decider, on=on)

    def _reopen(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        completion.reopen(obligation, by=self._decider, on=on, reason=_REOPEN_REASON)

    def _block(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        cause, reason = "technical", "前置机故障，设备正在采购"
        if obligation.depends_on_id:
            cause, reason = "not_opened", "上级系统尚未开放接口，已去函申请"
        blocks.ask(obligation, by=self._officer, on=on, cause=cause, reason=reason)
        blocks.confirm(obligation, by=self._decider, on=on, note="情况属实")

    def _lift(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        blocks.lift(obligation, by=self._decider, on=on)

    def _exempt(self, obligation: Obligation, on: dt.date, until: dt.date | None) -> None:
        reason = "本部门使用国垂系统办理，暂无可供数据"
        exemptions.ask(obligation, by=self._officer, on=on, reason=reason, until_on=until)
        exemptions.grant(obligation, by=self._decider, on=on)

    def _withdraw(self, obligation: Obligation, on: dt.date, _until: dt.date | None) -> None:
        dispatch.withdraw(obligation, by=self._decider, on=on, reason="清单调整，该事项合并办理")


def _evidence(obligation: Obligation, on: dt.date) -> list[NewEvidence]:
    """What such a claim usually rests on; every fifth brings a file as well."""
    number = f"{obligation.pk:06d}"
    first = on.replace(day=1)
    delivered = NewEvidence("receipt", f"DS-{number}", period_from=first, period_to=on)
    registered = NewEvidence("registration", f"GGSJ-{number}")
    pieces = {
        Duty.SUPPLY: [
            NewEvidence("catalogue", f"SL{number}"),
            delivered if obligation.pk % 2 else registered,
        ],
        Duty.CONNECT: [
            NewEvidence("interface", f"JK-{number}"),
            NewEvidence("link", f"https://jk.example.invalid/{number}"),
        ],
    }.get(Duty(obligation.duty), [NewEvidence("document", f"示例函〔2026〕{obligation.pk}号")])
    if obligation.pk % _FILE_ONE_IN == 0:
        file = io.BytesIO(sample_pdf(f"SAMPLE EVIDENCE {number} - NOT A REAL DOCUMENT"))
        pieces.append(NewEvidence("file", file=file, name=f"【示例】佐证材料{number}.pdf"))
    return pieces

"""Claims, endorsement, verification, returns: who may do what, and what the dates become."""

import datetime as dt
import io
import os

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry
from obligations import completion, dispatch, evidence
from obligations.evidence import NewEvidence
from obligations.models import Claim, Obligation, ObligationState

D = dt.date


def test_the_way_from_draft_to_verified(verified):
    assert verified.status == "verified"
    assert verified.completed_on == D(2025, 9, 2)
    assert verified.verified_on == D(2025, 9, 3)
    assert verified.decide_by == D(2025, 9, 9)
    assert (verified.light, verified.light_reason) == ("green", "verified")
    verbs = AuditEntry.objects.of("obligations.obligation", verified.pk).values_list(
        "verb", flat=True
    )
    assert list(verbs) == ["issue", "accept", "claim", "endorse", "verify"]


def test_every_step_stands_in_the_history(verified):
    states = ObligationState.objects.filter(obligation=verified).order_by("valid_from")
    assert [(state.valid_from, state.status) for state in states] == [
        (D(2025, 8, 1), "draft"),
        (D(2025, 8, 4), "issued"),
        (D(2025, 8, 5), "in_progress"),
        (D(2025, 9, 1), "claimed"),
        (D(2025, 9, 2), "endorsed"),
        (D(2025, 9, 3), "verified"),
    ]
    assert [state.valid_to for state in states] == [
        *(state.valid_from for state in list(states)[1:]),
        None,
    ]


def test_a_claim_without_evidence_is_refused_and_leaves_nothing(in_progress, officer):
    with pytest.raises(RuleViolation, match="佐证材料"):
        completion.claim(in_progress, by=officer, on=D(2025, 9, 1))
    in_progress.refresh_from_db()
    assert in_progress.status == "in_progress"
    assert not Claim.objects.exists()


def test_an_officer_cannot_endorse_their_own_claim(claimed, officer, reviewer):
    with pytest.raises(PermissionDenied):
        completion.endorse(claimed, by=officer, on=D(2025, 9, 2))
    officer.role = "reviewer"
    officer.save()
    with pytest.raises(PermissionDenied):
        completion.endorse(claimed, by=officer, on=D(2025, 9, 2))


def test_the_database_refuses_a_claim_endorsed_by_its_claimer(claimed, officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.filter(pk=claimed.pk).update(endorsed_by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(obligation=claimed).update(endorsed_by=officer)


def test_a_department_cannot_work_on_another_departments_obligation(in_progress, officer2):
    with pytest.raises(PermissionDenied):
        completion.claim(in_progress, by=officer2, on=D(2025, 9, 1))


def test_the_first_return_of_a_formal_claim_gives_five_working_days_to_mend(
    endorsed, coordinator, officer, reviewer
):
    completion.send_back(endorsed, by=coordinator, on=D(2025, 9, 26), reason="缺少目录代码")
    assert endorsed.status == "in_progress"
    assert endorsed.completed_on is None
    assert endorsed.first_completed_on == D(2025, 9, 2)
    assert endorsed.mend_until == D(2025, 10, 10)
    assert (endorsed.light, endorsed.light_reason) == ("yellow", "mending")
    completion.claim(endorsed, by=officer, on=D(2025, 10, 9))
    completion.endorse(endorsed, by=reviewer, on=D(2025, 10, 10))
    assert endorsed.completed_on == D(2025, 9, 2)


def test_a_claim_renewed_after_the_mending_days_has_its_own_day(
    endorsed, coordinator, officer, reviewer
):
    completion.send_back(endorsed, by=coordinator, on=D(2025, 9, 26), reason="缺少目录代码")
    completion.claim(endorsed, by=officer, on=D(2025, 10, 9))
    completion.endorse(endorsed, by=reviewer, on=D(2025, 10, 11))
    assert endorsed.completed_on == D(2025, 10, 11)


def test_a_second_return_gives_no_days_to_mend(endorsed, coordinator, officer, reviewer):
    completion.send_back(endorsed, by=coordinator, on=D(2025, 9, 4), reason="缺少目录代码")
    completion.claim(endorsed, by=officer, on=D(2025, 9, 5))
    completion.endorse(endorsed, by=reviewer, on=D(2025, 9, 5))
    completion.send_back(endorsed, by=coordinator, on=D(2025, 9, 8), reason="代码有误")
    assert endorsed.mend_until is None
    assert endorsed.returned_count == 2
    assert endorsed.light_reason == "on_course"


def test_a_reviewer_returns_what_is_not_endorsed_yet_without_mending_days(claimed, reviewer):
    completion.send_back(claimed, by=reviewer, on=D(2025, 9, 2), reason="请补充材料")
    assert claimed.status == "in_progress"
    assert claimed.mend_until is None
    assert Claim.objects.get(obligation=claimed).outcome == "returned"


def test_a_reviewer_cannot_return_an_endorsed_claim(endorsed, reviewer):
    with pytest.raises((RuleViolation, PermissionDenied)):
        completion.send_back(endorsed, by=reviewer, on=D(2025, 9, 2), reason="请补充材料")


def test_a_return_needs_a_reason(endorsed, coordinator):
    with pytest.raises(RuleViolation, match="理由"):
        completion.send_back(endorsed, by=coordinator, on=D(2025, 9, 4), reason=" ")


def test_where_endorsement_is_off_a_claim_stands_at_once(in_progress, officer, police, paper):
    police.endorsement_required = False
    police.save()
    completion.claim(in_progress, by=officer, on=D(2025, 9, 1), with_evidence=[paper])
    assert in_progress.status == "endorsed"
    assert in_progress.completed_on == D(2025, 9, 1)


def test_reopening_counts_clears_the_day_and_sets_a_new_due_date(verified, coordinator):
    completion.reopen(verified, by=coordinator, on=D(2025, 9, 30), reason="接口停用")
    assert verified.status == "in_progress"
    assert verified.reopened_count == 1
    assert verified.completed_on is None
    assert verified.due_on == D(2025, 10, 21)
    assert verified.original_due_on == D(2025, 12, 31)


def test_verification_of_the_own_bureau_is_marked(owe, bureau, make_user, coordinator, paper):
    officer = make_user("bureau-officer", "officer", department=bureau)
    reviewer = make_user("bureau-reviewer", "reviewer", department=bureau)
    obligation = owe(bureau)
    dispatch.issue(obligation, by=coordinator, on=D(2025, 8, 4))
    dispatch.accept(obligation, by=officer, on=D(2025, 8, 4))
    completion.claim(obligation, by=officer, on=D(2025, 8, 5), with_evidence=[paper])
    completion.endorse(obligation, by=reviewer, on=D(2025, 8, 5))
    completion.verify(obligation, by=coordinator, on=D(2025, 8, 6))
    assert obligation.self_verified


def test_a_stale_write_is_refused_saying_who_changed_what(claimed, reviewer):
    seen = claimed.version - 1
    with pytest.raises(StaleVersion, match=r"officer.*申报完成"):
        completion.endorse(claimed, by=reviewer, on=D(2025, 9, 2), version=seen)
    claimed.refresh_from_db()
    assert claimed.status == "claimed"


@pytest.mark.parametrize("verb", ["accept", "claim", "endorse", "verify", "send_back"])
def test_a_draft_takes_no_verb_but_issue(verb, owe, police, officer, reviewer, coordinator):
    obligation = owe(police)
    steps = {
        "accept": lambda: dispatch.accept(obligation, by=officer, on=D(2025, 8, 4)),
        "claim": lambda: completion.claim(obligation, by=officer, on=D(2025, 8, 4)),
        "endorse": lambda: completion.endorse(obligation, by=reviewer, on=D(2025, 8, 4)),
        "verify": lambda: completion.verify(obligation, by=coordinator, on=D(2025, 8, 4)),
        "send_back": lambda: completion.send_back(
            obligation, by=coordinator, on=D(2025, 8, 4), reason="x"
        ),
    }
    with pytest.raises(RuleViolation, match="待下达"):
        steps[verb]()


def test_bulk_issue_refuses_the_whole_when_one_row_refuses(owe, police, coordinator, in_progress):
    drafts = [owe(police) for _ in range(3)]
    chosen = Obligation.objects.filter(pk__in=[in_progress.pk, *(row.pk for row in drafts)])
    with pytest.raises(RuleViolation) as refused:
        dispatch.issue_many(chosen, by=coordinator, on=D(2025, 8, 6))
    assert [row["id"] for row in refused.value.facts["refused"]] == [in_progress.pk]
    assert Obligation.objects.filter(status="issued").count() == 0


def test_bulk_issue_moves_judges_and_audits_every_row(owe, police, coordinator):
    drafts = [owe(police) for _ in range(3)]
    chosen = Obligation.objects.filter(pk__in=[row.pk for row in drafts])
    assert dispatch.issue_many(chosen, by=coordinator, on=D(2025, 8, 6)) == 3
    assert set(chosen.values_list("status", "light", "version")) == {("issued", "green", 2)}
    assert AuditEntry.objects.filter(verb="issue").count() == 3
    assert ObligationState.objects.filter(status="issued", valid_to=None).count() == 3


def test_evidence_is_fixed_once_a_claim_rests_on_it(in_progress, officer, paper, coordinator):
    [piece] = evidence.attach(in_progress, paper, by=officer, on=D(2025, 9, 1))
    completion.claim(in_progress, by=officer, on=D(2025, 9, 1))
    completion.withdraw_claim(in_progress, by=officer, on=D(2025, 9, 1))
    piece.refresh_from_db()
    with pytest.raises(RuleViolation, match="申报"):
        evidence.remove(piece, by=officer, on=D(2025, 9, 1))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("link", "ftp://x"), ("link", "http://a b"), ("document", "  "), ("catalogue", "a\x00b")],
)
def test_unusable_evidence_is_refused(in_progress, officer, kind, text):
    with pytest.raises(RuleViolation):
        evidence.attach(in_progress, NewEvidence(kind, text), by=officer, on=D(2025, 9, 1))
    assert in_progress.evidence.count() == 0


def test_pieces_are_attached_all_or_none(in_progress, officer, paper):
    bad = NewEvidence("link", "not a link")
    with pytest.raises(RuleViolation):
        evidence.attach(in_progress, paper, bad, by=officer, on=D(2025, 9, 1))
    assert in_progress.evidence.count() == 0


def test_evidence_added_after_the_claim_stands_under_it_and_stays(verified, officer, paper):
    [piece] = evidence.attach(verified, paper, by=officer, on=D(2025, 9, 9))
    piece.refresh_from_db()
    assert piece.claim == verified.claims.get()
    with pytest.raises(RuleViolation):
        evidence.remove(piece, by=officer, on=D(2025, 9, 9))


def test_a_removed_file_is_gone_and_files_of_refused_claims_are_swept(
    in_progress, officer, settings, django_capture_on_commit_callbacks
):
    def pdf():
        return NewEvidence("file", file=io.BytesIO(b"%PDF-1.4 x"), name="a.pdf")

    [piece] = evidence.attach(in_progress, pdf(), by=officer, on=D(2025, 9, 1))
    with django_capture_on_commit_callbacks(execute=True):
        evidence.remove(piece, by=officer, on=D(2025, 9, 1))
    folder = settings.MEDIA_ROOT / "evidence"
    assert list(folder.iterdir()) == []
    [kept] = evidence.attach(in_progress, pdf(), by=officer, on=D(2025, 9, 1))
    with pytest.raises(RuleViolation):
        evidence.attach(in_progress, pdf(), NewEvidence("link", "x"), by=officer, on=D(2025, 9, 1))
    assert len(list(folder.iterdir())) == 2
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    assert evidence.sweep() == 1
    assert (settings.MEDIA_ROOT / kept.path).exists()


def test_a_reopening_keeps_a_reason_of_its_own_until_the_next_verification(
    verified, coordinator, officer, reviewer, paper
):
    completion.reopen(verified, by=coordinator, on=D(2025, 9, 30), reason="接口停用")
    assert (verified.return_reason, verified.reopen_reason) == ("", "接口停用")

    completion.claim(verified, by=officer, on=D(2025, 10, 9), with_evidence=[paper])
    completion.endorse(verified, by=reviewer, on=D(2025, 10, 9))
    completion.send_back(verified, by=coordinator, on=D(2025, 10, 10), reason="缺回执")
    assert (verified.return_reason, verified.reopen_reason) == ("缺回执", "接口停用")

    completion.claim(verified, by=officer, on=D(2025, 10, 11), with_evidence=[paper])
    completion.endorse(verified, by=reviewer, on=D(2025, 10, 11))
    completion.verify(verified, by=coordinator, on=D(2025, 10, 13))
    assert (verified.return_reason, verified.reopen_reason) == ("", "")

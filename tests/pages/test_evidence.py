"""Evidence that no claim rests on is taken back on the page; what was claimed stays."""

import pytest

from obligations import completion, evidence, filing
from obligations.evidence import NewEvidence
from obligations.models import Evidence
from obligations.today import today

pytestmark = pytest.mark.django_db

BUTTON = "/remove/"


@pytest.fixture
def piece(in_progress, officer, day):
    paper = NewEvidence(kind="document", text="示例政数〔2025〕7号")
    [made] = evidence.attach(in_progress, paper, by=officer, on=day)
    return made


def take_back(client, piece, **fields):
    return client.post(f"/evidence/{piece.pk}/remove/", fields, follow=True)


def page_of(client, piece):
    return client.get(f"/obligations/{piece.obligation_id}/").text


def version_of(piece):
    piece.obligation.refresh_from_db()
    return piece.obligation.version


def test_the_officer_takes_back_what_is_not_claimed_yet(signed_in, officer, piece):
    client = signed_in(officer)
    shown = page_of(client, piece)

    answer = take_back(client, piece, version=version_of(piece))

    assert f'action="/evidence/{piece.pk}/remove/"' in shown
    assert "撤回这份佐证材料" in shown
    assert "已撤回" in answer.text
    assert not Evidence.objects.exists()
    assert BUTTON not in page_of(client, piece)


def test_its_file_goes_with_it(
    signed_in, officer, in_progress, day, tmp_path, django_capture_on_commit_callbacks
):
    paper = tmp_path / "证明.pdf"
    paper.write_bytes(b"%PDF-1.4\n%%EOF\n")
    with paper.open("rb") as file:
        new = NewEvidence(kind="file", file=file, name=paper.name)
        [made] = evidence.attach(in_progress, new, by=officer, on=day)
    assert filing.absolute(made.path).exists()

    with django_capture_on_commit_callbacks(execute=True):
        take_back(signed_in(officer), made, version=version_of(made))

    assert not filing.absolute(made.path).exists()


def test_nothing_is_taken_back_on_an_old_version_or_none(signed_in, officer, piece):
    client = signed_in(officer)

    old = take_back(client, piece, version=version_of(piece) - 1)
    none = take_back(client, piece)

    assert (old.status_code, none.status_code) == (409, 428)
    assert Evidence.objects.exists()


def test_what_was_claimed_or_replaced_has_no_button_and_stays(
    signed_in, officer, reviewer, piece, day
):
    newer = NewEvidence(kind="document", text="示例政数〔2025〕8号", replaces=piece.pk)
    [second] = evidence.attach(piece.obligation, newer, by=officer, on=day)
    client = signed_in(officer)
    shown = page_of(client, piece)
    assert f"/evidence/{second.pk}/remove/" in shown
    assert f"/evidence/{piece.pk}/remove/" not in shown
    assert take_back(client, piece, version=version_of(piece)).status_code == 409

    row = piece.obligation
    row.refresh_from_db()
    completion.claim(row, by=officer, on=day)
    completion.send_back(row, by=reviewer, on=today(), reason="请补正")

    assert BUTTON not in page_of(client, piece)
    answer = take_back(client, second, version=version_of(piece))
    assert answer.status_code == 409
    assert Evidence.objects.count() == 2


def test_others_have_no_button_and_another_departments_is_not_found(
    signed_in, officer2, reviewer, coordinator, piece
):
    for reader in (reviewer, coordinator):
        assert BUTTON not in page_of(signed_in(reader), piece)
        assert take_back(signed_in(reader), piece, version=1).status_code == 403

    answer = take_back(signed_in(officer2), piece, version=version_of(piece))

    assert answer.status_code == 404
    assert Evidence.objects.exists()

"""A list that was given back, opened in LibreOffice and saved: importing it changes nothing."""

import datetime as dt
import shutil
import subprocess

import pytest

from obligations import importing
from tests.importing.test_giving_back import ASKED, ODD, TARGET, bring, given_back, own

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed"),
]


@pytest.fixture
def saved(tmp_path):
    """saved(data, "ods"): the .xlsx file as LibreOffice saves it."""

    def save(data, form):
        (tmp_path / "list.xlsx").write_bytes(data)
        home = f"-env:UserInstallation=file://{tmp_path}/home"
        words = ("soffice", home, "--headless", "--convert-to", form, "--outdir", "saved")
        subprocess.run(
            (*words, "list.xlsx"), cwd=tmp_path, check=True, capture_output=True, timeout=120
        )
        return (tmp_path / "saved" / f"list.{form}").read_bytes()

    return save


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_saving_it_anew_changes_nothing(read, coordinator, saved, form):
    texts = [text for text in ODD if text not in ("合计", "注：甲")]
    rows = [own(序号=n, 数据资源名称=f"资源{n}", 备注=text) for n, text in enumerate(texts)]
    bring(read, [*rows, own(完成时限=dt.date(2025, 9, 30))])
    _name, data = given_back("xlsx", by=coordinator)
    plan = importing.preview(read(saved(data, form), name=f"清单.{form}", **ASKED), target=TARGET)
    assert plan.changed_items == []
    assert (plan.added, plan.missing, plan.unchanged) == (0, 0, len(rows) + 1)

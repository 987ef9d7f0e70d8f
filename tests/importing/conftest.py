"""A directory of bodies, and short ways to read a file."""

import pytest

from accounts.models import Level
from obligations import importing
from obligations.kinds import kinds
from tests.importing.books import ON


@pytest.fixture
def bodies(ministry, police, bureau, make_department):
    """公安部 with 省公安厅, 省数据管理局, and a ministry that has no counterpart."""
    make_department("教育部", level=Level.CENTRAL)
    people = make_department("人力资源和社会保障部", level=Level.CENTRAL)
    people.names.create(name="人社部", matching="人社部", kind="short")
    make_department("省人力资源和社会保障厅", counterpart=people)
    return {"ministry": ministry, "police": police, "bureau": bureau}


@pytest.fixture
def read(bodies):
    def reading(data, name="清单.xlsx", kind="sharing", **options):
        return importing.read(data, name=name, kind=kinds()[kind], on=ON, **options)

    return reading

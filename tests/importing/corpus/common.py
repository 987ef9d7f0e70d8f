"""What the odd and the hostile files of this folder have in common."""

from pathlib import Path

from tests.importing.books import ROW, SHARING

HERE = Path(__file__).resolve().parent
TITLE = "居住证信息"
ONE = {2: TITLE}
LINES = [SHARING, ROW]
TWO = [SHARING, ROW, (2, "公安部", "户籍信息", *ROW[3:])]
# What office.py made: two rows of the first resource, one of the second.
OF_OFFICE = {4: TITLE, 5: TITLE, 6: "户籍信息"}
SECRET = [(*SHARING, "密级"), (*ROW, "公开"), (2, "公安部", "户籍信息", *ROW[3:], "机密")]


def kept(name):
    """A file that stands beside this one."""
    return lambda: (HERE / name).read_bytes()


def nested(tag, count):
    return f"<{tag}>" * count + f"</{tag}>" * count

"""What hands do to text files and margins. READ: name -> (file name, maker, {row: title});
REFUSED: name -> (file name, maker, kind of the refusal)."""

from tests.importing import books, documents
from tests.importing.books import ROW, SHARING, row
from tests.importing.corpus.common import LINES, ONE, SECRET
from tests.importing.corpus.odd_documents import word

# A title, a blank row, the numbers of the columns, a sum, a note.
AROUND = [
    ("【示例】责任清单",),
    (),
    SHARING,
    tuple(range(1, 9)),
    ROW,
    ("合计", None, 1),
    ("注：本表由各单位填报，不涉密。",),
]
FOOTER = f'<w:ftr xmlns:w="{documents.W}"><w:p><w:r><w:t>秘密★</w:t></w:r></w:p></w:ftr>'
HALVES = documents.as_csv(LINES, encoding="utf-8"), documents.as_csv(LINES, encoding="gb18030")


def around(form):
    merged = [] if form == "csv" else [(1, 1, 1, 8)]
    return lambda: documents.written(form, AROUND, merged=merged)


def page_footer():
    parts = {
        "word/_rels/document.xml.rels": documents.relations(("footer", "footer1.xml")),
        "word/footer1.xml": FOOTER.encode(),
    }
    return documents.docx(LINES, parts=parts)


def printed_footer(sheet):
    sheet.evenFooter.right.text = "绝密★"


READ = {
    f"a title, numbers of columns, a sum and a note ({form})": (
        f"a.{form}",
        around(form),
        {5: name},
    )
    for form in documents.WRITERS
    for name in ONE.values()
} | {
    "big-endian without a mark": ("a.csv", lambda: books.csv(encoding="utf-16-be"), ONE),
    "quotation marks in the middle": (
        "a.csv",
        lambda: books.csv(row(数据资源名称='居"住"证')),
        {2: '居"住"证'},
    ),
    "quotation marks of the other kind": (
        "a.csv",
        lambda: books.csv(row(数据资源名称="'居住证'")),
        {2: "'居住证'"},
    ),
    "some cells in quotation marks": (
        "a.csv",
        lambda: books.csv(('"1"', "公安部", '"居住,证"', *ROW[3:])),
        {2: "居住,证"},
    ),
    "five million commas after the row": (
        "a.csv",
        lambda: books.csv()[:-2] + b"," * 5_000_000,
        ONE,
    ),
}
REFUSED = {
    "NUL in a text file": (
        "a.csv",
        lambda: documents.as_csv([SHARING, row(数据资源名称="居住\x00证")]),
        "misnamed",
    ),
    "a quotation mark that ends too soon": (
        "a.csv",
        lambda: books.csv(row(数据资源名称='"居"住"证')),
        "corrupt",
    ),
    "two encodings in one text": ("a.csv", lambda: b"".join(HALVES), "encoding"),
    "a mark of the other byte order": (
        "a.csv",
        lambda: b"\xff\xfe" + books.csv(encoding="utf-16-be"),
        "encoding",
    ),
    "nothing but line ends": ("a.csv", lambda: b"\n" * 9_000_000, "empty_file"),
    "nothing but quotation marks": ("a.csv", lambda: b'"' * 2_000_000, "no_header"),
    "secrets in a text file": ("a.csv", lambda: documents.as_csv(SECRET), "secret"),
    "secrets between tabs": ("a.csv", lambda: documents.as_csv(SECRET, delimiter="\t"), "secret"),
    "a secret of an office": (
        "a.csv",
        lambda: books.csv((*ROW, "工作秘密"), labels=(*SHARING, "密级")),
        "secret",
    ),
    "a secret below the table": ("a.xlsx", lambda: books.workbook(below=[("绝密★",)]), "secret"),
    "a secret below each page": ("a.docx", page_footer, "secret"),
    "a secret below each second page": (
        "a.xlsx",
        lambda: books.workbook(change=printed_footer),
        "secret",
    ),
    "a secret after the table": (
        "a.docx",
        word(documents.docx_table(LINES), "<w:p><w:r><w:t>机密★5年</w:t></w:r></w:p>"),
        "secret",
    ),
}

"""A coordinator at work on list files: clicks are counted, downloads are kept."""

import re

LONG = 60_000


class Clerk:
    """One person's window, with the clicks counted from the one that signed in."""

    def __init__(self, desk):
        self.desk, self.page, self.clicks = desk, desk.page, desk.clicks

    def click(self, role, name, **more):
        self.clicks += 1
        self.page.get_by_role(role, name=name, **more).first.click()

    def tick(self, label):
        self.clicks += 1
        self.page.get_by_label(label).check()

    def choose_file(self, label, name, data):
        self.clicks += 1
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.page.get_by_label(label, exact=True).set_input_files(file)

    def download(self, link):
        with self.page.expect_download() as download:
            self.click("link", link)
        return download.value.path().read_bytes()

    def wait_for(self, text):
        self.page.get_by_text(text).first.wait_for(timeout=LONG)

    def wait_for_link(self, name):
        self.page.get_by_role("link", name=name).first.wait_for(timeout=LONG)

    def wait_for_button(self, name):
        self.page.get_by_role("button", name=name).first.wait_for(timeout=LONG)

    def look(self, name="", **how):
        self.desk.look(name, **how)

    def upload(self, name, data, *, batch, issuer=""):
        """From any page: the first step of the wizard. Choosing from a list is a click, too."""
        self.click("button", "更多")
        self.click("link", "导入")
        self.click("link", "导入清单")
        self.choose_file("文件", name, data)
        self.page.get_by_label("批次").fill(str(batch))
        self.page.get_by_label("印发单位").fill(issuer)
        for label, value in (("清单类别", "sharing"), ("印发层级", "province")):
            self.clicks += 1
            self.page.get_by_label(label).select_option(value)
        self.click("button", "上传并检查")

    def say_what_columns_mean(self, meant):
        """`meant`: the official label by the letters and lowest label in the file."""
        for column, meaning in meant.items():
            letters, label = column.split()
            named = re.compile(f"^{letters} 列“.*{label}”用作$")
            self.page.get_by_label(named).select_option(label=f"{meaning} *")

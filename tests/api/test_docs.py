"""The interactive description: served from here alone, under the strict policy."""

import re
import shutil

import pytest
from django.conf import settings
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from playwright.sync_api import sync_playwright

DOCS = "/api/docs/"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def test_the_description_is_valid_and_without_warnings(tmp_path):
    target = tmp_path / "schema.yml"

    call_command("spectacular", validate=True, fail_on_warn=True, file=str(target))

    text = target.read_text()
    assert "operationId: obligations_claim" in text
    assert "application/problem+json" in text


def test_operation_names_are_stable():
    """Generated clients are built on these names: a change here breaks them."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    names = {
        operation["operationId"] for methods in paths.values() for operation in methods.values()
    }

    assert names >= {
        *("obligations_list", "obligations_retrieve", "obligations_issue", "obligations_accept"),
        *("obligations_claim", "obligations_endorse", "obligations_verify"),
        *("obligations_send_back", "evidence_attach", "evidence_download", "imports_upload"),
        *("imports_apply", "checks_run", "findings_list", "indicators_retrieve"),
        *("reports_make", "reports_download", "jobs_retrieve", "departments_list", "me_retrieve"),
    }


def test_the_page_has_no_inline_script_or_style_and_no_foreign_source(client, db):
    answer = client.get(DOCS)
    page = answer.content.decode()

    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)


def test_its_script_has_an_address_of_its_own(client, db):
    [source] = re.findall(r'src="(/api/docs/[^"]*)"', client.get(DOCS).content.decode())

    answer = client.get(source)

    assert answer["Content-Type"].startswith("application/javascript")
    assert b"/api/schema/" in answer.content


@pytest.fixture(scope="session")
def static_folder():
    """The server wants it; the files are found where they lie, nothing is collected."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_shows_the_operations_under_the_policy(static_folder, live_server):
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}{DOCS}")
        page.click("#operations-tag-obligations", timeout=60_000)
        page.click("#operations-obligations-obligations_claim .opblock-summary-control")
        page.wait_for_selector("text=JK-2026-0117")
        browser.close()

    assert complaints == []

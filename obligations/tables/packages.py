"""What an Office package holds, and everything in it that a plain list never needs."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import Any

from lxml import etree

from obligations.tables.archives import Archive
from obligations.tables.findings import Refused, refusal

_XML_SUFFIXES = (".xml", ".rels", ".vml")
_EMBEDDED = ("/embeddings/", "/activex/")
_LINKED = ("/externallinks/", "/querytables/", "xl/connections.xml")
_STRICT = "http://purl.oclc.org/ooxml/"


# Expands nothing, loads nothing, opens no connection; what is left are elements only.
SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parser() -> etree.XMLParser:
    return etree.XMLParser(**SAFE)


def parse(archive: Archive, name: str) -> etree._Element:
    """The root of an XML part; a document type declaration or broken XML is a refusal."""
    try:
        root = etree.fromstring(archive.read(name), parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal("corrupt", "part", part=name) from error
    if _has_document_type(root):
        raise refusal("xml_entity", part=name)
    return root


def _has_document_type(root: etree._Element) -> bool:
    return bool(getattr(root.getroottree().docinfo, "doctype", ""))


def refuse_document_types(archive: Archive) -> None:
    """A document type declaration in any part is a refusal: that is where entities are declared."""
    for name in archive.names:
        if name.endswith(_XML_SUFFIXES):
            _refuse_document_type(archive, name)


def inspect(archive: Archive) -> str:
    """The usual suffix of the package's kind: ".xlsx", ".docx", ".zip"…; raises Refused."""
    if "[content_types].xml" not in archive or "_rels/.rels" not in archive:
        return ".zip"
    content = _content(archive)
    if content in (".xlsx", ".docx"):
        _refuse_active_content(archive)
    if content == ".xlsx" and _is_strict(archive):
        raise refusal("strict_ooxml")
    return content


def main_part(archive: Archive) -> str:
    """The path of the office document, from the package's relationships; "" where none."""
    for relation in parse(archive, "_rels/.rels"):
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return resolve("", str(relation.get("Target", "")))
    return ""


def relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Relationship id -> (type, path) of a part; external targets are left out."""
    folder, name = dirname(part), part.rpartition("/")[2]
    rels = join(folder, "_rels", f"{name}.rels")
    if rels not in archive:
        return {}
    return {
        str(relation.get("Id")): (
            str(relation.get("Type", "")),
            resolve(folder, str(relation.get("Target", ""))),
        )
        for relation in parse(archive, rels)
        if relation.get("TargetMode") != "External"
    }


def resolve(folder: str, target: str) -> str:
    """A target as a member's name: absolute ones start at the package's root."""
    return normpath(join("/", folder, target)).lstrip("/")


def _content(archive: Archive) -> str:
    part = main_part(archive)
    declared = " ".join(
        str(override.get("ContentType", "")).lower()
        for override in parse(archive, "[content_types].xml")
        if str(override.get("PartName", "")).lstrip("/").lower() == part.lower()
        or override.get("Extension") == part.rpartition(".")[2]
    )
    if "presentationml" in declared:
        return ".pptx"
    if _has_macros(archive) or ("macroenabled" in declared and "binary" not in declared):
        raise refusal("macro_enabled")
    if "sheet.binary" in declared or part.endswith(".bin"):
        return ".xlsb"
    if "wordprocessingml" in declared:
        return ".dotx" if "wordprocessingml.template" in declared else ".docx"
    if "spreadsheetml.template" in declared:
        return ".xltx"
    return ".xlsx" if part.startswith("xl/") or "spreadsheetml" in declared else ".zip"


def _has_macros(archive: Archive) -> bool:
    return any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in archive.names)


def _refuse_active_content(archive: Archive) -> None:
    for name in archive.names:
        if any(part in f"/{name}" for part in _EMBEDDED):
            raise refusal("embedded_object", part=name)
        if any(part in f"/{name}" for part in _LINKED):
            raise refusal("external_links", part=name)
    for name in archive.names:
        if name.endswith(".rels"):
            _refuse_external_targets(archive, name)


def _refuse_external_targets(archive: Archive, name: str) -> None:
    """Hyperlinks in cells open only when clicked, and are not read: they may stay."""
    for relation in parse(archive, name):
        kind = str(relation.get("Type", "")).rpartition("/")[2]
        if kind in ("oleObject", "package", "control"):
            raise refusal("embedded_object", part=name)
        if relation.get("TargetMode") == "External" and kind != "hyperlink":
            raise refusal("external_links", part=name)


def _is_strict(archive: Archive) -> bool:
    part = main_part(archive)
    if not part:
        raise refusal("corrupt", "part", part="xl/workbook.xml")
    types = (str(relation.get("Type", "")) for relation in parse(archive, "_rels/.rels"))
    if any(kind.startswith(_STRICT) and kind.endswith("/officeDocument") for kind in types):
        return True
    return str(parse(archive, part).tag).startswith("{" + _STRICT)


def _refuse_document_type(archive: Archive, name: str) -> None:
    """Looks as far as the root element, as the parser sees it: in any encoding, after any padding.

    Parts that are broken XML are left to whoever needs them.
    """
    with archive.open(name) as member:
        try:
            for _event, root in etree.iterparse(member, events=("start",), **SAFE):
                if _has_document_type(root):
                    raise refusal("xml_entity", part=name)
                return
        except etree.XMLSyntaxError:
            _refuse_declared_entities(archive, name)


def _refuse_declared_entities(archive: Archive, name: str) -> None:
    start = archive.read(name)[:65536].replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise refusal("xml_entity", part=name)


__all__ = ["Refused", "inspect", "main_part", "parse", "parser", "relations", "resolve"]

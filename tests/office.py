"""Workbooks and documents against ECMA-376 Transitional: every part, by schemas that others wrote.

The markup is checked with the schemas of Microsoft's Open XML SDK, markup compatibility and
extension lists included; what holds the package together with tests/schemas/opc.rng.
"""

import functools
import posixpath
import tempfile
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from lxml import etree
from openxml_audit import FileFormat, OpenXmlValidator, ValidationSeverity
from openxml_audit.codegen.schema_loader import get_registry

SCHEMAS = Path(__file__).parent / "schemas"
PACKAGE = "{http://schemas.openxmlformats.org/package/"
RELATIONS = f"{PACKAGE}2006/relationships}}"
TYPES = f"{PACKAGE}2006/content-types}}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# mc:Ignorable, xml:space, xsi:type: they may stand on elements that do not declare them.
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ANYWHERE = (
    COMPATIBILITY,
    "{http://www.w3.org/XML/1998/namespace}",
    "{http://www.w3.org/2001/XMLSchema-instance}",
)
# CT_Font (18.8.22) is a choice: its children stand in any order. The SDK wants Excel's own.
FONT = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz"),
    *("color", "name", "family", "charset", "scheme"),
)


def violations(path):
    """Every place where a part is not what its schema says; an empty list for a good file."""
    parts, trees, found = _parts(path), trees_of(path), []
    for name, tree in trees.items():
        found += _of_package(name, tree) if tree.tag.startswith(PACKAGE) else _unknown(name, tree)
    return [*found, *_of_markup(parts, trees)]


def loose_ends(path):
    """What the parts say of one another and is not so: types, relationships, styles of text."""
    parts, trees = _parts(path), trees_of(path)
    found = _types(parts, trees["[Content_Types].xml"])
    for name, tree in trees.items():
        if name.endswith(".rels"):
            found += _targets(name, tree, parts)
    return found + _styles_of_text(trees)


def trees_of(path):
    """The parts that are XML, by their names."""
    return {
        name: etree.fromstring(content)
        for name, content in _parts(path).items()
        if name.endswith((".xml", ".rels", ".vml"))
    }


def _parts(path):
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _types(parts, tree):
    """Each part has one content type, and each override names a part."""
    named = [one.get("PartName").lstrip("/") for one in tree.iter(f"{TYPES}Override")]
    defaults = {one.get("Extension") for one in tree.iter(f"{TYPES}Default")}
    missing = {
        name for name in parts if name not in named and name.rpartition(".")[2] not in defaults
    } - {"[Content_Types].xml"}
    return [
        *(f"no content type: {name}" for name in missing),
        *(f"type of nothing: {name}" for name in named if name not in parts),
        *(f"two types: {name}" for name in set(named) if named.count(name) > 1),
    ]


def _targets(name, tree, parts):
    folder = posixpath.dirname(posixpath.dirname(name))
    found = []
    for relation in tree.iter(f"{RELATIONS}Relationship"):
        target = relation.get("Target")
        if relation.get("TargetMode") == "External":
            found.append(f"{name}: leads out of the file to {target}")
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        if posixpath.normpath(path) not in parts:
            found.append(f"{name}: {target} is not there")
    return found


def _styles_of_text(trees):
    """Paragraphs, runs and tables of a document have styles that are declared."""
    if "word/styles.xml" not in trees:
        return []
    known = {one.get(f"{WORD}styleId") for one in trees["word/styles.xml"].iter(f"{WORD}style")}
    return [
        f"{name}: style {one.get(f'{WORD}val')} is not there"
        for name, tree in trees.items()
        for one in tree.iter(f"{WORD}pStyle", f"{WORD}rStyle", f"{WORD}tblStyle")
        if one.get(f"{WORD}val") not in known
    ]


@functools.cache
def _sdk():
    return OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=0)


@functools.cache
def _opc():
    return etree.RelaxNG(etree.parse(SCHEMAS / "opc.rng"))


def _of_markup(parts, trees):
    """What the SDK would say of the package."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        with ZipFile(file, "w", ZIP_STORED) as copy:
            for name, content in parts.items():
                is_styles = name == "xl/styles.xml"
                copy.writestr(name, _fonts_in_order(trees[name]) if is_styles else content)
        file.flush()
        errors = _sdk().validate(file.name).errors
    return [str(error) for error in errors if error.severity == ValidationSeverity.ERROR]


def _fonts_in_order(styles):
    for font in styles.iter(f"{MAIN}font"):
        names = [child.tag.removeprefix(MAIN) for child in font]
        if set(names) <= set(FONT):
            font[:] = sorted(font, key=lambda child: FONT.index(child.tag.removeprefix(MAIN)))
    return etree.tostring(styles)


def _of_package(name, tree):
    schema = _opc()
    if schema.validate(tree):
        return []
    return [f"{name}: {error.message}" for error in schema.error_log]


def _unknown(name, tree):
    """Elements and attributes that no schema declares; the SDK passes some of them over."""
    registry = get_registry()
    registry.load()
    foreign = _ignorable(tree)
    found = []
    for element in _strict(tree, foreign):
        # The frame of VML, which comments need, is HTML without a namespace.
        if name.endswith(".vml") and not element.tag.startswith("{"):
            continue
        kinds = registry.get_element_type_candidates(element.tag)
        if not kinds:
            found.append(f"{name}: no schema has {element.tag}")
        declared = {attribute.local_name for kind in kinds for attribute in kind.attributes}
        found += [
            f"{name}: {element.tag} has no attribute {attribute}"
            for attribute in element.attrib
            if not attribute.startswith(ANYWHERE + foreign)
            and etree.QName(attribute).localname not in declared
        ]
    return found


def _ignorable(tree):
    """Namespaces that a program may pass over, as the start of names."""
    prefixes = tree.get(f"{COMPATIBILITY}Ignorable", "").split()
    return tuple(f"{{{tree.nsmap[prefix]}}}" for prefix in prefixes)


def _strict(tree, foreign):
    """The elements that have to be known: what extensions and offered choices hold need not."""
    if tree.tag.startswith(foreign) or tree.tag == f"{COMPATIBILITY}Choice":
        return
    if not tree.tag.startswith(COMPATIBILITY):
        yield tree
    if etree.QName(tree).localname != "ext":
        for child in tree.iterchildren("{*}*"):
            yield from _strict(child, foreign)

"""A process of its own that takes the text out of one .docx or .pdf: whatever the file does to it, it does to nobody else.

It is given the file on standard input and answers one JSON object: `text`, or `fault`, a word that `papers` has a sentence
for. Memory, processor time and the open files are bounded before anything of the file is looked at.
"""

import io
import json
import logging
import resource
import sys
import zipfile
from collections import Counter
from typing import Any

MEMORY_MAX = 1 << 30  # bytes of address space
SECONDS_MAX = 20  # of the processor
PARTS_MAX = 2_000  # files in a .docx
UNPACKED_MAX = 60 << 20  # bytes of all of them, pictures too
XML_MAX = 12 << 20  # bytes of one part that is read as XML: of the longest dispatches it has a tenth
PAGES_MAX = 100  # of a .pdf
LETTERS_MAX = 1 << 20


class Fault(Exception):
    """The file cannot be read; its word says why."""


def main() -> None:
    kind = sys.argv[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    logging.disable()
    try:
        text = {"docx": of_docx, "pdf": of_pdf}[kind](sys.stdin.buffer.read())
        answer = {"text": text} if len(text) <= LETTERS_MAX else {"fault": "long"}
    except Fault as fault:
        answer = {"fault": str(fault)}
    except MemoryError:
        answer = {"fault": "heavy"}
    except Exception:  # noqa: BLE001 - a hostile file can make the libraries raise anything
        answer = {"fault": "broken"}
    sys.stdout.write(json.dumps(answer))


def of_docx(data: bytes) -> str:
    """The paragraphs in order, cells of tables too; numbers that Word counts by itself are written out."""
    check_archive(data)
    from docx import Document  # read only by this process, and after the archive was looked over

    document = Document(io.BytesIO(data))
    numbers = _Numbers(document)
    return "\n".join(numbers.before(one) + _words(one) for one in document.element.body.iter(f"{_W}p"))


def check_archive(data: bytes) -> None:
    """Raises Fault where the archive asks for more than a letter can need, before anything of it is unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Fault("broken") from error
    with archive:
        parts = archive.infolist()
        if len(parts) > PARTS_MAX or sum(one.file_size for one in parts) > UNPACKED_MAX:
            raise Fault("bomb")
        if any(one.flag_bits & 1 for one in parts):
            raise Fault("locked")
        if not any(one.filename == "word/document.xml" for one in parts):
            raise Fault("no_docx")
        for one in parts:
            if one.filename.endswith((".xml", ".rels")):
                if one.file_size > XML_MAX:
                    raise Fault("bomb")
                with archive.open(one) as stream:
                    if b"<!DOCTYPE" in stream.read(1 << 16):
                        raise Fault("bomb")


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _words(paragraph: Any) -> str:
    parts = []
    for one in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        owner = next(one.iterancestors(f"{_W}p"))
        if owner is paragraph:  # a text box has paragraphs of its own
            kind = one.tag.removeprefix(_W)
            parts.append(one.text or "" if kind == "t" else {"tab": " ", "noBreakHyphen": "-"}.get(kind, "\n"))
    return "".join(parts)


class _Numbers:
    """The numbers that Word puts before paragraphs: decimal ones of the first level, as the items of a letter have them."""

    def __init__(self, document: Any) -> None:
        self._counted: Counter[str] = Counter()
        self._patterns: dict[str, str] = {}
        rules = {
            one.get(f"{_W}styleId"): one.find(f"{_W}pPr/{_W}numPr")
            for one in document.styles.element.iter(f"{_W}style")
        }
        self._by_style = {name: rule for name, rule in rules.items() if rule is not None}
        try:
            numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        by_kind = {}
        for kind in numbering.iter(f"{_W}abstractNum"):
            level = next((one for one in kind.iter(f"{_W}lvl") if one.get(f"{_W}ilvl") == "0"), None)
            if level is not None and _value(level, "numFmt") == "decimal":
                by_kind[kind.get(f"{_W}abstractNumId")] = _value(level, "lvlText") or "%1."
        for one in numbering.iter(f"{_W}num"):
            pattern = by_kind.get(_value(one, "abstractNumId"))
            if pattern and "%1" in pattern:
                self._patterns[one.get(f"{_W}numId")] = pattern

    def before(self, paragraph: Any) -> str:
        rule = paragraph.find(f"{_W}pPr/{_W}numPr")
        if rule is None:
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            rule = self._by_style.get(style.get(f"{_W}val")) if style is not None else None
        if rule is None or _value(rule, "ilvl") not in (None, "0"):
            return ""
        of = _value(rule, "numId")
        if of not in self._patterns:
            return ""
        self._counted[of] += 1
        return self._patterns[of].replace("%1", str(self._counted[of])) + " "


def _value(element: Any, name: str) -> Any:
    found = element.find(f"{_W}{name}")
    return None if found is None else found.get(f"{_W}val")


def of_pdf(data: bytes) -> str:
    """The text layer of every page. Raises Fault where there is none."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Fault("locked")
    if not reader.pages:
        raise Fault("no_pages")
    if len(reader.pages) > PAGES_MAX:
        raise Fault("pages")
    texts, letters = [], 0
    for page in reader.pages:
        texts.append(page.extract_text())
        letters += len(texts[-1])
        if letters > LETTERS_MAX:
            raise Fault("long")
    return "\n".join(texts)


if __name__ == "__main__":
    main()

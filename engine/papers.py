"""A paper that is handed in: what it is by its content, its text, and why it cannot be read. Its name decides nothing.

A .docx or .pdf is opened by a process of its own (`paper_text`), within bounds of memory and time.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from engine.exchange.errors import UnreadableDocument
from engine.exchange.plain_text import decode, refuse_secret, tidied
from engine.files import KINDS
from workflows.text import Text, say

WAIT_SECONDS = 30  # for the process that reads
FEW_LETTERS = 40  # a text layer with fewer is a stamp on a scan
CALLED: Mapping[str, Text] = {kind: KINDS[kind].says for kind in ("txt", "docx", "pdf")}
FAULTS: Mapping[str, Text] = {
    "broken": say("The file is damaged or is not what it says it is; save it again from the program that made it."),
    "bomb": say("Unpacked, the file is far larger than a letter can be; it was not opened."),
    "heavy": say("Reading the file takes more memory than a letter can need; it was given up."),
    "slow": say("Reading the file takes longer than a letter can need; it was given up."),
    "locked": say("The file is locked with a password; save it without one."),
    "no_docx": say("This is a zip archive and no Word file (.docx); hand in the letter itself."),
    "no_pages": say("The PDF has no pages."),
    "pages": say("The PDF has more than 100 pages; hand in the letter without its appendices."),
    "long": say("The text is longer than a letter can be; hand in the letter without its appendices."),
}
_SCANNED = say(
    "The PDF has no text layer: it is a scan, a picture of the letter. It is kept as the original; type or paste its text."
)
_OLD_LETTERS = say(
    "The text is in old letters (TCVN3 or VNI) and not in Unicode: convert it (for example with Unikey) and give it again."
)
_OF_TODAY = re.compile("[đĐưƯơƠăĂ\u1ea0-\u1ef9]")
_HIGH = re.compile("[\u00a1-\u00ff]")
_OLD_FROM = 20  # letters above ASCII, with none that Unicode alone has


@dataclass(frozen=True, slots=True)
class Paper:
    """What was handed in. `text` is empty where it holds none that can be read, and then `says` why."""

    kind: str
    text: str
    says: Text | None = None


def pasted(text: str) -> Paper:
    """A text that was typed. Raises UnreadableDocument, or SecretDocument for one with a secrecy mark."""
    return Paper("txt", _checked(tidied(text)))


def handed_in(name: str, data: bytes) -> Paper:
    """A file that was handed in. Raises UnreadableDocument where it is none that can be kept, or SecretDocument."""
    if not data:
        raise UnreadableDocument(say("The file is empty. Choose the letter itself."))
    kind = kind_of(data)
    _check_name(name, kind)
    if kind == "txt":
        return Paper(kind, _checked(decode(_as_utf8(data))))
    text = _taken_out(kind, data)
    if kind == "pdf" and len("".join(text.split())) < FEW_LETTERS:
        return Paper(kind, "", _SCANNED)
    return Paper(kind, _checked(tidied(text)))


def kind_of(data: bytes) -> str:
    """pdf, docx or txt, by the content alone."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return "docx" if data.startswith(b"PK\x03\x04") else "txt"


def _check_name(name: str, kind: str) -> None:
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in CALLED and ending != kind:
        says = say("The file is called .{ending}, and by its content it is {kind}. Hand it in under its right name, if it"
                   " is the letter.", ending=ending, kind=CALLED[kind])  # fmt: skip
        raise UnreadableDocument(says)


def _as_utf8(data: bytes) -> bytes:
    """A text in UTF-16 with its mark, as Notepad saves it, in UTF-8; anything else as it is."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.startswith(b"\xff\xfe\x00\x00"):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeError:
        return data


def _checked(text: str) -> str:
    refuse_secret(text)
    if len(_HIGH.findall(text)) >= _OLD_FROM and not _OF_TODAY.search(text):
        raise UnreadableDocument(_OLD_LETTERS)
    return text


def _taken_out(kind: str, data: bytes) -> str:
    command = [sys.executable, "-m", "engine.paper_text", kind]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=WAIT_SECONDS, check=False)
        answer = json.loads(done.stdout) if done.stdout else {"fault": "slow" if done.returncode < 0 else "heavy"}
    except subprocess.TimeoutExpired:
        answer = {"fault": "slow"}
    except ValueError:
        answer = {"fault": "broken"}
    if "fault" in answer:
        raise UnreadableDocument(FAULTS[answer["fault"]])
    return str(answer["text"])

"""Bytes to clean text: what is refused before anything is read, and what is tidied.

Line numbers survive every step, so that a doubt can point into the file that was given.
"""

import re
import unicodedata

from engine.exchange.errors import SecretDocument, UnreadableDocument
from workflows.text import mark, say

SIZE_MAX = 1 << 20  # bytes; the longest dispatches with their appendices are about a tenth of it
LINES_MAX = 20_000
LINE_MAX = 50_000

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", mark("a PDF file")),
    (b"PK\x03\x04", mark("a Word (docx) or zip file")),
    (b"PK\x05\x06", mark("an empty zip file")),
    (b"\xd0\xcf\x11\xe0", mark("an old Word (doc) or Office file")),
    (b"{\\rtf", mark("an RTF file")),
    (b"\x89PNG", mark("a picture (PNG)")),
    (b"\xff\xd8\xff", mark("a picture (JPEG)")),
    (b"\x1f\x8b", mark("a gzip archive")),
)
_OTHER_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)

_VANISHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_AS_SPACE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff\ufffe\uffff]"
)
RUN_MAX = 8  # spaces or dots in a row; more say no more, and cost time


def decode(data: bytes) -> str:
    """The text of a dispatch: NFC, `\\n` line ends, plain spaces, lines as in the original.

    Takes UTF-8, with or without its mark. Raises `UnreadableDocument` for anything else, and at once for what
    is too big.
    """
    if len(data) > SIZE_MAX:
        raise UnreadableDocument(
            say(
                "The file has {count} bytes; a dispatch is read up to {most}. "
                "Give the text of the letter alone, without its appendices.",
                count=f"{len(data):,}",
                most=f"{SIZE_MAX:,}",
            )
        )
    if not data:
        raise UnreadableDocument(say("The file is empty. Give the text of a dispatch."))
    _refuse_other_formats(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(_what_is_not_utf8(data, error)) from None
    return tidied(text)


def tidied(text: str) -> str:
    """The text as `decode` gives it; what is tidy already stays as it is. Refuses a blank or endless text."""
    if len(text) > SIZE_MAX:
        counts = {"count": f"{len(text):,}", "most": f"{SIZE_MAX:,}"}
        raise UnreadableDocument(say("The text has {count} characters; a dispatch is read up to {most}.", **counts))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A text has few different letters: looking at each once is faster than a pattern over the whole.
    for letter in set(text):
        if _VANISHING.match(letter):
            text = text.replace(letter, "")
        elif _AS_SPACE.match(letter):
            text = text.replace(letter, " ")
    text = _without_long_runs(unicodedata.normalize("NFC", text))
    if not text.strip():
        raise UnreadableDocument(say("The file holds nothing but white space. Give the text of a dispatch."))
    if text.count("\n") >= LINES_MAX:
        says = say(
            "The text has more than {most} lines. Give the letter alone, without its appendices.",
            most=f"{LINES_MAX:,}",
        )
        raise UnreadableDocument(says)
    if max(map(len, text.split("\n"))) > LINE_MAX:
        says = say(
            "A line has more than {most} letters: this does not read as a dispatch. Give the text with its line ends.",
            most=f"{LINE_MAX:,}",
        )
        raise UnreadableDocument(says)
    return text


def _without_long_runs(text: str) -> str:
    for letter in " ._…":
        while letter * (RUN_MAX + 1) in text:
            text = text.replace(letter * (RUN_MAX + 1), letter * RUN_MAX)
    return text


def _refuse_other_formats(data: bytes) -> None:
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            says = say("This is {kind}, not text. Open it and give its text, saved as UTF-8 (.txt).", kind=say(name))
            raise UnreadableDocument(says)
    for opening, encoding in _OTHER_MARKS:
        if data.startswith(opening):
            says = say("The text is in {encoding}; only UTF-8 is read. Save it again as UTF-8.", encoding=encoding)
            raise UnreadableDocument(says)
    if b"\x00" in data:
        at = data.index(b"\x00")
        says = say(
            "Byte {at} is NUL: this is a binary file, or UTF-16. Give the text, saved as UTF-8 (.txt).", at=at + 1
        )
        raise UnreadableDocument(says)


def _what_is_not_utf8(data: bytes, error: UnicodeDecodeError) -> str:
    if error.reason == "unexpected end of data":
        return say(
            "The file ends in the middle of a letter, at byte {at} of {count}: it is cut off. "
            "Copy it again from the source.",
            at=error.start + 1,
            count=len(data),
        )
    line = data.count(b"\n", 0, error.start) + 1
    return say(
        "Byte {at} (line {line}) is not UTF-8; the text may be in TCVN3, VNI or Windows-1258. Save it again as UTF-8.",
        at=error.start + 1,
        line=line,
    )


COLUMNS_WITHIN = 40  # lines from the first, in which a mark may stand in a column of its own
COLUMNS_MAX = 300  # letters; no line of two columns is longer

_MARKS = {"mật": "MẬT", "tốimật": "TỐI MẬT", "tuyệtmật": "TUYỆT MẬT"}
_MARK = "tuyệt mật|tối mật|mật"
_URGENT = re.compile(r"[-–/,]?(?:(?:hỏa|hoả)tốc(?:hẹngiờ)?|thượngkhẩn|khẩn)[-–/,]?")
_DEGREE = re.compile(rf"(?:độ|mức độ|mức) mật *[:.-] *({_MARK}) *[.;]?", re.IGNORECASE)
_BESIDE_NUMBER = re.compile(rf"Số\b.{{0,60}}[(\[]({_MARK})", re.IGNORECASE)
_STAMPED = re.compile(
    rf"(?P<before>{_MARK.upper()}) (?:Số ?:|CỘNG H|Độc lập|Kính gửi).*"
    rf"|(?:Số ?:.{{0,60}}|.{{0,60}}VIỆT NAM|.{{0,60}}Hạnh phúc) (?P<after>{_MARK.upper()})"
)
_COLUMNS = re.compile(r" {2,}|\|")
_FRAME = " *#>_[]()\"'“”"
# "…bảo vệ bí / MẬT" over two lines is a word broken by the page, not a mark.
_GOES_WITH_MAT = ("bí", "bảo", "cơ", "mật", "thân")


def refuse_secret(text: str) -> None:
    """Raise `SecretDocument` if a line is a secrecy mark, or a column of the heading is.

    A mark stands alone, maybe beside an urgency mark, or after "Độ mật:". Words in a sentence or a list never
    count.
    """
    last = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if "ậ" in line or "Ậ" in line:
            cells = _COLUMNS.split(line) if number <= COLUMNS_WITHIN and len(line) <= COLUMNS_MAX else []
            for cell in (line, *cells):
                stamp = _mark(cell.strip(_FRAME), after=last)
                if stamp is not None:
                    raise SecretDocument(stamp, number)
        words = line[-80:].split()
        last = words[-1].strip(_FRAME).lower() if words else ""


def _mark(cell: str, after: str) -> str | None:
    letters = cell.lower().replace(" ", "")
    if len(cell) > 120 or "mật" not in letters:
        return None
    degree = _DEGREE.fullmatch(cell) or _BESIDE_NUMBER.fullmatch(cell)
    if degree:
        return degree.group(1).upper()
    stamped = _STAMPED.fullmatch(cell)
    if stamped:
        return stamped.group("before") or stamped.group("after")
    if after in _GOES_WITH_MAT or cell.islower():
        return None
    return _MARKS.get(_URGENT.sub("", letters).strip(_FRAME))

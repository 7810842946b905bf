"""A file given with an act: known by its content, called something safe, and refused kindly."""

import io
import zipfile

import pytest

from engine.files import KINDS, Limits, given, kind_of, limits_of, safe_name
from engine.settings import Settings
from tests.support.uploads import archive, pdf, word
from workflows.attachments import NAME_MAX
from workflows.errors import Incomplete

LIMITS = Limits()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def because(name: str, content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Incomplete) as found:
        given("evidence", name, content, limits)
    assert set(found.value.fields) == {"evidence"}
    return str(found.value.because)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf("x"), "pdf"),
        (word("x"), "docx"),
        (packed(**{"xl__workbook.xml": b"<x/>"}), "xlsx"),
        (packed(**{"ppt__presentation.xml": b"<x/>"}), "pptx"),
        (packed(mimetype=b"application/vnd.oasis.opendocument.text"), "odt"),
        (packed(**{"word__document.xml": b"<x/>", "word__vbaProject.bin": b"x"}), None),
        (archive(other=b"x"), "zip"),
        (b"PK\x03\x04 and no archive", None),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff....", "jpg"),
        (b"II*\0....", "tif"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "doc"),
        ("Báo cáo kết quả".encode(), "txt"),
        ("Báo cáo".encode("utf-16"), "txt"),
        (b"MZ\x90\x00 a program", None),
        (b"\x7fELF", None),
        (b"  <!DOCTYPE html><script>alert(1)</script>", None),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', None),
        (bytes(range(256)), None),
    ],
)
def test_a_file_is_what_its_content_is(content: bytes, kind: str | None) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\an\\Báo cáo.txt", "Báo cáo.txt"),
        ("a\x00b\nc\x7f.txt", "ab c.txt"),
        ("hoa\u202etxt.exe.txt", "hoatxt.exe.txt"),
        ("\u200b\ufeff.txt", "txt.txt"),
        ("...", "file.txt"),
        ("", "file.txt"),
        ("/", "file.txt"),
        ('<img src="x">.txt', "_img src=_x__.txt"),
        ("16.BC", "16.BC.txt"),
        ("GHI CHÚ.TXT", "GHI CHÚ.txt"),
        ("\ud800x.txt", "_x.txt"),
    ],
)
def test_a_hostile_name_becomes_a_plain_one(typed: str, called: str) -> None:
    assert given("evidence", typed, b"text", LIMITS).name == called


def test_a_name_of_three_hundred_letters_keeps_its_ending() -> None:
    called = given("evidence", "ă" * 300 + ".pdf", pdf("x"), LIMITS).name
    assert len(called) == NAME_MAX
    assert called.endswith("ă.pdf")


def test_what_is_not_taken_is_refused_with_what_is() -> None:
    assert because("a.pdf", b"") == "a.pdf is empty: nothing arrived of it; choose it again"
    assert "larger than 1 MB" in because("a.txt", b"a" * 1_000_001, Limits(size=1_000_000))
    said = because("a.zip", archive(x=b"x"))
    assert said.startswith("a.zip is a zip archive by its content; taken are: a PDF file, a Word file (.docx)")
    assert "none of the known kinds" in because("virus", b"MZ\x90\x00")
    assert "called .pdf, and by its content it is plain text" in because("a.pdf", b"text")
    assert "called .exe" in because("a.pdf.exe", pdf("x"))
    assert "called .html" in because("a.html", b"plain after all")


def test_an_operator_says_which_kinds_and_how_many() -> None:
    chosen = limits_of(Settings(file_megabytes=3, files_of_a_field=2, file_kinds="pdf, zip"))  # type: ignore[call-arg]
    assert chosen == Limits(3_000_000, 2, ("pdf", "zip"))
    assert given("evidence", "a.zip", archive(x=b"x"), chosen).kind == "zip"
    with pytest.raises(Incomplete, match="'gif' is no kind of file|gif"):
        limits_of(Settings(file_kinds="pdf gif"))  # type: ignore[call-arg]
    assert limits_of(Settings()) == LIMITS  # type: ignore[call-arg]
    assert set(LIMITS.kinds) < set(KINDS)


def test_a_safe_name_is_safe_again() -> None:
    for typed in ("../a.pdf", "b\u202e.pdf", " . x ", "a/b\\c"):
        assert safe_name(safe_name(typed)) == safe_name(typed)

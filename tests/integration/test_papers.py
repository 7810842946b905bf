"""Papers that are handed in: each is what its content is, hostile ones cost little, and every refusal says what to do."""

import re
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from engine import paper_text, papers
from engine.exchange.errors import SecretDocument, UnreadableDocument
from tests.support import uploads

LETTER = "Số: 61/SKHCN-VP\nKính gửi: Các phòng, đơn vị thuộc Sở.\n1. Báo cáo kết quả trước ngày 31/8/2023./."


def refused(name: str, data: bytes) -> str:
    with pytest.raises(UnreadableDocument) as error:
        papers.handed_in(name, data)
    return str(error.value)


def test_a_word_file_gives_its_paragraphs_with_the_numbers_that_word_counts() -> None:
    found = papers.handed_in("a.docx", uploads.word("Số: 61/SKHCN-VP", numbered=("Báo cáo", "Rà soát")))
    assert found == papers.Paper("docx", "Số: 61/SKHCN-VP\n1. Báo cáo\n2. Rà soát")


def test_a_pdf_gives_its_text_layer() -> None:
    found = papers.handed_in(
        "a.pdf", uploads.pdf("So: 61/SKHCN-VP", "1. Bao cao ket qua cong tac truoc ngay 31/8/2023")
    )
    assert (found.kind, found.says) == ("pdf", None)
    assert "1. Bao cao ket qua" in found.text


def test_a_scan_is_told_and_can_be_kept_all_the_same() -> None:
    found = papers.handed_in("scan.pdf", uploads.scan())
    assert (found.kind, found.text) == ("pdf", "")
    assert "no text layer" in str(found.says)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_the_encodings_that_notepad_saves(encoding: str) -> None:
    assert papers.handed_in("a.txt", LETTER.encode(encoding)).text == LETTER


def test_old_letters_are_told_and_not_guessed() -> None:
    vni = "Soá: 61/SKHCN-VP Kính göûi: Caùc phoøng, ñôn vò thuoäc Sôû. Baùo caùo keát quaû thöïc hieän nhieäm vuï"
    with pytest.raises(UnreadableDocument, match="VNI"):
        papers.pasted(vni)
    assert "TCVN3" in refused("a.txt", vni.encode("cp1252"))
    assert "VNI" in refused("a.docx", uploads.word(vni))


def test_the_content_decides_and_a_name_that_says_otherwise_is_told() -> None:
    assert "by its content it is a Word file" in refused("a.pdf", uploads.word("Số: 1/A"))
    assert "by its content it is plain text" in refused("a.docx", LETTER.encode())
    assert papers.handed_in("../../etc/passwd", LETTER.encode()).kind == "txt"
    assert papers.handed_in("C:\\a\0b", LETTER.encode()).kind == "txt"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t", "white space"),
        ("a.exe", b"MZ\x90\x00\x03", "binary file"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1", "old Word"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a.docx", uploads.archive(xl__workbook=b"<x/>"), "no Word file"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 200, "damaged"),
        ("a.docx", uploads.word("Số")[:2000], "damaged"),
        ("a.docx", uploads.entities(), "far larger"),
        ("a.pdf", b"%PDF-1.7\nnothing of it", "damaged"),
        ("a.pdf", uploads.scan(0), "no pages"),
        ("a.pdf", uploads.scan(101), "more than 100 pages"),
        ("a.pdf", uploads.scan(1, "secret"), "password"),
    ],
)
def test_what_is_no_letter_is_refused_in_words(name: str, data: bytes, says: str) -> None:
    assert says in refused(name, data)


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    made = uploads.bomb(60)
    assert len(made) < 200_000
    assert "far larger" in refused("a.docx", made)
    tracemalloc.start()
    with pytest.raises(paper_text.Fault, match="bomb"):
        paper_text.check_archive(made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.long
def test_a_pdf_that_unpacks_without_end_is_given_up() -> None:
    packed = zlib.compress(b"(a) Tj " * 4_000_000, 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    made = uploads.pdf("x").replace(b"<< /Length", b"<< /Old", 1)
    start, end = made.index(b"4 0 obj\n") + 8, made.index(b"\nendobj\n5 0 obj")
    begun = time.monotonic()
    try:
        found = papers.handed_in("a.pdf", made[:start] + stream + made[end:])
        assert found.text == ""  # the library itself refuses to unpack so much
    except UnreadableDocument:
        pass
    assert time.monotonic() - begun < 35


def test_a_secret_letter_is_read_nowhere_and_kept_nowhere() -> None:
    with pytest.raises(SecretDocument):
        papers.handed_in("a.docx", uploads.word("MẬT", "Số: 61/SKHCN-VP"))


def test_every_fault_of_the_process_has_a_sentence() -> None:
    words = set(re.findall(r'(?:Fault\(|"fault": )"(\w+)"', Path(paper_text.__file__).read_text(encoding="utf-8")))
    assert len(words) > 5
    assert words <= papers.FAULTS.keys()

"""What the reader does not take in, and what it says then."""

import time
import unicodedata

import pytest

from engine.exchange.dispatch import SecretDocument, UnreadableDocument, decode, read_dispatch

LETTER = """Số: 61/SXD-VP
V/v báo cáo nhà ở
Quảng Trị, ngày 5 tháng 8 năm 2023

Kính gửi: Các phòng.

1. Gửi báo cáo trước ngày 20/8/2023./.
"""


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t \xc2\xa0\n", "nothing but white space"),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"PK\x03\x04rest", "a Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word"),
        (b"{\\rtf1 Kinh gui}", "RTF"),
        (b"abc\x00def", "Byte 4 is NUL"),
        ("Số: 1".encode("utf-16"), "UTF-16"),
        (b"S\xe8: 1/TB-VPCP\n", "Byte 2 \\(line 1\\) is not UTF-8"),
        (b"S: 1\nngh\xfb\n", "Byte 9 \\(line 2\\) is not UTF-8"),
        ("Kính gử".encode()[:-1], "cut off"),
    ],
)
def test_what_is_not_utf8_text_is_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableDocument, match=says):
        decode(data)


def test_ten_megabytes_are_refused_at_once() -> None:
    data = LETTER.encode() + b"x" * 10_000_000
    began = time.perf_counter()
    with pytest.raises(UnreadableDocument, match=r"10,000,\d+ bytes; a dispatch is read up to 1,048,576"):
        decode(data)
    assert time.perf_counter() - began < 0.1


@pytest.mark.parametrize(
    "text", ["Bài thơ về biển.\nKhông có gì khác.", "x", "Kính thưa quý vị", "{}", "<html></html>"]
)
def test_a_text_with_no_part_of_a_dispatch_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDocument, match="No number, no date, no subject, no item found"):
        read_dispatch(text)


def test_a_text_of_endless_lines_or_of_one_endless_line_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="lines"):
        decode(b"a\n" * 30_000)
    with pytest.raises(UnreadableDocument, match="A line has more than"):
        decode(b"a" * 60_000)


def test_a_mark_of_utf8_and_odd_spaces_and_line_ends_change_nothing() -> None:
    odd = LETTER.replace("\n", "\r\n").replace("ngày 20", "ngày\u00a020").replace("báo cáo", "báo\u200b cáo")
    assert read_dispatch(decode(b"\xef\xbb\xbf" + odd.encode())) == read_dispatch(LETTER)


def test_letters_typed_as_letter_and_accent_are_the_same_letters() -> None:
    decomposed = unicodedata.normalize("NFD", LETTER)
    assert read_dispatch(decode(decomposed.encode())) == read_dispatch(LETTER)


def test_lines_are_counted_as_in_the_file() -> None:
    draft = read_dispatch(decode(b"\xef\xbb\xbf\r\n\r\n" + LETTER.replace("\n", "\r\n").encode()))
    assert draft.items[0].line == 9


@pytest.mark.parametrize(
    "mark",
    [
        "MẬT",
        "TỐI MẬT",
        "TUYỆT MẬT",
        "**MẬT**",
        "[TỐI MẬT]",
        "Mật",
        "M Ậ T",
        "MẬT - HỎA TỐC",
        "KHẨN, MẬT",
        "Độ mật: Mật",
        "Mức độ mật: Tuyệt mật",
        "UBND TỈNH QUẢNG TRỊ          MẬT",
        "| SỞ XÂY DỰNG | TỐI MẬT |",
        "MẬT CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 12/BC-SXD (Mật)",
        "Số: 12/BC-SXD MẬT",
        unicodedata.normalize("NFD", "TỐI MẬT"),
    ],
)
def test_a_text_with_a_secrecy_mark_is_refused_with_the_reason(mark: str) -> None:
    with pytest.raises(SecretDocument, match="do not belong in this software") as refusal:
        read_dispatch(decode(f"SỞ XÂY DỰNG\n{mark}\n{LETTER}".encode()))
    assert refusal.value.line == 2
    assert "báo cáo nhà ở" not in str(refusal.value)


@pytest.mark.parametrize(
    "words",
    [
        "Giữ bí mật kinh doanh của doanh nghiệp.",
        "bảo đảm bảo mật thông tin",
        "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "DANH MỤC BÍ\nMẬT",
        "không để lộ bí\nmật",
        "Các độ mật gồm: Mật, Tối mật, Tuyệt mật.",
        "- Mật;",
        "b) Tối mật;",
        "Tài liệu có độ mật thì gửi riêng.",
        "Độ mật: Không",
        "Mật ong rừng",
        "mật",
    ],
)
def test_words_that_only_speak_of_secrecy_do_not_stop_a_letter(words: str) -> None:
    assert read_dispatch(LETTER.replace("\n\n1.", f"\n\n{words}\n\n1.")).symbol == "61/SXD-VP"

"""How a letter stands to the documents it names: urging, amending, replacing, revoking, or less than that."""

from pathlib import Path

import pytest

from engine.exchange.dispatch import decode, read_dispatch

FIXTURES = Path(__file__).parents[1] / "support" / "dispatches"
LETTER = "SỞ XÂY DỰNG\nSố: 99/SXD-VP\nV/v {}\nHà Nội, ngày 5 tháng 9 năm 2023\n\nKính gửi: Các phòng.\n\n{}"


def relations(text: str) -> dict[str, str]:
    return {cite.symbol: cite.relation for cite in read_dispatch(text).cites}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("urging_letter", {"4200/UBND-KT": "implements", "91/SXD-VP": "urges"}),
        ("amending_letter", {"91/SXD-VP": "amends", "12/KH-SXD": "implements", "20/2021/QĐ-UBND": "cites",
                             "95/SXD-VP": "replaces"}),
        ("recalling_letter", {"97/SXD-VP": "revokes"}),
    ],
)  # fmt: skip
def test_a_letter_that_changes_or_urges_another_is_recognised(name: str, expected: dict[str, str]) -> None:
    assert relations(decode((FIXTURES / f"{name}.txt").read_bytes())) == expected


@pytest.mark.parametrize(
    ("subject", "body", "relation"),
    [
        ("đôn đốc thực hiện Công văn số 61/SXD-VP ngày 16/8/2023", "Sở yêu cầu:\n1. Báo cáo.", "urges"),
        ("thay thế Công văn số 61/SXD-VP ngày 16/8/2023", "Sở yêu cầu:\n1. Báo cáo.", "replaces"),
        ("họp", "Công văn số 61/SXD-VP ngày 16/8/2023 gửi các phòng. Đến nay Sở chưa nhận được báo cáo.\n\n1. Gửi.", "urges"),
        ("họp", "Sở yêu cầu:\n1. Báo cáo.\n\nCông văn này bãi bỏ Công văn số 61/SXD-VP ngày 16/8/2023./.", "revokes"),
        ("họp", "Sở yêu cầu:\n1. Tham mưu thay thế Công văn số 61/SXD-VP ngày 16/8/2023.", "cites"),
        ("họp", "Sở yêu cầu:\n1. Sửa đổi, bổ sung Kế hoạch kèm Công văn số 61/SXD-VP ngày 16/8/2023.", "cites"),
        ("họp", "Căn cứ Công văn số 61/SXD-VP ngày 16/8/2023 (đã được sửa đổi), Sở yêu cầu:\n1. Báo cáo.", "implements"),
    ],
)  # fmt: skip
def test_the_words_before_a_symbol_tell_the_relation(subject: str, body: str, relation: str) -> None:
    assert relations(LETTER.format(subject, body)) == {"61/SXD-VP": relation}

"""Public documents and the project's seed, where they lie beside the checkout; else nothing to test."""

import csv
from datetime import date
from pathlib import Path

import pytest

from engine.exchange.dispatch import Draft, decode, from_yaml, read_dispatch, to_yaml
from storage.folding import folded
from workflows.document_types import TYPES

SHARED = Path(__file__).parents[3] / "shared"
SAMPLES = SHARED / "samples" / "dispatches"
SEED = SHARED / "seed" / "dispatch-SKHCN-VP-2023-08.txt"

# Documents whose text does not hold its own number and date, whatever their source knows.
WITHOUT_HEADING = {"qd_1248-QD-TTg_2026-07-09.txt", "cv_BGDDT_nop-ho-so-tot-nghiep_2015.txt"}
BLANK_IN_THE_TEXT = {"tb_453-TB-UBND-HaNoi_2026-04.txt"}
DUE: dict[str, list[date | None]] = {
    "cd_149-CD-TTg_2025-08-28.txt": [date(2025, 9, 2), date(2025, 8, 29), None, None, None, None],
    "cv_3722-VPCP-CN_2026-04-28.txt": [date(2026, 5, 10)],
    "cv_BGDDT_nop-ho-so-tot-nghiep_2015.txt": [date(2015, 8, 20), None],
    "tb_453-TB-UBND-HaNoi_2026-04.txt": [date(2026, 5, 14), None],
}
CITED = {
    "cd_149-CD-TTg_2025-08-28.txt": 1,
    "cd_46-CD-TTg_2026-07-11.txt": 1,
    "cv_3722-VPCP-CN_2026-04-28.txt": 1,
    "cv_7991-BGDDT-GDTrH_2024-12-17.txt": 2,
    "cv_BGDDT_nop-ho-so-tot-nghiep_2015.txt": 0,
    "nq_115-NQ-CP_2026-04-29.txt": 8,
    "qd_1248-QD-TTg_2026-07-09.txt": 2,
    "qd_3467-QD-BYT_2024-11-15_ocr-noise.txt": 6,
    "qd_850-QD-CDBVN_2026-07-21.txt": 7,
    "tb_453-TB-UBND-HaNoi_2026-04.txt": 0,
}


def sources() -> list[dict[str, str]]:
    table = SAMPLES / "SOURCES.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def read(path: Path) -> Draft:
    return read_dispatch(decode(path.read_bytes()))


@pytest.mark.parametrize("source", sources(), ids=lambda source: source["file"])
def test_a_public_document_is_read_as_its_source_describes_it(source: dict[str, str]) -> None:
    name = source["file"]
    draft = read(SAMPLES / name)
    named = folded(source["type"].partition("(")[0].strip())
    assert draft.type is not None
    assert folded(TYPES[draft.type]) == named
    if name in WITHOUT_HEADING | BLANK_IN_THE_TEXT:
        assert (draft.symbol, draft.issued_on) == (None, None)
        assert {"number-blank", "date-missing"} <= {doubt.code for doubt in draft.doubts}
        if name in BLANK_IN_THE_TEXT:
            assert draft.notation == source["number"].partition("/")[2]
    else:
        assert draft.symbol == source["number"]
        assert draft.issued_on == date.fromisoformat(source["date"])
        assert folded(source["issuer"]) in folded(draft.issuer or "")
    assert len(draft.cites) == CITED[name]
    if name in DUE:
        assert [item.due_on for item in draft.items] == DUE[name]
    assert from_yaml(to_yaml(draft)) == draft


@pytest.mark.skipif(not SEED.exists(), reason="the seed does not lie beside this checkout")
def test_the_seed_is_read_fully() -> None:
    draft = read(SEED)
    assert (draft.type, draft.number, draft.notation, draft.place) == ("CV", None, "SKHCN-VP", "Quảng Trị")
    assert (draft.issued_on, draft.issued_month, draft.issued_year) == (None, 8, 2023)
    assert draft.subject == "triển khai Thông báo số 304/TB-VPCP ngày 19/7/2023 của Văn phòng Chính phủ"
    assert draft.addressees == ("Các phòng, đơn vị thuộc Sở",)
    assert {cite.symbol: cite.issued_on for cite in draft.cites} == {
        "304/TB-VPCP": date(2023, 7, 19),
        "4053/UBND-NC": date(2023, 8, 11),
        "05/KH-SKHCN": date(2023, 1, 13),
        "15/KH-SKHCN": date(2023, 2, 13),
        "999/CK-BCĐCCHC": date(2023, 8, 4),
        "408/SKHHCN-VP": date(2023, 5, 12),
        "745/SKHHCN-VP": date(2023, 8, 9),
    }
    assert [cite.symbol for cite in draft.cites if cite.relation == "implements"] == ["4053/UBND-NC"]
    assert [item.number for item in draft.items] == ["1", "2", "3", "4", "5"]
    assert (draft.issuer, draft.issuer_inferred) == ("Sở Khoa học và Công nghệ", True)
    assert draft.signer is not None
    assert (draft.signer.authority, draft.signer.position) == (("KT. GIÁM ĐỐC",), "PHÓ GIÁM ĐỐC")
    assert len(draft.recipients) == 2
    assert draft.archived == "Lưu: VT"
    assert sorted(doubt.code for doubt in draft.doubts) == sorted(
        ["number-blank", "day-blank", "issuer-inferred"] + ["symbol-suspect"] * 2 + ["item-undated"] * 5
    )

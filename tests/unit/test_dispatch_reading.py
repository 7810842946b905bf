"""What the reader makes of the project's own fixtures, each written on a pattern met in real dispatches."""

import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from engine.exchange.dispatch import Draft, UnreadableDocument, decode, read_dispatch
from engine.exchange.drafts import DOUBTS

FIXTURES = Path(__file__).parents[1] / "support" / "dispatches"


def read(name: str) -> Draft:
    return read_dispatch(decode((FIXTURES / f"{name}.txt").read_bytes()))


def codes(draft: Draft) -> list[str]:
    return [doubt.code for doubt in draft.doubts]


@pytest.fixture(scope="module")
def letter() -> Draft:
    return read("letter_like_the_seed")


def test_a_blank_number_and_day_stay_blank_and_are_doubted(letter: Draft) -> None:
    assert (letter.type, letter.number, letter.notation, letter.symbol) == ("CV", None, "SGTVT-VP", None)
    assert (letter.place, letter.issued_on, letter.issued_month, letter.issued_year) == (
        "Quảng Trị",
        None,
        8,
        2023,
    )
    blocking = {doubt.code: doubt.line for doubt in letter.doubts if doubt.blocking}
    assert blocking == {"number-blank": 3, "day-blank": 8}


def test_a_subject_over_three_lines_is_joined_and_its_broken_symbol_made_whole(letter: Draft) -> None:
    assert letter.subject == "thực hiện Thông báo số 311/TB-VPCP ngày 24/7/2023 của Văn phòng Chính phủ"


def test_every_cited_document_is_found_once_with_its_date(letter: Draft) -> None:
    assert [(cite.symbol, cite.issued_on, cite.line) for cite in letter.cites] == [
        ("311/TB-VPCP", date(2023, 7, 24), 4),
        ("4102/UBND-KT", date(2023, 8, 15), 12),
        ("07/KH-SGTVT", date(2023, 1, 16), 16),
        ("19/KH-SGTVT", date(2023, 2, 20), 16),
        ("1021/CK-BCĐCĐS", date(2023, 8, 8), 22),
        ("512/SGTTVT-VP", date(2023, 5, 18), 22),
        ("803/SGTTVT-VP", date(2023, 8, 11), 22),
    ]


def test_a_citation_says_what_kind_of_document_whose_and_about_what(letter: Draft) -> None:
    notice, order, plan, *_ = letter.cites
    assert (notice.type_word, notice.issuer) == ("Thông báo", "Văn phòng Chính phủ")
    assert notice.about == "kết luận tại Hội nghị chuyển đổi số"
    assert (order.type_word, order.issuer) == ("Công văn", "UBND tỉnh")
    assert plan.about == "chuyển đổi số năm 2023"


def test_what_the_letter_sets_out_to_implement_is_told_from_what_it_only_cites(letter: Draft) -> None:
    assert {cite.symbol: cite.relation for cite in letter.cites if cite.relation != "cites"} == {
        "4102/UBND-KT": "implements"
    }


def test_five_items_without_a_date_are_five_doubts_at_their_lines(letter: Draft) -> None:
    assert [(item.number, item.line, item.due_on, item.due_wording) for item in letter.items] == [
        (str(at + 1), 14 + 2 * at, None, None) for at in range(5)
    ]
    assert letter.items[1].cites == ("07/KH-SGTVT", "19/KH-SGTVT")
    assert [doubt.line for doubt in letter.doubts if doubt.code == "item-undated"] == [14, 16, 18, 20, 22]


def test_the_closing_formula_is_no_part_of_the_last_item(letter: Draft) -> None:
    assert letter.items[-1].text.endswith("giao chỉ tiêu cho các phòng.")
    assert "text-after-items" not in codes(letter)


def test_an_issuer_missing_from_the_heading_is_inferred_from_who_speaks(letter: Draft) -> None:
    assert (letter.issuer, letter.issuer_inferred) == ("Sở Giao thông vận tải", True)
    doubt = next(doubt for doubt in letter.doubts if doubt.code == "issuer-inferred")
    assert doubt.line == 12
    assert "Giám đốc Sở Giao thông vận tải" in doubt.says


def test_a_misspelt_abbreviation_is_doubted_with_what_was_probably_meant(letter: Draft) -> None:
    suspects = [doubt for doubt in letter.doubts if doubt.code == "symbol-suspect"]
    assert [doubt.field for doubt in suspects] == ["cites[6].symbol", "cites[7].symbol"]
    assert "did you mean 512/SGTVT-VP?" in suspects[0].says


def test_recipients_archive_line_and_signature_are_read_without_markdown_marks(letter: Draft) -> None:
    assert letter.recipients == ("Như trên", "Lãnh đạo Sở")
    assert letter.archived == "Lưu: VT"
    assert letter.signer is not None
    assert letter.signer.authority == ("KT. GIÁM ĐỐC",)
    assert (letter.signer.position, letter.signer.name) == ("PHÓ GIÁM ĐỐC", "Người Ký Thay")


def test_nothing_else_is_doubted_in_a_letter_that_is_whole(letter: Draft) -> None:
    assert sorted(codes(letter)) == sorted(
        ["number-blank", "day-blank", "issuer-inferred"] + ["item-undated"] * 5 + ["symbol-suspect"] * 2
    )


def test_plain_dates_become_due_dates_and_keep_their_wording() -> None:
    items = read("notice_with_dates").items
    assert [(item.due_wording, item.due_on, item.due) for item in items] == [
        ("trước ngày 20/8/2023", date(2023, 8, 20), "2023-08-20"),
        ("chậm nhất là ngày 10 tháng 10 năm 2023", date(2023, 10, 10), "2023-10-10"),
        ("trước 16 giờ 30 ngày 05/9/2023", date(2023, 9, 5), "2023-09-05T16:30"),
        ("báo cáo định kỳ hằng quý, trước ngày 25 tháng cuối quý", None, None),
        ("trong tháng 9/2023", None, None),
    ]
    assert items[1].sub_points == 3


def test_a_date_before_the_letters_own_is_no_deadline() -> None:
    assert "01/7/2014" in read("notice_with_dates").items[4].text
    assert read("notice_with_dates").items[4].due_on is None


def test_stacked_authority_lines_and_a_footnote_below_the_name_are_told_apart() -> None:
    notice = read("notice_with_dates")
    assert notice.signer is not None
    assert notice.signer.authority == ("TL. BỘ TRƯỞNG, CHỦ NHIỆM", "KT. VỤ TRƯỞNG VỤ CÔNG NGHIỆP")
    assert (notice.signer.position, notice.signer.name) == ("PHÓ VỤ TRƯỞNG", "Người Ký Thay")
    assert notice.recipients[-1] == "VPCP: BTCN, các PCN, các Vụ: TH, CN"
    assert notice.cites[-1].symbol == "3301/BGTVT-KHĐT"
    assert notice.cites[0].relation == "continues"


def test_the_articles_of_a_decision_are_its_items_with_their_points_counted() -> None:
    decision = read("decision_in_markdown")
    assert (decision.type, decision.symbol, decision.issued_on) == ("QĐ", "77/QĐ-CĐS", date(2026, 3, 5))
    assert decision.issuer == "CỤC ĐƯỜNG SÔNG"
    assert decision.subject == "giao nhiệm vụ nạo vét luồng sông Hiếu"
    assert [(item.number, item.sub_points, item.due_on) for item in decision.items] == [
        ("Điều 1", 2, date(2026, 3, 31)),
        ("Điều 2", 0, None),
        ("Điều 3", 0, None),
    ]
    assert decision.items[1].due_wording == "trước ngày 20 tháng 4 hằng năm"


def test_legal_documents_are_cited_by_their_year_and_need_no_date() -> None:
    decision = read("decision_in_markdown")
    assert [cite.symbol for cite in decision.cites] == ["18/2021/ND-CP", "42/2014/QĐ-TTg"]
    assert "cited-date-missing" not in codes(decision)
    assert any("did you mean 18/2021/NĐ-CP?" in doubt.says for doubt in decision.doubts)


def test_points_numbered_anew_in_each_section_carry_the_section() -> None:
    plan = read("plan_with_sections")
    assert [item.number for item in plan.items] == ["I.1", "I.2", "II.1", "II.2", "III"]
    assert plan.items[-1].text.startswith("TỔ CHỨC THỰC HIỆN\nSở Nội vụ")
    assert (plan.number, plan.symbol) == ("05", "05/KH-UBND")
    assert plan.issuer == "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ"
    assert plan.cites[0].relation == "implements"


def test_a_telegram_names_its_addressees_and_its_urgency() -> None:
    telegram = read("telegram")
    assert (telegram.type, telegram.urgency) == ("CĐ", "hỏa tốc")
    assert telegram.addressees == (
        "Giám đốc các Sở: Nông nghiệp, Công Thương",
        "Chủ tịch Ủy ban nhân dân các huyện, thị xã, thành phố",
    )
    assert telegram.items[0].due == "2024-10-11T18:00"
    assert telegram.signer is not None
    assert telegram.signer.position == "Phó Chủ tịch"


def test_a_long_paragraph_below_the_items_is_pointed_out() -> None:
    doubt = next(doubt for doubt in read("telegram").doubts if doubt.code == "text-after-items")
    assert doubt.line == 28


def test_the_two_columns_of_a_printed_page_are_told_apart() -> None:
    letter = read("two_columns")
    assert (letter.issuer, letter.symbol) == ("SỞ CÔNG THƯƠNG", "240/SCT-VP")
    assert (letter.place, letter.issued_on) == ("Quảng Trị", date(2024, 4, 3))
    assert letter.subject == "rà soát danh mục thiết bị năm 2024"
    assert letter.addressees == ("Phòng Kỹ thuật an toàn", "Trung tâm Khuyến công")
    assert [item.due_on for item in letter.items] == [date(2024, 4, 15), None]
    assert letter.recipients == ("Như trên", "Giám đốc (báo cáo)")
    assert letter.signer is not None
    assert (letter.signer.position, letter.signer.name) == ("PHÓ GIÁM ĐỐC", "Người Ký Thay")


def test_a_letter_that_lost_its_heading_is_read_with_doubts() -> None:
    letter = read("urging_letter_without_heading")
    assert (letter.type, letter.symbol, letter.issued_on) == ("CV", None, None)
    assert (letter.issuer, letter.issuer_inferred) == ("Bộ Xây dựng", True)
    assert [item.due_on for item in letter.items] == [date(2023, 8, 20), None]
    assert {"number-blank", "date-missing", "subject-missing", "end-mark-missing"} <= set(codes(letter))
    assert {"recipients-missing", "signer-missing", "text-after-items"} <= set(codes(letter))


def test_an_article_about_a_document_gives_its_number_and_date() -> None:
    telegram = read("article_about_a_telegram")
    assert (telegram.type, telegram.symbol, telegram.issued_on) == ("CĐ", "15/CĐ-BYT", date(2024, 9, 3))
    assert (telegram.issuer, telegram.issuer_inferred) == ("Bộ trưởng Bộ Y tế", True)
    assert telegram.subject == "phòng dịch sau lũ"
    assert "heading-reported" in codes(telegram)


def test_a_list_of_numbers_under_one_notation_is_several_documents() -> None:
    cites = read("article_about_a_telegram").cites
    assert [cite.symbol for cite in cites] == ["614-CV/VPTW", "615-CV/VPTW", "616-CV/VPTW"]
    assert {cite.issued_on for cite in cites} == {date(2024, 9, 1)}


def test_a_paragraph_within_an_item_stays_with_it() -> None:
    assert read("article_about_a_telegram").items[0].text.endswith("\nBáo cáo nhanh về Bộ.")


def test_a_letter_with_one_demand_and_no_numbers_has_one_item() -> None:
    letter = read("letter_with_one_demand")
    assert [(item.number, item.due_on) for item in letter.items] == [("1", date(2024, 5, 30))]
    assert "items-unnumbered" in codes(letter)
    assert "no-items" not in codes(letter)


def test_symbols_with_stray_spaces_are_written_without_them() -> None:
    letter = read("letter_with_one_demand")
    assert letter.symbol == "6012/BKH-KTĐP&LT"
    assert (letter.cites[0].symbol, letter.cites[0].issuer) == (
        "2221/UBND-TH",
        "Ủy ban nhân dân tỉnh Quảng Trị",
    )


def test_a_text_cut_after_its_heading_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="no body"):
        read("cut_after_the_heading")


def test_a_letter_that_demands_nothing_is_read_with_a_blocking_doubt() -> None:
    draft = read_dispatch("Số: 5/SXD-VP\nV/v lịch họp\n\nSở chúc các đơn vị mạnh khỏe./.")
    assert draft.items == ()
    assert [doubt.code for doubt in draft.doubts if doubt.blocking] == ["date-missing", "no-items"]


def test_a_gap_between_numbers_is_doubted_and_a_restart_is_a_sub_point() -> None:
    draft = read_dispatch("Số: 5/SXD-VP\n\nSở yêu cầu:\n1. Một.\n2. Hai:\n1. Một nhỏ.\n2. Hai nhỏ.\n4. Bốn.")
    assert [(item.number, item.sub_points) for item in draft.items] == [("1", 0), ("2", 2), ("4", 0)]
    assert "item-number-jump" in codes(draft)


def test_a_wrapped_line_that_opens_with_a_number_is_no_item() -> None:
    text = "Số: 5/SXD-VP\n\nSở yêu cầu:\n1. Thực hiện kết luận tại Phiên họp thứ\n5. Phổ biến đến mọi người.\n2. Hai."
    assert [item.number for item in read_dispatch(text).items] == ["1", "2"]


@pytest.mark.parametrize(
    ("number_line", "kind"),
    [
        ("Số: 12/TB-SXD", "TB"),
        ("Số: 12/2014/QĐ-TTg", "QĐ"),
        ("Số: 36-NQ/TW", "NQ"),
        ("Số: 12/UBND-NC", "CV"),
        ("Số:   /TTr-SNV", "TTr"),
        ("Số: 9/NĐ-CP", None),
    ],
)
def test_the_symbol_tells_the_type(number_line: str, kind: str | None) -> None:
    draft = read_dispatch(f"{number_line}\n\n1. Làm báo cáo.")
    assert draft.type == kind
    assert ("type-unknown" in codes(draft)) == (kind is None)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Hà Nội, ngày ... tháng ... năm 20...", "date-missing"),
        ("Hà Nội, ngày   tháng 8 năm 2023", "day-blank"),
        ("Hà Nội, tháng 8 năm 2023", "day-blank"),
        ("Hà Nội, ngày 31 tháng 2 năm 2023", "date-impossible"),
    ],
)
def test_each_way_of_leaving_the_date_open_has_its_doubt(written: str, code: str) -> None:
    assert code in codes(read_dispatch(f"Số: 5/SXD-VP\n{written}\n\n1. Làm báo cáo."))


def test_one_symbol_with_dates_of_two_years_is_two_documents() -> None:
    text = "Số: 5/SXD-VP\n\n1. Theo Công văn số 7/UBND-NC ngày 1/2/2022 và Công văn số 7/UBND-NC ngày 3/2/2023."
    assert [cite.issued_on for cite in read_dispatch(text).cites] == [date(2022, 2, 1), date(2023, 2, 3)]


def test_one_symbol_with_two_dates_of_a_year_is_one_document_and_a_doubt() -> None:
    text = "Số: 5/SXD-VP\n\n1. Theo Công văn số 7/UBND-NC ngày 1/2/2023 và Công văn số 7/UBND-NC ngày 3/2/2023."
    draft = read_dispatch(text)
    assert [cite.issued_on for cite in draft.cites] == [date(2023, 2, 1)]
    assert "cited-date-differs" in codes(draft)


def test_the_letter_itself_is_not_among_what_it_cites() -> None:
    draft = read_dispatch("Số: 5/SXD-VP\n\n1. Công văn số 05/SXD-VP này thay Công văn số 4/SXD-VP.")
    assert [cite.symbol for cite in draft.cites] == ["4/SXD-VP"]
    assert "cited-date-missing" in codes(draft)


def test_every_doubt_is_in_the_table_and_says_a_sentence() -> None:
    for path in FIXTURES.glob("*.txt"):
        if path.stem != "cut_after_the_heading":
            for doubt in read(path.stem).doubts:
                assert doubt.code in DOUBTS
                assert doubt.says.endswith((".", "?"))


@pytest.mark.parametrize(
    ("heading", "issuer", "subject"),
    [
        ("SỞ XÂY DỰNG\nSố: 5/KH-SXD\n\nKẾ HOẠCH CHUYỂN ĐỔI SỐ\nNĂM 2023", "SỞ XÂY DỰNG", "CHUYỂN ĐỔI SỐ NĂM 2023"),
        ("Sở Xây dựng\nSố: 5/KH-SXD\n\nKẾ HOẠCH\nVề chuyển đổi số", "Sở Xây dựng", "chuyển đổi số"),
        ("TỈNH ỦY\n*\nSố 5-NQ/TU\n\nNGHỊ QUYẾT\nvề chuyển đổi số", "TỈNH ỦY", "chuyển đổi số"),
        ("UBND TỈNH\nSỞ NÔNG NGHIỆP\nVÀ MÔI TRƯỜNG\nSố: 5/SNNMT-VP\nV/v họp", "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "họp"),
    ],
)
def test_headings_come_in_many_shapes(heading: str, issuer: str, subject: str) -> None:
    draft = read_dispatch(f"{heading}\n\nCăn cứ nhiệm vụ năm, yêu cầu:\n1. Làm báo cáo.")
    assert (draft.issuer, draft.subject) == (issuer, subject)
    assert not draft.issuer_inferred


@pytest.mark.parametrize(
    "written",
    [
        "Kính gửi: Sở Nội vụ; Sở Tài chính.",
        "Kính gửi: - Sở Nội vụ; - Sở Tài chính.",
        "Kính gửi:\n\n- Sở Nội vụ;\n\n- Sở Tài chính.",
        "Kính gửi:\nSở Nội vụ\nSở Tài chính",
        "Kính gửi: Sở Nội vụ;\n          Sở Tài\nchính.",
    ],
)
def test_addressees_come_in_many_shapes(written: str) -> None:
    draft = read_dispatch(f"Số: 5/SXD-VP\nV/v họp\n\n{written}\n\nThực hiện kế hoạch năm, Sở yêu cầu:\n1. Họp.")
    assert draft.addressees == ("Sở Nội vụ", "Sở Tài chính")


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("1/ Một.\n2/ Hai.", 2),
        ("1) Một.\n2) Hai.", 2),
        ("1.Một.\n2.Hai.", 2),
        ("**1.** Một.\n\n**2.** Hai.", 2),
        ("Sở yêu cầu các đơn vị:\n- Một;\n- Hai.", 2),
        ("Sở yêu cầu các đơn vị:\na) Một;\nb) Hai.", 2),
        ("Giao Phòng A làm báo cáo.\n\nPhòng B có trách nhiệm phối hợp.\n\nTheo đề nghị của Phòng C.", 2),
    ],
)
def test_points_come_in_many_shapes(body: str, count: int) -> None:
    assert len(read_dispatch(f"Số: 5/SXD-VP\nV/v họp\n\n{body}").items) == count


@pytest.mark.parametrize(
    ("wording", "due"),
    [
        ("trước ngày 20/8/2023", "2023-08-20"),
        ("trước 20-8-2023", "2023-08-20"),
        ("xong trước 17h00 ngày 20/8/2023", "2023-08-20T17:00"),
        ("không muộn hơn ngày 20 tháng 8 năm 2023", "2023-08-20"),
        ("từ ngày 01/8/2023 đến hết ngày 20/8/2023", "from 2023-08-01 to 2023-08-20"),
        ("trong ngày 20/8/2023", "2023-08-20"),
        ("trước ngày 20/8", None),
        ("trước ngày 25 hằng tháng", None),
        ("trong thời hạn 05 ngày làm việc kể từ ngày nhận được văn bản", None),
        ("báo cáo định kỳ", None),
        ("trong quý IV/2023", None),
        ("", None),
    ],
)
def test_deadlines_come_in_many_shapes(wording: str, due: str | None) -> None:
    item = read_dispatch(f"Số: 5/SXD-VP\nHà Nội, ngày 1/7/2023\n\n1. Phòng A làm {wording}, gửi Văn phòng.").items[0]
    assert item.due == due
    assert (item.due_wording is None) == (wording == "")
    assert (item.due_wording or "") in item.text


HOSTILE = {
    "one-number lines": "1.\n",
    "one-number words": "1. ",
    "brackets": "((( ",
    "spaces": " ",
    "one line": "chữ ",
    "symbols": "1/AB ",
    "listed numbers": "1, ",
    "dates": "ngày . . . ",
    "deadlines": "trước ngày a b c ",
    "owners": "của a tại ",
    "capitals": "BỘ ",
    "marks": "mật|",
    "names": "Giao các phòng, Sở Nội vụ, ",
    "helpers": "phối hợp với Sở chủ trì; Sở ",
    "receivers": "gửi báo cáo về Sở (qua Sở ",
    "terms": "trong thời hạn 5 ngày kể từ ",
    "periods": "báo cáo định kỳ hằng quý, trước ngày 5 ",
    "hopes": "dự kiến cuối tháng 7 theo tiến độ tại ",
    "changes": "này thay thế Công văn số 1/AB ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_megabyte_is_read_or_refused_at_once(name: str) -> None:
    line = HOSTILE[name] * (40_000 // len(HOSTILE[name]))
    text = "Số: 5/SXD-VP\n\n1. " + "\n".join([line] * (900_000 // len(line.encode())))
    began = time.process_time()
    with suppress(UnreadableDocument):
        read_dispatch(decode(text.encode()))
    assert time.process_time() - began < 2  # some 0.3 s where nothing else runs

"""The letter that a task asks for: what it names, and where each part stands."""

from dataclasses import replace
from datetime import date

from engine.exchange.letters import Urging, drafted

UPWARD = Urging(
    issuer="Sở Khoa học và Công nghệ",
    above="Ủy ban nhân dân tỉnh",
    series="SKHCN-VP",
    to="Ủy ban nhân dân tỉnh",
    holder="Thanh tra Sở",
    symbol="61/SKHCN-VP",
    document="Công văn số 61/SKHCN-VP ngày 16/08/2023 của Sở Khoa học và Công nghệ",
    item="2",
    text="Thực hiện hai kế hoạch\ncải cách hành chính;",
    due_on=date(2023, 8, 25),
    today=date(2023, 9, 8),
)


def flat(letter: Urging) -> str:
    return " ".join(drafted(letter).split())


def test_it_has_the_parts_of_decree_30_in_their_order() -> None:
    text = drafted(UPWARD)
    places = [
        text.index(part)
        for part in ("ỦY BAN NHÂN DÂN TỈNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
                     "Độc lập - Tự do - Hạnh phúc", "Số:      /SKHCN-VP", "V/v báo cáo và đề nghị đôn đốc", "Kính gửi:",
                     "Theo Công văn", "thực hiện./.", "Nơi nhận:", "- Như trên;", "- Lưu: VT.")
    ]  # fmt: skip
    assert places == sorted(places)
    assert "ngày      tháng 9 năm 2023" in text, "number, place and day are for whoever signs it"
    assert max(map(len, text.splitlines())) <= 84


def test_it_names_the_document_the_item_the_date_and_how_late_it_is() -> None:
    said = flat(UPWARD)
    assert UPWARD.document in said
    assert "nội dung 2: “Thực hiện hai kế hoạch cải cách hành chính”" in said
    assert "ngày 25/08/2023. Đến ngày 08/09/2023, nhiệm vụ đã quá hạn 14 ngày" in said
    assert "- Thanh tra Sở (để thực hiện);" in said


def test_whom_it_goes_to_decides_what_it_asks() -> None:
    assert "đề nghị Ủy ban nhân dân tỉnh xem xét, chỉ đạo, đôn đốc Thanh tra Sở" in flat(UPWARD)
    to_holder = flat(replace(UPWARD, to="Thanh tra Sở"))
    assert "V/v đôn đốc thực hiện nhiệm vụ" in to_holder
    assert "đề nghị Thanh tra Sở khẩn trương thực hiện" in to_holder
    own = flat(replace(UPWARD, holder=UPWARD.issuer))
    assert "kính báo cáo Ủy ban nhân dân tỉnh và sẽ khẩn trương hoàn thành" in own
    assert "(để thực hiện)" not in own


def test_before_the_date_it_says_how_many_days_are_left() -> None:
    assert "nhiệm vụ còn 3 ngày" in flat(replace(UPWARD, today=date(2023, 8, 22)))
    assert "nhiệm vụ đã đến hạn" in flat(replace(UPWARD, today=UPWARD.due_on))


def test_an_issuer_at_the_top_and_an_unknown_series_leave_their_places_empty() -> None:
    text = drafted(replace(UPWARD, above=None, series=""))
    assert "Số:      / " in text
    assert text.splitlines()[0].strip().startswith("SỞ KHOA HỌC VÀ CÔNG NGHỆ")

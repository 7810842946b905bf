"""Reports at a prompt: what they print, in two languages; the same again later; and what is said where nothing can be made."""

import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from engine.runtime import opened
from tests.acceptance.conftest import Typed
from tests.support.desk import Desk

CLERK, LEADER = ("--as", "skhcn/clerk"), ("--as", "skhcn/leader")
ORDER = """
number: {number}
notation: "UBND-NC"
type: "CV"
issued_on: {day}
subject: "=Triển khai nhiệm vụ"
issuer: "UBND tỉnh"
addressees: ["Sở Giao thông vận tải"]
items:
  - {{number: "1", text: "+Báo cáo kết quả", due: {due}}}
"""


def order(office: Typed, folder: Path, number: int, day: str, due: str) -> str:
    """An order of the province that came in, with one dated item; its obligation."""
    path = folder / "order.yaml"
    path.write_text(ORDER.format(number=number, day=day, due=due), encoding="utf-8")
    found = office.json("directive", "issue", str(path), *CLERK, "--arrived", day)
    return f"{found['cascade']}/1"


def live_until(office: Typed, when: str) -> None:
    with opened(str(office.database)) as runtime:
        Desk(runtime).live_until(when)


def asks(**fields: str) -> list[str]:
    return [word for name, value in fields.items() for word in ("--ask", f"{name}={value}")]


@pytest.fixture(scope="module")
def _lived(_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two orders: one is done, the other is overdue since 31 August, and another date was asked for; made once."""
    folder = tmp_path_factory.mktemp("late")
    office = Typed(str(shutil.copy(_files["empty"], folder / "late.db")))
    first = order(office, folder, 1, "2023-08-14", "2023-08-25")
    second = order(office, folder, 2, "2023-08-15", "2023-08-31")
    for one in (first, second):
        office("obligation", "do", "receive", one, *CLERK)
    live_until(office, "2023-08-24T09:00")
    office("obligation", "do", "report", first, *LEADER, *asks(symbol="5/BC", sent_on="2023-08-24"))
    office("obligation", "do", "request_extension", second, *LEADER, *asks(until="2023-09-15", reason="-Chờ số liệu"))
    office("obligation", "do", "accept", first, *CLERK, *asks(document="7/UBND", happened_on="2023-08-24"))
    office("obligation", "do", "refuse_extension", second, *CLERK,
           *asks(document="8/UBND", happened_on="2023-08-24", reason="Không"))  # fmt: skip
    live_until(office, "2023-09-11T09:00")
    return Path(office.database)


@pytest.fixture
def late(_lived: Path, tmp_path: Path) -> Typed:
    return Typed(shutil.copy(_lived, tmp_path / "late.db"))


def line(text: str, name: str) -> list[int]:
    """The numbers of the line that begins with a name."""
    found = next(one for one in text.splitlines() if one.lstrip().startswith(name))
    return [int(one) for one in re.findall(r"\s(\d+)(?=\s|$)", found)]


def test_the_four_groups_are_printed_so_that_they_add_up(late: Typed) -> None:
    said = late("report", "four-groups", "--period", "2023-09").data
    assert "Period: month 09 of 2023 (from 15/08/2023 to 14/09/2023)" in said
    carried, given, total, due, *groups = line(said, "Sum")
    assert carried + given == total == sum(groups) == 2
    assert due == 2
    assert re.search(r"Digest of the rows \(sha256\): [0-9a-f]{64}", said)
    assert re.search(r"Journal of 2 cascades, \d+ entries: [0-9a-f]{12}", said)
    found = late.json("report", "four-groups", "--period", "2023-09")
    assert found["digest"] in said
    assert found["tables"][0]["sum"]["total"] == 2


def test_in_vietnamese_nothing_is_left_in_english(late: Typed) -> None:
    for words in (["four-groups"], ["overdue"], ["follow-up", "--period", "2023-08"], ["urging", "2/UBND-NC"]):
        said = late("--lang", "vi", "report", *words).data
        for english in ("Period", "Office", "Journal", "Digest", " of ", "late", "overdue"):
            assert english not in said, said


def test_what_is_overdue_says_how_late_why_and_what_is_proposed(late: Typed) -> None:
    [row] = late.json("report", "overdue")["tables"][0]["rows"]
    assert row["days_late"] == 5  # 1 and 4 September were days off
    assert (row["cause"], row["cause_from"], row["asks_until"], row["answer"]) == (
        "-Chờ số liệu", "request", "2023-09-15", "ExtensionRefused"
    )  # fmt: skip
    said = late("report", "overdue").data
    assert "Another date, 15/09/2023: refused" in said
    assert "Days late are working days by the calendar vn-public@1." in said
    assert "from its request for another date" in said


def test_the_follow_up_register_has_its_seven_columns(late: Typed, tmp_path: Path) -> None:
    late("report", "follow-up", "--from", "2023-08-01", "--to", "2023-08-31", "--xlsx", "so.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "so.xlsx").active
    head = next(one[0].row for one in sheet.iter_rows() if one[0].value == "Số đến")
    heads = [cell.value for cell in sheet[head]]
    assert heads == ["Số đến", "Tên loại, số và ký hiệu, ngày tháng và tác giả văn bản", "Đơn vị hoặc người nhận",
                     "Thời hạn giải quyết", "Tiến độ", "Số, ký hiệu văn bản trả lời", "Ghi chú"]  # fmt: skip
    first, second = [[cell.value for cell in sheet[head + place]] for place in (2, 3)]
    assert first[0].endswith("14/08/2023")
    assert "1/UBND-NC" in first[1]
    assert first[5] == "5/BC"
    assert (second[3].day, second[3].month, second[5]) == (31, 8, "")
    assert not [cell for one in sheet.iter_rows() for cell in one if cell.data_type == "f"]


def test_one_letter_goes_to_all_who_have_not_reported(issued: Typed) -> None:
    live_until(issued, "2023-09-20T09:00")
    [table] = issued.json("report", "urging", "72/SGTVT-VP", "--item", "1")["tables"]
    letter = issued("report", "urging", "72/SGTVT-VP", "--item", "1", "--letter").data
    one_line = " ".join(letter.split())
    assert len(table["rows"]) > 3
    for place, row in enumerate(table["rows"], 1):
        assert f"{place}. " in letter
        assert row["item"] == "1"
    for words in ("SỞ GIAO THÔNG VẬN TẢI", "Kính gửi: - Văn phòng Sở;", "Số: /SGTVT-VP", "nêu rõ nguyên nhân chậm",
                  "V/v đôn đốc báo cáo", "Nơi nhận:", "[Họ và tên]"):  # fmt: skip
        assert words in one_line, letter
    assert max(map(len, letter.splitlines())) <= 84


def test_who_is_to_be_urged(late: Typed) -> None:
    [row] = late.json("report", "urging", "2 / ubnd–nc")["tables"][0]["rows"]
    assert row["holder"] == "skhcn"
    assert [one["on"] for one in row["told"]][-1] > "2023-08-31"
    theirs = late("report", "urging", "2/UBND-NC", "--letter", ends=5)
    assert "does not use this installation, and writes its own letters" in " ".join(theirs.talk.split())
    nobody = late("report", "urging", "1/UBND-NC")
    assert "Nobody owes a report there now." in nobody.talk
    assert "nobody owes a report there now" in late("report", "urging", "1/UBND-NC", "--letter", ends=5).talk


@pytest.mark.parametrize(
    ("words", "ends", "says"),
    [
        (("four-groups", "--period", "2023-13"), 2, "is no period; write 2023-12"),
        (("four-groups", "--from", "2023-08-31", "--to", "2023-08-01"), 2, "is before the first"),
        (("four-groups", "--from", "2023-08-01"), 2, "the first and the last day go together"),
        (("four-groups", "--office", "nobody"), 4, "No office 'nobody' in the directory. Known:"),
        (("four-groups", "--part", "head"), 2, "lead, support, info"),
        (("overdue", "--as-of", "2033-01-01"), 2, "has not come yet"),
        (("overdue", "--as-corrected"), 2, "--as-of"),
        (("overdue", "--xlsx", "nowhere/x.xlsx"), 3, "nowhere/x.xlsx cannot be written"),
        (("urging",), 2, "name the document"),
        (("urging", "99/KH"), 4, "There is no document '99/KH'"),
        (("urging", "2/UBND-NC", "--item", "7"), 2, "has no item 7; it has 1"),
        (("urging", "--item", "7"), 2, "an item is one of a document"),
        (("urging", "--form-period", "2023-Q3", "--letter"), 2, "a letter urges under one document"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_said_and_what_is_open_instead(
    late: Typed, words: tuple[str, ...], ends: int, says: str
) -> None:
    assert says in " ".join(late("report", *words, ends=ends).talk.split())


def test_an_empty_report_says_what_to_do_next(office: Typed) -> None:
    assert "issue what is to be done" in office("report", "four-groups").talk
    assert "the nearest date first" in office("report", "overdue").talk
    assert "register what arrived" in office("report", "follow-up").talk
    assert "Nobody owes a report there now." in office("report", "urging", "--form-period", "2023-Q3").talk


def test_a_report_made_again_for_then_has_the_digest_of_the_one_made_then(office: Typed, tmp_path: Path) -> None:
    """December's report is made; things go on; asked for as of then it is the same; as corrected it differs, and says so."""
    number = order(office, tmp_path, 1, "2023-08-14", "2023-08-25")
    other = order(office, tmp_path, 2, "2023-08-15", "2023-08-31")
    for one in (number, other):
        office("obligation", "do", "receive", one, *CLERK)
    live_until(office, "2023-08-28T09:00")
    office("obligation", "do", "report", number, *LEADER, *asks(symbol="5/BC", sent_on="2023-08-28", cause="Mất điện"))
    kinds = (
        ["four-groups", "--period", "2023-09"],
        ["overdue"],
        ["follow-up", "--period", "2023-08"],
        ["urging", "2/UBND-NC"],
    )
    then = {words[0]: office.json("report", *words) for words in kinds}
    live_until(office, "2023-09-04T09:00")
    office("obligation", "do", "report", other, *LEADER, *asks(symbol="6/BC", sent_on="2023-09-04", cause="Bão"))
    order(office, tmp_path, 3, "2023-09-01", "2023-09-20")
    cascade = number.split("/")[0]
    entries = office.json("journal", "show", "--cascade", cascade)["entries"]
    [reported] = [e["seq"] for e in entries if e["kind"] == "Acted" and e["body"]["fact"]["action"] == "report"]
    office(
        "journal",
        "correct",
        f"{cascade}/{reported}",
        "sent_on",
        "2023-08-24",
        "--reason",
        "Read wrongly",
        *LEADER,
    )
    for words in kinds:
        made = then[words[0]]
        assert made["known"] == "now"
        assert office.json("report", *words)["digest"] != made["digest"] or words[0] == "follow-up"
        again = office.json("report", *words, "--as-of", "2023-08-28T09:00")
        assert again["known"] == "then"
        assert again["tables"] == made["tables"], words
        assert again["digest"] == made["digest"]
        assert again["heads"] == made["heads"], "the journal went no further then"
        assert again["at"] == made["at"]
    corrected = office.json("report", *kinds[0], "--as-of", "2023-08-28T09:00", "--as-corrected")
    assert corrected["known"] == "corrected"
    assert corrected["digest"] != then["four-groups"]["digest"]
    assert (
        "with every correction recorded since"
        in office("report", *kinds[0], "--as-of", "2023-08-28T09:00", "--as-corrected").data
    )

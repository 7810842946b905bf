"""The draft as a reviewer sees and completes it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from engine.exchange.dispatch import (
    Draft,
    Item,
    UnreadableDocument,
    decode,
    from_yaml,
    read_dispatch,
    standing_doubts,
    to_dict,
    to_yaml,
)
from engine.exchange.drafts import Doubt, blank_issue
from workflows.strict_yaml import DATA, DEFINITION
from workflows.text import Text

FIXTURES = Path(__file__).parents[1] / "support" / "dispatches"
WHOLE = sorted(path for path in FIXTURES.glob("*.txt") if path.stem != "cut_after_the_heading")


def read(path: Path) -> Draft:
    return read_dispatch(decode(path.read_bytes()))


@pytest.fixture(scope="module")
def letter() -> Draft:
    return read(FIXTURES / "letter_like_the_seed.txt")


@pytest.fixture(scope="module")
def sheet(letter: Draft) -> str:
    return to_yaml(letter)


def codes(draft: Draft) -> list[str]:
    return [doubt.code for doubt in standing_doubts(draft)]


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_a_draft_comes_back_from_yaml_as_it_was(path: Path) -> None:
    draft = read(path)
    assert from_yaml(to_yaml(draft)) == draft


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_the_draft_is_ready_for_json_and_the_yaml_says_the_same(path: Path) -> None:
    draft = read(path)
    plain = yaml.safe_load(to_yaml(draft))
    assert plain == json.loads(json.dumps(to_dict(draft)))


def test_the_sheet_opens_with_what_to_fill_in_and_what_stands_in_the_way(sheet: str) -> None:
    lines = sheet.splitlines()
    assert lines[0].startswith("# A draft that `cascade directive read` made")
    assert any(line.startswith("# Người rà soát:") for line in lines)
    assert '#   number-blank (line 3): The number before "/SGTVT-VP" is blank; give `number`.' in lines
    fields = [line.split(":")[0] for line in lines if line[:1].isalpha()]
    assert fields[:3] == ["number", "issued_on", "issue"]


def test_long_texts_are_folded_and_all_texts_are_quoted(sheet: str) -> None:
    assert max(map(len, sheet.splitlines())) < 130
    assert 'type: "CV"' in sheet
    assert "    text: >-\n" in sheet


def test_the_section_for_issuing_waits_for_the_reviewer(letter: Draft) -> None:
    assert letter.issue == {"workflow": None, "issuer": None, "under": None, "to": []}
    item = letter.items[0]
    assert (item.mode, item.lead, item.support, item.info, item.due) == (None, (), (), (), None)


def test_what_a_reviewer_fills_in_is_read(sheet: str) -> None:
    filled = (
        sheet.replace("number: null", "number: 61", 1)
        .replace("issued_on: null", "issued_on: 16/8/2023", 1)
        .replace("  workflow: null", "  workflow: government-notice", 1)
        .replace("  to: []", "  to: [tccb, qlvt]\n  year: 2023\n  note: no", 1)
        .replace(
            "    due: null\n    mode: null\n    lead: []",
            "    due: 31/8/2023\n    mode: once\n    lead: [tccb]",
            1,
        )
    )
    draft = from_yaml(filled)
    assert (draft.number, draft.symbol, draft.issued_on) == (61, "61/SGTVT-VP", date(2023, 8, 16))
    assert draft.issue["workflow"] == "government-notice"
    assert (draft.issue["to"], draft.issue["year"], draft.issue["note"]) == (["tccb", "qlvt"], 2023, "no")
    assert (draft.items[0].due, draft.items[0].mode, draft.items[0].lead) == ("2023-08-31", "once", ("tccb",))
    assert standing_doubts(draft) == []
    assert "Nothing stands in the way of issuing it" in to_yaml(draft)


@pytest.mark.parametrize(
    ("number", "symbol", "read"),
    [
        ("61", "null", (61, "61/SGTVT-VP")),
        ('"61"', "null", (61, "61/SGTVT-VP")),
        ('"05"', "null", ("05", "05/SGTVT-VP")),
        ("05", "null", ("05", "05/SGTVT-VP")),
        ("61a", "null", ("61a", "61a/SGTVT-VP")),
        ("null", '"61/SGTVT-VP"', (61, "61/SGTVT-VP")),
        ("null", "36-NQ/TW", (36, "36-NQ/TW")),
        ("61", "61 /SGTVT - VP", None),
        ("61", "61/SGTVT-VP", (61, "61/SGTVT-VP")),
        ("62", "61/SGTVT-VP", None),
        ("null", "sixty-one", None),
        ("sixty", "null", None),
    ],
)
def test_number_and_symbol_settle_each_other_or_are_refused(
    sheet: str, number: str, symbol: str, read: tuple[int | str, str] | None
) -> None:
    filled = sheet.replace("number: null", f"number: {number}", 1).replace("symbol: null", f"symbol: {symbol}", 1)
    if read is None:
        with pytest.raises(UnreadableDocument):
            from_yaml(filled)
    else:
        draft = from_yaml(filled)
        assert (draft.number, draft.symbol) == read
        assert codes(draft) == ["day-blank"]


def test_deleting_a_doubt_does_not_settle_it_and_leaving_it_does_not_keep_it(letter: Draft) -> None:
    assert codes(replace(letter, doubts=())) == ["number-blank", "day-blank"]
    settled = replace(letter, number=61, symbol="61/SGTVT-VP", issued_on=date(2023, 8, 16))
    assert "number-blank" in [doubt.code for doubt in settled.doubts]
    assert codes(settled) == []


def test_a_standing_doubt_keeps_the_line_it_was_found_on(letter: Draft) -> None:
    assert [(doubt.code, doubt.line) for doubt in standing_doubts(letter)] == [
        ("number-blank", 3),
        ("day-blank", 8),
    ]


def test_every_field_that_issuing_needs_is_missed_when_it_is_empty() -> None:
    assert codes(Draft()) == ["number-blank", "type-unknown", "date-missing", "subject-missing", "no-items"]
    assert codes(Draft(number=5))[0] == "notation-missing"


def test_a_date_outside_the_month_on_the_paper_stands_in_the_way(letter: Draft) -> None:
    filled = replace(letter, symbol="61/SGTVT-VP", issued_on=date(2032, 8, 16))
    assert codes(filled) == ["date-differs"]
    assert "16/08/2032" in standing_doubts(filled)[0].says
    assert codes(replace(filled, issued_year=2032)) == []


def test_a_day_the_calendar_does_not_have_is_settled_by_one_it_has() -> None:
    draft = read_dispatch("Số: 5/SXD-VP\nV/v họp\nHà Nội, ngày 31 tháng 2 năm 2023\n\n1. Làm báo cáo.")
    assert codes(draft) == ["date-impossible"]
    assert codes(replace(draft, issued_on=date(2023, 2, 28))) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("number: 61\nnumber: 62", "written twice"),
        ("subject: &a x", "anchors and aliases"),
        ("subject: !!python/name:os.system x", "tags"),
        ("subjekt: x", '2:1 D101 "subjekt" is no field here'),
        ("subject: [a]", "a text in quotes is expected here, not a list"),
        ("issued_on: 2023-02-31", "a date \\(2023-08-16 or 16/8/2023\\) is expected here"),
        ("issued_month: 13", "a whole number from 1 to 12"),
        ("issuer_inferred: yes", 'true or false is expected here, not "yes"'),
        ("type: XY", '"XY" is not one of: NQ'),
        ("items: {}", "a list such as"),
        ("items: [{number: '1'}]", "`text` is missing"),
        ("items: [{number: '1', text: a, due: soon}]", "or at_once is expected here"),
        ("cites: [{symbol: 5/A-B, relation: hates}]", '"hates" is not one of'),
        ("signer: Người Ký", "a mapping with authority, position, name"),
        ("issue: 5", "a mapping with workflow"),
        ("doubts: [{code: maybe, says: x}]", '"maybe" is not one of: number-blank'),
        ("recipients: [null]", "a text in quotes"),
        ("- number", "is expected here, not a list"),
        ("subject: 'open", "E106"),
        ("number: 1\n---\nnumber: 2", "a second document"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(line: str, says: str) -> None:
    with pytest.raises(UnreadableDocument, match=says) as refusal:
        from_yaml(f"# draft\n{line}\n", "letter.yaml")
    assert refusal.value.problems
    assert "letter.yaml:" in str(refusal.value)


def test_every_fault_is_reported_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        from_yaml("subjekt: x\nissued_on: soon\nitems: 5\nitems: 6\n")
    assert [(problem.line, problem.code) for problem in refusal.value.problems] == [
        (1, "D101"),
        (2, "D103"),
        (3, "D103"),
        (4, "E109"),
    ]


@pytest.mark.parametrize("text", ["", "   \n", "# nothing\n", "[" * 100_000, "a: " * 50_000, "x" * 300_000])
def test_an_empty_or_hostile_sheet_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDocument):
        from_yaml(text)


def test_the_sheet_of_a_dispatch_longer_than_a_definition_may_be_is_read() -> None:
    items = tuple(Item(str(number), "Báo cáo kết quả thực hiện về UBND tỉnh. " * 5) for number in range(1, 1_501))
    long = Draft(items=items)
    sheet = to_yaml(long)
    assert DEFINITION.bytes < len(sheet.encode()) < DATA.bytes
    assert [item.number for item in from_yaml(sheet).items] == [item.number for item in items]


def test_a_sheet_over_four_mebibytes_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="E103 the file has 4,194,305 bytes; 4,194,304 is the most"):
        from_yaml("#" * (DATA.bytes + 1))


def test_a_short_sheet_written_by_hand_is_enough() -> None:
    draft = from_yaml("symbol: 61/TB-SXD\nitems:\n  - {number: 1, text: Làm báo cáo, due: 2023-08-31 16:00}\n")
    assert draft.items == (Item("1", "Làm báo cáo", due="2023-08-31T16:00"),)
    assert draft.issue == blank_issue()
    assert (draft.type, draft.number) == ("TB", 61)
    assert codes(draft) == ["date-missing", "subject-missing"]


def test_texts_that_yaml_could_misread_come_back_as_they_were() -> None:
    odd = (
        "null",
        "no",
        "2023-08-16",
        "007",
        "# không phải chú thích",
        "a: b",
        "- c",
        '"',
        "'",
        "\\n",
        "",
        " x ",
        "😀",
    )
    long = "câu dài " * 40
    draft = Draft(
        subject=long.strip(),
        recipients=odd,
        items=(Item("1", f"{long.strip()}\n\n  thụt lề\n"), Item("2", "hai\ndòng")),
        issue={"null": None, "to": ["no", "5"], "workflow": "true", "thứ tự": 5},
        doubts=(Doubt("no-items", None, "items", "Không có nội dung nào."),),
    )
    assert from_yaml(to_yaml(draft)) == draft


def test_a_reviewer_names_officer_controller_recipient_and_parent_of_an_item_and_the_obligation_of_a_basis() -> None:
    draft = from_yaml(
        "items:\n  - {number: 1, text: x, officer: Chuyên viên, controller: vp, recipient: khtc, parent: 4}\n"
        "cites:\n  - {symbol: 61/SXD-VP, relation: urges, cascade: 7h2k9, obligation: 3}\n"
    )
    [item] = draft.items
    assert (item.officer, item.controller, item.recipient, item.parent) == ("Chuyên viên", "vp", "khtc", 4)
    [cited] = draft.cites
    assert (cited.relation, cited.cascade, cited.obligation) == ("urges", "7h2k9", 3)
    assert from_yaml(to_yaml(draft)) == draft


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("items: [{number: 1, text: x, mode: monthly}]", '"monthly" is not one of: once, periodic'),
        ("items: [{number: 1, text: x, due_kind: soon}]", '"soon" is not one of: date, hour'),
        ("items: [{number: 1, text: x, parent: 0}]", "a whole number from 1"),
        ("cites: [{symbol: x, relation: loves}]", '"loves" is not one of: implements'),
    ],
)
def test_words_outside_a_closed_set_are_refused_with_the_words_allowed(line: str, says: str) -> None:
    with pytest.raises(UnreadableDocument, match=says) as refusal:
        from_yaml(line, "letter.yaml")
    assert isinstance(refusal.value.text, Text)
    assert isinstance(refusal.value.problems[0].message, Text)


def test_comments_and_doubts_are_written_in_the_reviewers_language(letter: Draft) -> None:
    told = to_yaml(letter, lambda text: f"«{text}»")
    assert "# «It cannot be issued before these are settled:»" in told
    assert 'says: "«The number before' in told

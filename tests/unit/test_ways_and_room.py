"""What the lint says of work that cannot get to its end, of whoever could not take it there, and of times without room.

Each fault is made by one change of a text that has none, and beside it stands the next thing that is no fault.
"""

import pytest

from tests.support.definitions import CONCLUDE, GOOD, edited, line_of
from tests.unit.test_machines_of_levels import text_with
from workflows.findings import CODES
from workflows.loading import check_text

NEXT = "\ndeadlines:"
Edit = tuple[str, str]


def action(line: str) -> Edit:
    """One more action."""
    return NEXT, f"    {line}\n{NEXT}"


def rung(at: str) -> Edit:
    """The last rung at another time."""
    return "{at: 2 working days after due", f"{{at: {at}"


def giver_ladder(*rungs: str) -> Edit:
    """A giver's ladder that does not end."""
    last = '{at: answer_due, label: "Nhắc", tell: giver.leader, repeat_every: 3 days, times: 9}'
    return "\nenglish:", f"\ngiver_ladder: {{rungs: [{', '.join([*rungs, last])}]}}\nenglish:"


PASSED = ('    moved: "Đã giao đơn vị khác"', '    passed: "Đã giao"\n    moved: "Đã giao đơn vị khác"')
RELAYED = "from: working, to: {}, by: holder.leader, does: issue_below"
TO_PASSED = (RELAYED.format("same"), RELAYED.format("passed"))
BACK = action('take: {label: "Rút", from: passed, to: working, by: holder.leader}')
GIVEN_UP = action('give_up: {label: "Thôi", from: passed, to: moved, by: giver.leader}')
HOLD = 'hold: {label: "Tạm dừng", from: working, to: same, by: giver.leader, does: pause, ask: {until: date}}'
GO_ON = 'go_on: {label: "Tiếp tục", from: working, to: same, by: giver.leader, does: resume}'
GO_TOO = 'go_too: {label: "Tiếp tục sớm", from: [working, disputed], to: same, by: holder.leader, does: resume}'
CONCLUDED = (NEXT, CONCLUDE)
OVER = 'over: {label: "Hết năm", from: any_open, to: accepted, by: giver.clerk, does: end_standing}'
TWO_LEVELS = [('  team: {label: "Tổ", under: office}\n', "")]
ASK_TWICE = ("decided_by: giver.leader", "decided_by: holder.leader")
GUARDED = ("to: accepted, by: giver.leader", 'to: accepted, by: giver.leader, if: "not late"')
ONLY_MERGED = [
    ("    - {when: date_written, is: as_written}\n", ""),
    ("    - {when: parent_dated, is: 3 working days before parent_due, if_no_room: parent_due}\n", ""),
    ("  once: {label: \"Một lần\", due: 10 working days after receipt}\n", ""),
    ("  on_event: {label: \"Khi phát sinh\", each_event_due: 5 working days after event, nil_return_in: periodic}\n", ""),
    ('  modes: {once: "once"}\n', ""),
    ("one_report_per_office: true", "if_still_open: merge"),
]  # fmt: skip
# The lowest level has a machine in which work waits to be passed on.
PASSES_ON_BELOW = [
    ('working: "Đang thực hiện", sent', 'working: "Đang thực hiện", ready: "Đã lập", sent'),
    (
        "from: assigned, to: working, by: holder.clerk, does: mark_received}\n      report: {",
        "from: assigned, to: ready, by: holder.clerk, does: mark_received}\n"
        '      pass: {label: "Giao", from: ready, to: working, by: holder.leader, does: issue_below}\n      report: {',
    ),
]
BEGIN = '\n      begin: {label: "Làm", from: ready, to: working, by: holder.officer}\n      report: {'
LINKED = '{label: "Nơi khác", follows: basis, until: year_end, review: 400 days before until}'
REPORT_ABOVE = ('Báo cáo", tell: giver', 'Báo cáo", tell: above_giver')

# What is wrong: its code, the edits that make it, and a piece of the line it stands on. `None` where it is no fault.
ONE_MACHINE: dict[str, tuple[str | None, list[Edit], str]] = {
    "documents of the lowest level": ("E401", [("issued_at: ministry", "issued_at: team")], "issued_at"),
    "documents of a level in the middle": (None, [("issued_at: ministry", "issued_at: office")], ""),
    "what is passed on is never reported": ("E402", [PASSED, TO_PASSED, GIVEN_UP], "does: issue_below"),
    "what is passed on comes back": (None, [PASSED, TO_PASSED, BACK], ""),
    "what is passed on need not be reported": (
        None,
        [PASSED, TO_PASSED, GIVEN_UP, ("\nextension:", "\njoin: {until_then: allow}\n\nextension:")],
        "",
    ),
    "nothing is done but what stands": (
        "E403",
        [CONCLUDED, ("from: reported, to: accepted", "from: reported, to: moved")],
        "ends: {accepted",
    ),
    "one seat is to be two persons": ("E404", [("person: report", "person: redo")], "person: redo"),
    "another party is another person": (
        None,
        [("person: report", "person: redo"), ("to: working, by: giver.leader", "to: working, by: giver.clerk")],
        "",
    ),
    "who asks decides": ("E404", [ASK_TWICE], "decided_by"),
    "who asks decides with another": (None, [("decided_by: giver.leader", "decided_by: [holder.leader, giver.leader]")], ""),
    "another seat may have taken the other": (
        "W457",
        [("person: report", "person: redo"), ("to: working, by: giver.leader", "to: working, by: [giver.clerk, giver.leader]")],
        "person: redo",
    ),
    "two others leave nobody": (
        "W457",
        [
            ("to: working, by: giver.leader", "to: working, by: giver.clerk"),
            ("to: accepted, by: giver.leader, not_same_person: report", "to: accepted, by: [giver.clerk, giver.leader],"
             " not_same_person: [redo, move]"),
        ],
        "[redo, move]",
    ),
    "two others leave one": (
        None,
        [
            ("to: working, by: giver.leader", "to: working, by: giver.clerk"),
            ("to: accepted, by: giver.leader, not_same_person: report", "to: accepted, by: [giver.clerk, giver.leader,"
             " giver.officer], not_same_person: [redo, move]"),
        ],
        "",
    ),
    "a guard on the only way out of a ring": (
        "W442",
        [GUARDED, ("from: [assigned, working]", "from: assigned")],
        "not late",
    ),
    "a guard, and a way out of the ring": (
        None, [GUARDED], ""),
    "time could resume in two ways": ("E405", [action(f"{HOLD}\n    {GO_ON}\n    {GO_TOO}")], "go_too:"),
    "two pauses have one way on each": (
        None,
        [
            action(f"{HOLD}\n    {GO_ON}\n    {GO_TOO.replace('[working, disputed]', 'assigned')}"),
        ],
        "",
    ),
    "time could end a year in two ways": ("E405", [(NEXT, CONCLUDE.replace(NEXT, f"    {OVER}\n{NEXT}"))], "over:"),
    "work passes on by itself in two ways": (
        "E405",
        [
            ("\nextension:", "\nrelay: {automatic_at: office}\n\nextension:"),
            action('hand: {label: "Giao thẳng", from: working, to: same, by: holder.clerk, does: issue_below}'),
        ],
        "hand:",
    ),
    "people pass work on in two ways": (
        None,
        [action('hand: {label: "Giao thẳng", from: working, to: same, by: holder.clerk, does: issue_below}')],
        "",
    ),
    "passing on reports": ("E407", [("does: issue_below", "does: [issue_below, mark_reported]")], "[issue_below"),
    "a pause that resumes": ("E407", [action(HOLD.replace("does: pause", "does: [pause, resume]"))], "hold:"),
    "a report that is received, too": (None, [
        (", does: mark_received", ""), ("does: mark_reported", "does: [mark_received, mark_reported]"),
        ("from: working, to: reported", "from: [assigned, working], to: reported"),
        ('receive: {label: "Tiếp nhận", from: assigned', 'receive: {label: "Tiếp nhận", from: [assigned, working]'),
    ], ""),
    "a year end, and nothing stands": (
        "W451",
        [
            CONCLUDED,
            (GOOD[GOOD.index("  periodic:") : GOOD.index("  info:")], ""),
        ],
        "conclude:",
    ),
    "a resumption of no pause": ("W451", [action(GO_ON)], "go_on:"),
    "a resumption of a pause": (None, [action(f"{HOLD}\n    {GO_ON}")], ""),
    "no room below a date of the workflow": (
        "W452",
        [("is: 3 working days before", "is: 10 working days before")],
        "is: 10 working days before",
    ),
    "a day of room below a date of the workflow": (None, [("is: 3 working days before", "is: 9 working days before")], ""),
    "done before it is received": (
        "W453",
        [("due: 10 working days after receipt", "due: 5 hours after issue")],
        "5 hours after issue",
    ),
    "done after it is received": (None, [("due: 10 working days after receipt", "due: 9 days after issue")], ""),
    "a rung two years after": ("W454", [rung("700 days after due")], "700 days"),
    "a rung ten months after": (None, [rung("300 days after due")], ""),
    "a rung of a period that has joined the next": ("W454", ONLY_MERGED, "{at: 2 working days after due"),
    "a rung of other work beside such periods": (None, ONLY_MERGED[1:2] + ONLY_MERGED[5:] + [
        (", nil_return_in: periodic", "")], ""),
    "nobody is above the giver": ("W455", [*TWO_LEVELS, REPORT_ABOVE], "tell: above_giver"),
    "nobody above the giver decides": (
        "W455",
        [*TWO_LEVELS, ("decided_by: giver.leader", "decided_by: [giver.leader, above_giver.leader]")],
        "above_giver",
    ),
    "nobody above the giver accepts": (
        "W455",
        [*TWO_LEVELS, ("to: accepted, by: giver.leader", "to: accepted, by: [giver.leader, above_giver.leader]")],
        "above_giver",
    ),
    "somebody is above some giver": (None, [REPORT_ABOVE], ""),
    "only who waits hears of it": (
        "W456",
        [giver_ladder('{at: 1 day before answer_due, label: "Báo", tell: [holder.leader, holder.officer]}')],
        "giver_ladder:",
    ),
    "who waits hears of it, too": (
        None,
        [giver_ladder('{at: 1 day before answer_due, label: "Báo", tell: [holder.leader, giver.clerk]}')],
        "",
    ),
    "a reminder before the giver's turn": (
        "W424",
        [giver_ladder('{at: 5 working days before answer_due, label: "Báo", tell: giver.clerk}')],
        "giver_ladder:",
    ),
    "a review before its year": (
        "W424",
        [CONCLUDED, ('{label: "Để biết"}', f'{{label: "Để biết"}}\n  linked: {LINKED}')],
        "400 days",
    ),
    "a join of nothing": (
        "W412",
        [
            (", does: issue_below,\n            means: dispatch}", ", ask: {note: text}}"),
            ("\nextension:", "\njoin: {until_then: allow}\n\nextension:"),
        ],
        "join:",
    ),
    "fields of a document": ("W412", [("means: dispatch}", "means: dispatch, ask: {note: text}}")], "means: dispatch"),
    "somebody twice": ("W412", [("tell: holder.officer", "tell: [holder.officer, holder.officer]")], "[holder.officer,"),
    "the top passes on by itself": (
        "W412",
        [("\nextension:", "\nrelay: {automatic_at: [ministry, office]}\n\nextension:")],
        "automatic_at",
    ),
    "the top has a machine": (
        "W412",
        [('ministry: "Bộ"', 'ministry: {label: "Bộ", machine: obligation}')],
        "machine: obligation",
    ),
}  # fmt: skip
OWN_MACHINE: dict[str, tuple[str | None, list[Edit], str]] = {
    "the lowest level could only pass on": ("E406", PASSES_ON_BELOW, 'ready: "Đã lập"'),
    "the lowest level passes on, and need not": (
        "W451",
        [PASSES_ON_BELOW[0], (PASSES_ON_BELOW[1][0], PASSES_ON_BELOW[1][1].replace("\n      report: {", BEGIN))],
        "pass: {",
    ),
    "a level in the middle passes on": (None, [], ""),
    "the office below the top has no giver with one above": (
        "W455",
        [
            ("under: office, machine: short}", "under: ministry, machine: short}"),
            ("from: sent, to: accepted, by: giver.leader", "from: sent, to: accepted, by: [giver.leader, above_giver.clerk]"),
        ],
        "above_giver.clerk",
    ),
}  # fmt: skip
# What else such an edit breaks, by its nature.
ALSO = {
    "the lowest level could only pass on": {"W451"},
    "done before it is received": {"W424", "W452"},  # a short time leaves no room for anything
    "nobody is above the giver": {"W451"},  # with one level fewer, nothing is below the other
    "nobody above the giver decides": {"W451"},
    "nobody above the giver accepts": {"W451"},
    "the office below the top has no giver with one above": {"W451"},
}


def judged(text: str, case: tuple[str | None, list[Edit], str], also: set[str]) -> None:
    code, _, piece = case
    found = check_text(text)
    assert {one.code for one in found} == ({code} if code else set()) | also, [str(one) for one in found]
    for one in found:
        if one.code == code:
            assert one.line == line_of(piece, text), str(one)
            assert one.warning == one.code.startswith("W")
            break


@pytest.mark.parametrize("name", ONE_MACHINE)
def test_the_lint_of_ways_and_room_finds_that(name: str) -> None:
    judged(edited(*ONE_MACHINE[name][1]), ONE_MACHINE[name], ALSO.get(name, set()))


@pytest.mark.parametrize("name", OWN_MACHINE)
def test_the_lint_of_ways_finds_that_at_a_level_of_its_own(name: str) -> None:
    judged(text_with(*OWN_MACHINE[name][1]), OWN_MACHINE[name], ALSO.get(name, set()))


def test_every_code_of_ways_and_room_has_a_fault_here() -> None:
    told = {code for code, _, _ in (*ONE_MACHINE.values(), *OWN_MACHINE.values())}
    assert {code for code in CODES if code.startswith(("E40", "W45"))} <= told


def test_nothing_is_concluded_from_levels_that_do_not_hang_together() -> None:
    ring = edited(('office: "Cục"', 'office: {label: "Cục", under: team}'), ("issued_at: ministry", "issued_at: team"))
    assert [one.code for one in check_text(ring)] == ["E306"]

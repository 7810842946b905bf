"""Thirty faults, put one at a time into the workflow that ships: each is told once, at its line, with its code, alone.

And ten of them in one file: ten lines, each at its place. That file is the example on the admin's page.
"""

import re
from importlib.resources import files

import pytest

from tests.support.definitions import line_of
from tests.support.law import edited_notice
from workflows.findings import CODES
from workflows.loading import check_text

AGAIN = '    again: {label: "Lại", from: paused, to: working, by: giver.clerk, does: resume}\n'

# What is wrong: its code, the one edit that does it, and a piece of the line it has to be told at.
FAULTS: dict[str, tuple[str, tuple[str, str], str]] = {
    "an alias": ("E107", ("decided_by: giver.leader", "decided_by: &who giver.leader"), "&who"),
    "a tag": ("E108", ("calendar: vn-public", "calendar: !!python/name:os.system vn-public"), "!!python"),
    "a key written twice": (
        "E109",
        ("near_due: 3 working days", "near_due: 3 working days\nnear_due: 4 days"),
        "4 days",
    ),
    "a text with a colon and no quotes": (
        "E106",
        ('title: "Triển khai thông báo của Chính phủ"', "title: Triển khai: TB"),
        "khai: TB",
    ),
    "a party left out": ("E201", ("by: holder.officer, ask: {note: text}", "ask: {note: text}"), "update:   {"),
    "a misspelt key": ("E202", ("later_than_parent:", "later_then_parent:"), "later_then_parent"),
    "a misspelt effect": ("E203", ("does: mark_received", "does: mark_recieved"), "mark_recieved"),
    "a party of no office": ("E203", ("asked_by: holder.leader", "asked_by: king.leader"), "king.leader"),
    "a length of time without a unit": ("E204", ("backdating: 60 days", "backdating: 60"), "backdating: 60"),
    "a list in place of a text": ("E205", ('government: "Chính phủ"', "government: [x]"), "government: [x]"),
    "a name with a capital": ("E206", ('    paused:     "', '    Paused:     "'), "Paused:"),
    "no parties at all": ("E207", ("tell: [above_giver.leader]}", "tell: []}"), "tell: []"),
    "a misspelt state": ("E301", ("to: disputed,", "to: disputd,"), "to: disputd"),
    "a misspelt action": ("E302", ("not_same_person: report", "not_same_person: reprt"), "reprt"),
    "a ceiling at no level": ("E303", ("ceiling: province", "ceiling: provnce"), "provnce"),
    "a nil return in no mode": ("E304", ("nil_return_in: periodic", "nil_return_in: quarterly"), "quarterly"),
    "an action called as a built-in step": ("E305", ("    redo:     {", "    elapse:   {"), "elapse:   {"),
    "a ring of levels": (
        "E306",
        ('province:   "Ủy ban nhân dân tỉnh"', 'province: {label: "UBND", under: unit}'),
        "under: unit",
    ),
    "a state that nothing leads to": ("E311", ("  first: assigned", '    idle: "Chờ"\n  first: assigned'), "idle:"),
    "a trap": (
        "E312",
        ("from: paused,              to: working", "from: paused,              to: same"),
        "paused:     ",
    ),
    "an action that leaves an end": (
        "E314",
        ("from: paused,              to", "from: [paused, closed],    to"),
        "closed],",
    ),
    "a stop that is no end": (
        "E325",
        ("from: any_open,            to: stopped", "from: working,             to: stopped"),
        "to: stopped",
    ),
    "a transfer to nobody": ("E327", ("ask: {new_holder: office}", "ask: {new_holder: text}"), "new_holder: text"),
    "a table without a last line": ("E331", ("    - {when: otherwise,    is: choose_below}\n", ""), "  due:  "),
    "a clock that counts from what it cannot know": (
        "E335",
        ("2 working days after asked", "2 working days after due"),
        "after due}",
    ),
    "a line that is never used": (
        "E332",
        ("{when: parent_dated, is", "{when: date_written and parent_dated, is"),
        "and parent_dated",
    ),
    "nobody says that it was received": ("E321", (",  does: mark_received}", "}"), "  actions:\n    receive"),
    "repeats without an interval": ("E351", (", repeat_every: 5 working days, times: 3", ", times: 3"), "times: 3"),
    "a condition of no name": ("E361", ("when: parent_dated", "when: parent_datd"), "parent_datd"),
    "a guard that never holds": (
        "E367",
        ("redo:     {", 'redo:     {if: "late and not late", '),
        "late and not late",
    ),
    "documents without recipients": (
        "E401",
        ("types: [TB, CV, CT, QĐ, NQ, CTr]", "issued_at: unit"),
        "issued_at: unit",
    ),
    "passed on and never reported": (
        "E402",
        ("[working, relayed],  to: reported", "working,             to: reported"),
        "relay:    {",
    ),
    "one seat for two persons": ("E404", ("not_same_person: report", "not_same_person: redo"), "not_same_person: redo"),
    "two ways that time could take": ("E405", ("    resume:   {", f"{AGAIN}    resume:   {{"), "    resume:   {"),
    "two effects in one step": ("E407", ("does: issue_below", "does: [issue_below, mark_reported]"), "relay:    {"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_told_alone_and_where_it_is(fault: str) -> None:
    code, edit, piece = FAULTS[fault]
    text = edited_notice(edit)
    found = check_text(text)
    assert [one.code for one in found if not one.warning] == [code], [str(one) for one in found]
    assert [one.line for one in found if not one.warning] == [line_of(piece, text)], [str(one) for one in found]


def test_there_are_thirty_of_them_of_thirty_kinds() -> None:
    assert len(FAULTS) >= 30
    assert len({code for code, _, _ in FAULTS.values()}) >= 30
    assert {code for code, _, _ in FAULTS.values()} <= set(CODES)


def test_ten_faults_in_one_file_are_ten_lines() -> None:
    page = (files("workflows") / "catalog" / "README.md").read_text("utf-8")
    section = page[page.index("## What check finds") :]
    text, said = re.findall(r"^```(?:yaml|text)\n(.*?)^```", section, re.M | re.S)[:2]
    found = check_text(text, "spring.yaml")
    assert [str(one) for one in found] == said.splitlines()
    assert len({one.line for one in found}) == len({one.code for one in found}) == 10

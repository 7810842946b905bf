"""What the lint says of a workflow that parses: each fault made by one edit of a good text."""

import re
from importlib.resources import files

import pytest

from tests.support.definitions import CONCLUDE, GOOD, codes, edited, good, line_of, problems
from workflows.checks import check
from workflows.findings import CODES
from workflows.loading import check_text, load_definition


def _quiet(first: str, last: str) -> str:
    return f'ladder:\n  quiet_hours: {{from: "{first}", to: "{last}", days_off: quiet}}\n'


PAUSE = '    pause: {label: "Dừng", from: working, to: PAUSED, by: giver.leader, does: pause, ask: {until: date}}\n\n'
UNDATED_PAUSE = PAUSE.replace("until: date", "on: date").replace("PAUSED", "paused")
RESUME = '    resume: {label: "Tiếp", from: paused, to: working, by: giver.leader, does: resume}\n\n'
PAUSED = ('    stopped: "Dừng thực hiện"\n', '    stopped: "Dừng thực hiện"\n    paused: "Tạm dừng"\n')
NEXT = "\ndeadlines:"
INFO = '{label: "Để biết"}\n  linked: {label: "Nơi khác", follows: basis, until: year_end'

HOLD = '    hold: {label: "Tạm dừng", from: working, to: same, by: giver.leader, does: pause, ask: {until: date}}\n'
GO_ON = '    go_on: {label: "Tiếp tục", from: working, to: same, by: giver.leader, does: resume}\n'


def _numbers(*lines: str) -> tuple[str, str]:
    """The edit that gives the workflow these numbers."""
    return "\ndeadlines:", "".join(["\nnumbers:\n", *(f"  {line}\n" for line in lines), "deadlines:"])


def guarded(condition: str) -> tuple[str, str]:
    """The edit that lets a report be sent back only where a condition holds."""
    return 'redo: {label: "Làm lại",', f'redo: {{label: "Làm lại", if: "{condition}",'


# What is wrong: its code, the edits that make it, and a piece of the line on which it has to be found.
FAULTS = {
    "the first state is not there": ("E301", [("first: assigned", "first: asigned")], "first: asigned"),
    "an end is not a state": ("E301", [("moved: void", "mooved: void")], "mooved: void"),
    "a state that waits is not a state": (
        "E301",
        [("[reported, disputed]\n", "[reported, dispute]\n")],
        "[reported, dispute]\n",
    ),
    "an action starts from nowhere": (
        "E301",
        [("from: disputed, to: moved", "from: disputd, to: moved")],
        "disputd",
    ),
    "an action leads nowhere": ("E301", [("to: reported", "to: reportd")], "to: reportd"),
    "nobody can be another than for an unknown action": (
        "E302",
        [("person: report", "person: reprt")],
        "reprt",
    ),
    "it is suggested for a type that there is not": ("E308", [("types: [TB]", "types: [TB, Cv]")], "types: [TB, Cv]"),
    "it is suggested for an urgency that there is not": (
        "E308",
        [("{types: [TB],", "{types: [TB], urgency: hoả tốc,")],
        "urgency: hoả tốc",
    ),
    "a level hangs below one that is not there": (
        "E303",
        [("under: office", "under: ofice")],
        "under: ofice",
    ),
    "a workflow is suggested for an unknown level": (
        "E303",
        [("issued_at: ministry", "issued_at: minstry")],
        "minstry",
    ),
    "a nil return goes into no mode": ("E304", [("return_in: periodic", "return_in: perodic")], "perodic"),
    "a nil return goes into a mode without periods": (
        "E304",
        [("return_in: periodic", "return_in: once")],
        "return_in: once",
    ),
    "an action has the name of a built-in step": ("E305", [("    redo:", "    elapse:")], "    elapse:"),
    "an action is called assign": ("E305", [("    redo:", "    assign:")], "    assign:"),
    "a state is called unassigned": (
        "E305",
        [('    moved: "', '    unassigned: "x"\n    moved: "')],
        "unassigned",
    ),
    "levels hang below each other": (
        "E306",
        [('office: "Cục"', 'office: {label: "Cục", under: team}')],
        '{label: "Cục"',
    ),
    "nobody can be another than for the same action": (
        "E307",
        [("person: report", "person: [report, accept]")],
        "person: [report",
    ),
    "a line of the due table has a misspelt condition": (
        "E361",
        [("when: otherwise", "when: otherwse")],
        "otherwse",
    ),
    "a guard has a misspelt value": ("E361", [guarded("days_lat > 3")], "days_lat"),
    "a line asks for what is known later": (
        "E362",
        [("when: parent_dated", "when: parent_dated and late")],
        "and late",
    ),
    "a line compares what is known later": (
        "E362",
        [("when: parent_dated", "when: parent_dated and days_late > 3")],
        "days_late",
    ),
    "a line asks for a field": ("E362", [("when: parent_dated", "when: parent_dated and ask.x > 3")], "ask.x"),
    "a guard is a value alone": ("E363", [guarded("days_late")], "days_late"),
    "a guard is a field alone": ("E363", [guarded("ask.reason")], "ask.reason"),
    "a guard compares a condition": ("E363", [guarded("late > 3")], "late > 3"),
    "a number is compared with a text": ("E364", [guarded("days_late is long")], "days_late"),
    "a number is compared with a date": ("E364", [guarded("days_late < 2026-01-31")], "days_late"),
    "a text is compared with a number": ("E364", [guarded("ask.reason is 3")], "ask.reason"),
    "a word is more than another": ("E364", [guarded("part > lead")], "part > lead"),
    "a number is compared with a part": ("E364", [guarded("days_late is part")], "days_late is part"),
    "two numbers are compared with each other": ("E364", [guarded("5 > 3")], "5 > 3"),
    "a part that there is not": ("E365", [guarded("part in (lead foo)")], "foo"),
    "a level that there is not": ("E365", [guarded("giver_level is minstry")], "minstry"),
    "a guard on a field that is not asked": ("E366", [guarded("ask.people > 3")], "ask.people"),
    "a guard on a figure that there is not": ("E366", [guarded("number.spent > 3")], "number.spent"),
    "a guard contradicts itself": ("E367", [guarded("part is lead and part is support")], "part is lead"),
    "a guard leaves no number": ("E367", [guarded("days_late > 5 and days_late < 3")], "days_late > 5"),
    "a guard counts below nothing": ("E367", [guarded("extensions < 0")], "extensions"),
    "a guard wants both": ("E367", [guarded("late and not late")], "not late"),
    "a guard always holds": ("E367", [guarded("late or days_late >= 0")], "days_late >= 0"),
    "a guard names every part": ("E367", [guarded("part in (lead support info)")], "part in"),
    "words of refusal without a guard": (
        "W412",
        [('redo: {label: "Làm lại",', 'redo: {label: "Làm lại", refusal: "Không",')],
        "refusal",
    ),
    "a guard on what stops with what is above it": (
        "W441",
        [('stop: {label: "Dừng",', 'stop: {label: "Dừng", if: late,')],
        "if: late",
    ),
    "a guard on the only way on": (
        "W442",
        [
            ("does: mark_reported,\n", "if: all_leads_done, does: mark_reported,\n"),
            ('dispute: {label: "Đề nghị",', 'dispute: {label: "Đề nghị", if: late,'),
        ],
        "if: all_leads_done",
    ),
    "a state is never reached": ("E311", [("  first:", '    idle: "Chờ"\n  first:')], "idle:"),
    "work in a state can only be stopped": (
        "E312",
        [
            ("from: [reported, disputed], to", "from: reported, to"),
            ("from: disputed, to: moved", "from: working, to: moved"),
        ],
        'disputed: "',
    ),
    "nothing is ever done": ("E313", [("accepted: fulfilled", "accepted: void")], "accepted: void"),
    "an action leaves an end": (
        "E314",
        [("from: reported, to: accepted", "from: [reported, moved], to: accepted")],
        "moved], to: acc",
    ),
    "work begins in an end": ("E314", [("first: assigned", "first: stopped")], "first: stopped"),
    "an end waits for the giver": (
        "E315",
        [("[reported, disputed]\n", "[reported, disputed, moved]\n")],
        "disputed, moved]",
    ),
    "a pause that nothing ends": (
        "E316",
        [("deadlines:\n", PAUSE.replace("PAUSED", "working") + "deadlines:\n")],
        "pause: {label",
    ),
    "a pause without its last day": (
        "E327",
        [
            (
                "deadlines:\n",
                PAUSE.replace("until: date", "on: date").replace("PAUSED", "paused") + RESUME + "deadlines:\n",
            ),
            PAUSED,
        ],
        "pause: {label",
    ),
    "work passes on from the lowest level": (
        "E317",
        [("deadlines:\n", "relay: {automatic_at: team}\ndeadlines:\n")],
        "automatic_at",
    ),
    "work passes on at a level that is not there": (
        "E303",
        [("deadlines:\n", "relay: {automatic_at: ofice}\ndeadlines:\n")],
        "automatic_at",
    ),
    "work is received where it cannot be passed on": (
        "E317",
        [
            ("deadlines:\n", "relay: {automatic_at: office}\ndeadlines:\n"),
            ("from: working, to: same, by: holder.leader", "from: reported, to: same, by: holder.leader"),
        ],
        "automatic_at",
    ),
    "what is revoked is repointed": (
        "E318",
        [("deadlines:\n", "when_directive: {revoked: {open_work: repoint}}\ndeadlines:\n")],
        "when_directive:",
    ),
    "a giver's ladder that ends while the giver is silent": (
        "W427",
        [
            (
                "deadlines:\n",
                'giver_ladder: {rungs: [{at: answer_due, label: "Nhắc", tell: giver.leader}]}\ndeadlines:\n',
            )
        ],
        "giver_ladder:",
    ),
    "nobody says that work was received": (
        "E321",
        [(", does: mark_received", "")],
        "  actions:\n    receive",
    ),
    "two actions say that work was received": (
        "E322",
        [("does: mark_reported", "does: [mark_reported, mark_received]")],
        "[mark_reported,",
    ),
    "nothing is ever reported": (
        "E323",
        [(", does: mark_reported", ""), (", not_same_person: report", "")],
        "  actions:\n    receive",
    ),
    "nothing can be stopped": ("E324", [(", does: stop_below", "")], "  actions:\n    receive"),
    "some work cannot be stopped": (
        "E325",
        [("from: any_open", "from: [assigned, working]")],
        "from: [assigned, working], to: stopped",
    ),
    "stopping ends nothing": (
        "E325",
        [("from: any_open, to: stopped", "from: any_open, to: same")],
        "from: any_open, to: same",
    ),
    "stopping counts as done": (
        "E325",
        [("moved: void, stopped: void", "moved: void, stopped: fulfilled")],
        "to: stopped",
    ),
    "giving work to another leaves it open": (
        "E326",
        [("to: moved, by", "to: working, by")],
        "from: disputed, to: working",
    ),
    "giving work to another asks for no office": (
        "E327",
        [("new_holder: office", "new_holder: text")],
        "new_holder: text",
    ),
    "a report is dated by a text": ("E327", [("{sent_on: date}", "{sent_on: text}")], "sent_on: text"),
    "an extension asks for no date": (
        "E327",
        [("until: date, reason: text", "reason: text")],
        "  ask: {reason: text}\n  rules",
    ),
    "what happened outside has no day": (
        "E327",
        [("\nlevels:", "\noutside_offices: {ask: {document: document}}\n\nlevels:")],
        "outside_offices",
    ),
    "a field has another type outside": (
        "E328",
        [("{sent_on: date}", "{document: text}")],
        "{document: text}",
    ),
    "a field has another type when late": (
        "E328",
        [("ask: {sent_on: date}", "ask: {sent_on: date}, ask_if_late: {sent_on: text}")],
        "ask_if_late",
    ),
    "receiving is not open at first": (
        "E329",
        [("from: assigned, to: working", "from: disputed, to: working")],
        "does: mark_received",
    ),
    "what stands ends as stopped": (
        "E330",
        [(NEXT, CONCLUDE.replace("to: accepted", "to: stopped"))],
        "conclude:",
    ),
    "what stands cannot always end": (
        "E330",
        [(NEXT, CONCLUDE.replace("any_open", "working"))],
        "conclude:",
    ),
    "a report asks for what a form asks for": (
        "E305",
        [("ask: {sent_on: date}", "ask: {events_3: number}")],
        "events_3",
    ),
    "what a mode shows has another type in the report": (
        "E328",
        [("after receipt}", "after receipt, ask: {sent_on: text}}")],
        "Một lần",
    ),
    "the due table has no last line": (
        "E331",
        [("    - {when: otherwise, is: choose_below}\n", "")],
        "  due:\n",
    ),
    "a due line comes after otherwise": (
        "E332",
        [("when: date_written, is: as_written", "when: otherwise, is: choose_below")],
        "when: parent_dated",
    ),
    "a condition stands twice": (
        "E332",
        [("    - {when: otherwise", "    - {when: date_written, is: as_written}\n    - {when: otherwise")],
        "- {when: date_written, is: as_written}\n    - {when: otherwise",
    ),
    "a written date is not kept": (
        "E333",
        [("is: as_written", "is: 3 days after issue")],
        "is: 3 days after issue",
    ),
    "an unwritten date is as written": (
        "E333",
        [("is: choose_below", "is: as_written")],
        "otherwise, is: as_written",
    ),
    "an event is asked for without pause": (
        "E391",
        [("  confirm: 3 work", "  ask_about_event: 0 days\n  confirm: 3 work")],
        "ask_about_event",
    ),
    "an event is asked for too seldom": (
        "E391",
        [("  confirm: 3 work", "  ask_about_event: 400 days\n  confirm: 3 work")],
        "ask_about_event",
    ),
    "nobody is reminded of a planned date": (
        "E392",
        [
            ("  confirm: 3 work", "  soft_dates: reminded\n  confirm: 3 work"),
            ("{at: 3 working days before due,", "{at: 1 hour after due,"),
            ("{at: due, label", "{at: 1 day after due, label"),
        ],
        "soft_dates",
    ),
    "there is nothing to choose below": (
        "E334",
        [
            (GOOD[GOOD.index("undated_items:") : GOOD.index("extension:")], ""),
            ('  modes: {once: "once"}\n', ""),
        ],
        "choose_below",
    ),
    "receipt counts from a report": (
        "E335",
        [("1 working day after issue", "1 working day after reported")],
        "receive: 1",
    ),
    "confirming counts from the date": ("E335", [("days after reported", "days after due")], "confirm:"),
    "deciding counts from the issue": ("E335", [("days after asked", "days after issue")], "decide:"),
    "an event's date counts from the issue": (
        "E335",
        [("days after event", "days after issue")],
        "each_event_due:",
    ),
    "a period's date counts from receipt": (
        "E335",
        [("days after window_end", "days after receipt")],
        "window: nd09",
    ),
    "a single date counts from its own end": ("E335", [("days after receipt", "days after due")], "Một lần"),
    "a rung counts from the issue": ("E335", [("{at: due,", "{at: issue,")], "{at: issue,"),
    "the last moment to ask counts from the issue": (
        "E335",
        [("ask_until: due", "ask_until: issue")],
        "ask_until",
    ),
    "an item with a date above ignores it": (
        "E335",
        [("before parent_due", "after issue")],
        "when: parent_dated",
    ),
    "the date above is used where there may be none": (
        "E335",
        [("is: choose_below", "is: 1 day before parent_due")],
        "when: otherwise",
    ),
    "work is received before it is given": (
        "E336",
        [("1 working day after issue", "1 working day before issue")],
        "receive: 1",
    ),
    "a date is later than the date above": (
        "E336",
        [("before parent_due", "after parent_due")],
        "when: parent_dated",
    ),
    "a single item has no date": ("E341", [(", due: 10 working days after receipt", "")], "  once: {"),
    "a periodic item has no period": ("E341", [("every: quarter, ", "")], "  periodic: {"),
    "a periodic item has no date": (
        "E341",
        [(", due: 2 working days after window_end", "")],
        "  periodic: {",
    ),
    "an event has no date": ("E341", [("each_event_due: 5 working days after event, ", "")], "  on_event: {"),
    "a year end that ends nothing": (
        "E343",
        [
            (
                "each_event_due: 5 working days after event,",
                "each_event_due: 5 working days after event, until: year_end,",
            )
        ],
        "Khi phát sinh",
    ),
    "a review after the year end": (
        "E336",
        [(NEXT, CONCLUDE), ('{label: "Để biết"}', INFO + ", review: 1 day after until}")],
        "after until",
    ),
    "a review counts from the window": (
        "E335",
        [(NEXT, CONCLUDE), ('{label: "Để biết"}', INFO + ", review: 1 day before window_end}")],
        "before window_end",
    ),
    "what becomes of a year end that is not there": (
        "W412",
        [('{label: "Để biết"}', '{label: "Để biết"}\n  linked: {label: "Nơi khác", then: carry_over}')],
        "Nơi khác",
    ),
    "a period that stands twice": ("W412", [("every: quarter,", "every: [month, quarter, month],")], "month, quarter"),
    "a nil return in no form": ("W412", [(",\n             one_report_per_office: true", "")], "Khi phát sinh"),
    "a window is no period's": (
        "E342",
        [('{label: "Để biết"}', '{label: "Để biết", window: nd09}')],
        "Để biết",
    ),
    "several times with nothing between": ("E351", [("repeat_every: 5 working days, ", "")], "times: 3"),
    "repeats at the same moment": ("E352", [("every: 5 working days", "every: 0 days")], "every: 0 days"),
    "quiet hours without an end": ("E353", [("ladder:\n", _quiet("07:00", "07:00"))], 'to: "07:00"'),
    "quiet hours that hold a reminder beyond the date": (
        "W425",
        [("ladder:\n", _quiet("17:30", "07:00")), ("{at: due,", "{at: 2 hours before due,")],
        "2 hours before due",
    ),
    "a ceiling at a level that is not there": (
        "E303",
        [("ladder:\n", "ladder:\n  ceiling: ofice\n")],
        "ceiling: ofice",
    ),
    "a ceiling above which there is nothing": (
        "W412",
        [("ladder:\n", "ladder:\n  ceiling: ministry\n")],
        "ceiling: ministry",
    ),
    "acknowledging holds for no time": (
        "E352",
        [("next_rung: 5 working days", "next_rung: 0 days")],
        "next_rung: 0",
    ),
    "the clock runs on after the report": (
        "W401",
        [("[reported, disputed]\n", "[disputed]\n")],
        "to: reported",
    ),
    "the giver cannot answer": (
        "W402",
        [
            ("from: [reported, disputed], to", "from: reported, to"),
            ("from: disputed, to: moved", "from: working, to: moved"),
        ],
        "awaits_giver_in",
    ),
    "the giver's clock never starts": (
        "W403",
        [("  awaits_giver_in: [reported, disputed]\n", "")],
        "confirm:",
    ),
    "nothing reminds the giver of a report": (
        "W404",
        [("  confirm: 3 working days after reported\n", "")],
        "deadlines:",
    ),
    "nothing reminds the giver of a request": ("W404", [(", decide: 2 working days after asked", "")], "  rules: {"),
    "a pause never ends": ("E316", [(NEXT, HOLD + NEXT)], "    hold:"),
    "a pause goes on from elsewhere": (
        "E316",
        [(NEXT, HOLD + GO_ON.replace("from: working", "from: disputed") + NEXT)],
        "    hold:",
    ),
    "a pause leads to where the giver answers": (
        "E316",
        [(NEXT, HOLD.replace("to: same", "to: reported") + GO_ON + NEXT)],
        "    hold:",
    ),
    "a pause does not say until when": (
        "E327",
        [(NEXT, HOLD.replace("until: date", "reason: text") + GO_ON + NEXT)],
        "    hold:",
    ),
    "no room before the date above": ("W411", [(", if_no_room: parent_due", "")], "when: parent_dated"),
    "a way of passing on, and nothing passed on": ("W412", [(", does: issue_below", "")], "means: dispatch"),
    "a key that its mode does not use": (
        "W412",
        [('{label: "Để biết"}', '{label: "Để biết", follows: basis}')],
        "Để biết",
    ),
    "a provision for no room that cannot be needed": (
        "W412",
        [("is: choose_below", "is: choose_below, if_no_room: parent_due")],
        "choose_below",
    ),
    "rungs do not rise": ("W421", [("{at: due,", "{at: 5 working days before due,")], "Đôn đốc"),
    "rungs do not rise across units": ("W421", [("{at: due,", "{at: 200 hours before due,")], "Đôn đốc"),
    "an interval and one time": ("W422", [(", times: 3", "")], "repeat_every"),
    "repeats that nobody can hold": (
        "W423",
        [("  acknowledged: {holds_next_rung: 5 working days}\n", "")],
        "ladder:",
    ),
    "a reminder from before the work": (
        "W424",
        [("3 working days before due", "10 working days before due")],
        "Nhắc việc",
    ),
    "an English name for no state": ("W431", [('{working: "', '{workin: "')], "{workin:"),
    "an English name for no action": ("W431", [('{report: "', '{reprt: "')], "{reprt:"),
    "an English name for no level": ("W431", [('{ministry: "', '{minstry: "')], "{minstry:"),
    "an English name for no mode": ("W431", [('{once: "once"', '{periodc: "once"')], "{periodc:"),
    "nobody hears of a missed date": (
        "W426",
        [
            ("{at: due, label", "{at: 2 working days before due, label"),
            ("at: 2 working days after due", "at: 1 working day before due"),
        ],
        "  rungs:\n",
    ),
    "a number that nobody reports": (
        "E381",
        [
            _numbers('spent: {label: "Đã chi"}'),
            ("does: mark_reported,\n", "does: [],\n"),
            ("ask: {sent_on: date}}\n    accept", "ask: {note: text}}\n    accept"),
        ],
        "spent:",
    ),
    "a number called like a field of the report": ("E382", [_numbers('sent_on: {label: "Ngày"}')], "sent_on: {label"),
    "a number called like a field of the outside office": (
        "E382",
        [_numbers('document: {label: "Văn bản"}')],
        "document: {label",
    ),
    "a number called like a return": ("E382", [_numbers('events_2: {label: "Vụ việc"}')], "events_2:"),
    "a number called like another one of an item": (
        "E382",
        [_numbers('spent: {label: "Đã chi"}', 'spent_2: {label: "Đã chi 2"}')],
        "spent_2:",
    ),
    "bounds with nothing between them": (
        "E383",
        [_numbers('spent: {label: "Đã chi", at_least: 5, at_most: 2}')],
        "at_least: 5",
    ),
    "a number of what is only to be known": (
        "E384",
        [_numbers('spent: {label: "x", in: [once, info]}')],
        "[once, info]",
    ),
    "a number in a mode that is not there": ("E384", [_numbers('spent: {label: "x", in: periodc}')], "in: periodc"),
    "a total, and no work is passed on": (
        "W461",
        [
            _numbers('spent: {label: "Đã chi"}'),
            ("does: issue_below,\n            means: dispatch}", "ask: {note: text}}"),
        ],
        "spent:",
    ),
    "a total of events": ("W462", [_numbers('spent: {label: "x", in: on_event}')], "in: on_event"),
    "an English name for no number": ("W431", [('  modes: {once: "once"}', '  numbers: {spent: "Spent"}')], "{spent:"),
    "English rungs that do not match": ("W432", [('"remind", "urge", ', "")], '["report"]'),
}


# What else such an edit breaks, by its nature.
ALSO = {
    "a number that nobody reports": {"E323"},
    "a state is called unassigned": {"E311"},
    "work in a state can only be stopped": {"W402"},
    "work begins in an end": {"E311"},
    "stopping ends nothing": {"E311"},
    "giving work to another leaves it open": {"E311"},
    "an item with a date above ignores it": {"W412"},
    "a date is later than the date above": {"W412"},
    "the giver's clock never starts": {"W401"},
    "the giver cannot answer": {"E312"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_lint_finds_that(fault: str) -> None:
    code, edits, piece = FAULTS[fault]
    text = edited(*edits)
    found = check_text(text)
    assert code in [problem.code for problem in found], found
    said = next(problem for problem in found if problem.code == code)
    assert said.line == line_of(piece, text)
    assert said.warning == code.startswith("W")


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_told_once(fault: str) -> None:
    code, edits, _ = FAULTS[fault]
    assert set(codes(*edits)) - {code} == ALSO.get(fault, set())


def test_the_good_text_has_no_fault() -> None:
    assert check(good()) == []
    assert problems() == []


@pytest.mark.parametrize(
    "condition",
    [
        "late",
        "not late and part is lead",
        "days_late > 3 or extensions < 2 and rung >= 2",
        "part in (lead support) and not (mode is dated)",
        "ask.reason is not 'none'",
        "level is team and giver_level in (office ministry)",
        "leads_done > leads_void",
        "3 < days_left",
        "not (days_left > 3) and not (days_left <= 3)",  # where it has no date
        "type in (CT CV) and all_leads_done",
    ],
)
def test_a_sound_guard_has_no_fault(condition: str) -> None:
    assert problems(guarded(condition)) == []


def test_the_conditions_of_the_admins_page_have_no_fault() -> None:
    page = (files("workflows") / "catalog" / "README.md").read_text("utf-8")
    page = page[page.index("## Conditions") : page.index("## Who may not")]
    shown = re.findall(r"^[|] `(.+?)` [|]", page, re.M)
    assert len(shown) > 5
    for condition in shown:
        assert problems(guarded(condition.replace('"', "'"))) == [], condition


def test_a_due_table_with_sound_conditions_has_no_fault() -> None:
    more = """\
    - {when: parent_dated and urgent, is: 5 working days after issue}
    - {when: parent_dated and type is CV, is: 1 working day before parent_due, if_no_room: parent_due}
    - {when: parent_dated, is"""
    assert problems(("    - {when: parent_dated, is", more)) == []
    wide = '    - {when: "urgent or part is support", is: 5 working days after issue}\n    - {when: parent_dated, is'
    assert problems(("    - {when: parent_dated, is", wide)) == []


@pytest.mark.parametrize("narrow", ["parent_dated", "parent_dated and urgent", "urgent and parent_dated"])
def test_a_line_that_is_narrower_than_one_before_it_is_never_used(narrow: str) -> None:
    edit = ("    - {when: otherwise", f'    - {{when: "{narrow}", is: choose_below}}\n    - {{when: otherwise')
    assert codes(edit) == ["E332"]


def test_the_date_above_is_counted_from_only_where_there_is_one() -> None:
    either = ("when: parent_dated, is", 'when: "parent_dated or urgent", is')
    assert codes(either) == ["E335"]


def test_two_guards_of_which_one_always_holds_leave_a_way_on() -> None:
    late = 'late_report: {label: "Báo cáo muộn", from: working, to: reported, by: holder.leader, if: late}\n    report:'
    assert (
        codes(("does: mark_reported,\n", "if: not late, does: mark_reported,\n"), ("    report:", f"    {late}")) == []
    )


def test_the_words_allowed_are_shown() -> None:
    [said] = problems(guarded("part in (lead foo)"))
    assert "allowed: lead, support, info" in said.message
    [said] = problems(guarded("days_lat > 3"))
    assert "did you mean 'days_late'?" in said.message
    [said] = problems(guarded("ask.reson is 'x'"))
    assert "did you mean 'reason'?" in said.message


def test_several_periods_and_a_year_that_ends_or_goes_on_have_no_fault() -> None:
    ends = "until: year_end, then: close, review: 10 working days before until"
    assert problems((NEXT, CONCLUDE), ("every: quarter,", f"every: [month, quarter], {ends},")) == []
    goes_on = "until: year_end, then: carry_over, if_still_open: merge"
    assert problems(("every: quarter,", f"every: nine_months, {goes_on},")) == []


def test_every_code_of_the_lint_has_a_fault_here() -> None:
    elsewhere = ("E37", "W47", "E40", "W45")  # test_reuse, test_machines_of_levels, test_ways_and_room
    lint = {code for code in CODES if code[:2] in ("E3", "W4") and not code.startswith(elsewhere)}
    assert {code for code, _, _ in FAULTS.values()} == lint


def test_warnings_alone_do_not_stop_a_workflow() -> None:
    text = edited((", if_no_room: parent_due", ""))
    assert load_definition(text).workflow == "two-levels"
    assert [problem.warning for problem in check_text(text)] == [True]


def test_a_misspelt_name_is_told_with_the_one_that_was_meant() -> None:
    [said] = problems(("to: reported", "to: reportd"))
    assert said.message == "state 'reportd' is not in states; did you mean 'reported'?"


@pytest.mark.parametrize(
    "edit",
    [
        ("to: accepted", "to: acepted"),
        ("from: assigned, to", "from: asigned, to"),
        ("from: [reported, disputed], to", "from: [reported, dispted], to"),
        ("to: moved", "to: mooved"),
        ("to: stopped", "to: stoped"),
        ("{accepted: fulfilled", "{acepted: fulfilled"),
        ("first: assigned", "first: assignd"),
    ],
)
def test_a_misspelt_state_makes_nothing_else_look_wrong(edit: tuple[str, str]) -> None:
    assert codes(edit) == ["E301"]


def test_a_state_like_no_other_makes_nothing_else_look_wrong() -> None:
    assert codes(("to: accepted", "to: xyz")) == ["E301"]


def test_a_name_like_no_other_is_told_with_all_there_are() -> None:
    [said] = problems(("to: reported", "to: xyz"))
    assert "there is assigned, working, reported" in said.message


def test_times_on_either_side_of_the_date_rise_whatever_their_unit() -> None:
    assert codes(("{at: due,", "{at: 1 hour before due,")) == []
    assert codes(("{at: due,", "{at: 30 hours after due,")) == []


def test_what_an_office_makes_of_dates_has_no_fault() -> None:
    keys = "  before_day: excluded\n  soft_dates: reminded\n  ask_about_event: 5 working days\n  confirm: 3 work"
    assert codes(("  confirm: 3 work", keys)) == []
    planned = (
        "    - {when: soft, is: as_written}\n    - {when: at_once, is: 4 hours after issue}\n    - {when: otherwise"
    )
    # It is over before the receipt is due, and its reminder is from before the work.
    assert codes(("    - {when: otherwise", planned)) == ["W453", "W424"]
    assert codes(("  receive: 1 working day after issue", "  receive: 1 hour after issue")) == []


@pytest.mark.parametrize("key", ["before_day: inclusive", "soft_dates: ignored"])
def test_a_policy_of_dates_is_a_word_of_a_closed_set(key: str) -> None:
    assert codes(("  confirm: 3 work", f"  {key}\n  confirm: 3 work")) == ["E203"]


def test_quiet_hours_and_a_ceiling_that_make_sense_are_let_through() -> None:
    assert codes(("ladder:\n", _quiet("17:30", "07:00") + "  ceiling: office\n")) == []
    assert codes(('label: "Báo cáo", tell', 'label: "Báo cáo", task: call, tell')) == []


@pytest.mark.parametrize("hour", ['"24:00"', '"7:30"', '"17:30:00"', '"07:00 "', '"17h30"', "1730", "null"])
def test_an_hour_is_written_in_one_way(hour: str) -> None:
    edit = ("ladder:\n", f'ladder:\n  quiet_hours: {{from: {hour}, to: "07:00"}}\n')
    [said] = problems(edit)
    assert (said.code, said.line) == ("E204", line_of("quiet_hours:", edited(edit)))
    assert "is not an hour of the day; write it as" in said.message


def test_a_task_is_a_word_of_a_closed_set() -> None:
    [said] = problems(('label: "Báo cáo", tell', 'label: "Báo cáo", task: calls, tell'))
    assert (said.code, "call, visit, letter" in said.message) == ("E203", True)


def test_every_level_of_a_ring_is_told_in_one_line() -> None:
    ring = problems(('office: "Cục"', 'office: {label: "Cục", under: team}'))
    assert [problem.code for problem in ring] == ["E306"]
    assert "office, team" in ring[0].message


def test_a_thousand_faults_are_told_a_hundred_at_a_time() -> None:
    many = ", ".join(f'word{number}: "x"' for number in range(1000))
    assert len(problems(('{working: "working"}', f"{{{many}}}"))) == 100

"""What one version changes against another, in an admin's words."""

from typing import Any

import pytest

from tests.support.definitions import CONCLUDE, GOOD, edited, good
from workflows.copying import copied
from workflows.definition import Definition, ObligationMachine
from workflows.differences import Change, differences
from workflows.errors import Incomplete
from workflows.loading import load_definition, load_workflow, shipped
from workflows.places import _NAMES, _SENTENCES, CODES
from workflows.strict_yaml import read_yaml


def changes(*edits: tuple[str, str]) -> tuple[Change, ...]:
    """What the good text with these edits changes, whether or not it would pass the lint."""
    return differences(good(), load_workflow(edited(*edits), 2, published=True).definition)


@pytest.mark.parametrize(
    ("edit", "code", "says"),
    [
        (('title: "Thử nghiệm"', 'title: "Khác"'), "title_changed", 'title: "Khác" instead of "Thử nghiệm"'),
        (("types: [TB]", "types: [TB, CĐ]"), "suggestion_changed", 'types of document it is suggested for: also "CĐ"'),
        (
            ("types: [TB]", "types: [TB], subject_has: PAPI"),
            "suggestion_changed",
            'words of the subject it is suggested for: PAPI instead of nothing',
        ),
        (('  office: "Cục"', '  office: "Vụ"'), "level_renamed", 'level office is called "Vụ" instead of "Cục"'),
        (("under: office", "under: ministry"), "level_moved", "level team hangs under ministry instead of office"),
        (("  first: assigned", '    checked: "Đã kiểm tra"\n  first: assigned'), "state_added",
         'state checked is added ("Đã kiểm tra")'),
        (('    disputed: "Đề nghị giao lại"\n', ""), "state_removed", 'state disputed is removed ("Đề nghị giao lại")'),
        (('working: "Đang', 'working: "Vẫn đang'), "state_renamed",
         'state working is called "Vẫn đang thực hiện" instead of "Đang thực hiện"'),
        (("moved: void", "moved: fulfilled"), "end_changed", "how work in state moved has ended: fulfilled instead of void"),
        (("awaits_giver_in: [reported, disputed]", "awaits_giver_in: reported"), "awaits_giver_changed",
         "states in which the giver has to answer: no longer disputed"),
        (("\ndeadlines:", CONCLUDE), "action_added",
         'action conclude is added: label "Kết thúc", from any_open, to accepted, by giver.leader, does end_standing'),
        (("from: [reported, disputed], to: working", "from: reported, to: working"), "action_moved",
         "action redo leads from: no longer disputed"),
        (("accepted, by: giver.leader", "accepted, by: giver.officer"), "parties_changed",
         "action accept is taken by: giver.officer in the place of giver.leader"),
        (("ask: {sent_on: date}", "ask: {sent_on: date, symbol: document}"), "fields_changed",
         "action report asks for symbol: document, which was not said before"),
        (("not_same_person: report", "not_same_person: receive"), "same_person_changed",
         "action accept is not for the person who took: receive in the place of report"),
        (("does: mark_received", "does: []"), "effects_changed",
         "action receive means to the law: nothing instead of mark_received"),
        (("receive: 1 working day after issue", "receive: 2 hours after issue"), "date_moved",
         "the last day to receive: 2 hours after issue instead of 1 working day after issue"),
        (("is: 3 working days before parent_due", "is: 5 days before parent_due"), "date_moved",
         "line 2 of the due dates (parent_dated) is: 5 days before parent_due instead of 3 working days before parent_due"),
        (('  info: {label: "Để biết"}\n', ""), "mode_removed",
         'undated items can no longer be followed up as info: label "Để biết", if_still_open keep, then close'),
        (("every: quarter", "every: [month, quarter]"), "mode_changed",
         "undated items as periodic are reported every: also month"),
        (("decided_by: giver.leader", "decided_by: above_giver.leader"), "parties_changed",
         "another date is decided by: above_giver.leader in the place of giver.leader"),
        (("granted_at_most: 2", "granted_at_most: 3"), "extension_changed",
         "another date is granted at most so often: 3 instead of 2"),
        (("decide: 2 working days after asked", "decide: 1 working day after asked"), "date_moved",
         "a request for another date is answered by: 1 working day after asked instead of 2 working days after asked"),
        (("{at: due, label", "{at: 1 day after due, label"), "rung_moved",
         "rung 2 of the ladder (Đôn đốc) comes: 1 day after due instead of due"),
        (('label: "Đôn đốc", tell: holder.leader', 'label: "Đôn đốc", tell: [holder.leader, giver.clerk]'), "parties_changed",
         "rung 2 of the ladder (Đôn đốc) is told: also giver.clerk"),
        (('    - {at: due, label: "Đôn đốc", tell: holder.leader}\n', ""), "rung_removed",
         'rung 2 is removed from the ladder: at due, label "Đôn đốc", tell holder.leader, times 1'),
        (("times: 3", "times: 4"), "rung_changed", "rung 3 of the ladder (Báo cáo) times: 4 instead of 3"),
        (("\nladder:\n", '\nladder:\n  quiet_hours: {from: "17:30", to: "07:00"}\n'), "quiet_changed",
         "quiet hours: from 17:30, to 07:00, days_off loud, which was not said before"),
        (("\nextension:", "\nwhen_directive: {revoked: {open_work: keep}}\nextension:"), "end_of_directive_changed",
         "when a directive is revoked open_work: keep instead of stop"),
        (("\nextension:", "\nrelay: {automatic_at: office}\nextension:"), "relay_changed",
         "levels at which work passes on by itself: office instead of nothing"),
        (('actions: {report: "Report"}', 'actions: {report: "Send"}'), "english_changed",
         "English words actions.report: Send instead of Report"),
    ],
)  # fmt: skip
def test_one_thing_changed_is_one_sentence(edit: tuple[str, str], code: str, says: str) -> None:
    found = changes(edit)
    assert [(one.code, one.says) for one in found] == [(code, says)]


def test_a_level_put_between_moves_the_one_below() -> None:
    found = changes(('  team: {label: "Tổ", under: office}', '  team: "Tổ"'))  # it hangs there as before
    assert [one.code for one in found] == ["level_moved"]
    before = load_workflow(edited(('  team: {label: "Tổ", under: office}', '  team: "Tổ"')), 1, published=True)
    after = edited(('  team: {label: "Tổ", under: office}', '  part: "Phòng"\n  team: "Tổ"'))
    said = differences(before.definition, load_workflow(after, 2, published=True).definition)
    assert [one.says for one in said] == [
        'level part is added (label "Phòng")',
        "level team hangs under part instead of office",
    ]


def test_the_same_rungs_in_another_order_are_not_the_same() -> None:
    text = edited(
        ("{at: 3 working days before due, label", "{at: ONE, label"),
        ("{at: due, label", "{at: 3 working days before due, label"),
    ).replace("at: ONE", "at: due")
    assert {one.code for one in differences(good(), load_workflow(text, 2, published=True).definition)} == {
        "rung_moved"
    }
    lines = edited().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if 'stopped: "Dừng' in line)
    lines[place], lines[place - 1] = lines[place - 1], lines[place]
    assert [one.code for one in differences(good(), load_definition("".join(lines)))] == ["order_changed"]


class _Later(Definition):
    """The language as it may be one day, with keys that this comparison has never heard of."""

    machines: dict[str, ObligationMachine]
    numbers: dict[str, dict[str, int]]


def test_a_key_that_came_later_is_told_by_its_place() -> None:
    known: Any = read_yaml(GOOD, "good.yaml").data
    machine = known["obligation"]
    renamed = {**machine, "states": {**machine["states"], "working": "Khác"}}
    old = _Later.model_validate({**known, "machines": {"team": machine}, "numbers": {"budget": {"sum": 1}}})
    new = _Later.model_validate({**known, "machines": {"team": renamed}, "numbers": {"budget": {"sum": 2}}})
    assert [(one.code, one.says) for one in differences(old, new)] == [
        ("state_renamed", 'in machines.team: state working is called "Khác" instead of "Đang thực hiện"'),
        ("other", "numbers.budget.sum: 2 instead of 1"),
    ]


def test_every_code_stands_for_a_place() -> None:
    used = {code for code, _ in _SENTENCES.values()} | {code for _, code, _ in _NAMES}
    assert used == CODES


def test_a_copy_has_another_name_and_title_and_is_the_same_otherwise() -> None:
    text = shipped()["government-notice"]
    made = copied(text, "flood-season", 'Mùa "bão"')
    assert made.count("#") == text.count("#")
    found = differences(load_definition(text), load_definition(made))
    assert [one.path for one in found] == [("workflow",), ("title",), ("english", "title")]
    assert load_definition(made).title == load_definition(made).english.title == 'Mùa "bão"'


@pytest.mark.parametrize("name", ["Flood", "", "9-storms", "a_b", "mưa", "x" * 64, "a\nb"])
def test_a_name_that_no_workflow_may_have_is_refused(name: str) -> None:
    with pytest.raises(Incomplete, match="small letters, digits and hyphens"):
        copied(shipped()["government-notice"], name, "Title")


def test_a_text_in_which_the_name_cannot_be_found_is_not_guessed_at() -> None:
    with pytest.raises(Incomplete, match="copy it by hand"):
        copied(edited(("workflow: two-levels", '"workflow": two-levels')), "other", "Title")

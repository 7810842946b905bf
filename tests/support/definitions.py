"""One good workflow text, and edits of it that break one thing at a time."""

from workflows.definition import Definition
from workflows.errors import Problem
from workflows.loading import check_text, load_definition

GOOD = """\
workflow: two-levels
title: "Thử nghiệm"
suggest_for: {types: [TB], issued_at: ministry}

levels:
  ministry: "Bộ"
  office: "Cục"
  team: {label: "Tổ", under: office}

obligation:
  states:
    assigned: "Chưa tiếp nhận"
    working: "Đang thực hiện"
    reported: "Chờ xác nhận"
    disputed: "Đề nghị giao lại"
    accepted: "Đã hoàn thành"
    moved: "Đã giao đơn vị khác"
    stopped: "Dừng thực hiện"
  first: assigned
  ends: {accepted: fulfilled, moved: void, stopped: void}
  awaits_giver_in: [reported, disputed]
  actions:
    receive: {label: "Tiếp nhận", from: assigned, to: working, by: holder.clerk, does: mark_received}
    relay: {label: "Giao cấp dưới", from: working, to: same, by: holder.leader, does: issue_below,
            means: dispatch}
    report: {label: "Báo cáo", from: working, to: reported, by: holder.leader, does: mark_reported,
             ask: {sent_on: date}}
    accept: {label: "Xác nhận", from: reported, to: accepted, by: giver.leader, not_same_person: report}
    redo: {label: "Làm lại", from: [reported, disputed], to: working, by: giver.leader, ask: {reason: text}}
    dispute: {label: "Đề nghị", from: [assigned, working], to: disputed, by: holder.leader,
              ask: {reason: text}}
    move: {label: "Giao lại", from: disputed, to: moved, by: giver.leader, does: assign_again,
           ask: {new_holder: office}}
    stop: {label: "Dừng", from: any_open, to: stopped, by: giver.leader, does: stop_below,
           ask: {reason: text}}

deadlines:
  receive: 1 working day after issue
  due:
    - {when: date_written, is: as_written}
    - {when: parent_dated, is: 3 working days before parent_due, if_no_room: parent_due}
    - {when: otherwise, is: choose_below}
  confirm: 3 working days after reported

undated_items:
  once: {label: "Một lần", due: 10 working days after receipt}
  periodic: {label: "Định kỳ", every: quarter, window: nd09, due: 2 working days after window_end,
             one_report_per_office: true}
  on_event: {label: "Khi phát sinh", each_event_due: 5 working days after event, nil_return_in: periodic}
  info: {label: "Để biết"}

extension:
  label: "Xin gia hạn"
  asked_by: holder.leader
  decided_by: giver.leader
  ask: {until: date, reason: text}
  rules: {granted_at_most: 2, ask_until: due, decide: 2 working days after asked}

ladder:
  acknowledged: {holds_next_rung: 5 working days}
  rungs:
    - {at: 3 working days before due, label: "Nhắc việc", tell: holder.officer}
    - {at: due, label: "Đôn đốc", tell: holder.leader}
    - {at: 2 working days after due, label: "Báo cáo", tell: giver.leader,
       repeat_every: 5 working days, times: 3}

english:
  title: "Trial"
  levels: {ministry: "Ministry"}
  states: {working: "working"}
  actions: {report: "Report"}
  modes: {once: "once"}
  rungs: ["remind", "urge", "report"]
  extension: "Ask for another date"
"""


# In place of "\ndeadlines:": an action that ends what stands, and the block that follows.
CONCLUDE = """\
    conclude: {label: "Kết thúc", from: any_open, to: accepted, by: giver.leader, does: end_standing}

deadlines:"""


def edited(*edits: tuple[str, str]) -> str:
    """The good text with each (old, new) applied; old has to stand in it once."""
    text = GOOD
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the good text"
        text = text.replace(old, new)
    return text


def problems(*edits: tuple[str, str]) -> list[Problem]:
    """What is wrong with the good text after the edits."""
    return check_text(edited(*edits))


def codes(*edits: tuple[str, str]) -> list[str]:
    return [problem.code for problem in problems(*edits)]


def good() -> Definition:
    return load_definition(GOOD)


def line_of(fragment: str, text: str = GOOD) -> int:
    """The line, from 1, on which a fragment stands."""
    assert text.count(fragment) == 1, fragment
    return text[: text.index(fragment)].count("\n") + 1

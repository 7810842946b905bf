"""A whole case, other than the demo's: a flood warning goes down three levels, and its report goes up again."""

from collections import Counter

import pytest

from engine.notify.channels import Silent
from engine.scheduler.delivery import Delivery
from tests.support.desk import Desk, task
from workflows.commands import ItemDraft
from workflows.errors import Unmet
from workflows.fields import parse_instant

PAPER = {"document": "15/UBND-VP", "happened_on": "2023-09-22"}


def test_a_flood_warning_goes_down_and_its_report_comes_up(desk: Desk) -> None:
    desk.issue("gov", task(None, "province", mode="linked"), symbol="88/CĐ-TTg")
    desk.issue("province", task("2023-09-22", "department", under=1), symbol="415/UBND-NN")
    dams = ItemDraft(
        "1",
        "Check the dams",
        due=parse_instant("2023-09-15"),
        lead=("unit-1", "unit-2", "unit-3"),
        support=("unit-4",),
        parent=2,
    )
    plans = ItemDraft("2", "Know the plans", "info", info=("unit-5",), parent=2)
    quarter = ItemDraft("3", "Report each quarter", "periodic", lead=("unit-6",), parent=2)
    numbers = desk.issue("department", dams, plans, quarter, symbol="30/SNN-TL")
    assert numbers == (3, 4, 5, 6, 7, 8)
    assert desk[2].leads_open == 3

    # unit-1 reports in time and is done; unit-2 has to do it again; unit-3 says it is not theirs
    desk.live_until("2023-08-15T09:00")
    for number in (3, 4, 6):
        desk.act(f"{desk[number].holder}/clerk", number, "receive")
    desk.act("unit-3/leader", 5, "dispute", reason="We have no dam")
    desk.live_until("2023-08-16T10:00")
    [given] = desk.act("department/leader", 5, "reassign", new_holder="unit-7").obligations
    desk.live_until("2023-09-11T09:00")
    desk.report(3)
    desk.report(4)
    desk.accept(3)
    desk.act("department/leader", 4, "redo", reason="Two dams are missing")
    with pytest.raises(Unmet, match="2 below it are still open: 4"):
        desk.act("department/leader", 2, "report", symbol="31/BC", sent_on="2023-09-11")

    # unit-7 stays silent: reminded, urged, and told to the director, who knows
    desk.live_until("2023-09-19T12:00")
    assert [rung[-6:] for rung in desk.rungs(given)] == ["rung:1", "rung:2", "rung:3"]
    assert desk.messages("ReceiptMissed", given) == ["unit-7/clerk", "unit-7/leader"]
    desk.act("department/leader", given, "acknowledge")
    desk.report(4, cause="The second visit took a week")
    desk.accept(4)
    assert desk[2].joined_at is None
    desk.live_until("2023-09-21T09:00")
    desk.report(given, cause="The road was under water")
    desk.accept(given)

    # everything below is done: the department reports, and the province's answer is recorded from its paper
    assert desk[2].joined_at == desk.runtime.now()
    assert desk.messages("Joined", 2) == ["department/leader", "department/officer"]
    desk.live_until("2023-09-22T09:00")
    desk.act("department/leader", 2, "report", symbol="31/BC-SNN", sent_on="2023-09-22")
    desk.live_until("2023-09-22T11:00")
    desk.act("department/clerk", 2, "accept", **PAPER)

    now = desk.runtime.now()
    quarters = [(one.period, one.holder) for one in desk.obligations() if one.standing]
    assert quarters == [("2023-Q3", "unit-6"), ("2023-Q4", "unit-6")]
    assert Counter(one.group(now) for one in desk.obligations()) == {
        "no_deadline": 2,  # the government's own, and the standing one
        "done_on_time": 2,  # the department's, unit-1's
        "done_late": 2,  # unit-2's, unit-7's
        "void": 1,  # unit-3's
        "open_overdue": 2,  # unit-4's support, the third quarter's report
        "open_in_time": 1,  # the fourth quarter's
        "info": 1,
    }
    assert Delivery(desk.runtime.database, desk.runtime.clock, Silent(), desk.runtime.executor).run().failed == 0
    assert desk.verdict().verified
    assert all(one.data["simulated"] for one in desk.entries())
    assert [one.recorded_at for one in desk.entries()] == sorted(one.recorded_at for one in desk.entries())

"""The shipped workflow with numbers in its reports, and reports that give them."""

from tests.support.law import Law, edited_notice
from workflows.calendar import day_of
from workflows.facts import Acted
from workflows.loading import load_workflow
from workflows.workflow import Workflow

NUMBERS = """
numbers:
  spent: {label: "Đã chi", unit: "triệu đồng", decimals: 1, at_least: 0}
  staff: {label: "Số người", total: largest, in: dated}
join: {wait_for: all_leads, until_then: POLICY"""
JOIN = "\njoin: {wait_for: all_leads, until_then: refuse_report"


def budget(policy: str = "allow", numbers: str = NUMBERS) -> Workflow:
    return load_workflow(edited_notice((JOIN, numbers.replace("POLICY", policy))), 1, "budget")


def report(law: Law, number: int, **given: str) -> Acted:
    """The holder's leader reports; where that is an outside office, the host's clerk enters it from the paper."""
    one, today = law[number], str(day_of(law.now))
    outside = law.world.office(one.holder).outside
    cited = {"document": "1/BC", "happened_on": today} if outside else {}
    who = "department/clerk" if outside else f"{one.holder}/leader"
    if one.state == "assigned":
        law.put(law.act("department/clerk" if outside else f"{one.holder}/clerk", number, "receive", **cited))
    facts = law.put(law.act(who, number, "report", **{"symbol": "1/BC", "sent_on": today, **cited, **given}))
    return next(fact for fact in facts if isinstance(fact, Acted))

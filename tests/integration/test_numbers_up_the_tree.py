"""Numbers that reports give: asked in each, put together up the tree with who is missing, and aimed at by targets."""

from pathlib import Path

import pytest

from tests.support.law import Law, edited_notice, notice, replayed, snapshot
from tests.support.numbers import JOIN, NUMBERS, budget, report
from tests.support.offices import DEPARTMENT, GOVERNMENT, PROVINCE, units
from workflows import figures, live_figures, targets
from workflows.acting import asked_of
from workflows.commands import Act, Correct, ItemDraft, MakeOffer
from workflows.errors import Incomplete, Unmet
from workflows.facts import Acted, Corrected
from workflows.fields import parse_instant
from workflows.loading import check_text, load_workflow
from workflows.obligation import Figure, Obligation, Offer


def spent(one: Obligation) -> Figure:
    found = figures.figure_in(one, "spent")
    assert found is not None
    return found


def live(law: Law, number: int) -> Figure:
    found = live_figures.live(law.world, live_figures.tree_of(law.world, law[number]), "spent")
    assert found is not None
    return found


@pytest.fixture
def law() -> Law:
    """The province has ordered the department (1), and the department units 1 to 3 (2 to 4)."""
    made = Law(budget())
    made.order("2023-09-29", *units(3))
    return made


def test_a_report_asks_the_numbers_beside_its_own_fields(law: Law) -> None:
    law.receive(2)
    asked = asked_of(law.world, Act("", law.act("unit-1/leader", 2, "report").by, law.world.opened.id, 2, ""), law.now)
    assert asked["report"] == {"symbol": "document", "sent_on": "date", "spent": "figure", "staff": "figure"}
    refused = law.refuses(law.act("unit-1/leader", 2, "report", symbol="1/BC", sent_on="2023-08-14", spent="1.2345"))
    assert isinstance(refused, Incomplete)
    assert "spent (Đã chi, triệu đồng): '1.2345' has more than 1 decimal" in refused.because
    assert "staff (Số người) is missing" in refused.because
    below_zero = {"symbol": "1/BC", "sent_on": "2023-08-14", "spent": "-1", "staff": "5"}
    refused = law.refuses(law.act("unit-1/leader", 2, "report", **below_zero))
    assert refused is not None
    assert "-1.0 is less than 0" in refused.because
    assert report(law, 2, spent="1.234,5", staff="12").figures == (
        Figure("spent", "1234.5", "1234.5"),
        Figure("staff", "12", "12"),
    )
    assert dict(law.facts[-1].fields)["spent"] == "1234.5"  # type: ignore[union-attr]


def test_a_total_goes_up_with_the_missing_named_and_stays_as_it_was_sent(law: Law) -> None:
    report(law, 2, spent="10,5", staff="3")
    report(law, 3, spent="20", staff="8")
    sent = report(law, 1, spent="1", staff="2")
    assert sent.figures == (
        Figure("spent", "1.0", "31.5", 3, ("unit-3",)),
        Figure("staff", "2", "8", 3, ("unit-3",)),
    )
    report(law, 4, spent="100", staff="9")
    assert spent(law[1]).total == "31.5"
    assert live(law, 1) == Figure("spent", "1.0", "131.5", 3, ())
    assert snapshot(replayed(law.facts, budget())) == snapshot(law.world)


def test_an_office_that_passed_all_on_needs_no_figure_of_its_own(law: Law) -> None:
    alone = law.refuses(law.act("department/clerk", 1, "report", symbol="1/BC", sent_on="2023-08-14"))
    assert alone is not None
    refused = law.refuses(law.act("department/leader", 1, "report", symbol="1/BC", sent_on="2023-08-14"))
    assert isinstance(refused, Incomplete)
    assert "nobody below has reported it yet (unit-1, unit-2, unit-3)" in refused.because
    report(law, 2, spent="10", staff="3")
    assert report(law, 1).figures[0] == Figure("spent", "", "10.0", 3, ("unit-2", "unit-3"))


def test_what_is_stopped_counts_for_nothing_and_is_not_missing(law: Law) -> None:
    report(law, 2, spent="10", staff="3")
    report(law, 3, spent="5", staff="3")
    law.decide(3, "stop", document="2/CV", reason="Merged")
    law.decide(4, "stop", document="2/CV", reason="Merged")
    assert report(law, 1).figures[0] == Figure("spent", "", "10.0", 1, ())
    assert [one.number for one in figures.below(law.world, law[1])] == [2, 3, 4]


def test_a_report_that_is_sent_back_takes_its_figures_with_it(law: Law) -> None:
    report(law, 2, spent="10", staff="3")
    report(law, 3, spent="5", staff="4")
    law.decide(2, "redo", reason="Check it")
    assert law[2].figures == ()
    assert live(law, 1) == Figure("spent", "", "5.0", 3, ("unit-1", "unit-3"))
    report(law, 2, spent="11", staff="3")
    assert live(law, 1).total == "16.0"


def test_where_reports_wait_for_those_below_no_lead_is_missing_but_support_may_be() -> None:
    law = Law(budget("refuse_report"))
    at = parse_instant("2023-09-29")
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=at, lead=(DEPARTMENT,))))
    below = ItemDraft("1", "Do it", due=at, lead=("unit-1",), support=("unit-2",), parent=1)
    law.put(law.issue(DEPARTMENT, below))
    report(law, 2, spent="7", staff="1")
    waits = law.refuses(law.act("department/leader", 1, "report", symbol="1/BC", sent_on="2023-08-14"))
    assert isinstance(waits, Unmet)
    law.decide(2, "accept")
    assert report(law, 1).figures[0] == Figure("spent", "", "7.0", 2, ("unit-2",))


def test_three_levels_hold_each_what_is_below_it() -> None:
    law = Law(budget())
    at = parse_instant("2023-09-29")
    law.put(law.issue(GOVERNMENT, ItemDraft("1", "Do it", due=at, lead=(PROVINCE,))))
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=at, lead=(DEPARTMENT,), parent=1)))
    law.put(law.issue(DEPARTMENT, ItemDraft("1", "Do it", due=at, lead=units(2), parent=2)))
    report(law, 3, spent="1", staff="1")
    report(law, 2, spent="2", staff="1")
    assert report(law, 1, spent="4", staff="1").figures[0] == Figure("spent", "4.0", "7.0", 3, ("unit-2",))
    report(law, 4, spent="8", staff="1")
    assert live(law, 1) == Figure("spent", "4.0", "15.0", 3, ())
    law.decide(3, "redo", reason="Again")
    assert live(law, 1) == Figure("spent", "4.0", "14.0", 3, ("unit-1",))


def standing(law: Law, *, units_given: int = 2) -> None:
    """The province wants a report every quarter of the department (1), and the department of its units (2, 3)."""
    law.put(law.issue(PROVINCE, ItemDraft("1", "Budget", "periodic", lead=(DEPARTMENT,))))
    law.put(law.issue(DEPARTMENT, ItemDraft("1", "Budget", "periodic", lead=units(units_given), parent=1)))
    law.move_to(law.now)


def period(law: Law, holder: str, label: str) -> int:
    return next(one.number for one in law.world.all_obligations if (one.holder, one.period) == (holder, label))


def test_a_period_puts_together_the_same_period_below() -> None:
    law = Law(budget(numbers=NUMBERS.replace("in: dated", "in: [dated, periodic]")))
    standing(law)
    third = {who: period(law, who, "2023-Q3") for who in (DEPARTMENT, *units(2))}
    report(law, third["unit-1"], spent_1="10", staff_1="1")
    law.put(law.issue(DEPARTMENT, ItemDraft("1", "Budget", "periodic", lead=("unit-3",), parent=1)))
    assert live(law, third[DEPARTMENT]) == Figure("spent", "", "10.0", 3, ("unit-3", "unit-2"))
    sent = report(law, third[DEPARTMENT], spent_1="1")
    assert sent.figures[0] == Figure("spent", "1.0", "11.0", 3, ("unit-3", "unit-2"))
    law.move_to(parse_instant("2023-09-18T09:00"))
    fourth = period(law, DEPARTMENT, "2023-Q4")
    assert live(law, fourth) == Figure("spent", "", "", 3, ("unit-1", "unit-2", "unit-3"))
    report(law, period(law, "unit-2", "2023-Q4"), spent_1="3", staff_1="1")
    assert live(law, fourth).total == "3.0"
    assert live(law, third[DEPARTMENT]).total == "11.0"
    law.put(law.issue(DEPARTMENT, ItemDraft("1", "Budget", "periodic", lead=("unit-4",), parent=1)))
    assert "unit-4" not in live(law, third[DEPARTMENT]).missing
    assert snapshot(replayed(law.facts, law.world.workflow_of(law[1]))) == snapshot(law.world)


def test_one_form_gives_the_figures_of_each_item_by_the_items_number() -> None:
    law = Law(budget())
    items = [ItemDraft(str(n), f"Budget {n}", "periodic", lead=("unit-1",)) for n in (1, 2)]
    law.put(law.issue(DEPARTMENT, *items))
    law.move_to(law.now)
    first, second = (one.number for one in law.world.all_obligations if one.period)
    law.receive(first)
    law.receive(second)
    given = {"symbol": "1/BC", "sent_on": "2023-08-14", "spent_1": "5", "spent_2": "7"}
    refused = law.refuses(law.act("unit-1/leader", first, "report", **given | {"spent": "5", "spent_2": ""}))
    assert refused is not None
    assert "spent is not asked for" in refused.because
    assert "spent_2 (Đã chi, triệu đồng) is missing" in refused.because
    law.put(law.act("unit-1/leader", first, "report", **given))
    assert [spent(law[one]).total for one in (first, second)] == ["5.0", "7.0"]
    seq = next(place for place, fact in enumerate(law.facts, 1) if isinstance(fact, Acted) and fact.figures)
    other = law.refuses(correct(law, seq, "spent_2", "8"))
    assert isinstance(other, Incomplete)


def correct(law: Law, seq: int, field: str, new: str) -> Correct:
    return Correct(law.new_id(), law.journal.entries[seq - 1].by, law.world.opened.id, seq, field, new, "Typing error")


def test_a_figure_is_corrected_with_its_total_and_what_went_up_stays(law: Law) -> None:
    report(law, 2, spent="10", staff="3")
    entered = len(law.facts)
    report(law, 3, spent="5", staff="4")
    report(law, 1, spent="1", staff="2")
    top = next(
        place
        for place, fact in enumerate(law.facts, 1)
        if isinstance(fact, Acted) and fact.number == 1 and fact.figures
    )
    law.put(correct(law, entered, "spent", "12,5"))
    assert (spent(law[2]).total, spent(law[1]).total, live(law, 1).total) == ("12.5", "16.0", "18.5")
    law.put(correct(law, top, "spent", "2"))
    assert (spent(law[1]).own, spent(law[1]).total) == ("2.0", "17.0")
    refused = law.refuses(correct(law, top, "staff", "9"))
    assert isinstance(refused, Unmet)
    assert "the total of staff is the largest of what was reported below too" in refused.because
    assert isinstance(law.refuses(correct(law, top, "spent", "x")), Incomplete)
    assert isinstance(law.refuses(correct(law, top, "spent", "2,0")), Unmet)
    law.decide(2, "redo", reason="Again")
    [fact] = law.put(correct(law, entered, "spent", "13"))
    assert isinstance(fact, Corrected)
    assert (fact.figure, law[2].figures) == (None, ())
    assert snapshot(replayed(law.facts, budget())) == snapshot(law.world)


LOWER = """
numbers:
  index: {label: "Chỉ số", unit: "điểm", decimals: 2, at_most: 100, total: smallest}
  late: {label: "Hồ sơ trễ", better: lower}
join: {wait_for: all_leads, until_then: POLICY"""


def test_an_item_asks_for_targets_and_says_whether_they_are_reached() -> None:
    law = Law(budget(numbers=LOWER))
    at = parse_instant("2023-09-29")

    def item(**targets: str) -> ItemDraft:
        return ItemDraft("1", "Raise it", due=at, lead=(DEPARTMENT,), targets=tuple(targets.items()))

    with pytest.raises(Incomplete) as refused:
        law.put(law.issue(PROVINCE, item(index="101", spent="1", late="1,5")))
    assert "target 'index' (Chỉ số, điểm): 101.00 is more than 100" in refused.value.because
    assert "target 'spent': the workflow has no such number; it has index, late" in refused.value.because
    assert "target 'late' (Hồ sơ trễ): '1,5' is not a whole number" in refused.value.because
    law.put(law.issue(PROVINCE, item(late="3", index="85,5")))
    stored = law.world.item(1, 1)
    assert stored.targets == (("index", "85.50"), ("late", "3"))
    report(law, 1, index="90", late="4")
    numbers = law.world.workflow_of(law[1]).definition.numbers
    for name, reached in (("index", True), ("late", False)):
        target, total = figures.target_of(stored, name), figures.figure_of(law[1], name)
        assert target is not None
        assert total is not None
        assert targets.reached(numbers[name], target, total) is reached


def test_targets_go_down_with_work_that_passes_on_by_itself() -> None:
    automatic = ("\nextension:\n", "\nrelay: {automatic_at: department}\n\nextension:\n")
    text = edited_notice((JOIN, LOWER.replace("POLICY", "allow")), automatic)
    law = Law(load_workflow(text, 1, "automatic"))
    item = ItemDraft("1", "Raise it", due=parse_instant("2023-09-29"), lead=(DEPARTMENT,), targets=(("index", "85"),))
    law.put(law.issue(PROVINCE, item))
    assert [one.targets for one in law.world.all_items] == [(("index", "85.00"),)] * 2


def test_a_number_may_be_asked_only_of_items_that_have_a_target_for_it() -> None:
    text = "\nnumbers:\n" + "".join(
        f'  {name}: {{label: "{name}", decimals: 2, total: own, only_with_target: true}}\n' for name in ("par", "papi")
    )
    law = Law(load_workflow(edited_notice((JOIN, text + JOIN)), 1, "commitments"))
    at = parse_instant("2023-09-29")
    one = ItemDraft("1", "Raise it", due=at, lead=("unit-1",), targets=(("par", "85"),))
    law.put(law.issue(DEPARTMENT, one, ItemDraft("2", "Say it", due=at, lead=("unit-2",))))
    law.receive(1)
    refused = law.refuses(law.act("unit-1/leader", 1, "report", symbol="1/BC", sent_on="2023-08-14"))
    assert refused is not None
    assert "par (par) is missing" in refused.because
    assert "papi" not in refused.because
    assert report(law, 1, par="85,5").figures == (Figure("par", "85.50", "85.50"),)
    assert report(law, 2).figures == ()


def test_a_report_taken_from_elsewhere_gives_its_figures_too(law: Law) -> None:
    law.receive(2)
    offer = Offer("other", 5, "7/BC", law.now, "unit-1", "12/KH")
    law.put(MakeOffer(law.new_id(), law.world.opened.id, 2, offer))
    asked = asked_of(law.world, law.act("unit-1/leader", 2, ""), law.now)["take_offer"]
    assert asked == {"offer": "text", "spent": "figure", "staff": "figure"}
    assert law.refuses(law.act("unit-1/leader", 2, "take_offer", offer=offer.key)) is not None
    law.put(law.act("unit-1/leader", 2, "take_offer", offer=offer.key, spent="3", staff="1"))
    assert spent(law[2]).total == "3.0"


def test_an_outside_office_and_one_that_owes_nothing() -> None:
    """The clerk of the host enters the figures of an outside office; what is only to be known gives none."""
    law = Law(budget())
    at = parse_instant("2023-09-29")
    law.put(law.issue(GOVERNMENT, ItemDraft("1", "Do it", due=at, lead=(PROVINCE,), info=(DEPARTMENT,))))
    assert report(law, 1, spent="3", staff="1").figures[0].total == "3.0"
    assert figures.numbers_of(law.world, law[2]) == {}


def test_the_shipped_workflow_asks_no_number() -> None:
    law = Law(notice())
    law.order("2023-09-29", "unit-1")
    law.report(2)
    assert law[2].figures == ()


def test_the_example_of_the_page_has_no_fault() -> None:
    page = (Path(__file__).parents[2] / "workflows" / "catalog" / "README.md").read_text(encoding="utf-8")
    [example] = [block for block in page.split("```yaml\n")[1:] if block.startswith("numbers:")]
    numbers = example.partition("```")[0]
    assert check_text(edited_notice((JOIN, f"\n{numbers}{JOIN}"))) == []

"""A parent is joined exactly when the last open lead below it is done: every order of ending, with every detour."""

from collections.abc import Callable
from itertools import permutations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.law import Law
from tests.support.offices import DEPARTMENT, units
from workflows.commands import ItemDraft
from workflows.decide import decide
from workflows.errors import Refused
from workflows.facts import Joined, Unjoined, kind_of

CHILDREN_MAX = 5


class Book:
    """What a clerk would write down of the leads below obligation 1, knowing nothing of the program: the oracle."""

    def __init__(self, count: int) -> None:
        self.leads = dict.fromkeys(range(2, 2 + count), "open")
        self._next = 2 + count

    def ends(self, number: int, how: str) -> None:
        self.leads[number] = how

    def begins(self) -> int:
        self.leads[self._next] = "open"
        self._next += 1
        return self._next - 1

    def besides(self) -> None:
        """An obligation came that is nobody's lead: it takes a number and counts for nothing."""
        self._next += 1

    @property
    def joined(self) -> bool:
        return "open" not in self.leads.values() and "done" in self.leads.values()


class Case:
    """A department's obligation with leads below it, and the clerk's book of them, compared after every move."""

    def __init__(self, count: int) -> None:
        self.law, self.book = Law(), Book(count)
        self.law.order("2023-09-29", *units(count))
        self._spare = 5

    def check(self) -> None:
        parent = self.law[1]
        left = list(self.book.leads.values())
        assert (parent.joined_at is not None) == self.book.joined, self.book.leads
        assert (parent.leads_open, parent.leads_done, parent.leads_void) == tuple(
            map(left.count, ("open", "done", "void"))
        )
        assert self.may_report() == (parent.leads_open == 0)

    def may_report(self) -> bool:
        command = self.law.act("department/leader", 1, "report", symbol="1/BC", sent_on="2023-08-14")
        try:
            return bool(decide(self.law.world, command, self.law.now))
        except Refused:
            return False

    def done(self, number: int) -> None:
        self.law.report(number)
        self.check()
        self.law.decide(number, "accept")
        self.book.ends(number, "done")
        self.check()

    def redone(self, number: int) -> None:
        self.law.report(number)
        self.law.decide(number, "redo", reason="Half of it is missing")
        self.check()
        self.done(number)

    def insisted(self, number: int) -> None:
        if self.law[number].state in ("assigned", "working"):
            self.law.dispute(number)
            self.check()
            self.law.decide(number, "insist", reason="It is yours")
        self.done(number)

    def given_away(self, number: int) -> None:
        """The lead is given to another office, which does it at once."""
        self.done(self.passed_on(number))

    def passed_on(self, number: int) -> int:
        if self.law[number].state not in ("assigned", "working"):
            return number
        self.law.dispute(number)
        self._spare = self._spare % 8 + 1
        holders = {one.holder for one in self.law.world.under(self.law[number].directive) if one.open}
        free = next(one for one in units(8) if one not in holders)
        self.law.decide(number, "reassign", new_holder=free)
        self.book.ends(number, "void")
        made = self.book.begins()
        self.check()
        return made

    def stopped(self, number: int) -> None:
        self.law.decide(number, "stop", document="9/CV", reason="Over")
        self.book.ends(number, "void")
        self.check()

    def late_child(self, number: int) -> None:
        """Another lead is added just before this one is done; it is done right after."""
        late = self.added()
        self.done(number)
        self.done(late)

    def added(self) -> int:
        self.law.put(self.law.issue(DEPARTMENT, ItemDraft("2", "And this", mode="once", lead=("unit-7",), parent=1)))
        late = self.book.begins()
        self.check()
        return late

    def supported(self, number: int) -> None:
        """A supporting office and one to be informed are added; nobody waits for them."""
        item = ItemDraft("3", "Help", mode="info", info=("unit-6",), parent=1)
        self.law.put(self.law.issue(DEPARTMENT, item))
        self.book.besides()
        self.check()
        self.done(number)


DETOURS: list[Callable[[Case, int], None]] = [
    Case.redone, Case.insisted, Case.given_away, Case.stopped, Case.late_child, Case.supported,
]  # fmt: skip


@pytest.mark.parametrize("count", range(1, CHILDREN_MAX + 1))
def test_in_every_order_of_completion_the_last_lead_joins(count: int) -> None:
    for order in permutations(range(2, 2 + count)):
        case = Case(count)
        for number in order:
            assert not case.book.joined
            case.done(number)
        assert case.law[1].joined_at is not None
        assert [kind_of(fact) for fact in case.law.facts].count("Joined") == 1


@pytest.mark.parametrize("detour", DETOURS, ids=lambda detour: detour.__name__)
@pytest.mark.parametrize("count", range(1, CHILDREN_MAX + 1))
def test_a_detour_of_one_lead_in_any_order_joins_no_sooner_and_no_later(
    count: int, detour: Callable[[Case, int], None]
) -> None:
    for turn, order in enumerate(permutations(range(2, 2 + count))):
        case = Case(count)
        for place, number in enumerate(order):
            (detour if place == turn % count else Case.done)(case, number)
        assert (case.law[1].joined_at is not None) == (case.book.joined)


@pytest.mark.parametrize("detour", [Case.done, *DETOURS], ids=lambda detour: detour.__name__)
def test_a_lead_that_is_added_after_the_join_undoes_it_until_it_ends(detour: Callable[[Case, int], None]) -> None:
    case = Case(2)
    case.done(2)
    case.done(3)
    late = case.added()
    assert [type(fact) for fact in case.law.facts if isinstance(fact, Joined | Unjoined)] == [Joined, Unjoined]
    detour(case, late)
    assert case.law[1].joined_at is not None


def test_leads_that_were_all_stopped_join_nothing() -> None:
    case = Case(3)
    for number in (2, 3, 4):
        case.stopped(number)
    assert case.law[1].joined_at is None


MOVES: list[Callable[[Case, int], object]] = [
    Case.done, Case.redone, Case.insisted, Case.given_away, Case.passed_on, Case.stopped, Case.supported,
    lambda case, _: case.added(),
    lambda case, number: case.law.dispute(number) if case.law[number].state == "assigned" else None,
    lambda case, number: case.law.report(number) if case.law[number].state == "assigned" else None,
]  # fmt: skip


@settings(max_examples=80, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    st.integers(1, CHILDREN_MAX),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=16),
)
def test_moves_of_all_leads_mixed_join_exactly_when_the_last_one_is_done(
    count: int, drawn: list[tuple[int, int]]
) -> None:
    case = Case(count)
    for move, which in drawn:
        left = [number for number, how in case.book.leads.items() if how == "open"]
        if left and len(case.book.leads) < 9:
            ready = [number for number in left if case.law[number].state in ("assigned", "working")]
            number = (ready or left)[which % len(ready or left)]
            if case.law[number].state in ("reported", "disputed"):
                case.stopped(number)
            else:
                MOVES[move](case, number)
            case.check()
    for number in [number for number, how in case.book.leads.items() if how == "open"]:
        case.stopped(number)
    case.check()

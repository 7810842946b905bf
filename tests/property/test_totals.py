"""Whatever the order in which offices report, the top comes to what they gave: nothing is lost, nothing counts twice."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.law import Law
from tests.support.numbers import NUMBERS, budget, report
from tests.support.offices import whole_country
from workflows import figures, live_figures
from workflows.commands import ItemDraft
from workflows.fields import parse_instant
from workflows.obligation import Figure
from workflows.offices import Offices

COMBINED = {"sum": sum, "largest": max, "smallest": min}
SHARES = st.decimals(min_value=0, max_value=10**9, places=1)


def country(total: str, policy: str, departments: int, units: int) -> tuple[Law, list[int]]:
    """The government has ordered a province, the province its departments, each of them its units; the units' numbers."""
    law = Law(
        budget(
            policy, NUMBERS.replace("decimals: 1,", f"decimals: 1, total: {total},").replace("in: dated", "in: once")
        )
    )
    law.world.offices = Offices({one.id: one for one in whole_country(1, departments, units)})
    at = parse_instant("2023-09-29")

    def order(issuer: str, parent: int | None, *holders: str) -> None:
        law.put(law.issue(issuer, ItemDraft("1", "Do it", due=at, lead=holders, parent=parent)))

    order("gov", None, "p1")
    order("p1", 1, *(f"p1-d{d}" for d in range(1, departments + 1)))
    for d in range(1, departments + 1):
        order(f"p1-d{d}", 1 + d, *(f"p1-d{d}-u{u}" for u in range(1, units + 1)))
    return law, list(range(2 + departments, 2 + departments + departments * units))


def now(law: Law) -> Figure:
    found = live_figures.live(law.world, live_figures.tree_of(law.world, law[1]), "spent")
    assert found is not None
    return found


@settings(max_examples=12, deadline=None)
@given(st.data(), st.sampled_from([*COMBINED]), st.integers(1, 3), st.integers(1, 3))
def test_the_top_comes_to_what_all_gave_in_any_order_from_below(
    data: st.DataObject, total: str, departments: int, units: int
) -> None:
    law, leaves = country(total, "refuse_report", departments, units)
    given_: list[Decimal] = []

    def gives(number: int, optional: bool) -> None:
        share = data.draw(st.none() | SHARES if optional else SHARES)
        report(law, number, **({} if share is None else {"spent": str(share)}))
        law.decide(number, "accept")
        given_.extend([] if share is None else [share])

    for number in data.draw(st.permutations(leaves)):
        gives(number, False)
        assert Decimal(now(law).total) == COMBINED[total](given_)
    for number in (*data.draw(st.permutations(range(2, 2 + departments))), 1):
        gives(number, True)
    stands = figures.figure_in(law[1], "spent")
    assert stands is not None
    assert (Decimal(stands.total), stands.of, stands.missing) == (
        COMBINED[total](given_),
        departments * (1 + units),
        (),
    )
    assert now(law) == stands


@settings(max_examples=12, deadline=None)
@given(st.data(), st.sampled_from([*COMBINED]))
def test_what_it_comes_to_now_follows_every_report_and_every_one_sent_back(data: st.DataObject, total: str) -> None:
    law, leaves = country(total, "allow", 2, 2)
    shares: dict[int, Decimal] = {}
    for number in data.draw(st.lists(st.sampled_from([*leaves, 3, 2, 1]), min_size=3, max_size=14)):
        if law[number].sent_at:
            law.decide(number, "redo", reason="Again")
            shares.pop(number)
        else:
            shares[number] = data.draw(SHARES)
            report(law, number, spent=str(shares[number]))
        found = now(law)
        assert found.total == (str(COMBINED[total](shares.values())) if shares else "")
        assert (found.of, len(found.missing)) == (6, 6 - len(shares.keys() - {1}))

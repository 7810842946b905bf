"""Whatever happens in a cascade whose levels have machines of their own, each obligation keeps to that of its level."""

from hypothesis import given, settings

from tests.support.law import Law, replayed, snapshot
from tests.support.plays import UNITS, Move, moves, step
from tests.unit.test_a_shorter_machine import edited
from workflows.facts import Acted
from workflows.workflow import Workflow

SHORTER: Workflow = edited()


@settings(max_examples=30, deadline=None)
@given(moves)
def test_every_obligation_keeps_to_the_machine_of_its_level(drawn: list[Move]) -> None:
    law = Law(SHORTER)
    law.order("2023-09-15", *UNITS[:3])
    for move in drawn:
        step(law, move)
    for one in law.world.all_obligations:
        rules = SHORTER.rules_at(one.level)
        assert one.state in rules.states
        assert one.outcome == rules.outcome_of(one.state)
    for fact in law.facts:
        if isinstance(fact, Acted):
            level = law[fact.number].level
            assert {fact.before, fact.after} <= set(SHORTER.rules_at(level).states)
    assert snapshot(replayed(law.facts, SHORTER)) == snapshot(law.world)

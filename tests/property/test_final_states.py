"""There is no way out of a final state: nobody, with whatever action and fields, and no passing of time."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.law import Law, notice, snapshot
from tests.support.plays import Move, moves, play, step
from workflows.built_in import BUILT_IN
from workflows.errors import NotFound, Refused
from workflows.machine import StepRefused, directive_machine


def accepted(law: Law) -> None:
    law.report(2)
    law.decide(2, "accept")


def reassigned(law: Law) -> None:
    law.dispute(2)
    law.decide(2, "reassign", new_holder="unit-5")


def stopped(law: Law) -> None:
    law.decide(2, "stop", document="1/CV", reason="Over")


def revoked(law: Law) -> None:
    law.put(law.end(2))


ENDINGS = [accepted, reassigned, stopped, revoked]
ACTIONS = [*notice().definition.obligation.actions, *BUILT_IN, "assign", "to_working", "fly", ""]
FIELDS = [
    {},
    {"reason": "Because"},
    {"symbol": "1/BC", "sent_on": "2023-08-14"},
    {"until": "2023-09-10", "reason": "Late"},
    {"new_holder": "unit-5"},
    {"document": "1/CV", "reason": "Over"},
    {"document": "1/CV", "happened_on": "2023-08-14", "symbol": "1/BC", "sent_on": "2023-08-14"},
]


def ended(ending: Callable[[Law], None]) -> Law:
    law = Law()
    law.order("2023-09-15", "unit-1", "unit-2")
    ending(law)
    assert law[2].state in notice().definition.obligation.ends
    return law


@pytest.mark.parametrize("ending", ENDINGS)
def test_nobody_has_any_action_open_on_what_has_ended(ending: Callable[[Law], None]) -> None:
    law = ended(ending)
    for actor, action in product(law.seats(), ACTIONS):
        for fields in FIELDS if actor.office in ("unit-1", "department") else FIELDS[:1]:
            refused = law.refuses(law.act(actor, 2, action, **fields))
            assert refused is not None, f"{actor} could {action} with {fields}"
            assert refused.open_now == ()


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_time_brings_back_what_has_ended(ending: Callable[[Law], None]) -> None:
    law = ended(ending)
    before = law[2]
    for days in (0, 1, 5, 30, 400):
        law.now += timedelta(days=days)
        assert law.put(law.elapse(2)) == []
    assert law[2] == before


@pytest.mark.parametrize("state", list(notice().definition.obligation.ends))
def test_the_machine_itself_has_no_step_from_a_final_state(state: str) -> None:
    assert notice().machine_at("unit").open_from(state) == ()
    for action in ACTIONS:
        with pytest.raises(StepRefused):
            notice().machine_at("unit").step(state, action)


@pytest.mark.parametrize("state", ["revoked", "replaced"])
def test_a_directive_that_was_revoked_or_replaced_stays_so(state: str) -> None:
    for name in ("issue", "complete", "reopen", "revoke", "replace"):
        with pytest.raises(StepRefused):
            directive_machine().step(state, name)


def test_a_directive_cannot_be_revoked_twice() -> None:
    law = ended(revoked)
    assert law.refuses(law.end(2)) is not None


words = st.text(max_size=8)
names = st.sampled_from(["reason", "until", "document", "sent_on", "new_holder"]) | words
any_fields = st.dictionaries(names, words, max_size=4)
any_role = st.sampled_from(["clerk", "leader"]) | words


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(ENDINGS), st.sampled_from(ACTIONS) | words, words, any_role, any_fields)
def test_no_words_whatever_open_what_has_ended(
    ending: Callable[[Law], None], action: str, office: str, role: str, fields: dict[str, str]
) -> None:
    law = ended(ending)
    assert law.refuses(law.act(f"{office}/{role}", 2, action, **fields)) is not None


@settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.generate])
@given(moves, moves)
def test_in_no_history_does_an_ended_obligation_change_again(first: list[Move], second: list[Move]) -> None:
    law = play(first)
    final = {one.number: one for one in law.world.all_obligations if not one.open}
    play_on(law, second)
    for number, before in final.items():
        after = law[number]
        assert (after.state, after.outcome, after.closed_at) == (before.state, before.outcome, before.closed_at)
        assert (after.due_at, after.sent_at, after.rung) == (before.due_at, before.sent_at, before.rung)


def play_on(law: Law, drawn: list[Move]) -> None:
    for move in drawn:
        before = snapshot(law.world)
        try:
            if step(law, move) is None:
                assert snapshot(law.world) == before
        except (NotFound, Refused):
            assert snapshot(law.world) == before

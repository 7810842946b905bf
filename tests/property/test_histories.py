"""Laws that hold in every history of a cascade, whatever is asked in whatever order, and however time passes."""

import json
from collections import Counter

from hypothesis import Phase, given, settings

from tests.support.law import Law, replayed, snapshot
from tests.support.plays import Move, command_of, moves, play, step
from workflows.errors import NotFound, Refused
from workflows.facts import from_data, kind_of, to_data
from workflows.obligation import GROUPS

bounded = settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.generate])


@bounded
@given(moves)
def test_replaying_the_journal_gives_the_same_world(drawn: list[Move]) -> None:
    law = play(drawn)
    assert snapshot(replayed(law.facts)) == snapshot(law.world)


@bounded
@given(moves)
def test_a_fact_is_read_from_the_journal_as_it_was_written(drawn: list[Move]) -> None:
    for fact in play(drawn).facts:
        written = json.dumps(to_data(fact), sort_keys=True)
        assert from_data(kind_of(fact), json.loads(written)) == fact


@bounded
@given(moves)
def test_a_command_is_refused_and_changes_nothing_or_its_facts_are_the_change(drawn: list[Move]) -> None:
    law = play([])
    for move in drawn:
        if move[0] == "time":
            step(law, move)
            continue
        command, before = command_of(law, move), snapshot(law.world)
        try:
            facts = law.put(command)
        except (NotFound, Refused):
            assert snapshot(law.world) == before
            continue
        assert facts, "carried out, and nothing has happened"
        assert snapshot(replayed(law.facts)) == snapshot(law.world)


@bounded
@given(moves)
def test_the_totals_always_add_up(drawn: list[Move]) -> None:
    def adds_up(law: Law) -> None:
        obligations = law.world.all_obligations
        totals = Counter(one.group(law.now) for one in obligations)
        assert set(totals) <= set(GROUPS)
        assert totals.total() == len(obligations)
        for one in obligations:
            assert (
                one.open == (one.group(law.now) not in ("void", "done_on_time", "done_late", "info"))
                or one.group(law.now) == "info"
            )

    play(drawn, adds_up)


@bounded
@given(moves)
def test_the_counters_of_a_parent_are_the_counts_of_its_leads(drawn: list[Move]) -> None:
    def counted(law: Law) -> None:
        for parent in law.world.all_obligations:
            leads = [one for one in law.world.all_obligations if one.parent == parent.number and one.counted]
            outcomes = Counter(one.outcome for one in leads)
            expected = (outcomes[None], outcomes["fulfilled"], outcomes["void"])
            assert (parent.leads_open, parent.leads_done, parent.leads_void) == expected
            if parent.open:
                assert (parent.joined_at is not None) == (not outcomes[None] and outcomes["fulfilled"] > 0)

    play(drawn, counted)


@bounded
@given(moves)
def test_no_due_date_ever_passes_the_one_above_it(drawn: list[Move]) -> None:
    def within(law: Law) -> None:
        for one in law.world.all_obligations:
            above = law[one.parent].due_at if one.parent else None
            if one.due_at and above and one.mode == "once":
                assert one.due_at <= above, f"obligation {one.number}: {one.because}"

    play(drawn, within)


@bounded
@given(moves)
def test_the_first_date_never_changes_and_every_date_is_explained(drawn: list[Move]) -> None:
    first: dict[int, object] = {}

    def explained(law: Law) -> None:
        for one in law.world.all_obligations:
            assert (one.due_at is None) == (one.because is None) == (one.first_due_at is None)
            if one.because and one.due_at:
                assert one.because.calendar == "vn-public@1"
                assert first.setdefault(one.number, one.first_due_at) == one.first_due_at

    play(drawn, explained)


@bounded
@given(moves)
def test_a_clock_runs_out_at_most_once_for_each_date(drawn: list[Move]) -> None:
    def once(law: Law) -> None:
        for one in law.world.all_obligations:
            assert len(set(one.fired)) == len(one.fired)
        assert law.due() == []

    for place, move in enumerate(drawn):
        if move[0] == "time":
            play(drawn[: place + 1], lambda law: law.move_to(law.now))
            break
    law = play(drawn)
    law.move_to(law.now)
    once(law)

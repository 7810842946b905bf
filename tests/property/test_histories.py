"""Laws that hold in every history of a cascade, whatever is asked in whatever order, and however time passes."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.law import Law, replayed, snapshot
from tests.support.plays import UNITS, Move, command_of, moves, play, step
from workflows.calendar import day_of
from workflows.commands import EndBasis, ItemDraft
from workflows.encoding import to_data
from workflows.errors import NotFound, Refused
from workflows.facts import Acted, Kept, from_data, kind_of
from workflows.ladder import clocks, schedule, wake_at
from workflows.obligation import GROUPS
from workflows.standing import stands

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
        asked_twice = isinstance(command, EndBasis)  # delivery may say again what is known
        assert facts or asked_twice, "carried out, and nothing has happened"
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
def test_no_due_date_ever_passes_the_one_above_it_while_that_is_open(drawn: list[Move]) -> None:
    def within(law: Law) -> None:
        for one in law.world.all_obligations:
            above = law[one.parent] if one.parent and one.open and one.standing is None else None
            if above and above.open and above.due_at and one.due_at:
                assert one.due_at <= above.due_at, f"obligation {one.number}: {one.because}"

    play(drawn, within)


@bounded
@given(moves)
def test_what_waits_for_an_event_has_no_date_and_is_always_asked_about(drawn: list[Move]) -> None:
    def asked(law: Law) -> None:
        for one in law.world.all_obligations:
            if one.waits_for is None:
                continue
            assert one.due_at is None
            if one.open and not one.rested_at:
                running = clocks(one, law.world.workflow_of(one), law.world.calendar)
                assert any(clock.kind == "event" for clock in running)

    play(drawn, asked)


@bounded
@given(moves)
def test_nothing_ends_twice(drawn: list[Move]) -> None:
    ended = Counter(fact.number for fact in play(drawn).facts if isinstance(fact, Acted) and fact.outcome)
    assert not ended or max(ended.values()) == 1


@bounded
@given(moves, st.integers(0, 99))
def test_a_revocation_leaves_nothing_open_below_it_and_nothing_is_added_there(drawn: list[Move], which: int) -> None:
    law = play(drawn)
    number = 1 + which % (law.world.opened.next_directive - 1)
    outside = law.world.office(law.world.directive(number).issuer).outside
    revoke = law.end(number, "department/clerk" if outside else "department/leader")
    if law.world.directive(number).state not in ("issued", "completed"):
        return
    facts = law.put(replace(revoke, open_work="stop", happened_on=day_of(law.now) if outside else None))
    kept = {fact.number for fact in facts if isinstance(fact, Kept)}
    gone = {one.number for one in law.world.under(number)}
    for one in law.world.all_obligations:  # what is above has the smaller number
        if (one.parent in gone or one.standing in gone) and one.number not in kept:
            gone.add(one.number)
    for one in [law[number] for number in gone - kept]:
        assert not one.open, f"obligation {one.number} is {one.state}"
        assert law.refuses(law.issue(one.holder, ItemDraft("1", "More", "once", lead=(UNITS[0],), parent=one.number)))


@bounded
@given(moves)
def test_what_is_owed_is_heard_of_sooner_or_later_or_has_been_told_to_the_end(drawn: list[Move]) -> None:
    """Impossible to lose: a clock runs (the holder's, the giver's or a pause's), or the whole ladder has been told."""

    def heard(law: Law) -> None:
        for one in law.world.all_obligations:
            workflow = law.world.workflow_of(one)
            if not one.open or one.owes_nothing or stands(one) or wake_at(one, workflow, law.world.calendar):
                continue
            assert one.due_at, f"obligation {one.number} is {one.state}, has no date and no clock"
            assert one.rested_at is None, f"obligation {one.number} rests as {one.state}, and no clock ends it"
            told = {clock.key for clock in schedule(workflow, law.world.calendar, one.due_at) if clock.at > one.due_at}
            assert {"due", *told} <= set(one.fired)

    play(drawn, heard)


@bounded
@given(moves, st.integers(0, 99))
def test_a_pause_that_nobody_ends_ends_by_itself_as_of_its_day(drawn: list[Move], away: int) -> None:
    law = play(drawn)
    resting = [one for one in law.world.all_obligations if one.paused_until]
    for one in resting:
        law_moves = law.now + timedelta(days=away)
        if one.paused_until and one.paused_until <= law_moves:
            law.move_to(law_moves)  # the service was down over it
            after = law[one.number]
            assert after.paused_until is None
            assert after.rested_at is None or not after.open
            assert not after.open or after.resumed_at == one.paused_until


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

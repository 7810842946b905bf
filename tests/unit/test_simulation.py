"""A simulation as a runner: clocks at their own instants and in order, refusals that change nothing, bounds that speak."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.support.law import NOTICE, calendar, edited_notice, notice, offices
from tests.support.offices import DEPARTMENT, DIRECTOR, seat, unit
from workflows.commands import Act, Issue, ItemDraft
from workflows.courses import end_of, lines_of
from workflows.errors import NotFound, Refused
from workflows.facts import Incident, RungReached, kind_of
from workflows.fields import parse_instant
from workflows.loading import load_workflow
from workflows.simulation import Overrun, Simulation, messages_of
from workflows.timelines import timeline
from workflows.workflow import Workflow, Workflows

START = parse_instant("2023-08-14T09:00")
YEAR = START + timedelta(days=365)


def simulation(workflow: Workflow | None = None, **bounds: int) -> Simulation:
    known = workflow or notice()
    return Simulation(offices(), Workflows({known.key: known}), {calendar().key: calendar()}, START, **bounds)


def issued(workflow: Workflow | None = None, **bounds: int) -> Simulation:
    """One dated and one standing item for two units."""
    made, units = simulation(workflow, **bounds), (unit(1), unit(2))
    items = (
        ItemDraft("1", "Do it", due=parse_instant("2023-08-31"), lead=units),
        ItemDraft("2", "Report it", "periodic", lead=units),
    )
    made.put(Issue("issue", DIRECTOR, "1/CV", "CV", DEPARTMENT, START.date(), "Tasks", items, NOTICE))
    return made


def act(made: Simulation, who: str, number: int, action: str, **fields: str) -> Act:
    return Act(f"{action}-{number}-{len(made.asked)}", seat(who), next(iter(made.worlds)), number, action, fields)


def test_every_clock_runs_out_at_its_own_instant_however_long_the_time_that_passes() -> None:
    at_once, hourly = issued(), issued()
    at_once.pass_to(YEAR)
    while hourly.now < START + timedelta(days=60):
        hourly.pass_to(hourly.now + timedelta(hours=1))
    hourly.pass_to(YEAR)
    assert hourly.record == at_once.record
    assert [entry.at for entry in at_once.record] == sorted(entry.at for entry in at_once.record)
    rungs = [entry for entry in at_once.record if isinstance(entry.fact, RungReached)]
    assert len(rungs) > 20
    assert all(entry.at == entry.fact.at and not entry.fact.skipped for entry in rungs)
    assert at_once.now == YEAR
    assert at_once.next_waking() is None or at_once.next_waking() > YEAR


def test_what_is_refused_changes_nothing_and_is_not_among_what_was_asked() -> None:
    made = issued()
    before = list(made.record), list(made.asked), made.next_waking()
    with pytest.raises(Refused, match="Cannot 'accept' obligation 1"):
        made.put(act(made, "department/leader", 1, "accept"))
    with pytest.raises(NotFound, match="No cascade 'elsewhere' in this simulation"):
        made.put(replace(act(made, "unit-1/clerk", 1, "receive"), cascade="elsewhere"))
    with pytest.raises(Refused):
        made.put(Issue("other", seat("unit-1/clerk"), "2/CV", "CV", "unit-1", START.date(), "Tasks", (), NOTICE))
    assert (made.record, made.asked, made.next_waking()) == before
    assert len(made.worlds) == 1  # the cascade that was refused is not there


def test_messages_say_who_is_told_and_when_they_go_out() -> None:
    made = issued()
    made.put(act(made, "unit-1/clerk", 1, "receive"))
    made.pass_to(parse_instant("2023-08-31"))
    told = [one for one in messages_of(made.record) if one.obligation == 1 and one.label]
    assert [(f"{one.to}", one.label, one.rung) for one in told] == [
        ("unit-1/officer", "Nhắc việc", 1), ("unit-1/leader", "Nhắc việc", 1),
        ("unit-1/leader", "Đôn đốc", 2), ("department/clerk", "Đôn đốc", 2),
    ]  # fmt: skip


def test_a_bound_is_never_silent() -> None:
    with pytest.raises(Overrun, match=r"stopped on 14/08/2023 09:00: 3 facts are the most"):
        issued(facts_max=3)
    made = issued(instants_max=2)
    with pytest.raises(Overrun, match=r"stopped on .*2023.*: time ran on 2 times, and that is the most"):
        made.pass_to(YEAR)
    assert made.now < YEAR


def test_what_time_cannot_carry_out_is_recorded_and_the_rest_goes_on() -> None:
    """A workflow of an earlier version that pauses and has no way to go on: its pause ends in an incident."""
    text = edited_notice(("does: resume,", ""))
    made = issued(load_workflow(text, 1, NOTICE, published=True))
    made.put(act(made, "unit-1/clerk", 1, "receive"))
    made.put(act(made, "department/leader", 1, "pause", document="3/CD", until="2023-08-16", reason="Storm"))
    made.pass_to(parse_instant("2023-08-20"))
    failed = [entry for entry in made.record if isinstance(entry.fact, Incident)]
    assert failed[0].at == parse_instant("2023-08-16")
    assert "no action of its workflow resumes it" in failed[0].fact.error
    waits = [later.at - earlier.at for earlier, later in pairwise(failed)]
    assert waits == sorted(waits)  # it is tried again after a longer wait each time
    made.pass_to(parse_instant("2023-09-05"))
    assert "DeadlineMissed" in {kind_of(entry.fact) for entry in made.record if entry.obligation == 2}


def test_the_next_year_opens_by_itself_in_a_simulation_too() -> None:
    rule = 'renewal: {day: "15/01", times: 1}\n\njoin: {wait_for'
    made = issued(load_workflow(edited_notice(("join: {wait_for", rule)), 1))
    made.pass_to(YEAR)
    first, second = sorted(made.worlds, key=lambda one: made.worlds[one].directive(1).renewals)
    assert made.worlds[second].directive(1).continues == first
    assert made.worlds[first].directive(1).continued_by == second
    [opened] = [entry for entry in made.record if kind_of(entry.fact) == "CascadeOpened" and entry.cascade == second]
    assert opened.at == parse_instant("2024-01-15T07:30")
    assert len([entry for entry in made.record if kind_of(entry.fact) == "RenewalDue"]) == 1


def test_a_short_time_is_drawn_in_its_days_and_a_date_far_ahead_takes_no_room_in_it() -> None:
    made = issued()
    made.pass_to(START + timedelta(days=3))
    lines = list(lines_of(made, str))
    assert made.worlds
    assert end_of(made, lines) < START + timedelta(days=4)
    assert max(line.obligation.due_at or START for line in lines) > START + timedelta(days=14)
    assert timeline(made, notice(), english=True).count("/08<") >= 3

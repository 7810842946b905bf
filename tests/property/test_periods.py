"""However periods, reports, answers, events and time are ordered: each window of a year opens once, and replay agrees."""

from collections import Counter
from datetime import timedelta
from functools import cache

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.law import NOTICE, Law, edited_notice, replayed, snapshot
from tests.support.plays import fields_of
from workflows.calendar import last_day
from workflows.commands import ItemDraft
from workflows.errors import Refused
from workflows.facts import PeriodOpened
from workflows.fields import parse_instant
from workflows.loading import load_workflow
from workflows.obligation import GROUPS, Obligation
from workflows.periods import windows
from workflows.words import PERIODS
from workflows.workflow import Workflow

AFTER = parse_instant("2025-03-03T09:00")  # over a year end, and over another where it was carried over
DAYS = (1, 3, 10, 31, 100)
MOVES = (
    ["time"] * 4 + ["report"] * 4 + ["accept", "redo", "event", "extend", "dispute", "insist", "carry_over", "conclude"]
)
Move = tuple[str, int]
plays = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 99)), max_size=40)
MONTHS = [kind for kind in PERIODS if kind not in ("day", "week")]  # of these a play has too many to draw often
several = st.lists(st.sampled_from(MONTHS), min_size=1, max_size=3, unique=True).map(tuple)
bounded = settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])


@cache
def workflow(every: tuple[str, ...], if_still_open: str, then: str, window: str) -> Workflow:
    text = edited_notice(
        ("every: quarter, window: nd09", f"every: [{', '.join(every)}], window: {window}"),
        ("if_still_open: keep", f"if_still_open: {if_still_open}"),
        ("then: close, review: 10 working days before until}\n  on_event", f"then: {then}}}\n  on_event"),
    )
    return load_workflow(text, 1, NOTICE)


def begun(rules: Workflow) -> Law:
    """Unit 1 owes two periodic items (1, 2) and a silent one (3)."""
    law = Law(rules)
    items = (ItemDraft(str(place), "Do it", mode, lead=("unit-1",)) for place, mode in enumerate(
        ("periodic", "periodic", "on_event"), 1))  # fmt: skip
    law.put(law.issue("department", *items))
    for number in (1, 2, 3):
        law.receive(number)
    law.move_to(law.now)
    return law


def try_(law: Law, move: Move) -> None:
    kind, salt = move
    if kind == "time":
        law.pass_time(timedelta(days=DAYS[salt % len(DAYS)]))
        return
    standing = kind in ("carry_over", "conclude")
    among = [one for one in law.world.all_obligations if one.open and (one.number <= 3 if standing else one.standing)]
    if kind == "event":
        among = [law[3]]
    if among:
        try:
            act(law, kind, among[salt % len(among)], salt)
        except Refused:
            return


def act(law: Law, kind: str, one: Obligation, salt: int) -> None:
    match kind:
        case "report":
            law.put(law.act("unit-1/leader", one.number, "report", **fields_of(law, one, "report", 0)))
        case "event":
            law.put(law.act("unit-1/officer", 3, "open_event", event_on=f"{last_day(law.now)}", note="One"))
        case "extend":
            until = f"{last_day(law.now) + timedelta(days=salt)}"
            law.put(law.act("unit-1/leader", one.number, "request_extension", until=until, reason="Late"))
            if salt % 2:
                law.decide(one.number, "grant_extension")
        case "dispute":
            law.dispute(one.number)
        case "redo" | "insist":
            law.decide(one.number, kind, reason="Again")
        case _:
            law.decide(one.number, kind)


def opened(law: Law, number: int) -> list[str]:
    return [fact.period for fact in law.facts if isinstance(fact, PeriodOpened) and fact.number == number]


@bounded
@given(
    several,
    st.sampled_from(["keep", "merge"]),
    st.sampled_from(["close", "carry_over"]),
    st.sampled_from(["nd09", "calendar"]),
    plays,
)
def test_every_window_opens_once_while_it_stands_and_none_beside(
    every: tuple[str, ...], if_still_open: str, then: str, window: str, drawn: list[Move]
) -> None:
    rules = workflow(every, if_still_open, then, window)
    law = begun(rules)
    for move in drawn:
        try_(law, move)
    law.move_to(max(law.now, AFTER))
    for number in (1, 2):
        one = law[number]
        assert one.until is not None
        labels = opened(law, number)
        assert len(set(labels)) == len(labels)
        last = last_day(one.closed_at or law.now)
        due = windows(every, window, last_day(one.assigned_at), last_day(one.until))
        over, begun_by_then = (
            {found.label for found in due if getattr(found, day) <= bound}
            for day, bound in (("ends_on", last - timedelta(days=1)), ("opens_on", last))
        )
        assert over <= set(labels) <= begun_by_then
        if one.open and if_still_open == "keep":
            assert set(labels) == begun_by_then
        ends = [part.data_to for part in law.world.standing_under(number)]
        assert len(set(ends)) == len(ends), "two periods end on the same day"


@bounded
@given(several, st.sampled_from(["keep", "merge"]), st.sampled_from(["close", "carry_over"]), plays)
def test_replay_gives_the_stored_state_and_the_totals_add_up(
    every: tuple[str, ...], if_still_open: str, then: str, drawn: list[Move]
) -> None:
    rules = workflow(every, if_still_open, then, "nd09")
    law = begun(rules)
    for move in drawn:
        try_(law, move)
        totals = Counter(one.group(law.now) for one in law.world.all_obligations)
        assert sum(totals[group] for group in GROUPS) == len(law.world.all_obligations)
    law.move_to(max(law.now, AFTER))
    assert law.due() == []
    assert snapshot(replayed(law.facts, rules)) == snapshot(law.world)


@bounded
@given(plays)
def test_what_one_report_answered_is_never_torn_apart_by_its_answer(drawn: list[Move]) -> None:
    law = begun(workflow(("month", "quarter"), "keep", "close", "nd09"))
    for move in drawn:
        try_(law, move)
        for one in law.world.all_obligations:
            if one.state == "reported" and one.reported_with:
                [on] = [other for other in law.world.all_obligations if other.number == one.reported_with]
                assert (on.state, on.sent_at, on.period) == (one.state, one.sent_at, one.period)

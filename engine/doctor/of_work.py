"""Looks at the work under way: rounds that do not come, failures that last, messages that do not leave, lost deadlines."""

from datetime import datetime

from engine.doctor.finding import OK, RED, WARNING, Examination, Seen
from storage.queries import health
from storage.queries.waiting import waiting
from workflows.calendar import VIETNAM
from workflows.text import say, say_count

_BEATS_MAX = 3  # beats that what is due may wait
_FAILURES_MAX = 3  # times after which a failure does not pass by itself
_ERROR_MAX = 120  # characters of an error that are shown


def rounds(seen: Examination) -> Seen:
    """Is what is due carried out? A node keeps its last round that had something to do."""
    due, last = waiting(seen.connection, seen.now), health.last_round(seen.connection)
    by = say("the last round that did something: {node}, {moment}", node=last.name, moment=_moment(last.round_at)) \
        if last and last.round_at else say("no round has had anything to do yet")  # fmt: skip
    if due.oldest and seen.now - due.oldest > _BEATS_MAX * seen.beat:
        said = say_count("{count} obligation waits for a round since {oldest}; {last}",
                         "{count} obligations wait for a round, the oldest since {oldest}; {last}",
                         due.obligations, oldest=_moment(due.oldest), last=by)  # fmt: skip
        return Seen(
            RED, said, say("Is the service running, and are its rounds not held? cascade serve; once: cascade round")
        )
    return Seen(OK, say("nothing that is due waits; {last}", last=by))


def incidents(seen: Examination) -> Seen:
    """What a round could not carry out is tried again, later and later."""
    found = health.failing(seen.connection)
    if found.obligations:
        said = say_count("{count} obligation failed in a round and is tried again ({example} failed {times} times)",
                         "{count} obligations failed in a round and are tried again ({example} failed {times} times)",
                         found.obligations, example=found.example, times=found.failures)  # fmt: skip
        state = RED if found.failures >= _FAILURES_MAX else WARNING
        return Seen(
            state, said, say("What went wrong: cascade journal show -o {example} -k Incident", example=found.example)
        )
    return Seen(OK, say("no round has failed on anything"))


def messages(seen: Examination) -> Seen:
    """Do messages leave? One that fails is tried again after a pause that doubles."""
    found = health.undelivered(seen.connection, _FAILURES_MAX)
    if found.failing:
        said = say_count("{count} message failed {times} times or more: {error}",
                         "{count} messages failed {times} times or more: {error}",
                         found.failing, times=_FAILURES_MAX, error=(found.error or "-")[:_ERROR_MAX])  # fmt: skip
        return Seen(RED, said, say("Look at the channel they leave by (CASCADE_MESSAGES); they are sent once it works"))
    if found.oldest and seen.now - found.oldest > _BEATS_MAX * seen.beat:
        said = say_count("{count} message waits to be sent, since {oldest}",
                         "{count} messages wait to be sent, the oldest since {oldest}",
                         found.waiting, oldest=_moment(found.oldest))  # fmt: skip
        return Seen(WARNING, said, say("Is the service running? cascade serve; once: cascade round"))
    return Seen(OK, say_count("{count} message waits", "{count} messages wait", found.waiting))


def lost_deadlines(seen: Examination) -> Seen:
    """What is owed has a clock that runs, or rests while the giver must answer; else nobody will hear of it."""
    found = health.asleep(seen.connection)
    if found.lost:
        said = say_count("{count} open obligation has no clock that runs and does not rest: {example}",
                         "{count} open obligations have no clock that runs and do not rest: {example} and others",
                         found.lost, example=found.example)  # fmt: skip
        return Seen(RED, said, say("What should wake it: cascade obligation show {example}; cascade journal verify",
                                   example=found.example))  # fmt: skip
    if found.told:
        said = say_count("{count} overdue obligation has no rung left: nobody is told of it any more",
                         "{count} overdue obligations have no rung left: nobody is told of them any more",
                         found.told)  # fmt: skip
        return Seen(WARNING, said, say("See them: cascade obligation list --group open_overdue"))
    return Seen(OK, say("every open deadline has a clock that runs"))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"

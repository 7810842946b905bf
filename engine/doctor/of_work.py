"""Looks at the work under way: rounds that do not come, failures that last, messages that do not leave, lost deadlines."""

from datetime import datetime

from engine.clock import real_now
from engine.doctor.finding import OK, RED, WARNING, Examination, Seen
from storage import nodes as node_rows
from storage.queries import health
from storage.queries.waiting import waiting
from workflows.calendar import VIETNAM
from workflows.text import say, say_count

_BEATS_MAX = 3  # beats that what is due may wait
_FAILURES_MAX = 3  # times after which a failure does not pass by itself
_NODES_MAX = 1_000
_NAMED_MAX = 5
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


def nodes(seen: Examination) -> Seen:
    """Do the nodes that signed in and not out still live, and do they make rounds?"""
    now = real_now(seen.clock) if seen.database.is_sqlite or seen.simulated else seen.now
    listed = node_rows.listed(seen.connection, _NODES_MAX)
    alive = [one for one in listed if one.alive(now)]
    if held := [one for one in alive if one.held]:
        said = say_count("{count} node holds its rounds: {names} ({why})", "{count} nodes hold their rounds: {names} ({why})",
                         len(held), names=[one.name for one in held], why=held[0].held)  # fmt: skip
        hint = say("Check that machine's clock; if it is right: cascade serve --confirm-time")
        return Seen(WARNING if any(one.ready for one in alive) else RED, said, hint)
    if lost := [one for one in listed if one.lost(now)]:
        said = say_count("{count} node died, or cannot reach the database: {names}, last sign {moment}",
                         "{count} nodes died, or cannot reach the database: {names}, last sign {moment}", len(lost),
                         names=[one.name for one in lost[:_NAMED_MAX]], moment=_moment(lost[0].seen_at or lost[0].started_at),
                         )  # fmt: skip
        return Seen(WARNING, said, say("Start it again; or take it off the list: cascade nodes --forget {name}",
                                       name=lost[0].name))  # fmt: skip
    if unwell := [one.name for one in alive if not one.ready]:
        said = say_count("{count} node is not ready: {names}", "{count} nodes are not ready: {names}", len(unwell),
                         names=unwell[:_NAMED_MAX])  # fmt: skip
        return Seen(WARNING, said, say("Its log says why"))
    return Seen(OK, say_count("{count} node serves", "{count} nodes serve", len(alive)))


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
    """Do messages leave? One that fails is tried again after a pause that doubles, and given up in the end."""
    found = health.undelivered(seen.connection, _FAILURES_MAX)
    if found.dead:
        said = say_count("{count} message was given up", "{count} messages were given up", found.dead)
        return Seen(RED, said, say("See why: cascade outbox list --state dead, cascade outbox log. Once it is put right:"
                                   " cascade outbox retry --all"))  # fmt: skip
    if found.failing:
        said = say_count("{count} message failed {times} times or more: {error}",
                         "{count} messages failed {times} times or more: {error}",
                         found.failing, times=_FAILURES_MAX, error=(found.error or "-")[:_ERROR_MAX])  # fmt: skip
        return Seen(RED, said, say("Look at the channel they leave by (CASCADE_MAIL_SERVER, CASCADE_MESSAGES; cascade outbox"
                                   " log); they are sent once it works"))  # fmt: skip
    if found.hooks_failing:
        said = say_count("{count} message to a webhook failed {times} times or more",
                         "{count} messages to webhooks failed {times} times or more", found.hooks_failing,
                         times=_FAILURES_MAX)  # fmt: skip
        return Seen(WARNING, said, say("See why: cascade outbox log"))
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

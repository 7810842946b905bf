"""Looks at the seals: is the journal sealed, and are seals kept where whoever owns the database cannot reach them?"""

from datetime import datetime, timedelta

from engine.doctor.finding import OK, RED, WARNING, Examination, Seen
from engine.seal_status import Status, status
from engine.settings import Settings
from storage.seals import Witnessed
from workflows.calendar import VIETNAM
from workflows.text import Text, say

_DAY = timedelta(days=1)  # so long past its time what is not outside is no hiccup any more


def sealing(seen: Examination) -> Seen:
    """Red until a first seal is outside; then a warning, and red again, where what happened since has not followed."""
    settings = seen.settings or Settings.model_construct()
    found = status(seen.database, seen.connection, seen.clock, settings, simulated=seen.simulated)
    if seen.simulated and not found.keys and not found.last:
        return Seen(OK, say("a simulated database, which nobody has to seal"))
    return _missing(found) or _late(found, seen.now) or _failing(found) or Seen(OK, _well(found))


def _missing(found: Status) -> Seen | None:
    """What has to be there before anything is proved."""
    if not found.keys:
        return Seen(RED, say("nothing is sealed: there is no seal key, and who owns the database could rewrite the journal"
                             " unseen"), say("cascade seal init, with CASCADE_SEAL_KEY and CASCADE_SEAL_FOLDERS"))  # fmt: skip
    if found.key_fault:
        return Seen(RED, found.key_fault, say("cascade seal status"))
    if found.last is None:
        return Seen(RED, say("nothing is sealed yet"),
                    say("Seal by hand: cascade seal now; a service with CASCADE_SEAL_KEY does so by itself"))  # fmt: skip
    if not found.outside:
        if found.failing:
            return Seen(RED, say("no seal was kept outside the database yet"), _why(found.failing[0]))
        return Seen(RED, say("no seal was kept outside the database yet; witnesses that are set here: {names}",
                             names=list(found.here)) if found.here else
                    say("no seal was kept outside the database yet, and no witness is set here"),
                    say("Now: cascade seal now") if found.here else
                    say("Name a folder on another disk: CASCADE_SEAL_FOLDERS; then: cascade seal now"))  # fmt: skip
    return None


def _late(found: Status, now: datetime) -> Seen | None:
    if found.oldest_open is None or now - found.oldest_open <= found.patience:
        return None
    said = say("what happened since {since} is nowhere outside; the last seal outside is {number}, of {moment}",
               since=_moment(found.oldest_open), number=found.outside, moment=_moment(found.outside_at))  # fmt: skip
    state = RED if now - found.oldest_open > found.patience + _DAY else WARNING
    why = found.failing
    if why:
        return Seen(state, said, _why(why[0]))
    return Seen(state, said, say("Is a service running that has CASCADE_SEAL_KEY? By hand: cascade seal now"))


def _failing(found: Status) -> Seen | None:
    if not found.failing:
        return None
    first = found.failing[0]
    return Seen(WARNING, say("{witness} has not taken seal {number} since {moment}: {failure}", witness=first.witness,
                             number=first.number + 1, moment=_moment(first.failed_at), failure=first.failure or "-"),
                say("It is tried again by itself; at once: cascade seal now"))  # fmt: skip


def _why(one: Witnessed) -> Text:
    return say("{witness}: {failure}", witness=one.witness, failure=one.failure or "-")


def _well(found: Status) -> Text:
    assert found.last is not None  # it was looked at before
    return say("seal {number} of {moment}; outside: {outside}, of {kept}", number=found.last.number,
               moment=_moment(found.last.at), outside=found.outside, kept=_moment(found.outside_at))  # fmt: skip


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if at else "-"

"""A look at what an office goes on from when its machine is gone: the last backup, and the last time that one was tried."""

from datetime import datetime, timedelta
from typing import Any

from engine.backing_up import DRILLED, MADE
from engine.doctor.finding import OK, RED, WARNING, Examination, Seen
from storage import backups, installation
from workflows.calendar import VIETNAM
from workflows.text import Text, say, say_count

_FIRST_WITHIN = timedelta(days=1)  # of its creation
_OLD = timedelta(days=2)  # for a backup that is made every day
_TRIED_WITHIN = timedelta(days=100)  # once in a quarter, and some days
_MAKE = say("cascade backup FOLDER; every day by itself: CASCADE_BACKUPS=FOLDER for the service")
_TRY = say("cascade restore FILE --check --record")


def last_backup(seen: Examination) -> Seen:
    """How old is the last backup on the record, and was one ever tried?"""
    if seen.simulated:
        return Seen(OK, say("simulated: nobody has to go on from it"))
    found = installation.read(seen.connection)
    made, tried = (backups.last_deed(seen.connection, what) for what in (MADE, DRILLED))
    age = seen.now - found.created_at if found else timedelta(0)
    if made is None:
        if age < _FIRST_WITHIN:
            return Seen(OK, say("it is new, and was not backed up yet"))
        return Seen(WARNING, say("it was never backed up"), _MAKE)
    said = say("the last backup is of {moment}", moment=_moment(_at(made)))
    if seen.now - _at(made) > _OLD:
        days = say_count("{count} day ago", "{count} days ago", (seen.now - _at(made)).days)
        return Seen(WARNING, say("{said}, {days}", said=said, days=days), _MAKE)
    if tried is None:
        said = say("{said}; none was ever tried", said=said)
        return Seen(WARNING, said, _TRY) if age > _TRIED_WITHIN else Seen(OK, said)
    if _detail(tried, "outcome") != "whole":
        told = say("{said}; the one that was tried {moment} is NOT whole: {fault}", said=said, moment=_moment(_at(tried)),
                   fault=_detail(tried, "fault") or "-")  # fmt: skip
        hint = say("Make another and try it: cascade backup FOLDER, then cascade restore FILE --check --record")
        return Seen(RED, told, hint)
    said = say("{said}; one was tried {moment}, and was whole", said=said, moment=_moment(_at(tried)))
    return Seen(WARNING, said, _TRY) if seen.now - _at(tried) > _TRIED_WITHIN else Seen(OK, said)


def _at(body: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(body["recorded_at"])


def _detail(body: dict[str, Any], name: str) -> str | None:
    return next((value for key, value in body["fact"].get("details", []) if key == name), None)


def _moment(at: datetime) -> Text | str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"

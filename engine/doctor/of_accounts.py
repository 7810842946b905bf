"""Looks at accounts: can somebody administer, do all hold something, is one locked or long unused, are links still open."""

from datetime import timedelta

from engine.access.throttling import LOCKED_AFTER
from engine.doctor.finding import OK, RED, WARNING, Examination, Seen
from storage import accounts
from storage.queries import people
from workflows.text import say, say_count

UNUSED_AFTER = timedelta(days=90)
_NAMED_MAX = 5


def admins(seen: Examination) -> Seen:
    """Can somebody sign in who may administer?"""
    count = accounts.count(seen.connection)
    if not count:
        return Seen(OK, say("there is no account yet; who keeps the database administers at the command line"))
    able = people.able_admins(seen.connection)
    if not able:
        hint = say("cascade account role give NAME admin; cascade account password NAME makes a link for a password")
        state = RED if accounts.admins(seen.connection) else WARNING  # without any, the command line administers
        return Seen(state, say("no admin can sign in: none is in use with a password"), hint)
    if able == 1:
        return Seen(WARNING, say("a single admin can sign in; nobody stands in for who is ill"),
                    say("Make another one: cascade account role give NAME admin"))  # fmt: skip
    return Seen(OK, say("{count} admins can sign in", count=able))


def holders(seen: Examination) -> Seen:
    """Does every account hold a seat or a role?"""
    found = people.with_nothing(seen.connection)
    if found:
        said = say_count("{count} account holds no seat and no role: {names}",
                         "{count} accounts hold no seat and no role: {names}", len(found), names=_few(found))  # fmt: skip
        return Seen(WARNING, said, say("cascade account seat give NAME OFFICE/ROLE, or: cascade account disable NAME"))
    return Seen(OK, say("every account in use holds a seat or a role"))


def locked(seen: Examination) -> Seen:
    """Is an account locked by too many failures?"""
    found = people.locked(seen.connection, LOCKED_AFTER, seen.clock.now())
    if found:
        said = say_count("{count} account is locked after too many failures: {names}",
                         "{count} accounts are locked after too many failures: {names}",
                         len(found), names=_few(found))  # fmt: skip
        return Seen(WARNING, said, say("Who tried? cascade account sign-ins; then: cascade account unlock NAME"))
    return Seen(OK, say("no account is locked"))


def unused(seen: Examination) -> Seen:
    """Has nobody come by an account for long?"""
    found = people.unused(seen.connection, seen.clock.now() - UNUSED_AFTER)
    days = UNUSED_AFTER.days
    if found:
        said = say_count("{count} account was not used in {days} days: {names}",
                         "{count} accounts were not used in {days} days: {names}", len(found), days=days,
                         names=_few(found))  # fmt: skip
        return Seen(WARNING, said, say("Whoever has left is disabled: cascade account disable NAME"))
    return Seen(OK, say("every account was used in the last {days} days, or is newer", days=days))


def links(seen: Examination) -> Seen:
    """Is a link still open by which the first account, or a password, is made?"""
    found = people.open_links(seen.connection, seen.clock.now())
    if any(purpose == "setup" for purpose, _ in found):
        if accounts.any_there(seen.connection):
            found = [one for one in found if one[0] != "setup"]  # it opens nothing any more
        else:
            return Seen(WARNING, say("the link is open by which the first account, an admin's, is made"),
                        say("Make that account now; the link is good for 24 hours"))  # fmt: skip
    if found:
        said = say_count("{count} link for a password is open: {names}", "{count} links for a password are open: {names}",
                         len(found), names=_few([name for _, name in found]))  # fmt: skip
        return Seen(OK, said)
    return Seen(OK, say("no link is open"))


def _few(names: list[str]) -> list[str]:
    more = len(names) - _NAMED_MAX
    return [*names[:_NAMED_MAX], *([say("and {count} more", count=f"{more:,}")] if more > 0 else [])]

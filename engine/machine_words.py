"""What keeps the service going, in words: nodes, messages of the outbox, tries to send them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from storage import attempts
from storage.nodes import Node
from storage.queries.messages import MessageLine
from workflows.text import Text, say, say_count

NODE_WORDS = {
    "ready": say("ready"),
    "not_ready": say("not ready"),
    "held": say("held"),
    "lost": say("no sign"),
    "stopped": say("stopped"),
}
MESSAGE_WORDS = {"waiting": say("waiting"), "failing": say("failing"), "dead": say("given up"), "sent": say("sent")}
OUTCOME_WORDS = {attempts.SENT: say("sent"), attempts.FAILED: say("failed"), attempts.AWAY: say("nobody answered")}


KIND_WORDS: Mapping[str, Text] = {
    "Assigned": say("work given"),
    "RungReached": say("reminder of the ladder"),
    "ReceiptMissed": say("receipt missed"),
    "AnswerMissed": say("answer of the giver missed"),
    "Joined": say("everything below has ended"),
    "OfficerNamed": say("officer named"),
    "Acted": say("something was done"),
    "ExtensionRequested": say("another date asked for"),
    "ExtensionGranted": say("another date granted"),
    "ExtensionRefused": say("another date refused"),
    "ExtensionCountered": say("another date proposed"),
    "ExtensionWithdrawn": say("request for a date withdrawn"),
    "EventAsked": say("day of an event asked for"),
    "DueSet": say("date changed"),
    "ReviewDue": say("review due"),
    "CarriedOver": say("carried over"),
    "RenewalDue": say("document of the next year due"),
    "RenewalRefused": say("document of the next year refused"),
    "Continued": say("goes on under another document"),
    "Repointed": say("goes on under another item"),
    "Kept": say("goes on"),
    "BasisEnded": say("a document it rests on has ended"),
    "Urged": say("urged by a letter"),
    "Offered": say("a report is offered"),
}


def node_state(node: Node, now: datetime) -> str:
    """What a node is now, as a word that is the same in every language."""
    if node.stopped_at:
        return "stopped"
    if node.lost(now):
        return "lost"
    if node.held:
        return "held"
    return "ready" if node.ready else "not_ready"


def length(time: timedelta) -> str:
    """A length of time, as coarse as it is long."""
    seconds = time.total_seconds()
    if seconds < 100:
        return say("{seconds} s", seconds=f"{seconds:.1f}")
    if seconds < 7200:
        return say_count("{count} minute", "{count} minutes", round(seconds / 60))
    return say_count("{count} hour", "{count} hours", round(seconds / 3600))


def seat_of(one: MessageLine) -> str:
    """To whom a message goes."""
    return f"{one.office}/{one.role}" + (f" ({one.deputy})" if one.deputy else "")

"""What keeps the service going, in words: nodes, messages of the outbox, tries to send them."""

from datetime import datetime, timedelta

from storage import attempts
from storage.nodes import Node
from storage.queries.messages import MessageLine
from workflows.text import say, say_count

NODE_WORDS = {
    "ready": say("ready"),
    "not_ready": say("not ready"),
    "held": say("held"),
    "lost": say("no sign"),
    "stopped": say("stopped"),
}
MESSAGE_WORDS = {"waiting": say("waiting"), "failing": say("failing"), "dead": say("given up"), "sent": say("sent")}
OUTCOME_WORDS = {attempts.SENT: say("sent"), attempts.FAILED: say("failed"), attempts.AWAY: say("nobody answered")}


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

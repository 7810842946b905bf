"""A backup, and what became of one that was restored, in words: what the command line and the doctor both say."""

from engine.backing_up import Made
from engine.restored import Report
from engine.wording import volume_words
from workflows.text import Text, say, say_count

STEPS = {
    "sum": say("reading the file and its sum"),
    "restore": say("restoring"),
    "file": say("the database file"),
    "contents": say("counts and heads"),
    "upgrade": say("upgrading what was restored"),
    "verify": say("chains, states and guards"),
    "seals": say("seals outside"),
}


def held_words(chains: int, entries: int) -> Text:
    """How much of the journal is in it."""
    return say("{entries} in {chains}", entries=say_count("{count} entry", "{count} entries", entries),
               chains=say_count("{count} chain", "{count} chains", chains))  # fmt: skip


def made_words(made: Made) -> Text:
    one = made.manifest
    return say("{size} in {seconds} s: {held}; sha256 {sum}…", size=volume_words(one.size), seconds=f"{made.seconds:.1f}",
               held=held_words(one.chains + 1, one.entries), sum=one.sha256[:16])  # fmt: skip


def speed_words(report: Report) -> Text:
    """How long it took, in all and by step."""
    seconds = sum(report.steps.values())
    rate = report.backup.size / seconds / 1e6 if seconds else 0.0
    return say("{seconds} s in all, {rate} MB/s", seconds=f"{seconds:.1f}", rate=f"{rate:,.1f}")

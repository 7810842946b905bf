"""Labels of the law in the language in use: a definition's own words, and the groups every report counts by."""

from collections.abc import Mapping

from engine.language import in_use
from workflows.obligation import GROUPS
from workflows.text import Text, joined, say

GROUP_WORDS: Mapping[str, Text] = {
    "done_on_time": say("done on time"),
    "done_late": say("done late"),
    "open_in_time": say("open in time"),
    "open_overdue": say("open overdue"),
    "no_deadline": say("no deadline"),
    "info": say("info"),
    "void": say("void"),
}


TASK_WORDS: Mapping[str, Text] = {"call": say("call"), "visit": say("visit"), "letter": say("letter")}
ROLE_WORDS: Mapping[str, Text] = {"clerk": say("clerk"), "officer": say("officer"), "leader": say("leader")}

ALL_ROLE_WORDS: Mapping[str, Text] = {
    **ROLE_WORDS,
    "admin": say("admin"),
    "auditor": say("auditor"),
    "operator": say("operator"),
}


def labelled(label: str, english: str | None) -> str:
    """Of a definition's two labels the one in the language in use; the Vietnamese one where there is no other."""
    return english if english and in_use() == "en" else label


def totals_words(totals: Mapping[str, int]) -> Text:
    """The count that adds up: every group, and their sum."""
    parts = (joined([GROUP_WORDS[group], f"{totals[group]:,}"], " ") for group in GROUPS)
    return joined([joined(parts, " + "), f"{sum(totals.values()):,}"], " = ")

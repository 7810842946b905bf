"""Why something followed that nobody asked for by itself: a closed set of causes, each with its sentence."""

from workflows.light import light
from workflows.text import mark, say

CAUSES = {
    "issued": mark("{text} was issued"),
    "directive_ended": mark("the directive was ended: {text}"),
    "above_ended": mark("obligation {of} above it ended"),
    "above_paused": mark("obligation {of} above it rests"),
    "above_resumed": mark("obligation {of} above it goes on"),
    "pause_over": mark("the day until which it rested has come"),
    "automatic": mark("passed on by itself, as the workflow says"),
    "replaced": mark("{text} has taken the place of its document"),
    "offer": mark("the report accepted as {text} answers it too"),
    "opening": mark("taken over from an earlier list"),
    "given": mark("obligation {of} was given to another office"),
    "period": mark("{text} of obligation {of}"),
    "event": mark("{text} under obligation {of}"),
    "merged": mark("it was not reported by its date, and is part of {text} now, obligation {of}"),
    "year_end": mark("its year ended on {text}"),
}


@light(frozen=True, slots=True)
class Cause:
    """`kind` is one of CAUSES; `of` the number of the obligation it comes from, `text` what else its sentence names."""

    kind: str
    of: int | None = None
    text: str | None = None


def cause_words(cause: "Cause | str | None") -> str:
    """The sentence of a cause; entries of earlier versions hold it as it was written then."""
    if cause is None or isinstance(cause, str):
        return cause or ""
    return say(CAUSES[cause.kind], of=cause.of, text=cause.text) if cause.kind in CAUSES else cause.kind

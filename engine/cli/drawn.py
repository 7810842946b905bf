"""What the commands that draw have in common: in which format, how wide, and where the picture goes."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.options import one_of
from engine.cli.printing import data, talk
from workflows.text import say

FORMATS = ("mermaid", "svg")
_MM_MIN, _MM_MAX = 20, 5_000

FormatOption = Annotated[
    str,
    typer.Option("--format", metavar="|".join(FORMATS), help="Text for Mermaid, or a picture that stands alone."),
]
OutputOption = Annotated[
    str,
    typer.Option("--output", "-o", metavar="FILE", show_default=False, help="Write it to this file."),
]
WidthOption = Annotated[
    int | None,
    typer.Option("--width", metavar="MM", min=_MM_MIN, max=_MM_MAX, show_default=False,
                 help="How wide an SVG is printed; else as drawn, at most as A4."),
]  # fmt: skip


def check_format(format_: str, width: int | None, output: str, *, as_json: bool) -> None:
    """What is asked for can be drawn. Anything else is a usage error."""
    one_of(format_, FORMATS, "--format")
    if width is not None and format_ != "svg":
        raise typer.BadParameter(say("only an SVG has a width; add --format svg"), param_hint="--width")
    if output and as_json:
        raise typer.BadParameter(say("--json prints the picture; leave one of the two out"), param_hint="--output")


def deliver(drawn: str, output: str) -> None:
    """A picture to standard output, or to a file. A file that cannot be written is a usage error."""
    if not output:
        data(drawn.rstrip())
        return
    try:
        Path(output).write_text(drawn, encoding="utf-8", newline="\n")
    except OSError as error:
        said = say("{path} cannot be written: {why}", path=output, why=error.strerror)
        raise typer.BadParameter(said, param_hint="--output") from None
    talk(say("Written to {path}.", path=output))

"""`cascade service-files`: what a machine needs to run the service: a systemd unit, and a site of nginx before it."""

import shutil
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.options import one_of, settings
from engine.cli.printing import data, talk
from engine.web.listening import DEFAULT, parse
from workflows.text import say

_FILES = {"systemd": "cascade.service", "nginx": "nginx.conf"}


def service_files(
    which: Annotated[str, typer.Argument(metavar="[systemd|nginx]", show_default=False)] = "",
    host: Annotated[
        str, typer.Option("--host", metavar="NAME", show_default=False, help="The name under which people reach it.")
    ] = "cascade.example.vn",
) -> None:
    """Print a hardened systemd unit and an nginx site, to be put where their first lines say."""
    if which:
        one_of(which, _FILES, "systemd|nginx")
    address = parse(settings().listen or DEFAULT)
    program = shutil.which("cascade") or str(Path(sys.argv[0]).resolve())
    for name in [which] if which else _FILES:
        text = (files("engine") / "samples" / _FILES[name]).read_text(encoding="utf-8")
        data(text.replace("{program}", program).replace("{host}", host).replace("{listen}", str(address)))
    talk(say("After the unit lies in its place: systemctl daemon-reload, then systemctl enable --now cascade"))

"""`python -m engine` is the command `cascade`."""

from engine.cli.main import run

run()

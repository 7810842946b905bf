"""The link by which the first account is made, handed over: at the terminal, or in a file that only its owner reads.

It is as good as an administrator's password for a day, so it is in no log.
"""

import os
from pathlib import Path

from engine.runtime import Runtime
from storage.errors import Unavailable
from workflows.text import say

NAME = "setup-link"


def file_of(runtime: Runtime) -> Path:
    """In the folder of secrets; else beside the database; else where the service runs."""
    if runtime.secrets:
        return runtime.secrets.folder / NAME
    if runtime.database.is_sqlite:
        return Path(runtime.database.url.database or "").resolve().parent / NAME
    return Path.cwd() / NAME


def write(runtime: Runtime, link: str) -> Path:
    """Put the link into its file, with mode 0600, in the place of an earlier one. Raises Unavailable."""
    path = file_of(runtime)
    made = path.with_name(f".{NAME}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made.unlink(missing_ok=True)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(link + "\n")
        made.replace(path)
    except OSError as error:
        raise Unavailable(say("{path} cannot be written: {why}", path=path, why=error.strerror)) from error
    return path


def withdraw(runtime: Runtime) -> None:
    """There is an account: a link that lies about is good for nothing, and is taken away."""
    try:
        file_of(runtime).unlink(missing_ok=True)
    except OSError:  # what cannot be removed opens nothing any more
        return

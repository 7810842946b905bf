"""The manifest of a backup: a JSON file beside it that says what it is of, what is in it, and by which sum it is known."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from engine.errors import Unverified
from storage.backups import Contents
from workflows.encoding import instant_text
from workflows.text import say

FORMAT = 1
ENDING = ".manifest.json"
_MAX = 64 << 20  # bytes; a manifest of HEADS_MAX chains has one or two million


@dataclass(frozen=True, slots=True)
class Manifest:
    """`began_at` and `made_at` are the machine's time; what the backup holds is of a moment between them. `database` is shown
    without its password. `heads` is None where there are too many chains to list; `digest` is of all of them. `seal` is the
    number of the last seal in it, None where there is none."""

    format: int
    kind: str
    file: str
    size: int
    sha256: str
    database: str
    program: str
    identity: str
    schema: str
    created_at: str
    simulated: bool
    began_at: str
    made_at: str
    entries: int
    chains: int
    tables: dict[str, int]
    administration: list[Any]
    digest: str
    heads: dict[str, list[Any]] | None
    seal: int | None

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.began_at)


def of(
    found: Contents,
    kind: str,
    file: Path,
    size: int,
    sha256: str,
    shown: str,
    program: str,
    began: datetime,
    made: datetime,
) -> Manifest:
    """The manifest of a file that was made."""
    heads = None if found.heads is None else {chain: list(head) for chain, head in found.heads.items()}
    return Manifest(
        FORMAT, kind, file.name, size, sha256, shown, program, found.identity, found.schema, instant_text(found.created_at),
        found.simulated, instant_text(began), instant_text(made), found.entries, found.chains, found.tables,
        list(found.administration), found.digest, heads, found.seal,
    )  # fmt: skip


def beside(file: Path) -> Path:
    """Where the manifest of a backup lies."""
    return file.with_name(file.name + ENDING)


def to_bytes(manifest: Manifest) -> bytes:
    return orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read(path: Path) -> Manifest | None:
    """The manifest that lies there; None where none does. Raises Unverified where it cannot be read as one."""
    try:
        with path.open("rb") as stream:
            data = orjson.loads(stream.read(_MAX))
    except FileNotFoundError:
        return None
    except (OSError, orjson.JSONDecodeError) as error:
        raise Unverified(say("{file} cannot be read as a manifest: {why}", file=path, why=error)) from error
    fault = _fault(data)
    if fault:
        raise Unverified(say("{file} cannot be read as a manifest: {why}", file=path, why=fault))
    return Manifest(**data)


def _fault(data: Any) -> str | None:
    """What keeps this from being a manifest of ours."""
    if not isinstance(data, Mapping):
        return say("it is no object")
    if data.get("format") != FORMAT:
        return say("its format is {found}, this program knows {known}", found=data.get("format"), known=FORMAT)
    types = get_type_hints(Manifest)
    wrong = [one.name for one in fields(Manifest) if one.name not in data or not _fits(data[one.name], types[one.name])]
    unknown = [name for name in data if name not in types]
    if wrong or unknown:
        return say("these fields are missing, unknown or of another kind: {names}", names=[*wrong, *map(str, unknown)])
    for name in ("began_at", "made_at", "created_at"):
        try:
            if datetime.fromisoformat(data[name]).tzinfo is None:
                return say("{name} is no instant", name=name)
        except ValueError:
            return say("{name} is no instant", name=name)
    return None


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, UnionType):
        return any(_fits(value, one) for one in get_args(wanted))
    if wanted is NoneType:
        return value is None
    if get_origin(wanted) is dict:
        return isinstance(value, dict) and all(_fits(one, get_args(wanted)[1]) for one in value.values())
    if get_origin(wanted) is list:
        return isinstance(value, list) and len(value) == 2 and _fits(value[0], int) and isinstance(value[1], str)
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))

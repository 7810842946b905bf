"""The JSON Schema of a workflow file, for editors that complete and check as one types. Made from the models themselves.

It shows what may be written where, `like`, `without`, forms and defaults included; what goes beyond a place (names that
refer to each other, the lint) it leaves to `loading`. It never refuses what `loading` would take.
"""

from collections.abc import Callable
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from workflows import conditions, grammar, words
from workflows.definition import Definition, labelled

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NOT_WRITTEN = ("title", "default")  # keys that pydantic adds, and that say nothing to an admin
_INHERITED = ("Action", "ObligationMachine", "Rung", "UndatedMode")  # what is not written there may come from elsewhere
_ASKING = (
    ("Action", "ask"),
    ("Action", "ask_if_late"),
    ("UndatedMode", "ask"),
    ("ExtensionBlock", "ask"),
    ("OutsideOffices", "ask"),
)
_JOINED = ("states", "ends", "actions")  # of a machine that is like another one, what is written is only a part
_DEFAULTS = {"action": "Action", "rung": "Rung", "mode": "UndatedMode"}
_OF_A_LIST = {"minLength": "minItems", "maxLength": "maxItems"}
_SPAN = r"^[0-9]{1,4} (working day|day|hour)s?$"
_RULE = rf"^[0-9]{{1,4}} (working day|day|hour)s? (before|after) ({'|'.join(words.EVENTS)})$"


def json_schema() -> dict[str, Any]:
    """The schema, as JSON Schema 2020-12."""
    made = Definition.model_json_schema(by_alias=True, schema_generator=_AsWritten, mode="validation")
    for name, block in made["$defs"].items():
        if name in _INHERITED:
            block.pop("required", None)
    cleaned: dict[str, Any] = _clean(made)
    _with_reuse(cleaned)
    return {"$schema": DIALECT, "title": "A workflow of cascade", **cleaned}


def _with_reuse(schema: dict[str, Any]) -> None:
    """What `reuse` writes out before the models see it: forms in place of fields, parts of machines, defaults."""
    blocks = schema["$defs"]
    for entries in _JOINED:
        blocks["ObligationMachine"]["properties"][entries].pop("minProperties", None)
    name = {"type": "string", "pattern": grammar.NAME, "description": "the name of one of `forms`"}
    fields = blocks["Action"]["properties"]["ask"]
    (kinds,) = fields["patternProperties"].values()
    blocks["Fields"] = {
        **fields,
        "maxProperties": fields["maxProperties"] + 1,
        "properties": {"like": name},
        "patternProperties": {grammar.NAME.replace("^", "^(?!like$)", 1): kinds},
    }
    block = {"$ref": "#/$defs/Fields"}
    for owner, key in _ASKING:
        blocks[owner]["properties"][key] = {"anyOf": [name, block]}
    (forms,) = schema["properties"]["forms"]["patternProperties"]
    schema["properties"]["forms"]["patternProperties"][forms] = block
    for kind, owner in _DEFAULTS.items():
        # A default is judged where it is used, so anything may stand here; the first branch is for completion.
        known = {key: {"anyOf": [found, {}]} for key, found in blocks[owner]["properties"].items() if key != "like"}
        blocks["Defaults"]["properties"][kind] = {"type": "object", "properties": known, "additionalProperties": False}


class _AsWritten(GenerateJsonSchema):
    """As pydantic's own, but for values that are written in another shape than the one they are kept in."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        read = schema["function"]["function"]
        if allowed := getattr(read, "allowed", None):
            return {"oneOf": [{"const": word, "description": str(said)} for word, said in allowed.items()]}
        if read in _SHOWN:
            return dict(_SHOWN[read])
        inner = super().function_before_schema(schema)
        if read is grammar.listed:
            return {"anyOf": [_of_one(inner), inner]}
        if read is labelled:
            return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 300}, inner]}
        return inner

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        return {**made, "propertyNames": keys} if "oneOf" in keys else made


def _of_one(several: JsonSchemaValue) -> JsonSchemaValue:
    """What stands for a list of one."""
    return dict(several["items"]) if "items" in several else {"type": "string"}


_SHOWN: dict[Callable[[object], object], JsonSchemaValue] = {
    grammar.read_span: {"type": "string", "pattern": _SPAN, "examples": ["3 working days", "2 hours"]},
    grammar.read_rule: {
        "anyOf": [{"type": "string", "pattern": _RULE}, {"enum": list(words.EVENTS)}],
        "examples": ["3 working days before due", "2 hours after issue"],
    },
    grammar.read_party: {"enum": [f"{office}.{role}" for office in words.OFFICES for role in words.ROLES]},
    grammar.read_hour: {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["07:30"]},
    grammar.read_year_day: {"type": "string", "pattern": r"^[0-9]{1,2}/[0-9]{1,2}$", "examples": ["15/01"]},
    conditions.read_condition: {
        "type": "string",
        "maxLength": conditions.LENGTH_MAX,
        "examples": ["otherwise", "late and not (part is support)", "ask.people >= 10"],
    },
}


def _clean(node: Any, keyed: bool = False) -> Any:
    """Without what pydantic adds for programmers, and with the sizes of lists where lists have theirs. In a mapping of
    names (`keyed`) every key is somebody's word."""
    if isinstance(node, list):
        return [_clean(one) for one in node]
    if not isinstance(node, dict):
        return node
    if keyed:
        return {key: _clean(value) for key, value in node.items()}
    left = {key: value for key, value in node.items() if key not in _NOT_WRITTEN}
    branches = [
        one for one in left.pop("anyOf", []) if one != {"type": "null"}
    ]  # nobody writes null: the key is left out
    if len(branches) == 1:
        left |= branches[0]
    elif branches:
        sizes = {key: left.pop(key) for key in ("minLength", "maxLength") if key in left}
        left["anyOf"] = [one | sizes if one.get("type") == "array" else one for one in branches]
    if left.get("type") == "array":  # a size that pydantic checks before it knows that the value is a list
        left = {_OF_A_LIST.get(key, key): value for key, value in left.items()}
    if "patternProperties" in left:
        left.setdefault("additionalProperties", False)
    return {key: _clean(value, key in ("properties", "$defs", "patternProperties")) for key, value in left.items()}

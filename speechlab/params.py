"""Parameters, declared once: command-line flags, page controls, TOML keys, REST fields and docs are read from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from .errors import ConfigError, SpeechLabError

KnobType = Literal["boolean", "integer", "number", "string", "choice", "list"]


class Params(BaseModel):
    """The parameters of an engine, a format or a stage: typed fields, each with a docstring under it as its help.

    Bounds are written with ``Annotated[float, Field(ge=0, le=1)]``, choices with ``Literal``. A field whose
    ``json_schema_extra`` says ``{"advanced": True}`` is shown folded away. One that says ``{"owner": True}`` may name a
    file or folder of this machine, or let code run that comes with weights: clients of a server may not use it so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Knob:
    """One parameter as a face sees it."""

    name: str
    type: KnobType
    default: Any
    help: str
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    """Whether None, "let the engine decide", is a value."""
    advanced: bool = False
    owner: bool = False
    """Whether it reaches what is the machine's own, such as its files: :func:`speechlab.clients.admit` guards it."""

    @property
    def label(self) -> str:
        """The name as words: ``beam_size`` is "Beam size"."""
        return self.name.replace("_", " ").capitalize()

    @property
    def card(self) -> dict[str, Any]:
        """All of it as JSON values."""
        told = asdict(self)
        many = isinstance(self.default, tuple | list | set | frozenset)
        return told | {"choices": list(self.choices), "default": list(self.default) if many else self.default}


P = TypeVar("P", bound=Params)


def knobs(*models: type[Params]) -> tuple[Knob, ...]:
    """All parameters of the models as one flat list, the first model's first; a name told twice counts once."""
    found: dict[str, Knob] = {}
    for model in models:
        for name, field in model.model_fields.items():
            type_, choices, optional = _shape(field.annotation)
            inner = _inner(field.annotation)
            bounds = [*field.metadata, *(item for one in inner for item in one.metadata)]
            extras = [one.json_schema_extra for one in (field, *inner) if isinstance(one.json_schema_extra, dict)]
            found.setdefault(
                name,
                Knob(
                    name=name,
                    type=type_,
                    default=field.get_default(call_default_factory=True),
                    help=field.description or "",
                    choices=choices,
                    minimum=_bound(bounds, "ge", "gt"),
                    maximum=_bound(bounds, "le", "lt"),
                    optional=optional,
                    advanced=any(extra.get("advanced") for extra in extras),
                    owner=any(extra.get("owner") for extra in extras),
                ),
            )
    return tuple(found.values())


def check(model: type[P], values: Mapping[str, Any], where: str) -> P:
    """``model(**values)``, with what is wrong said in one sentence. Raises ConfigError."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise _told(model, values, where, error) from None
    except Exception as error:  # a plugin's own validator
        raise ConfigError(
            f"{where}: its parameters could not be checked: {type(error).__name__}: {error}",
            hint="tell the author of the engine, with the parameters that you gave",
        ) from error


def unknown_key(key: object, known: Iterable[str], where: str) -> ConfigError:
    """The error for a parameter that nobody declared, with the nearest that somebody did."""
    return ConfigError(f"{where} has no parameter {key!r}", hint=nearest(key, known, "it has"))


def nearest(name: object, known: Iterable[str], otherwise: str) -> str:
    """A hint for a misspelt name: the nearest known one, else all of them after the words ``otherwise``."""
    from difflib import get_close_matches

    names = sorted(str(one) for one in known)
    lowered = {one.lower(): one for one in names}
    if close := get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.5):
        return f"did you mean {lowered[close[0]]!r}?"
    return f"{otherwise}: {', '.join(names) or 'none'}"


def _told(model: type[Params], values: Mapping[Any, Any], where: str, error: ValidationError) -> ConfigError:
    """The first thing that is wrong, in a sentence."""
    for key in values:
        if key not in model.model_fields:
            return unknown_key(key, model.model_fields, where)
    first = error.errors()[0]
    said = first["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    said, _, _ = said.partition(", unable to ")
    raised = first.get("ctx", {}).get("error")
    hint, given = "", f", not {first['input']!r}"
    if isinstance(raised, SpeechLabError):  # which tells what was given, as far as that matters
        hint, given = raised.hint, ""
    if not first["loc"]:  # the whole is wrong, not one field
        return ConfigError(f"{where}: {said}", hint=hint or f"change {' or '.join(values or model.model_fields)}")
    name, *within = first["loc"]
    field = model.model_fields.get(str(name))
    help = (field and field.description) or ""
    if first["type"] == "missing":
        return ConfigError(f"{where} lacks {name!r}", hint=help)
    key = ".".join(str(part) for part in (name, *within) if part is name or isinstance(part, int))
    said = f"{key} {said.removeprefix('Input ')}" if said.startswith("Input should") else f"{key}: {said}"
    return ConfigError(f"{where}: {said}{given}", hint=hint or help)


def _shape(annotation: Any) -> tuple[KnobType, tuple[Any, ...], bool]:
    """What kind of control an annotation asks for, its choices, and whether None is a value."""
    if get_origin(annotation) in (Union, UnionType):
        inner = [arg for arg in get_args(annotation) if arg is not NoneType]
        optional = len(inner) < len(get_args(annotation))
        if len(inner) == 1:
            type_, choices, _ = _shape(inner[0])
            return type_, choices, optional
        literals = [choice for arg in inner for choice in _shape(arg)[1]]
        return "string", tuple(literals), optional  # free text with suggestions
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(get_args(annotation)[0])
    if origin is Literal:
        return "choice", get_args(annotation), False
    if origin in (tuple, list, set, frozenset):
        return "list", (), False
    plain: dict[Any, KnobType] = {bool: "boolean", int: "integer", float: "number"}
    return plain.get(annotation, "string"), (), False


def _inner(annotation: Any) -> list[FieldInfo]:
    """What is said inside an optional: ``Annotated[int, Field(ge=1)] | None``."""
    if get_origin(annotation) not in (Union, UnionType):
        return []
    annotated = [arg for arg in get_args(annotation) if get_origin(arg) is Annotated]
    return [item for arg in annotated for item in arg.__metadata__ if isinstance(item, FieldInfo)]


def _bound(metadata: Iterable[Any], *names: str) -> float | None:
    for item in metadata:
        for name in names:
            if (value := getattr(item, name, None)) is not None:
                return float(value)
    return None

"""``speechlab new``: begin a plugin of your own, as a package that installs and passes its conformance at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from ..engines import Kind
from ..errors import ConfigError, OutputError
from ..media import atomic_write
from ..params import nearest
from .app import NearestGroup
from .messages import say

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PREFIX = "speechlab-"


@dataclass(frozen=True, slots=True)
class _Example:
    """What the written engine of a kind does until its author makes it do more."""

    summary: str
    fields: str
    options: str = "Params"
    """The options that all engines of the kind have in common."""


_MARKS = '''    marks: Annotated[int, Field(ge=0, le=9)] = 0
    """How many exclamation marks to add."""'''
_DECIMALS = '''    decimals: Annotated[int, Field(ge=0, le=3)] = 1
    """Decimals of the seconds that it tells."""'''

EXAMPLES: Mapping[Kind, _Example] = {
    Kind.ASR: _Example("Tells how many seconds it heard.", _DECIMALS, "AsrOptions"),
    Kind.VAD: _Example(
        "Takes for speech what is loud.",
        '''    threshold: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Loudness (root mean square, full scale 1) above which sound counts as speech."""''',
        "VadOptions",
    ),
    Kind.PREPARE: _Example(
        "Makes everything softer.",
        '''    gain: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Loudness of what comes out, compared with what went in."""''',
    ),
    Kind.DENOISE: _Example(
        "Makes everything softer.",
        '''    strength: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How much of the sound is taken away."""''',
    ),
    Kind.SPEECH_TRANSLATE: _Example("Tells how many seconds it heard, in any language.", _DECIMALS, "AsrOptions"),
    Kind.ALIGN: _Example(
        "Shares a segment's time evenly among its words.",
        '''    pause: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    """Share of each word's time that is silence after it."""''',
    ),
    Kind.DIARIZE: _Example(
        "Lets speakers take turns by the clock.",
        '''    turn_seconds: Annotated[float, Field(ge=0.5, le=60)] = 2.0
    """Seconds after which the next one speaks."""''',
        "DiarizeOptions",
    ),
    Kind.TEXT: _Example("Writes everything in capitals.", _MARKS),
    Kind.TRANSLATE: _Example("Puts the language before the text.", _MARKS),
    Kind.TTS: _Example(
        "Beeps once for each word.",
        '''    pitch: Annotated[float, Field(ge=50, le=2000)] = 440.0
    """Pitch of the beep in Hz."""''',
        "TtsOptions",
    ),
    Kind.CONVERT: _Example(
        "Turns the sound upside down, which nobody hears.",
        '''    gain: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Loudness of what comes out, compared with what went in."""''',
    ),
    Kind.INTERPRET: _Example(
        "Repeats what it hears.",
        '''    every: Annotated[float, Field(ge=0.5, le=30)] = 1.0
    """Seconds that it listens before it repeats them."""''',
    ),
}


@click.group(cls=NearestGroup)
def new() -> None:
    """Begin a plugin of your own."""


def _kind(ctx: click.Context, param: click.Parameter, value: str) -> Kind:
    if value not in list(Kind):
        raise click.BadParameter(f"there is no kind {value!r}; {nearest(value, list(Kind), 'there are')}", ctx, param)
    return Kind(value)


def _name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    name = value.lower().replace("_", "-").removeprefix(PREFIX)
    if not NAME.fullmatch(name):
        raise click.BadParameter(f"{value!r} is not made of letters, digits and single hyphens", ctx, param)
    return name


@new.command(
    help="Write a package speechlab-NAME with an engine of some KIND, which installs and passes its tests as it is.\n\n"
    f"KIND is one of {', '.join(Kind)}."
)
@click.argument("kind", callback=_kind)
@click.argument("name", callback=_name)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder that the package is made in.  [default: here]",
)
def plugin(kind: Kind, name: str, into: Path) -> None:
    """The new package, and what to do next."""
    folder = write(kind, name, into)
    click.echo(str(folder))
    say(f"next: pip install -e '{folder}[test]', then pytest {folder}, then make {folder.name} do more")


def write(kind: Kind, name: str, into: Path) -> Path:
    """The new package's folder. Raises ConfigError where it is there already, OutputError where it cannot be made."""
    folder = into / f"{PREFIX}{name}"
    if folder.exists():
        raise ConfigError(f"{folder} is there already", hint="choose another name, or another folder with --into")
    for path, text in package(kind, name).items():
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{target.parent} cannot be made: {error.strerror}", hint="choose another --into"
            ) from error
        atomic_write(target, text.encode())
    return folder


def package(kind: Kind, name: str) -> dict[str, str]:
    """The files of a new plugin, by their path."""
    example = EXAMPLES[kind]
    module = f"{PREFIX}{name}".replace("-", "_")
    words = "".join(part.capitalize() for part in name.split("-"))
    filled = {
        "name": name,
        "kind": kind.value,
        "member": kind.name,
        "label": kind.label,
        "distribution": f"{PREFIX}{name}",
        "package": module,
        "engine": f"{words.removesuffix('Engine')}Engine",
        "options": example.options,
        "fields": example.fields,
        "summary": example.summary,
        "imports": ", ".join(sorted({"EngineSpec", "Kind", "Params", "hookimpl", example.options})),
    }
    templates = {
        "pyproject.toml": "package/pyproject.toml",
        "README.md": "package/README.md",
        f"src/{module}/__init__.py": "package/__init__.py",
        f"src/{module}/engine.py": f"kinds/{kind.value}",
        f"tests/test_{name.replace('-', '_')}.py": "package/test.py",
    }
    at = files(__package__) / "templates"
    return {
        path: Template((at / f"{template}.tmpl").read_text(encoding="utf-8")).substitute(filled)
        for path, template in templates.items()
    }

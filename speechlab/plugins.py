"""Finding plugins, and outliving those that break."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

import pluggy

from . import hookspecs
from .contributions import Command, Format, PipelineFile, Tab
from .engines import Context, EngineSpec, Kind
from .errors import ConfigError, EngineNotFound, PluginError, SpeechLabError
from .params import nearest

GROUP = "speechlab"
BUILTIN = EntryPoint(name="builtin", value="speechlab.builtin", group=GROUP)
Contribution = EngineSpec | Format | PipelineFile | Tab | Command
T = TypeVar("T")
ONE_FILE = "speechlab_plugin_"
"""How the modules of one-file plugins begin."""

HOOKS: Mapping[str, type[Contribution]] = {
    "register_engines": EngineSpec,
    "register_pipelines": PipelineFile,
    "register_formats": Format,
    "register_tabs": Tab,
    "register_commands": Command,
}


@dataclass(frozen=True, slots=True)
class PluginReport:
    """What became of one plugin."""

    name: str
    version: str = ""
    gives: tuple[str, ...] = ()
    """What it registered: ``"asr/whisper"``, ``"format srt"``, ..."""
    error: PluginError | None = None
    """Why nothing of it is there, or None."""


class Plugins:
    """Finds plugins by entry point and collects what they register.

    ``extra`` plugins are modules, objects, or paths of one-file plugins. A plugin is taken whole or not at all: one
    that cannot be imported, raises, or registers what another already has is told in :attr:`reports`, and the rest
    goes on.
    """

    def __init__(self, *extra: object, discover: bool = True, context: Context | None = None) -> None:
        self.context = context
        """What the lab lends its engines; None where no lab asks for them, and cards can tell less."""
        self.manager = pluggy.PluginManager(GROUP)
        self.manager.add_hookspecs(hookspecs)
        self._reports: list[PluginReport] = []
        self._given: dict[tuple[type, str], tuple[Contribution, str]] = {}
        for point in _entry_points() if discover else (BUILTIN,):
            self._take(point.name, point)
        for plugin in extra:
            self._take(_name(plugin), plugin)

    @property
    def reports(self) -> tuple[PluginReport, ...]:
        """What became of each plugin, in the order of loading."""
        return tuple(self._reports)

    @property
    def engines(self) -> Mapping[tuple[Kind, str], EngineSpec]:
        """All engine cards, by kind and id."""
        return MappingProxyType({(spec.kind, spec.id): spec for spec in self._all(EngineSpec)})

    @property
    def formats(self) -> Mapping[str, Format]:
        """All formats, by id."""
        return {item.id: item for item in self._all(Format)}

    @property
    def pipelines(self) -> Mapping[str, PipelineFile]:
        """All pipelines that plugins ship, by id."""
        return {item.id: item for item in self._all(PipelineFile)}

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """All tabs, in the order in which they are shown."""
        return tuple(sorted(self._all(Tab), key=lambda tab: (tab.order, tab.id)))

    @property
    def commands(self) -> Mapping[str, Command]:
        """All commands, by id."""
        return {item.id: item for item in self._all(Command)}

    def engine(self, kind: Kind, id: str) -> EngineSpec:
        """The card of one engine. Raises EngineNotFound with the nearest name."""
        try:
            return self.engines[kind, id]
        except KeyError:
            known = [other for of, other in self.engines if of == kind]
            hint = nearest(id, known, "there are")
            told = f"there is no {kind} engine {id!r}"
            if other := next((spec for spec in self.engines.values() if spec.name == id), None):
                told = f"{id} does {other.kind.label.lower()}, not {kind.label.lower()}"
                hint = nearest("", known, "there are")
            raise EngineNotFound(told, hint=hint) from None

    def format(self, id: str) -> Format:
        """One format. Raises ConfigError with the nearest name."""
        try:
            return self.formats[id]
        except KeyError:
            raise ConfigError(f"there is no format {id!r}", hint=nearest(id, self.formats, "there are")) from None

    def version(self, spec: EngineSpec) -> str:
        """The version of the plugin that registered this engine; empty for a plugin without a distribution."""
        _, owner = self._given[EngineSpec, spec.name]
        return next((report.version for report in self._reports if report.name == owner), "")

    def _all(self, kind: type[T]) -> list[T]:
        return [item for (of, _), (item, _) in self._given.items() if of is kind and isinstance(item, kind)]

    def _take(self, name: str, source: object) -> None:
        """Import, register and ask one plugin; whatever it raises becomes its report. Once is enough for each."""
        name = _distinct(name, {report.name for report in self._reports})
        version = ""
        plugin: object = None
        try:
            version = _version(source)
            imported = _imported(source)
            if self.manager.is_registered(imported):
                return
            plugin = imported
            self.manager.register(plugin, name)
            self.manager.check_pending()  # a misspelt hook is an error of this plugin: those before it passed
            self._refuse_unmarked(plugin)
            given = self._ask(plugin)
            self._refuse_clashes(given)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # isolation is what this method is for; plugins exit, and panic past Exception
            if plugin is not None and self.manager.is_registered(plugin):
                self.manager.unregister(plugin)
            self._reports.append(PluginReport(name, version, error=_told(name, error)))
            return
        self._given |= {key: (item, name) for key, item in given.items()}
        self._reports.append(PluginReport(name, version, gives=tuple(_label(item) for item in given.values())))

    def _ask(self, plugin: object) -> dict[tuple[type, str], Contribution]:
        """What the plugin gives. Its hooks are called alone: a plain pluggy call stops at the first that raises."""
        given: dict[tuple[type, str], Contribution] = {}
        others = self.manager.get_plugins() - {plugin}
        for hook, kind in HOOKS.items():

            def register(item: Contribution, kind: type[Contribution] = kind, hook: str = hook) -> None:
                if not isinstance(item, kind):
                    raise PluginError(
                        f"{hook} takes objects of type {kind.__name__}, not {type(item).__name__}",
                        hint=f"call register(speechlab.{kind.__name__}(...))",
                    )
                key = (kind, _key(item))
                if key in given:
                    raise PluginError(f"it registers {_label(item)} twice", hint="give one of the two another id")
                given[key] = _at_home(item, plugin)

            self.manager.subset_hook_caller(hook, remove_plugins=others)(register=register)
        return given

    def _refuse_unmarked(self, plugin: object) -> None:
        marked = {caller.name for caller in self.manager.get_hookcallers(plugin) or ()}
        for hook in HOOKS:
            if hook not in marked and callable(getattr(plugin, hook, None)):
                raise PluginError(f"its {hook} is not marked as a hook", hint="write @speechlab.hookimpl above it")

    def _refuse_clashes(self, given: Iterable[tuple[type, str]]) -> None:
        for key in given:
            if key in self._given:
                item, owner = self._given[key]
                raise PluginError(
                    f"it registers {_label(item)}, which {owner!r} has registered already",
                    hint="remove one of the two plugins, or give what one of them registers another id",
                )


def _entry_points() -> list[EntryPoint]:
    """The host's own plugin first, then the installed ones by name, each once."""
    others = {point.value: point for point in entry_points(group=GROUP) if point.value != BUILTIN.value}
    return [BUILTIN, *sorted(others.values(), key=lambda point: point.name)]


def _imported(source: object) -> object:
    match source:
        case EntryPoint():
            return source.load()
        case str() | Path():
            return _from_file(Path(source))
        case _:
            return source


def _from_file(path: Path) -> ModuleType:
    """A one-file plugin as a module under a name of its own, so that it hides no library that is called as the file is.

    The same text is the same module, by whatever path; an edited one is another, and who uses the older one goes on.
    """
    if not path.is_file():
        raise PluginError(f"there is no file {path}", hint=f"give a path that can be followed from {Path.cwd()}")
    path = path.resolve()
    text = path.read_bytes()
    stem = re.sub(r"\W", "_", path.stem)
    name = f"{ONE_FILE}{stem}_{sha256(bytes(path) + text).hexdigest()[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    if spec is None or not isinstance(spec.loader, SourceFileLoader):
        raise PluginError(f"{path} is no Python file", hint="its name must end in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        exec(spec.loader.source_to_code(text, path), vars(module))  # the text that was read: it may change meanwhile
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _stem(module: ModuleType) -> str | None:
    """How the file of a one-file plugin is called; None for other modules."""
    return Path(module.__file__ or "").stem if module.__name__.startswith(ONE_FILE) else None


def _at_home(item: Contribution, plugin: object) -> Contribution:
    """The contribution with a ``load`` that leads somewhere: a one-file plugin may call its module as its file."""
    if isinstance(item, PipelineFile) or not isinstance(item.load, str):
        return item
    module, _, attribute = item.load.partition(":")
    if isinstance(plugin, ModuleType) and module == _stem(plugin):
        return replace(item, load=f"{plugin.__name__}:{attribute}")
    if not all(part.isidentifier() for part in module.split(".")):
        raise PluginError(
            f"{_label(item)} cannot be loaded from {module!r}",
            hint="name a module as it is imported, such as my_package.engine",
        )
    return item


def _version(source: object) -> str:
    return source.dist.version if isinstance(source, EntryPoint) and source.dist else ""


def _name(plugin: object) -> str:
    match plugin:
        case str() | Path():
            return Path(plugin).stem
        case ModuleType():
            return plugin.__name__
        case _:
            return type(plugin).__name__


def _distinct(name: str, taken: set[str]) -> str:
    """The name, or where another plugin has it, the name with a number."""
    number = 1
    while (made := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return made


def _told(name: str, error: BaseException) -> PluginError:
    """What the plugin raised, in one sentence."""
    hint = ""
    match error:
        case pluggy.PluginValidationError():  # the last of its lines says what is wrong
            said = str(error).splitlines()[-1].partition(" in plugin ")[0]
            hint = f"the hooks are {', '.join(HOOKS)}: each is marked with @speechlab.hookimpl and takes `register`"
        case SpeechLabError():
            said, hint = str(error), error.hint
        case _:
            said = f"{type(error).__name__}: {error}".removesuffix(": ")
    told = PluginError(
        f"plugin {name!r} was left out: {' '.join(said.split())}",
        hint=hint or "reinstall or remove it; everything else works",
    )
    told.__cause__ = error
    return told


def _key(item: Contribution) -> str:
    return item.name if isinstance(item, EngineSpec) else item.id


def _label(item: Any) -> str:
    return item.name if isinstance(item, EngineSpec) else f"{_NOUNS[type(item)]} {item.id}"


_NOUNS = {Format: "format", PipelineFile: "pipeline", Tab: "tab", Command: "command"}

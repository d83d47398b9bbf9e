"""Finding plugins, and outliving those that break."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

import pluggy

from . import hookspecs
from .contributions import Command, Format, PipelineFile, Tab
from .engines import EngineSpec, Kind
from .errors import ConfigError, EngineNotFound, PluginError
from .params import nearest

GROUP = "speechlab"
BUILTIN = EntryPoint(name="builtin", value="speechlab.builtin", group=GROUP)
Contribution = EngineSpec | Format | PipelineFile | Tab | Command
T = TypeVar("T")

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

    def __init__(self, *extra: object, discover: bool = True) -> None:
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
            raise EngineNotFound(f"there is no {kind} engine {id!r}", hint=nearest(id, known, "there are")) from None

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
        """Import, register and ask one plugin; whatever it raises becomes its report."""
        version = ""
        plugin: object = None
        try:
            version = _version(source)
            plugin = _imported(source)
            self.manager.register(plugin, name)
            self.manager.check_pending()  # a misspelt hook is an error of this plugin: those before it passed
            given = self._ask(plugin)
            self._refuse_clashes(given)
        except Exception as error:  # isolation is what this method is for
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
                    raise PluginError(f"{hook} takes a {kind.__name__}, not a {type(item).__name__}")
                key = (kind, _key(item))
                if key in given:
                    raise PluginError(f"it registers {_label(item)} twice")
                given[key] = item

            self.manager.subset_hook_caller(hook, remove_plugins=others)(register=register)
        return given

    def _refuse_clashes(self, given: Iterable[tuple[type, str]]) -> None:
        for key in given:
            if key in self._given:
                item, owner = self._given[key]
                raise PluginError(f"it registers {_label(item)}, which {owner!r} has registered already")


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
    """A one-file plugin, importable afterwards under its stem, so that its ``load`` strings resolve."""
    if not path.is_file():
        raise PluginError(f"there is no file {path}")
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} is no Python file")
    if path.stem in sys.modules and getattr(sys.modules[path.stem], "__file__", None) != str(path):
        raise PluginError(f"a module {path.stem!r} is already imported", hint="rename the file")
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[path.stem]
        raise
    return module


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


def _told(name: str, error: Exception) -> PluginError:
    if isinstance(error, PluginError):
        return PluginError(f"plugin {name!r} was left out: {error}", hint=error.hint)
    told = PluginError(
        f"plugin {name!r} was left out: {type(error).__name__}: {error}",
        hint="reinstall or remove it; everything else works",
    )
    told.__cause__ = error
    return told


def _key(item: Contribution) -> str:
    return item.name if isinstance(item, EngineSpec) else item.id


def _label(item: Any) -> str:
    return item.name if isinstance(item, EngineSpec) else f"{_NOUNS[type(item)]} {item.id}"


_NOUNS = {Format: "format", PipelineFile: "pipeline", Tab: "tab", Command: "command"}

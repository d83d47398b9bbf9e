"""An engine's card: data only, so that a thousand engines cost nothing until one is used."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Any

from ..errors import EngineUnavailable, PluginError, SpeechLabError
from ..params import Knob, Params, knobs, nearest
from ..types import Scale
from .context import Context
from .kinds import PROTOCOLS, Kind
from .ways import Ways
from .weights import Weights, present
from .written import lazy, mapping, model, not_negative, plain_id, positive, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """Announces one engine. Give it to ``register`` in the plugin's ``register_engines`` hook.

    What cannot be meant is refused at once. Raises PluginError.
    """

    id: str
    """Lower-case letters, digits, ``-``, ``_`` and ``.``; with the kind, it is the engine's name."""
    kind: Kind
    load: str | Callable[[Any, Context], Any]
    """``"package.module:Class"``, imported on first use, then called as ``Class(params, context)``."""
    params: type[Params] = Params
    """What is needed to load: a change loads anew (model, device, precision)."""
    options: type[Params] = Params
    """What may change at each call (language, beam size, speed)."""
    features: frozenset[str] = frozenset()
    """What it can do beyond its protocol; conformance checks each: ``word_times``, ``language_id``, ..."""
    languages: tuple[str, ...] = ()
    """BCP-47 codes; empty where it is not tied to languages or only the checkpoint knows."""
    ways: str | Callable[[Any, Context], Iterable[Ways]] = ""
    """From which languages a translator leads into which: ``"package.module:function"``, called as
    ``function(params, context)`` on the plugin's cheap side. Without it, any of :attr:`languages` into any other."""
    sample_rate: int = 16_000
    """The rate in Hz of the mono sound that the host gives an engine that hears; not used for the others: a
    synthesizer says with each :class:`Audio` that it gives at which rate that is."""
    window: float = 30.0
    """The longest stretch of sound, in seconds, that a recognizer or a voice converter wants at once."""
    longest: int = 400
    """The longest text, in characters, that a translator or a synthesizer wants at once: the host cuts at sentences."""
    pads: bool = False
    """Whether a recognizer pads each stretch to its window, as Whisper does: stretches of speech then share one, with
    the silence between them, since a whole window is paid for however little is in it."""
    lag: float = 0.0
    """Seconds by which what a denoiser's session gives is behind what it was fed, with its default options: what it
    looks ahead for, and what it collects until it has a frame."""
    concurrent: bool = False
    """Whether several threads may call one loaded engine at the same time."""
    live: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What holds, where nobody says otherwise, when speech is heard live: values for any of its parameters and options,
    and for the host's around it, such as the commit policy that ``speechlab live-bench`` found best."""
    likeness: Scale | None = None
    """What the cosine of two of its vectors means, where it is a :class:`SpeakerEmbedder`: how like each other two
    recordings of one person are to it, and two people. By it the host tells whether a voice came out right."""
    requires: tuple[str, ...] = ()
    """Import names that must be there; looked for, never imported."""
    programs: tuple[str, ...] = ()
    """Programs that must be on the path."""
    env: tuple[str, ...] = ()
    """Environment variables that must be set (a cloud engine's key)."""
    install: str = ""
    """The pip names that cure what is missing."""
    debian: str = ""
    """The Debian packages that carry what is missing of :attr:`programs`."""
    local: bool = True
    """False: sound or text leaves the machine."""
    weights: tuple[Weights, ...] = ()
    """What :meth:`Context.weights` may be asked for with the default parameters."""
    license: str = ""
    """SPDX licence of the engine's code."""
    weights_license: str = ""
    """SPDX licence of its default weights."""
    homepage: str = ""
    summary: str = ""
    """One sentence: what it is good for."""

    def __post_init__(self) -> None:
        who = f"the engine {self.id!r}"
        meant = {
            "id": plain_id(self.id, "an engine"),
            "kind": _kind(self.kind, who),
            "load": lazy(self.load, who),
            "params": model(self.params, "params", who),
            "options": model(self.options, "options", who),
            "features": frozenset(texts(self.features, "features", who, shape="frozenset")),
            "languages": texts(self.languages, "languages", who),
            "ways": lazy(self.ways, who) if self.ways else "",
            "requires": texts(self.requires, "requires", who),
            "programs": texts(self.programs, "programs", who),
            "env": texts(self.env, "env", who),
            "weights": _weights(self.weights, who),
            "sample_rate": positive(self.sample_rate, "sample_rate", "Hz", who, 16_000),
            "longest": int(positive(self.longest, "longest", "characters", who, 400)),
            "window": positive(self.window, "window", "seconds", who, 30.0),
            "lag": not_negative(self.lag, "lag", "seconds", who, 0.04),
            "likeness": _likeness(self.likeness, who),
            "live": MappingProxyType(mapping(self.live, "live", who)),
        }
        for name, value in meant.items():
            object.__setattr__(self, name, value)

    @property
    def name(self) -> str:
        """``kind/id``, as in a pipeline file."""
        return f"{self.kind}/{self.id}"

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Parameters and options as the one flat list that users see."""
        return knobs(self.params, self.options)

    def missing(self) -> list[str]:
        """Import names, programs and environment variables that are not there."""
        return [
            *(name for name in self.requires if not _importable(name)),
            *(name for name in self.programs if shutil.which(name) is None),
            *(name for name in self.env if not os.environ.get(name)),
        ]

    @property
    def cure(self) -> str:
        """What to type or do so that nothing is missing; empty where nothing is."""
        steps = []
        missing = self.missing()
        if any(name in self.requires for name in missing):
            steps.append(f"pip install {self.install or ' '.join(self.requires)}")
        if any(name in self.programs for name in missing):
            steps.append(f"apt-get install {self.debian or ' '.join(self.programs)}")
        steps += [f"set {name}" for name in missing if name in self.env]
        return " and ".join(steps)

    def leads(self, params: Params, context: Context) -> tuple[Ways, ...]:
        """From which languages it leads into which, without loading it.

        Raises PluginError where its plugin cannot tell.
        """
        if not self.ways:
            here = all(present(one, context.home) for one in self.weights)
            return (Ways.among(self.languages, here=here),) if self.languages else ()
        try:
            told = resolve_name(self.ways) if isinstance(self.ways, str) else self.ways
            return tuple(told(params, context))
        except SpeechLabError:
            raise
        except Exception as error:
            raise PluginError(
                f"{self.name} cannot tell its languages: {type(error).__name__}: {error}", hint="tell its author"
            ) from error

    def require(self) -> None:
        """Raise EngineUnavailable, with the cure, where something is missing that it needs."""
        if missing := self.missing():
            raise EngineUnavailable(f"{self.name} needs {', '.join(missing)}", hint=self.cure)

    def create(self, params: Params, context: Context) -> Any:
        """Import and load the engine. Raises EngineUnavailable with the cure."""
        self.require()
        try:
            factory = resolve_name(self.load) if isinstance(self.load, str) else self.load
            engine = factory(params, context)
        except (SpeechLabError, KeyboardInterrupt, GeneratorExit):
            raise
        except OSError as error:
            raise self._unread(error, context) from error
        except BaseException as error:  # a library may call sys.exit, or panic past Exception as those in Rust do
            raise self._broken(error) from error
        if not isinstance(engine, PROTOCOLS[self.kind]):
            wanted = " or ".join(protocol.__name__ for protocol in PROTOCOLS[self.kind])
            raise EngineUnavailable(
                f"{self.name} loaded a {type(engine).__name__}, which is no {wanted}",
                hint="tell its author; `speechlab.testing` has the checks",
            )
        return engine

    def _unread(self, error: OSError, context: Context) -> EngineUnavailable:
        """What is told of a file that could not be read or written while the engine was loaded."""
        name = error.filename
        if not isinstance(name, str) or not Path(name).is_relative_to(context.home):
            return self._broken(error)
        return EngineUnavailable(
            f"{self.name} could not be loaded, since {context.home} cannot be used: {error.strerror}",
            hint="the lab keeps weights and voices in that folder: make it writable, or choose another by --home or "
            "SPEECHLAB_HOME",
        )

    def _broken(self, error: BaseException) -> EngineUnavailable:
        return EngineUnavailable(
            f"{self.name} could not be loaded: {type(error).__name__}: {error}",
            hint="`speechlab doctor` tells what it found",
        )


def _kind(kind: Any, who: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        hint = nearest(kind, Kind, "the kinds are")
        raise PluginError(f"{who}: there is no kind {kind!r}", hint=hint) from None


def _likeness(likeness: Any, who: str) -> Scale | None:
    if likeness is None or isinstance(likeness, Scale):
        return likeness
    raise PluginError(
        f"{who}: likeness is a Scale, not {likeness!r}", hint="write likeness=Scale(same=0.87, different=0.55)"
    )


def _weights(weights: Any, who: str) -> tuple[Weights, ...]:
    if isinstance(weights, tuple | list) and all(isinstance(one, Weights) for one in weights):
        return tuple(weights)
    raise PluginError(f"{who}: weights is a tuple of Weights, not {weights!r}", hint="write weights=(Weights(...),)")


def _importable(name: str) -> bool:
    """Whether a module is there. ``find_spec`` imports the parents of a dotted name; this imports nothing."""
    if name in sys.modules:
        return sys.modules[name] is not None
    top, *rest = name.split(".")
    try:
        found = find_spec(top)
        for part in rest:
            if found is None or found.submodule_search_locations is None:
                return False
            found = PathFinder.find_spec(f"{found.name}.{part}", found.submodule_search_locations)
    except Exception:  # finders that a package installs are its own code
        return False
    return found is not None

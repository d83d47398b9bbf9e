"""The best translation there is: a translator that goes by way of all others that are installed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Annotated, Any

from pydantic import Field, ValidationError

from .engines import Context, EngineSpec, Hop, Kind, Ways
from .errors import ConfigError, EngineUnavailable, SpeechLabError
from .hookspecs import hookimpl
from .languages import Languages, same, standard
from .params import Params
from .plugins import Plugins
from .pool import Loaded, Pool
from .preferred import INSTALL, PREFERRED, ROUTES, TOY, identifying
from .translation import Manner, Way, reached, route, translated

log = logging.getLogger(__name__)

HOPS = 3
FRESH = 60.0
"""Seconds for which a route is gone again, and an engine that cannot be used gone around, without another look."""


class RouteParams(Params):
    """How routes are looked for."""

    hops: Annotated[int, Field(ge=1, le=6)] = HOPS
    """Most translations that may follow each other from one language to another; each loses something."""


class Routing:
    """The plugin that every lab has of its own, with one engine in it."""

    def __init__(self, pool: Pool, clock: Callable[[], float] = time.monotonic) -> None:
        self.pool, self.clock = pool, clock
        self.plugins: Plugins | None = None
        """All plugins of the lab, this one among them: told once they are found."""
        self._ways: tuple[float, list[Way]] = (float("-inf"), [])
        """All ways there are, and when they were asked for."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        """The one engine."""
        register(
            EngineSpec(
                id="route",
                kind=Kind.TRANSLATE,
                load=self.load,
                ways=self.ways,
                params=RouteParams,
                features=frozenset({ROUTES}),
                concurrent=True,
                license="Apache-2.0",
                summary="The best there is: one installed translator, or a chain of them by other languages.",
            )
        )

    def load(self, params: RouteParams, context: Context) -> Router:
        """The engine."""
        return Router(self, params.hops)

    def ways(self, params: RouteParams, context: Context) -> Iterator[Ways]:
        """What its routes are made of."""
        return (way.ways for way in self.all_ways())

    def all_ways(self) -> list[Way]:
        """Of all translators that are installed and keep text on this machine."""
        asked, ways = self._ways
        if self.clock() - asked > FRESH:
            ways = [way for spec in self._translators() for way in self._ways_of(spec)]
            self._ways = self.clock(), ways
        return ways

    def lent(self, leases: ExitStack, engine: str) -> Loaded:
        """A translator, until the leases end. Raises EngineUnavailable."""
        spec = self._known.engine(Kind.TRANSLATE, engine.partition("/")[2])
        return leases.enter_context(self.pool.lease(spec, spec.params()))

    @property
    def identifies(self) -> bool:
        """Whether the language of a text can be told from the text."""
        return identifying(self._known) is not None

    @property
    def _known(self) -> Plugins:
        assert self.plugins is not None
        return self.plugins

    def _translators(self) -> list[EngineSpec]:
        specs = (spec for spec in self._known.engines.values() if spec.kind is Kind.TRANSLATE)
        return [spec for spec in specs if spec.local and not {TOY, ROUTES} & spec.features and not spec.missing()]

    def _ways_of(self, spec: EngineSpec) -> list[Way]:
        order, context = PREFERRED[Kind.TRANSLATE], self.pool.context
        rank = order.index(spec.id) if spec.id in order else len(order)
        try:
            leads = spec.leads(spec.params(), context)
        except (ValidationError, SpeechLabError) as error:  # one that must be told more, or is broken
            log.warning("%s is left out of routes: %s", spec.name, error)
            return []
        return [Way(spec.name, one, rank) for one in leads if one.here or context.download]


class Router:
    """Finds chains of translators, and goes them. Engines are lent for as long as a call takes."""

    def __init__(self, routing: Routing, hops: int = HOPS) -> None:
        self._routing, self._hops, self._clock = routing, hops, routing.clock
        self._found: dict[tuple[str, str], tuple[float, tuple[Hop, ...]]] = {}
        """The routes that were looked for, and when."""
        self._useless: dict[str, tuple[float, EngineUnavailable]] = {}
        """Engines that could not be used, since when, and why."""

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Any) -> list[str]:
        """The texts in another language, step by step. An engine that turns out not to be usable is gone around.

        Raises ConfigError and EngineUnavailable.
        """
        if source is None:
            raise self._no_source()
        while True:
            steps = self.route(source, target)
            try:
                return self._gone(texts, steps)
            except _Useless as useless:
                self._useless[useless.engine] = self._clock(), useless.error
                self._found.clear()
                self._routing.pool.context.report(f"{useless.engine} cannot be used, so not by it: {useless.error}")

    def route(self, source: str, target: str) -> tuple[Hop, ...]:
        """The steps from one language to another; none where both are the same.

        Raises ConfigError where no chain leads there, EngineUnavailable where no engine that leads there can be used.
        """
        at, steps = self._found.get((source, target), (float("-inf"), ()))
        if self._clock() - at > FRESH:
            steps = () if same(source, target) else self._searched(standard(source), standard(target))
            self._found[source, target] = self._clock(), steps
        return steps

    def targets(self, source: str | None = None) -> tuple[str, ...]:
        """All languages that can be reached from one, or from any."""
        ways = self._ways()
        if source is None:
            return tuple(sorted({tag for way in ways for tag in way.ways.targets}))
        return tuple(sorted(tag for tag in reached(ways, standard(source), self._hops) if not same(tag, source)))

    def _ways(self) -> list[Way]:
        return [way for way in self._routing.all_ways() if not self._is_useless(way.engine)]

    def _is_useless(self, engine: str) -> bool:
        since, _ = self._useless.get(engine, (float("-inf"), None))
        return self._clock() - since <= FRESH

    def _searched(self, source: str, target: str) -> tuple[Hop, ...]:
        ways = self._ways()
        here = [way for way in ways if way.ways.here]
        found = route(here, source, target, self._hops) or route(ways, source, target, self._hops)
        return found or self._refused(ways, source, target)

    def _refused(self, ways: Sequence[Way], source: str, target: str) -> tuple[Hop, ...]:
        """Raises what there is to say where no chain leads from one language to another."""
        for engine, (_, error) in self._useless.items():
            raise EngineUnavailable(f"{engine} cannot be used, and no other leads on: {error}", hint=error.hint)
        if not ways:
            raise EngineUnavailable(
                "no engine is installed that tells between which languages it translates",
                hint=f"pip install speechlab-{INSTALL[Kind.TRANSLATE]}, or name the engine to use",
            )
        known = self.targets(source)
        if not known:
            sources = Languages(sorted({tag for way in ways for tag in way.ways.sources}))
            raise ConfigError(f"nothing that is installed translates from {source!r}", hint=sources.nearest(source))
        if longer := route(ways, source, target, 2 * self._hops):
            by = " → ".join([source, *(hop.target for hop in longer)])
            raise ConfigError(
                f"only {len(longer)} translations after each other lead from {source!r} to {target!r}: {by}",
                hint=f"at most {self._hops} may follow each other; hops = {len(longer)} allows it",
            )
        raise ConfigError(
            f"nothing that is installed translates from {source!r} into {target!r}",
            hint=Languages(known).nearest(target),
        )

    def _no_source(self) -> ConfigError:
        knows = self._routing.identifies
        why = "it is too little to tell" if knows else "nothing that could tell is installed"
        say = 'say it: under From on the page, --from en on the command line, source = "en" elsewhere'
        return ConfigError(
            f"nobody told which language the text is in, and {why}",
            hint=say if knows else f"{say}; or pip install speechlab-text",
        )

    def _gone(self, texts: Sequence[str], steps: Sequence[Hop]) -> list[str]:
        told = list(texts)
        with ExitStack() as leases:
            lent = [self._lent(leases, hop.engine) for hop in steps]
            for hop, loaded in zip(steps, lent, strict=True):
                ask = partial(_asked, loaded, hop)
                longest = loaded.spec.longest
                if any(len(text) > longest for text in told):  # what an engine made may be too long for the next
                    told = list(translated(told, ask, Manner(longest, language=hop.source)))
                else:
                    told = ask(told)
        return told

    def _lent(self, leases: ExitStack, engine: str) -> Loaded:
        try:
            return self._routing.lent(leases, engine)
        except EngineUnavailable as error:
            raise _Useless(engine, error) from error


class _Useless(Exception):
    """An engine on the way cannot be used."""

    def __init__(self, engine: str, error: EngineUnavailable) -> None:
        super().__init__(engine)
        self.engine, self.error = engine, error


def _asked(loaded: Loaded, hop: Hop, texts: Sequence[str]) -> list[str]:
    try:
        with loaded.exclusive():
            return list(loaded.engine.translate(list(texts), hop.source, hop.target, loaded.spec.options()))
    except EngineUnavailable as error:  # weights that could not be fetched
        raise _Useless(hop.engine, error) from error

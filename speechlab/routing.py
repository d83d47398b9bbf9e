"""The best translation there is: a translator that goes by way of all others that are installed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Annotated, Any

from pydantic import Field, ValidationError

from .engines import Context, EngineSpec, Hop, Kind, Ways
from .errors import ConfigError, EngineUnavailable, SpeechLabError
from .hookspecs import hookimpl
from .languages import Languages, same, standard
from .params import Params
from .plugins import Plugins
from .pool import Pool
from .preferred import PREFERRED, ROUTES, TOY
from .translation.routes import Way, reached, route

log = logging.getLogger(__name__)


class RouteParams(Params):
    """How routes are looked for."""

    hops: Annotated[int, Field(ge=1, le=6)] = 3
    """Most translations that may follow each other from one language to another; each loses something."""


class Routing:
    """The plugin that every lab has of its own. ``plugins`` and ``pool`` are asked when a route is needed."""

    def __init__(self, plugins: Callable[[], Plugins], pool: Callable[[], Pool]) -> None:
        self._plugins, self._pool = plugins, pool

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
        return Router(self._plugins(), self._pool(), params.hops)

    def ways(self, params: RouteParams, context: Context) -> Iterator[Ways]:
        """From each language into all that can be reached from it."""
        router = Router(self._plugins(), self._pool(), params.hops)
        for source in router.sources():
            yield Ways((source,), tuple(router.targets(source)))


class Router:
    """Finds chains, and goes them. Engines are lent for as long as a call takes."""

    def __init__(self, plugins: Plugins, pool: Pool, hops: int = 3) -> None:
        self._plugins, self._pool, self._hops = plugins, pool, hops
        self._found: dict[tuple[str, str], tuple[Hop, ...]] = {}

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Any) -> list[str]:
        """The texts in another language, step by step. Raises ConfigError and EngineUnavailable."""
        if source is None:
            raise ConfigError(
                "nobody told which language the text is in, and it cannot be told from so little",
                hint='say it: --from en on the command line, source = "en" in a pipeline or from Python',
            )
        told = list(texts)
        with ExitStack() as leases:
            lent = [(hop, leases.enter_context(self._lease(hop.engine))) for hop in self.route(source, target)]
            for hop, loaded in lent:
                with loaded.exclusive():
                    told = list(loaded.engine.translate(told, hop.source, hop.target, loaded.spec.options()))
        return told

    def route(self, source: str, target: str) -> tuple[Hop, ...]:
        """The steps from one language to another; none where both are the same.

        Raises ConfigError where no chain leads there, EngineUnavailable where nothing is installed.
        """
        if same(source, target):
            return ()
        if (source, target) not in self._found:
            self._found[source, target] = self._searched(standard(source), standard(target))
        return self._found[source, target]

    def sources(self) -> list[str]:
        """All languages that something leads from."""
        return sorted({tag for way in self._ways() for tag in way.ways.sources})

    def targets(self, source: str | None = None) -> list[str]:
        """All languages that can be reached from one, or from any."""
        ways = self._ways()
        if source is None:
            return sorted({tag for way in ways for tag in way.ways.targets})
        return sorted(tag for tag in reached(ways, standard(source), self._hops) if not same(tag, source))

    def _searched(self, source: str, target: str) -> tuple[Hop, ...]:
        ways = self._ways()
        here = [way for way in ways if way.ways.here]
        if found := route(here, source, target, self._hops) or route(ways, source, target, self._hops):
            return found
        if not ways:
            raise EngineUnavailable("no engine for translation is installed", hint="pip install speechlab-fxtranslate")
        known = self.targets(source)
        if not known:
            raise ConfigError(
                f"nothing that is installed translates from {source}", hint=Languages(self.sources()).nearest(source)
            )
        longer = route(ways, source, target, 2 * self._hops)
        if longer:
            by = " → ".join([source, *(hop.target for hop in longer)])
            raise ConfigError(
                f"only a chain of {len(longer)} translations leads from {source} to {target}: {by}",
                hint=f"at most {self._hops} may follow each other; allow more with hops = {len(longer)}",
            )
        raise ConfigError(
            f"nothing that is installed translates from {source} into {target}",
            hint=Languages(known).nearest(target),
        )

    def _ways(self) -> list[Way]:
        """Of all translators that are installed and keep text on this machine."""
        order = PREFERRED[Kind.TRANSLATE]
        found = []
        for spec in self._plugins.engines.values():
            if spec.kind is not Kind.TRANSLATE or not spec.local or {TOY, ROUTES} & spec.features or spec.missing():
                continue
            rank = order.index(spec.id) if spec.id in order else len(order)
            try:
                leads = spec.leads(spec.params(), self._pool.context)
            except (ValidationError, SpeechLabError) as error:  # one that needs parameters, or is broken
                log.warning("%s is left out of routes: %s", spec.name, error)
                continue
            found += [Way(spec.name, one, rank) for one in leads if one.here or self._pool.context.download]
        return found

    def _lease(self, engine: str) -> Any:
        spec = self._plugins.engine(Kind.TRANSLATE, engine.partition("/")[2])
        return self._pool.lease(spec, spec.params())

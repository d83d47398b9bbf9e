"""The engine that goes by way of all others: which it takes, how it takes them, and what it says where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from speechlab import (
    ConfigError,
    Context,
    EngineSpec,
    EngineUnavailable,
    Hop,
    Kind,
    Lab,
    Params,
    Policy,
    Ways,
    hookimpl,
)
from speechlab.routing import FRESH, Router, Routing


class Step:
    """A translator that puts what it did before the text, and takes no more than it says."""

    loaded: list[str]

    def __init__(self, id: str, longest: int, fails: list[Exception]) -> None:
        self.id, self.longest, self.fails = id, longest, fails

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Params) -> list[str]:
        if self.fails:
            raise self.fails[0]
        assert all(len(text) <= self.longest for text in texts), "longer than it wants"
        return [f"{text} {source}>{target}" for text in texts]


class Plugin:
    """Translators by their ways: id, pairs, cost, and whether they are here."""

    def __init__(self, **engines: dict[str, Any]) -> None:
        self.engines = engines
        self.loads: list[str] = []
        self.fails: dict[str, list[Exception]] = {id: [] for id in engines}

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for id, card in self.engines.items():
            steps = [pair.split(">") for pair in card.pop("pairs").split()]
            longest, here, cost = card.pop("longest", 400), card.pop("here", True), card.pop("cost", 1.0)
            led = [Ways((source,), (target,), cost, here) for source, target in steps]

            def ways(params: Params, context: Context, led: list[Ways] = led) -> list[Ways]:
                return led

            def load(params: Params, context: Context, id: str = id, longest: int = longest) -> Step:
                self.loads.append(id)
                return Step(id, longest, self.fails[id])

            register(EngineSpec(id=id, kind=Kind.TRANSLATE, load=load, ways=ways, longest=longest, **card))


@pytest.fixture
def labs(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    made: list[Lab] = []

    def lab(plugin: Plugin, **how: Any) -> Lab:
        made.append(Lab(plugin, discover=False, home=tmp_path, **how))
        return made[-1]

    yield lab
    for one in made:
        one.close()


def engines(hops: Sequence[Hop]) -> list[str]:
    return [hop.engine.removeprefix("translate/") for hop in hops]


def test_a_text_goes_through_a_chain_and_says_so(labs: Callable[..., Lab]) -> None:
    lab = labs(Plugin(rules={"pairs": "es>pt"}, neural={"pairs": "pt>en en>pt"}))
    assert lab.engine(Kind.TRANSLATE).name == "translate/route"
    assert lab.translate(["Hola.", "Si"], "en", "es") == ["Hola. es>pt pt>en", "Si es>pt pt>en"]
    assert lab.route("es", "en") == (Hop("translate/rules", "es", "pt"), Hop("translate/neural", "pt", "en"))
    assert lab.route("es", "es-MX") == ()
    assert lab.targets() == ("en", "pt")
    assert lab.targets("es") == ("en", "pt")
    assert lab.targets("pt") == ("en",)
    assert lab.targets("en", "neural") == ("pt",)


def test_the_way_of_one_engine(labs: Callable[..., Lab]) -> None:
    lab = labs(Plugin(rules={"pairs": "es>pt en>pt"}))
    assert lab.route("spa", "pt-BR", "translate/rules") == (Hop("translate/rules", "es", "pt-BR"),)
    assert lab.route("pt", "por", "rules") == ()
    with pytest.raises(ConfigError, match="translate/rules does not translate into 'fr'") as refused:
        lab.route("es", "fr", "rules")
    assert refused.value.hint == "it knows pt"
    with pytest.raises(ConfigError, match="no language code"):
        lab.route("es", "klingon!", "rules")
    with pytest.raises(ConfigError, match="no language code"):
        lab.targets("klingon!")


def test_engines_are_lent_only_while_they_work(labs: Callable[..., Lab]) -> None:
    plugin = Plugin(rules={"pairs": "es>pt"}, neural={"pairs": "pt>en"})
    lab = labs(plugin)
    with lab.pool.lease(lab.engine(Kind.TRANSLATE), lab.engine(Kind.TRANSLATE).params()) as loaded:
        loaded.engine.route("es", "en")
        assert plugin.loads == [], "to look is not to load"
        loaded.engine.translate(["Hola."], "es", "en", None)
        in_use = {one.name for one in lab.pool.resident() if one.in_use}
        assert (plugin.loads, in_use) == (["rules", "neural"], {"translate/route"})


def test_what_is_here_comes_first_and_what_must_be_fetched_only_where_it_may(labs: Callable[..., Lab]) -> None:
    def plugin() -> Plugin:
        return Plugin(hub={"pairs": "es>en es>fi", "here": False}, rules={"pairs": "es>pt pt>en", "cost": 4.0})

    lab = labs(plugin())
    assert engines(lab.route("es", "en")) == ["rules", "rules"]
    assert engines(lab.route("es", "fi")) == ["hub"]
    offline = labs(plugin(), policy=Policy(download=False))
    assert offline.targets("es") == ("en", "pt")
    with pytest.raises(ConfigError, match="'es' into 'fi'") as refused:
        offline.route("es", "fi")
    assert "it knows en, pt" in refused.value.hint


def test_only_what_stays_on_this_machine_is_gone_by(labs: Callable[..., Lab]) -> None:
    cloud = {"pairs": "es>en", "local": False}
    with pytest.raises(EngineUnavailable, match="no engine for translation runs on this machine"):
        labs(Plugin(cloud=dict(cloud))).translate("Hola", "en", "es")
    lab = labs(Plugin(cloud=dict(cloud), rules={"pairs": "es>pt"}))
    with pytest.raises(ConfigError, match="'es' into 'en'"):
        lab.route("es", "en")
    assert lab.translate("Hola", "en", "es", engine="cloud") == ["Hola es>en"]


def test_a_chain_that_is_too_long_is_refused_and_shown(labs: Callable[..., Lab]) -> None:
    lab = labs(Plugin(rules={"pairs": "es>pt pt>ca ca>fr fr>it"}))
    with pytest.raises(ConfigError, match=r"only 4 translations .*: es → pt → ca → fr → it") as told:
        lab.translate("Hola", "it", "es")
    assert "hops = 4 allows it" in told.value.hint
    assert lab.translate("Hola", "it", "es", hops=4) == ["Hola es>pt pt>ca ca>fr fr>it"]


def test_what_an_engine_made_too_long_for_the_next_is_cut(labs: Callable[..., Lab]) -> None:
    lab = labs(Plugin(rules={"pairs": "es>pt", "longest": 30}, neural={"pairs": "pt>en", "longest": 24}))
    told = lab.translate("Uno dos tres, cuatro cinco", "en", "es")
    assert told == ["Uno dos tres, pt>en cuatro cinco es>pt pt>en"]


def test_an_engine_that_cannot_be_used_is_gone_around(labs: Callable[..., Lab]) -> None:
    told: list[str] = []
    plugin = Plugin(best={"pairs": "es>en"}, worse={"pairs": "es>en", "cost": 4.0})
    lab = labs(plugin, report=told.append)
    plugin.fails["best"].append(EngineUnavailable("its weights are away", hint="fetch them"))
    recording = lab.translate(["Hola.", "Si."], "en", "es")
    assert recording == ["Hola. es>en", "Si. es>en"]
    assert told == ["translate/best cannot be used, so not by it: its weights are away"]
    plugin.fails["worse"].append(EngineUnavailable("its disk is away", hint="mount it"))
    with pytest.raises(EngineUnavailable, match="no other leads on: its weights are away") as refused:
        lab.translate("Hola.", "en", "es")
    assert refused.value.hint == "fetch them"


def test_it_is_tried_again_later(labs: Callable[..., Lab]) -> None:
    plugin = Plugin(best={"pairs": "es>en"}, worse={"pairs": "es>en", "cost": 4.0})
    lab = labs(plugin)
    now = [0.0]
    routing = Routing(lab.pool, clock=lambda: now[0])
    routing.plugins = lab.plugins
    router = Router(routing)
    plugin.fails["best"].append(EngineUnavailable("away"))
    router.translate(["Hola."], "es", "en", None)
    assert engines(router.route("es", "en")) == ["worse"]
    plugin.fails["best"].clear()
    now[0] = FRESH + 1
    assert engines(router.route("es", "en")) == ["best"]


def test_an_engine_that_does_not_tell_its_ways_is_no_part_of_a_route(
    labs: Callable[..., Lab], caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            def ways(params: Params, context: Context) -> list[Ways]:
                raise OSError("no such folder")

            register(EngineSpec(id="broken", kind=Kind.TRANSLATE, load="no:No", ways=ways))

    with Lab(Broken(), discover=False) as lab:
        with pytest.raises(EngineUnavailable, match="no engine is installed that tells") as refused:
            lab.route("es", "en")
        assert "translate/broken cannot tell its languages" in caplog.text
        assert "name the engine" in refused.value.hint


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("es", "tlh", "translates from 'es' into 'tlh'"),
        ("tlh", "es", "translates from 'tlh'"),
        (None, "en", "nobody told which language the text is in, and nothing that could tell is installed"),
    ],
)
def test_refusals_are_one_sentence(labs: Callable[..., Lab], source: str | None, target: str, said: str) -> None:
    lab = labs(Plugin(rules={"pairs": "es>pt pt>en"}))
    spec = lab.engine(Kind.TRANSLATE)
    with lab.pool.lease(spec, spec.params()) as loaded:
        with pytest.raises(ConfigError, match=said) as refused:
            loaded.engine.translate(["Hola"], source, target, None)
        assert refused.value.hint


def test_without_translators_the_cure_is_told() -> None:
    with Lab(discover=False) as lab, pytest.raises(EngineUnavailable, match="no engine for translation") as refused:
        lab.translate("Hi", "fr")
    assert refused.value.hint == "pip install speechlab-fxtranslate"

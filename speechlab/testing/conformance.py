"""Turn the promises of a plugin's engines into tests, each with an id that says which engine and which promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pytest

from ..errors import ConfigError, PluginError, SpeechLabError
from ..params import nearest
from ..plugins import Plugins
from .checks import CHECKS, COMMON, WITHOUT_LOADING
from .subject import Subject


def conformance(
    *plugins: object,
    values: Mapping[str, Mapping[str, Any]] | None = None,
    xfail: Mapping[str, str] | None = None,
) -> pytest.MarkDecorator:
    """Parametrize a test over every check of every engine that the plugins register.

    ``values`` gives an engine, by ``"kind/id"``, parameters and options beside its defaults (a tiny checkpoint, a
    language pair). ``xfail`` names checks, as ``"kind/id-check"``, that are known to fail, each with its reason.
    An engine whose packages are missing keeps the checks that need no loading; the others are skipped with the cure.
    Without plugins, the host's own engines are checked.

    Raises PluginError for a plugin that is broken or has no engine, and ConfigError for an engine, a parameter or a
    check that there is not.

    ::

        @conformance(speechlab_shout)
        def test_conforms(check):
            check()
    """
    try:
        return pytest.mark.parametrize("check", _cases(Plugins(*plugins, discover=False), values or {}, xfail or {}))
    except SpeechLabError as error:
        error.add_note(error.hint)  # pytest shows notes, and knows nothing of hints
        raise


def _cases(host: Plugins, values: Mapping[str, Mapping[str, Any]], xfail: Mapping[str, str]) -> list[Any]:
    for report in host.reports:
        if report.error:
            raise report.error
    given = {name for report in (host.reports[1:] or host.reports) for name in report.gives}
    specs = [spec for spec in host.engines.values() if spec.name in given]
    if not specs:
        raise PluginError("there is no engine to check", hint="give the plugin, and let it register one")
    _refuse_unknown(values, [spec.name for spec in specs], "engine")
    checks = {
        f"{subject.spec.name}-{check.__name__.removeprefix('check_')}": (check, subject)
        for subject in (Subject(spec, dict(values.get(spec.name, {}))) for spec in specs)
        for check in (*COMMON, *CHECKS[subject.spec.kind])
    }
    _refuse_unknown(xfail, checks, "check")
    return [
        pytest.param(partial(check, subject), id=name, marks=_marks(check, subject, xfail.get(name)))
        for name, (check, subject) in checks.items()
    ]


def _marks(check: Callable[[Subject], None], subject: Subject, reason: str | None) -> list[pytest.MarkDecorator]:
    marks = []
    if reason is not None:
        marks.append(pytest.mark.xfail(reason=reason, strict=True))
    if subject.spec.missing() and check not in WITHOUT_LOADING:
        marks.append(pytest.mark.skip(reason=f"needs: {subject.spec.cure}"))
    return marks


def _refuse_unknown(names: Iterable[str], known: Iterable[str], noun: str) -> None:
    for name in names:
        if name not in known:
            raise ConfigError(f"there is no {noun} {name!r} to check", hint=nearest(name, known, "there are"))

"""Turn the promises of a plugin's engines into tests, each with an id that says which engine and which promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

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

    ::

        @conformance(speechlab_shout)
        def test_conforms(check):
            check()
    """
    host = Plugins(*plugins, discover=False)
    broken = [report.error for report in host.reports if report.error]
    if broken:
        raise broken[0]
    given = {name for report in (host.reports[1:] or host.reports) for name in report.gives}
    cases = []
    for spec in host.engines.values():
        if spec.name not in given:
            continue
        subject = Subject(spec, dict((values or {}).get(spec.name, {})))
        for check in (*COMMON, *CHECKS[spec.kind]):
            name = f"{spec.name}-{check.__name__.removeprefix('check_')}"
            marks = []
            if reason := (xfail or {}).get(name):
                marks.append(pytest.mark.xfail(reason=reason, strict=True))
            if spec.missing() and check not in WITHOUT_LOADING:
                marks.append(pytest.mark.skip(reason=f"needs: {spec.cure}"))
            cases.append(pytest.param(_bound(check, subject), id=name, marks=marks))
    return pytest.mark.parametrize("check", cases)


def _bound(check: Callable[[Subject], None], subject: Subject) -> Callable[[], None]:
    return partial(check, subject)

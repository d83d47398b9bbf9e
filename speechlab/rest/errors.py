"""Every failure as OpenAI's clients expect it: a status, and ``{"error": {message, type, param, code}}``."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..errors import (
    AudioError,
    Busy,
    ConfigError,
    EngineNotFound,
    EngineUnavailable,
    OutputError,
    PolicyDenied,
    SpeechLabError,
)


class Gone(SpeechLabError):
    """What was asked for is not here, or no longer."""


STATUS: tuple[tuple[type[SpeechLabError], int, str], ...] = (
    (EngineNotFound, 404, "model_not_found"),
    (Gone, 404, "not_found"),
    (EngineUnavailable, 503, "engine_unavailable"),
    (PolicyDenied, 403, "policy_denied"),
    (AudioError, 400, "invalid_audio"),
    (ConfigError, 400, "invalid_value"),
    (OutputError, 507, "storage_full"),
    (Busy, 429, "busy"),
)
"""The status and the code of each error; what is not here is the server's own fault."""


def refusal(status: int, message: str, code: str | None = None, param: str | None = None) -> JSONResponse:
    """An error in OpenAI's shape."""
    return JSONResponse(body(status, message, code, param), status)


def body(status: int, message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The JSON of an error in OpenAI's shape."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def told(error: SpeechLabError) -> tuple[int, str, str | None]:
    """The status, the message and the code for an error of the lab."""
    message = f"{error}; {error.hint}" if error.hint else str(error)
    for kind, status, code in STATUS:
        if isinstance(error, kind):
            return status, message, code
    return 500, message, None


def install(app: FastAPI) -> None:
    """Let the app answer every failure in this shape."""

    @app.exception_handler(SpeechLabError)
    async def speechlab_error(request: Request, error: SpeechLabError) -> JSONResponse:
        return refusal(*told(error))

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = str(first["loc"][-1])
        return refusal(400, f"{field}: {first['msg']}", "invalid_value", field)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        answer = refusal(error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

"""What goes wrong with the service, each in one sentence with its cure, and never with the key in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
from elevenlabs.core.api_error import ApiError
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.frames import Close, CloseCode

from speechlab import ConfigError, EngineFailed, EngineUnavailable, SpeechLabError

from . import KEY

RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""HTTP statuses of what may well work in a moment."""
GO_ON = "what is done is kept: go on later"
REFUSED_KEYS = ("invalid_api_key", "auth_error", "needs_authorization", "missing_api_key")
SPENT = ("quota_exceeded", "payment_required", "insufficient_credits", "payment_issue")
BUSY = ("rate_limit", "rate_limited", "too_many_concurrent", "system_busy", "concurrent_limit", "queue_overflow")
BUSY_LATER = ("resource_exhausted", "commit_throttled", "session_time_limit_exceeded", "transcriber_error")


class NotPermitted(EngineUnavailable):
    """The key is good, but was not given the permission for this."""


class NoSuchVoice(ConfigError):
    """The account does not have it."""


def explained(error: Exception, key: str) -> SpeechLabError:
    """An error of the client, of its transport, or told by the service itself, as one of ours."""
    match error:
        case SpeechLabError():
            return error
        case ApiError():
            return answered(error.status_code or 0, *said(error.body, key))
        case InvalidStatus():
            body = bytes(error.response.body or b"").decode(errors="replace")
            return answered(error.response.status_code, *said(body, key))
        case ConnectionClosed(rcvd=Close(code=CloseCode.POLICY_VIOLATION, reason=reason)):
            return answered(0, reason.lower().replace(" ", "_"), _sentence(hidden(reason, key)))
        case ConnectionClosed():
            return EngineFailed("ElevenLabs dropped the connection", hint=GO_ON)
        case httpx.TimeoutException() | TimeoutError():
            return EngineFailed("ElevenLabs did not answer in time", hint=f"raise the timeout, or try again; {GO_ON}")
        case httpx.ConnectError() | httpx.UnsupportedProtocol() | InvalidHandshake():
            return EngineUnavailable(
                f"ElevenLabs cannot be reached: {hidden(_first_line(error), key)}",
                hint="check the network, and base_url where you set it; or choose an engine that runs on this machine",
            )
        case httpx.TransportError() | WebSocketException() | EOFError():
            return EngineFailed("ElevenLabs dropped the connection", hint=GO_ON)
        case OSError():
            return EngineUnavailable(
                f"ElevenLabs cannot be reached: {hidden(_first_line(error), key)}", hint="check the network"
            )
    return EngineFailed(
        f"the answer of ElevenLabs was not understood: {type(error).__name__}: {hidden(_first_line(error), key)}",
        hint="`pip install -U speechlab-elevenlabs` may know it; or try again",
    )


def answered(status: int, code: str, message: str) -> SpeechLabError:
    """What the service told: an HTTP status (0 where there is none), its own word for what is wrong, and a sentence."""
    told = f": {message}" if message else ""
    if any(one in code for one in SPENT) or status == 402:
        return EngineUnavailable(
            f"the ElevenLabs account has too few credits left{told}",
            hint=f"add credits at elevenlabs.io, wait until they are renewed, or choose another engine; {GO_ON}",
        )
    if "missing_permission" in code:
        return NotPermitted(
            f"the ElevenLabs API key may not do this{told}",
            hint="give the key that permission at elevenlabs.io/app/settings/api-keys, or set another one",
        )
    if any(one in code for one in REFUSED_KEYS) or (status in (401, 403) and not code + message):
        return EngineUnavailable(
            f"ElevenLabs does not accept the API key in {KEY}",
            hint=f"copy a key from elevenlabs.io/app/settings/api-keys and set {KEY} to it",
        )
    if status == 429 or any(one in code for one in (*BUSY, *BUSY_LATER)):
        return EngineFailed(
            f"ElevenLabs takes no more requests at the moment{told}",
            hint=f"wait a little, or ask for less at a time; {GO_ON}",
        )
    if "invalid_uid" in code or ("voice" in code and ("not_found" in code or "not_exist" in code)):
        return NoSuchVoice(f"ElevenLabs has no such voice{told}", hint="`speechlab voices` lists those of the account")
    if status in (401, 403):
        return EngineUnavailable(
            f"ElevenLabs does not offer this to the account{told}", hint="choose other options, or a larger plan"
        )
    if status >= 500 or status in RETRIED:
        return EngineFailed(f"ElevenLabs has a fault of its own ({status}){told}", hint=f"try again; {GO_ON}")
    return ConfigError(
        f"ElevenLabs refuses the request{told or f' ({status or code})'}",
        hint="check the model, the voice, the language and the other options",
    )


def said(body: Any, key: str) -> tuple[str, str]:
    """The service's own word for what is wrong, and its sentence, out of what it answered.

    >>> said({"detail": {"status": "quota_exceeded", "message": "You have 3 credits."}}, "secret")
    ('quota_exceeded', 'You have 3 credits')
    >>> said({"detail": [{"loc": ["body", "text"], "msg": "Field required"}]}, "secret")
    ('', 'text: Field required')
    """
    if isinstance(body, str | bytes):
        try:
            body = json.loads(body)
        except ValueError:  # a gateway's page
            return "", ""
    detail = body.get("detail", body) if isinstance(body, Mapping) else body
    if isinstance(detail, list) and detail and isinstance(detail[0], Mapping):
        place = ".".join(str(part) for part in list(detail[0].get("loc", ()))[1:])
        told = str(detail[0].get("msg", ""))
        return "", _sentence(hidden(f"{place}: {told}" if place else told, key))
    if isinstance(detail, Mapping):
        words = [str(detail[name]) for name in ("status", "code", "type", "message_type", "error") if name in detail]
        message = detail.get("message") or (detail.get("error") if "message_type" in detail else "")
        return " ".join(words).lower(), _sentence(hidden(str(message or ""), key))
    return "", _sentence(hidden(str(detail or ""), key))


def hidden(text: str, key: str) -> str:
    """The text, without the key where the service or a library repeats it."""
    return text.replace(key, "…") if key else text


def _sentence(text: str) -> str:
    return " ".join(text.split()).removesuffix(".")[:300]


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0]

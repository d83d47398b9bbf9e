"""The voices of the account: listed, found by id or name, cloned, deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from functools import partial

import elevenlabs

from speechlab import Audio, ConfigError, Consent, Voice

from .account import ONCE, Account
from .errors import NoSuchVoice
from .languages import bcp47, iso
from .sound import flac

ID = re.compile(r"[A-Za-z0-9]{20}")
PAGE = 100
"""Voices at most that the service lists at once."""


class Voices:
    """What the account can speak with."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: list[Voice] = []

    def all(self) -> list[Voice]:
        """All of them, asked for anew: somebody may have added one on the web."""
        found: list[Voice] = []
        token: str | None = None
        while True:
            page = self._page(token)
            found += map(voice, page.voices)
            token = page.next_page_token
            if not page.has_more or not token:
                break
        self._known = list({one.id: one for one in found}.values())
        return list(self._known)

    def id(self, named: str | None) -> str:
        """The id of a voice, which may be named by it or by its name; the first one where none is named.

        Raises ConfigError where there is no such voice. An id that is not listed may still be a public voice's: the
        service will tell.
        """
        if named is not None and ID.fullmatch(named):
            return named
        if named is None:
            for one in self._known or self.all():
                return one.id
            raise ConfigError("the ElevenLabs account has no voices", hint="add one at elevenlabs.io/app/voice-library")
        found = _named(named, self._known) or _named(named, self.all())  # somebody may have added it since
        if found:
            return found.id
        names = {one.name.casefold(): one.name for one in self._known}
        near = get_close_matches(named.casefold(), names, n=1)
        raise ConfigError(
            f"the ElevenLabs account has no voice {named!r}",
            hint=f"did you mean {names[near[0]]!r}?" if near else "`speechlab voices` lists those that it has",
        )

    def clone(self, reference: Audio, consent: Consent, language: str | None, *, cleaned: bool) -> tuple[Voice, bool]:
        """A new voice of the account, and whether the speaker must first verify it on the web."""
        labels = {"language": code} if (code := iso(language)) else {}
        clip = flac(reference)
        made = self._account.ask(
            lambda: self._account.client.voices.ivc.create(
                name=consent.person,
                files=[("reference.flac", clip, "audio/flac")],
                description=consent.ground,
                labels=labels,
                remove_background_noise=cleaned,
                request_options=ONCE,
            )
        )
        spoken = (language,) if language else ()
        new = Voice(made.voice_id, consent.person, spoken, "elevenlabs", reference.digest, consent)
        self._known = []
        return new, made.requires_verification

    def delete(self, id: str) -> None:
        """Take a voice out of the account, with what was uploaded for it; one that is gone already is no error."""
        id = self.id(id)
        with suppress(NoSuchVoice):
            self._account.ask(lambda: self._account.client.voices.delete(id, request_options=ONCE))
        self._known = []

    def _page(self, token: str | None) -> elevenlabs.GetVoicesV2Response:
        voices = self._account.client.voices
        ask = partial(voices.search, page_size=PAGE, next_page_token=token, request_options=ONCE)
        page: elevenlabs.GetVoicesV2Response = self._account.ask(ask)
        return page


def _named(named: str, voices: Iterable[Voice]) -> Voice | None:
    """The voice of a name; "Rachel" is enough where it is listed as "Rachel - calm"."""
    wanted, names = named.casefold(), [(voice.name.casefold(), voice) for voice in voices]
    return next((one for name, one in names if wanted in (name, name.partition(" - ")[0])), None)


def voice(told: elevenlabs.Voice) -> Voice:
    """A voice as the host knows it."""
    codes = [one.locale or one.language for one in told.verified_languages or ()]
    codes = codes or [(told.labels or {}).get("language", "")]
    tags = dict.fromkeys(tag for code in codes if (tag := bcp47(code)))
    return Voice(told.voice_id, told.name or "", tuple(tags), "elevenlabs")

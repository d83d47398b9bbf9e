"""What the page asks for voices: those of the library, clips to make more of, blends, and files to give and take."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse

from ..engines import Kind
from ..errors import ConfigError
from ..jobs import Jobs
from ..lab import Lab
from ..library import Kept
from ..media import encode
from ..overhearing import overheard
from ..speaking import voices as voices_of
from ..types import Audio
from .answers import address, answer, sound_file, sounding, stream
from .blending import blenders
from .owning import owned, owns
from .playable import playable
from .visitors import owner
from .voice_clips import Clips
from .voice_making import Asked, work
from .voice_samples import Samples, sentence, told


def voice_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab/voices``."""
    router = APIRouter(prefix="/lab/voices", include_in_schema=False)
    jobs: Jobs = lab.jobs
    clips, samples = Clips(lab), Samples(lab)

    def known(id: str) -> Kept:
        kept = lab.library.find(id)
        if kept is None:
            raise ConfigError("that voice is no longer in the library", hint="load the page again")
        return kept

    @router.get("")
    def there(request: Request) -> JSONResponse:
        """The voices of the library, and whether they may be changed from here."""
        own = owns(lab, request)
        shown = [told(lab, kept, own=own) for kept in lab.library.all()]
        return answer({"own": own, "voices": shown})

    @router.post("/clips")
    def clip(request: Request, said: dict[str, Any], x_visitor: str = Header()) -> JSONResponse:
        """Listen to a file that was sent, of which a voice is to be made."""
        owned(lab, request)
        taken = clips.take(owner(x_visitor), str(said.get("upload")), alone=said.get("alone") is True)
        return answer(taken.told())

    @router.get("/clips/{id}")
    def clip_sound(id: str) -> FileResponse:
        """The clip, to be heard."""
        return sound_file(*playable(clips.find(id).upload.path))

    @router.post("")
    async def make(request: Request, said: dict[str, Any]) -> StreamingResponse:
        """Make a voice of a clip; answers with lines of JSON. Hang up to stop, and nothing is kept."""
        owned(lab, request)
        making = work(lab, clips.find(str(said.get("clip"))), Asked.read(said))
        return stream(making)

    @router.get("/blends")
    def blendable() -> JSONResponse:
        """The voices that can be blended, each with others of its engine."""
        found = [
            {"id": one.id, "name": one.name or one.id, "language": (*one.languages, "")[0], "engine": spec.id}
            for spec in blenders(lab)
            for one in voices_of(lab, spec)
        ]
        return answer(found)

    @router.get("/blends/sample")
    def blend_sample(engine: str, voice: str, language: str = "") -> Response:
        """What a blend sounds like."""
        spec = lab.engine(Kind.TTS, engine)
        return _wav(lab, samples.spoken(sentence((language,)), voice, spec.id), spec.name, voice)

    @router.post("/blends")
    def blend(request: Request, said: dict[str, Any]) -> JSONResponse:
        """Keep a blend under a name."""
        owned(lab, request)
        name, voice, engine = (str(said.get(part) or "") for part in ("name", "voice", "engine"))
        lab.name_voice(name, voice, engine)
        return answer(told(lab, lab.library.get(name), own=True))

    @router.post("/files")
    def bring(request: Request, said: dict[str, Any], x_visitor: str = Header()) -> JSONResponse:
        """Take in a voice from a file that was sent."""
        owned(lab, request)
        try:
            sent = jobs.uploads.get(owner(x_visitor), str(said.get("upload")))
        except LookupError:
            raise ConfigError("that file is no longer here", hint="give it once more") from None
        try:
            kept = lab.library.load(sent.path, str(said.get("name") or "") or None)
        finally:
            jobs.uploads.drop(sent)
        return answer(told(lab, kept, own=True))

    @router.get("/{id}/sample")
    def sample(id: str, text: str = "") -> Response:
        """A sentence in the voice."""
        kept = known(id)
        return _wav(lab, samples.said(kept, text), kept.engine, kept.name)

    @router.get("/{id}/likeness")
    def like(id: str, text: str = "") -> JSONResponse:
        """How alike the same sentence is to the clip that the voice was made of."""
        return answer(samples.likeness(known(id), text))

    @router.get("/{id}/clip")
    def reference(request: Request, id: str) -> Response:
        """The clip that the voice was made of."""
        owned(lab, request)
        return sounding(encode(lab.library.reference(known(id)), "flac"), "audio/flac")

    @router.post("/{id}/name")
    def rename(request: Request, id: str, said: dict[str, Any]) -> JSONResponse:
        """Call the voice otherwise."""
        owned(lab, request)
        renamed = lab.library.rename(known(id).name, str(said.get("name") or ""))
        return answer(told(lab, renamed, own=True))

    @router.post("/{id}/file")
    def take(request: Request, id: str, x_visitor: str = Header()) -> JSONResponse:
        """The voice as one file, with its clip and the consent to it, to be fetched once."""
        owned(lab, request)
        kept = known(id)
        made = jobs.uploads.new(owner(x_visitor), f"{kept.name}.voice")
        lab.library.export(kept.name, made.path)
        return address(made)

    @router.delete("/{id}")
    def remove(request: Request, id: str) -> JSONResponse:
        """Forget the voice for good; answers with a note where a service could not be made to forget it, too."""
        owned(lab, request)
        notes: list[str] = []
        with overheard(notes.append):
            lab.library.remove(known(id).name)
        return answer({"note": "; ".join(notes)})

    return router


def _wav(lab: Lab, sound: Audio, engine: str, voice: str) -> Response:
    label = lab.library.label(engine, voice).text()
    return sounding(encode(sound, comment=label), "audio/wav")

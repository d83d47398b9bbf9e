"""The host's own commands, as data, in the order in which the help lists them."""

from __future__ import annotations

from ..contributions import Command

COMMANDS: tuple[Command, ...] = (
    Command(
        id="transcribe",
        load="speechlab.cli.transcribe:transcribe",
        summary="Speech as text: files or whole folders, in any format.",
    ),
    Command(
        id="translate",
        load="speechlab.cli.translate:translate",
        summary="Texts, subtitles and recordings in other languages.",
    ),
    Command(id="diarize", load="speechlab.cli.diarize:diarize", summary="Who spoke when."),
    Command(
        id="denoise", load="speechlab.cli.denoise:denoise", summary="Recordings without their noise, for listening."
    ),
    Command(
        id="dub",
        load="speechlab.cli.dub:dub",
        summary="A recording spoken in another language, at the times of the original.",
    ),
    Command(id="speak", load="speechlab.cli.speak:speak", summary="A text as sound, in any voice."),
    Command(
        id="clone",
        load="speechlab.cli.clone:clone",
        summary="A voice made from a clip of somebody, with their consent.",
    ),
    Command(
        id="convert",
        load="speechlab.cli.convert:convert",
        summary="Recordings in another voice: the same words at the same times.",
    ),
    Command(
        id="voices",
        load="speechlab.cli.voices:voices",
        summary="Voices to speak with, and people whom diarization knows by theirs.",
    ),
    Command(
        id="soundcheck",
        load="speechlab.cli.soundcheck:soundcheck",
        summary="What recordings are like: level, noise, channels, with advice.",
    ),
    Command(
        id="provenance",
        load="speechlab.cli.provenance:provenance",
        summary="Whether recordings are marked as synthetic.",
    ),
    Command(id="run", load="speechlab.cli.run:run", summary="Any pipeline over recordings."),
    Command(id="serve", load="speechlab.cli.serve:serve", summary="The web lab and its REST interface."),
    Command(
        id="live",
        load="speechlab.cli.live:live",
        summary="What is being said, as text: from the microphone, or a pipe.",
    ),
    Command(
        id="live-bench",
        load="speechlab.cli.live_bench:live_bench",
        summary="How long readers of live text wait for an engine.",
    ),
    Command(
        id="load",
        load="speechlab.cli.load:load",
        summary="How many can be heard live at once, and how long each waits.",
    ),
    Command(id="engines", load="speechlab.cli.listings:engines", summary="All engines, installed or not."),
    Command(id="pipelines", load="speechlab.cli.pipelines:pipelines", summary="List, check and show pipelines."),
    Command(id="formats", load="speechlab.cli.listings:formats", summary="The formats that results are written in."),
    Command(id="plugins", load="speechlab.cli.listings:plugins", summary="What each plugin gives, or why it is out."),
    Command(
        id="doctor",
        load="speechlab.cli.doctor:doctor",
        summary="What works on this machine, and what would cure the rest.",
    ),
    Command(id="new", load="speechlab.cli.new:new", summary="Begin a plugin of your own."),
)

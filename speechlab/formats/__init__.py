"""Files that a recording can be written to. Each is data; its writer is imported when it is used."""

from __future__ import annotations

from ..contributions import Format
from .options import (
    DocumentOptions,
    LyricsOptions,
    RedactOptions,
    RttmOptions,
    SubtitleOptions,
    TextOptions,
    TrackOptions,
)

FORMATS: tuple[Format, ...] = (
    Format(
        id="txt",
        load="speechlab.formats.txt:write",
        suffix="txt",
        mime="text/plain",
        options=TextOptions,
        summary="plain text, one segment a line",
    ),
    Format(
        id="srt",
        load="speechlab.formats.srt:write",
        suffix="srt",
        mime="application/x-subrip",
        options=SubtitleOptions,
        summary="SubRip subtitles, which every player reads",
    ),
    Format(
        id="vtt",
        load="speechlab.formats.vtt:write",
        suffix="vtt",
        mime="text/vtt",
        options=SubtitleOptions,
        summary="WebVTT subtitles for web pages, with speakers",
    ),
    Format(
        id="json",
        load="speechlab.formats.whisper_json:write",
        suffix="json",
        mime="application/json",
        options=RedactOptions,
        summary="everything, in the shape of openai-whisper's JSON",
        beside=True,
    ),
    Format(
        id="tsv",
        load="speechlab.formats.tables:write_tsv",
        suffix="tsv",
        mime="text/tab-separated-values",
        options=TrackOptions,
        summary="a table of start, end (milliseconds) and text, as openai-whisper writes it",
    ),
    Format(
        id="csv",
        load="speechlab.formats.tables:write_csv",
        suffix="csv",
        mime="text/csv",
        options=TrackOptions,
        summary="a table for spreadsheets, with speakers and a column for each translation",
        beside=True,
    ),
    Format(
        id="rttm",
        load="speechlab.formats.rttm:write",
        suffix="rttm",
        mime="text/plain",
        options=RttmOptions,
        summary="who spoke when, for diarization tools",
    ),
    Format(
        id="ass",
        load="speechlab.formats.ass:write",
        suffix="ass",
        mime="text/x-ssa",
        options=SubtitleOptions,
        summary="Advanced SubStation Alpha subtitles, for video editing",
    ),
    Format(
        id="lrc",
        load="speechlab.formats.lrc:write",
        suffix="lrc",
        mime="application/x-lrc",
        options=LyricsOptions,
        summary="lyrics with times, for music players",
    ),
    Format(
        id="docx",
        load="speechlab.formats.document:write",
        suffix="docx",
        mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        options=DocumentOptions,
        summary="a document for reading, with speakers, times and translations",
        beside=True,
    ),
    Format(
        id="jsonl",
        load="speechlab.formats.event_log:write",
        suffix="jsonl",
        mime="application/x-ndjson",
        options=RedactOptions,
        summary="speechlab's own event log, from which the recording can be rebuilt exactly",
        beside=True,
    ),
)

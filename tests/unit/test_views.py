"""A redacted view holds nothing of what was found, in no field; the recording itself stays as it is."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speechlab import Audio, ConfigError, Lab, Recording, Segment, SegmentUpdate, SynthesisChunk, Transcript, Word
from speechlab.testing.sounds import spoken
from speechlab.types.entities import cut, entities
from speechlab.views import WITHHELD, redacted, without


def entity(text: str, whole: str, kind: str = "PERSON") -> dict[str, Any]:
    at = whole.index(text)
    return {"kind": kind, "start": at, "end": at + len(text), "text": text, "score": 0.9}


def segment(text: str, *found: dict[str, Any], **extra: Any) -> Segment:
    words = tuple(Word(1.0 * n, n + 0.9, text=one, confidence=0.5) for n, one in enumerate(text.split()))
    return Segment(0, len(words), text=text, id="s1", words=words, extra={**extra, "entities": list(found)})


CALL = "Please call John Smith, on 555-1234."
CALLED = segment(CALL, entity("John Smith", CALL), entity("555-1234", CALL, "PHONE_NUMBER"))


def test_marks_stand_for_what_was_found_in_the_text_and_in_the_words() -> None:
    clean = without(CALLED)
    assert clean.text == "Please call [PERSON], on [PHONE_NUMBER]."
    assert [(word.text, word.start, word.end) for word in clean.words] == [
        ("Please", 0, 0.9),
        ("call", 1, 1.9),
        ("[PERSON],", 2, 3.9),
        ("on", 4, 4.9),
        ("[PHONE_NUMBER].", 5, 5.9),
    ]
    assert [clean.text[one.start : one.end] for one in entities(clean) or ()] == ["[PERSON]", "[PHONE_NUMBER]"]
    assert CALLED.text == CALL


def test_only_the_kinds_that_are_asked_for() -> None:
    assert without(CALLED, ["PHONE_NUMBER"]).text == "Please call John Smith, on [PHONE_NUMBER]."
    assert without(CALLED, ["EMAIL_ADDRESS"]) is CALLED


def test_overlapping_entities_are_one() -> None:
    one = segment(CALL, entity("John Smith", CALL), entity("Smith", CALL, "LOCATION"))
    assert without(one).text == "Please call [PERSON], on 555-1234."


def test_words_that_are_not_the_text_go() -> None:
    other = replace(CALLED, words=(Word(0, 1, text="Johnny"),))
    assert without(other).words == ()


def test_what_stands_elsewhere_since_is_found_again_and_what_is_nowhere_withholds_all() -> None:
    moved = replace(CALLED, text="So: " + CALL, words=())
    assert without(moved).text == "So: Please call [PERSON], on [PHONE_NUMBER]."
    assert without(replace(CALLED, text="Call Jon.", words=())).text == WITHHELD


def test_what_else_is_told_of_the_segment_tells_no_names() -> None:
    told = segment(CALL, entity("John Smith", CALL), key_phrases=["John Smith"], tokens=[7, 8], avg_logprob=-0.1)
    extra = without(told).extra
    assert set(extra) == {"entities", "avg_logprob"}
    assert "Smith" not in json.dumps(extra)


def test_translations_and_spoken_sound_of_what_is_redacted_are_withheld() -> None:
    other = replace(segment("All is well."), id="s2", start=9, end=10, words=())
    events = [
        SegmentUpdate(segment=CALLED),
        SegmentUpdate(segment=other),
        *(SegmentUpdate(segment=Segment(0, 1, text=f"fr {id}", id=id), target="fr") for id in ("s1", "s2")),
        *(SynthesisChunk(audio=Audio(spoken(8000).samples[:, :80], 8000), segment_id=id) for id in ("s1", "s2")),
    ]
    view = redacted(Recording.of(events))
    assert [one.text for one in view.translations["fr"]] == [WITHHELD, "fr s2"]
    assert [chunk.segment_id for chunk in view.synthesis] == ["s2"]
    assert view.transcript.segments[1] == other


def test_where_nobody_looked_nothing_passes_for_redacted() -> None:
    recording = Recording(transcript=Transcript((Segment(0, 1, text="Hello."),)))
    with pytest.raises(ConfigError, match="nobody has looked") as refused:
        redacted(recording)
    assert "text/presidio" in refused.value.hint
    with pytest.raises(ConfigError, match="only a translation"):
        redacted(Recording(translations={"fr": Transcript((Segment(0, 1, text="Salut."),))}))


@pytest.mark.parametrize("format", ["txt", "srt", "vtt", "json", "tsv", "csv", "ass", "lrc", "docx", "jsonl"])
def test_every_format_with_text_can_be_written_redacted(format: str) -> None:
    lab, recording = Lab(discover=False), Recording(transcript=Transcript((CALLED,)), duration=7)
    data = lab.render(recording, format, redact=True)
    if format == "docx":
        from io import BytesIO

        from docx import Document

        text = "\n".join(paragraph.text for paragraph in Document(BytesIO(data)).paragraphs)
    else:
        text = data.decode()
    assert "Smith" not in text
    assert "555" not in text
    assert "PERSON" in text in text
    some = lab.render(recording, format, redact=True, redact_kinds=["PHONE_NUMBER"])
    assert data != some
    assert lab.render(recording, format) != data


NAMES = st.text(string.ascii_uppercase, min_size=2, max_size=6)
TOKENS = st.lists(st.text("abc東.,' ", min_size=1, max_size=5), max_size=8)


@given(TOKENS, TOKENS, st.lists(NAMES, min_size=1, max_size=3), st.data())
def test_nothing_of_an_entity_is_left_wherever_it_lies(
    before: list[str], after: list[str], name: list[str], data: st.DataObject
) -> None:
    whole = " ".join([*before, " ".join(name), *after])
    text = whole.strip()
    said = " ".join(name)
    assume(said in text)
    glue = data.draw(st.booleans())
    parts = text.split() if not glue else [text]
    words = tuple(Word(1.0 * n, n + 0.5, text=one) for n, one in enumerate(parts))
    one = Segment(0, len(parts), text=text, id="s1", words=words, extra={"entities": [entity(said, text)]})
    clean = without(one)
    assert not any(part in clean.text.replace("[PERSON]", "") for part in name)
    assert clean.words, "the words are the text, so they stay"
    assert "".join("".join(word.text for word in clean.words).split()) == "".join(clean.text.split())
    assert all(a.start <= b.start for a, b in pairwise(clean.words))
    assert clean.words[-1].end == words[-1].end
    assert without(clean).text == clean.text


@given(st.text("ab ", min_size=2, max_size=20), st.data())
def test_cut_entities_are_where_they_say(text: str, data: st.DataObject) -> None:
    n = len(text)
    found = []
    for start, end in data.draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(1, n)), max_size=4)):
        if start < end:
            found.append({"kind": "X", "start": start, "end": end, "text": text[start:end], "score": 1.0})
    border = data.draw(st.integers(0, n))
    for first, last in ((0, border), (border, n)):
        part = text[first:last]
        told = cut({"entities": found, "other": 1}, first, last)
        assert told["other"] == 1
        assert all(part[one["start"] : one["end"]] == one["text"] != "" for one in told["entities"])
    covered = sum(
        len(one["text"])
        for first, last in ((0, border), (border, n))
        for one in cut({"entities": found}, first, last)["entities"]
    )
    assert covered == sum(len(one["text"]) for one in found)

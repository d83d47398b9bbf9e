"""A document for reading (.docx): paragraphs with speaker and time, each with its translations beneath."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from ..types import Recording, Segment
from ..types.scripts import joined
from .clock import clock
from .direction import right_to_left
from .options import DocumentOptions
from .text import SENTENCE_ENDS, flat
from .tracks import beside, written

PAUSE = 2.0
"""A silence of these seconds begins a new paragraph."""
LENGTH = 500
"""So does the end of a sentence, once a paragraph has so many characters."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(recording: Recording, options: DocumentOptions) -> bytes:
    """The recording as an Office Open XML document."""
    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.comments, properties.title = "speechlab", "", _text(options.title)
    document.add_heading(_text(options.title), level=0)
    said = written(recording, options)
    if not said:
        document.add_paragraph("Nothing was said in this recording.")
    translations = beside(recording, options)
    before = None
    for paragraph in _paragraphs(said):
        speaker = paragraph[0].speaker if options.speakers else None
        _head(document, paragraph[0].start, speaker if speaker != before else None, options)
        before = speaker
        _body(document, (segment.text for segment in paragraph), paragraph[0].language or said.language)
        for to, texts in translations.items():
            if any(segment.id in texts for segment in paragraph):
                translated = _body(document, (texts.get(segment.id, "") for segment in paragraph), to, label=to)
                translated.paragraph_format.left_indent = Cm(1)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _paragraphs(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """The segments, put together as one would read them."""
    paragraph: list[Segment] = []
    length = 0
    for segment in segments:
        if paragraph:
            last = paragraph[-1]
            full = length >= LENGTH and last.text.rstrip().endswith(SENTENCE_ENDS)
            if full or segment.speaker != last.speaker or segment.start - last.end >= PAUSE:
                yield paragraph
                paragraph, length = [], 0
        paragraph.append(segment)
        length += len(segment.text)
    if paragraph:
        yield paragraph


def _head(document: Document, start: float, speaker: str | None, options: DocumentOptions) -> None:
    """The line above a paragraph: who speaks, where that changed, and when."""
    if not (speaker or options.times):
        return
    line = document.add_paragraph()
    line.paragraph_format.keep_with_next = True
    line.paragraph_format.space_after = Pt(0)
    if speaker:
        line.add_run(_text(speaker)).bold = True
    if options.times:
        line.add_run(("  " if speaker else "") + clock(start, places=0)).italic = True


def _body(document: Document, texts: Iterable[str], language: str | None, label: str = "") -> Paragraph:
    text = _text(joined(texts))
    paragraph = document.add_paragraph()
    if label:
        paragraph.add_run(f"{_text(label)}  ").italic = True
    run = paragraph.add_run(text)
    if right_to_left(text, language):
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        run.font.rtl = True
    return paragraph


def _text(text: str) -> str:
    """The text on one line, without the characters that XML cannot hold."""
    return _NOT_XML.sub("", flat(text))

"""The tab *Voices*: a text spoken in any voice, voices of one's own, and recordings in another voice."""

from __future__ import annotations

import gradio as gr

from ...lab import Lab
from .. import conversion_panel, takes_panel, voice_panel

PANELS = (
    ("speak", "Speak", takes_panel.build),
    ("own", "Your voices", voice_panel.build),
    ("convert", "Convert", conversion_panel.build),
)


def build(lab: Lab) -> None:
    """Build the tab's panels here."""
    with gr.Tabs(elem_id="voices-parts"):
        for id, title, panel in PANELS:
            with gr.Tab(title, id=id, elem_id=f"voices-{id}"):
                panel(lab)

"""How Gradio's own components look: the page's colours and the system's fonts."""

from __future__ import annotations

import gradio as gr

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "monospace")
INDIGO = gr.themes.Color(
    name="indigo",
    c50="#f1f4ff",
    c100="#e4e9ff",
    c200="#cdd7ff",
    c300="#abbaff",
    c400="#8c9dfc",
    c500="#6b7bf0",
    c600="#4f5bd5",
    c700="#4249b3",
    c800="#383e91",
    c900="#313773",
    c950="#1e2146",
)


def theme() -> gr.themes.Base:
    """The page's theme. No font is fetched from anywhere."""
    made = gr.themes.Base(
        primary_hue=INDIGO,
        neutral_hue=gr.themes.colors.zinc,
        radius_size=gr.themes.sizes.radius_md,
        font=list(SANS),
        font_mono=list(MONO),
    )
    return made.set(
        body_background_fill="var(--page)",
        body_background_fill_dark="var(--page)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
        body_text_color_subdued="var(--quiet)",
        body_text_color_subdued_dark="var(--quiet)",
        background_fill_primary="var(--paper)",
        background_fill_primary_dark="var(--paper)",
        background_fill_secondary="var(--raised)",
        background_fill_secondary_dark="var(--raised)",
        border_color_primary="var(--line)",
        border_color_primary_dark="var(--line)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_padding="0",
        block_label_text_color="var(--ink)",
        block_label_text_color_dark="var(--ink)",
        block_title_text_color="var(--ink)",
        block_title_text_color_dark="var(--ink)",
        block_title_text_weight="500",
        block_info_text_color="var(--quiet)",
        block_info_text_color_dark="var(--quiet)",
        block_info_text_size="0.8125rem",
        input_background_fill="var(--field)",
        input_background_fill_dark="var(--field)",
        input_border_color="var(--line)",
        input_border_color_dark="var(--line)",
        input_shadow="none",
        input_shadow_focus="0 0 0 3px color-mix(in oklab, var(--accent) 22%, transparent)",
        input_shadow_focus_dark="0 0 0 3px color-mix(in oklab, var(--accent) 30%, transparent)",
        button_primary_background_fill="var(--accent)",
        button_primary_background_fill_dark="var(--accent)",
        button_primary_background_fill_hover="var(--accent-strong)",
        button_primary_background_fill_hover_dark="var(--accent-strong)",
        button_primary_text_color="var(--on-accent)",
        button_primary_text_color_dark="var(--on-accent)",
        button_secondary_background_fill="var(--raised)",
        button_secondary_background_fill_dark="var(--raised)",
        button_secondary_background_fill_hover="var(--line)",
        button_secondary_background_fill_hover_dark="var(--line)",
        button_transition="background 120ms",
        slider_color="var(--accent)",
        slider_color_dark="var(--accent)",
        checkbox_background_color_selected="var(--accent)",
        checkbox_background_color_selected_dark="var(--accent)",
        layout_gap="1rem",
    )

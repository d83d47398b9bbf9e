"""How the player's style and script reach a page."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files

GRADIO_TEMPLATE = "<div></div>"
"""The ``html_template`` of the Gradio component: constant, so that Gradio never patches what the script has drawn."""


def standalone(html: str) -> str:
    """Markup of :func:`~speechlab.player.player_html` with its style and script: for a notebook's output or a file.

    The id is made of the content: the same recording gives the same output, so a notebook that is run again has no
    needless difference.
    """
    name = f"speechlab-{hashlib.sha256(html.encode()).hexdigest()[:12]}"
    attach = f"""document.querySelectorAll('[id="{name}"] > .sl-player').forEach(speechlabPlayer);"""
    script = f"(() => {{\n{_script()}\n{attach}\n}})();"
    return f'<div id="{name}"><style>{_asset("player.css")}</style>{html}<script>{script}</script></div>'


def gradio_script() -> str:
    """The ``js_on_load`` of the Gradio component: draws its value with a live player, now and whenever it changes."""
    return f"""{_script()}
if (!document.getElementById("speechlab-player-style")) {{
  const style = document.createElement("style");
  style.id = "speechlab-player-style";
  style.textContent = {json.dumps(_asset("player.css"))};
  document.head.append(style);
}}
const draw = () => {{
  element.innerHTML = props.value || "";
  element.querySelectorAll(".sl-player").forEach(speechlabPlayer);
}};
draw();
watch("value", draw);
"""


@cache
def _script() -> str:
    """The function ``speechlabPlayer(root)``, with the parts that it adds to the markup."""
    parts = {name: _asset(f"{name}.html") for name in ("wave", "playback", "tracks", "tools", "follow", "choosing")}
    return f"const speechlabParts = {json.dumps(parts)};\n{_asset('speakers.js')}\n{_asset('player.js')}"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")

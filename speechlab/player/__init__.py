"""The transcript player: one piece of HTML, style and script that the notebook and the web lab share.

:func:`player_html` gives markup that holds no script: the words are there to read at once, and the times lie in a
data attribute. The script attaches to it by ``speechlabPlayer(root)``; how it reaches the page is the page's affair:

* A notebook, or any file: ``standalone(player_html(...))`` puts style and script beside the markup.
* Gradio: a ``<script>`` in the value of ``gr.HTML`` never runs, and Gradio patches a changed value into the old
  elements one by one, under the feet of a script. So the template is constant, and the script puts the value there
  itself, whenever it changes::

      page = gr.HTML(
          html_template=player.GRADIO_TEMPLATE, js_on_load=player.gradio_script(), apply_default_css=False
      )
      button.click(lambda: player.player_html(recording, audio_src=..., peaks=...), None, page)

  The address of the sound may be ``/gradio_api/file=...`` (Gradio answers range requests, which seeking needs).

Waveforms are gathered from chunks while they pass, by :class:`Peaks`. Whether browsers can play a file, and seek in it
to the word, tells :func:`browser_type`; :func:`embedded` puts sound into the page itself.
"""

from .assets import GRADIO_TEMPLATE, gradio_script, standalone
from .embedded import Embedded, embedded
from .html import Clean, player_html
from .lanes import Correcting
from .peaks import Peaks, Waveform
from .sound import browser_type
from .times import stamp

__all__ = [
    "GRADIO_TEMPLATE",
    "Clean",
    "Correcting",
    "Embedded",
    "Peaks",
    "Waveform",
    "browser_type",
    "embedded",
    "gradio_script",
    "player_html",
    "stamp",
    "standalone",
]

"""WebRTC's audio processing as streams of frames of 10 ms."""

from __future__ import annotations

import numpy as np
from webrtc_noise_gain import AudioProcessor

from speechlab import Context, FrameSession, Params, Samples

from . import WebRtcOptions

HOP = 160
DELAY = 96
"""Samples by which a frame comes back late where noise is taken away: what its windows overlap by."""
GAIN = 1
"""Any number but 0 turns gain control on; which one, the library does not heed."""
SCALE = 32768


class WebRtc:
    """Opens streams; there is nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: WebRtcOptions) -> WebRtcSession:
        """A new stream."""
        return WebRtcSession(options)


class WebRtcSession(FrameSession):
    """Cleans one stream of 16 kHz."""

    def __init__(self, options: WebRtcOptions) -> None:
        super().__init__(HOP, DELAY if options.noise_suppression_level else 0)
        self._processor = AudioProcessor(GAIN if options.gain_control else 0, options.noise_suppression_level)

    def process(self, samples: Samples) -> Samples:
        whole = np.clip(np.rint(samples * SCALE), -SCALE, SCALE - 1).astype(np.int16).reshape(-1, HOP)
        cleaned = b"".join(self._processor.Process10ms(frame.tobytes()).audio for frame in whole)
        return np.frombuffer(cleaned, np.int16) / np.float32(SCALE)

"""Chinese to sounds by misaki, as Kokoro v1.0 learnt it."""

from __future__ import annotations

import logging

from .sounds import Reader


def reader(_: str) -> Reader:
    """A reader of Mandarin."""
    import jieba
    from misaki.zh import ZHG2P

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    read = ZHG2P()
    return lambda texts: [str(read(text)[0]) if any(map(str.isalnum, text)) else "" for text in texts]

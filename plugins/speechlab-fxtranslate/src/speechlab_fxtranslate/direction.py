"""One direction of translation: a model, and the one thread that may touch it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from fxtranslate import Translator

from speechlab import EngineFailed, EngineUnavailable

from .cutting import Cutter
from .models import Files

_own = threading.local()
"""Each thread's model. It belongs to the module since it must outlive all else: what a thread-local holds for a thread
is dropped by that thread when it ends, but by whoever drops the thread-local if that comes first."""


class Direction:
    """Translates whole texts, for any number of callers.

    A Translator has to be made, asked and dropped by one and the same thread: asked by another, it panics, with an
    error that is no Exception; dropped by another, it stays in memory. Hence an executor with a single thread for each.
    The thread ends when the executor is dropped or closed.

    fxtranslate keeps Python's global lock as long as it computes, so that no other thread runs meanwhile: texts go in
    sentence by sentence, and a page or a stream that is served beside waits for one sentence, not for a book.

    Raises EngineUnavailable for files that are no model.
    """

    def __init__(self, files: Files) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fxtranslate")
        try:
            self._thread.submit(_load, files).result()
            self._cut = Cutter(files.source.read_bytes())
        except (EngineFailed, ValueError, RuntimeError, OSError) as error:
            raise EngineUnavailable(
                f"the model in {files.model.parent} cannot be read: {error}",
                hint="remove the folder and fetch the model again",
            ) from error

    def translate(self, text: str) -> str:
        """The text in the other language, none of it left out; lines stay lines. Raises EngineFailed."""
        return "".join(
            self._thread.submit(_translate, piece).result() if translatable else piece
            for piece, translatable in self._cut(text)
        )

    def close(self) -> None:
        """End the thread, and with it the model."""
        self._thread.shutdown(cancel_futures=True)


def _load(files: Files) -> None:
    source = files.source.read_bytes()
    target = source if files.target == files.source else files.target.read_bytes()
    shortlist = files.shortlist.read_bytes() if files.shortlist else None
    with _no_panic():
        _own.translator = Translator(files.model.read_bytes(), source, target, shortlist)


def _translate(piece: str) -> str:
    # Not `translate`, which leaves out what is beyond the model's context.
    with _no_panic():
        return str(_own.translator.translate_long(piece))


@contextmanager
def _no_panic() -> Iterator[None]:
    """Rust's panics come as a BaseException, past whoever catches errors and through a whole server."""
    try:
        yield
    except Exception:
        raise
    except BaseException as panic:
        told = str(panic).partition("\n")[0]
        raise EngineFailed(f"fxtranslate panicked: {told}", hint="tell its authors, with the text") from panic

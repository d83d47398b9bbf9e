"""A mode kept running: its programs in a row, one text after the other, each answered at its NUL."""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from speechlab import EngineFailed, EngineUnavailable

from .stream import END

BLOCK = 1 << 16
SAID = 2000
"""Of what the programs complain of, the last bytes are kept."""
SHOWN = 40
"""Characters of a text that an error shows."""


class Ended(Exception):
    """The programs have ended, or answer what was not asked; with their last words."""


@dataclass(frozen=True)
class Running:
    """What a pipeline holds while it runs."""

    processes: list[subprocess.Popen[bytes]]
    asked: IO[bytes]
    answered: IO[bytes]
    said: IO[bytes]

    def end(self) -> None:
        """End the programs; nothing of them is left behind."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
        for file in (self.asked, self.answered, self.said):
            file.close()


class Pipeline:
    """Runs the programs of one mode. Any thread may ask; they take turns.

    The programs are started when they are first needed, and again when they have died. They end with the pipeline,
    closed or forgotten, and when whoever waits for an answer is interrupted: nobody would know then which question the
    next answer belongs to.
    """

    def __init__(self, name: str, commands: Sequence[Sequence[str]], timeout: float) -> None:
        self._name, self._commands, self._timeout = name, commands, timeout
        self._turn = threading.Lock()
        self._running: Running | None = None
        self._ending: weakref.finalize[[], Pipeline] | None = None

    def ask(self, texts: Sequence[str]) -> list[str]:
        """An answer for each text of the stream, which holds no NUL.

        Where the programs die, they are started anew for the texts that are left, which they then get one by one: so
        the text that kills them is found. Raises EngineFailed and EngineUnavailable.
        """
        answers: list[str] = []
        with self._turn:
            try:
                self._exchange(texts, answers)
            except Ended:
                self._stop()
                self._one_by_one(texts, answers)
            except BaseException:
                self._stop()
                raise
        return answers

    def close(self) -> None:
        """End the programs, once nobody waits for an answer."""
        with self._turn:
            self._stop()

    def _one_by_one(self, texts: Sequence[str], answers: list[str]) -> None:
        try:
            for text in texts[len(answers) :]:
                self._exchange([text], answers)
        except Ended as death:
            self._stop()
            raise EngineFailed(
                f"Apertium's {self._name} ends at the text {texts[len(answers)].removesuffix(END)[:SHOWN]!r}{death}",
                hint="leave that text out, or name another engine",
            ) from None
        except BaseException:
            self._stop()
            raise

    def _exchange(self, texts: Sequence[str], answers: list[str]) -> None:
        """Ask, and add the answers as they come. Writes and reads in turns, since pipes hold little."""
        running = self._running or self._start()
        unsent = memoryview("".join(f"{text}\0" for text in texts).encode())
        begun, said, missing = b"", b"", len(texts)
        with selectors.DefaultSelector() as ready:
            ready.register(running.asked, selectors.EVENT_WRITE)
            ready.register(running.answered, selectors.EVENT_READ)
            ready.register(running.said, selectors.EVENT_READ)
            while missing:
                if not (some := ready.select(self._timeout)):
                    raise EngineFailed(
                        f"Apertium's {self._name} gave no sign of life for {self._timeout:g} s",
                        hint="raise `timeout`, or name another engine",
                    )
                for key, _ in some:
                    if key.fileobj is running.asked:
                        unsent = unsent[_write(key.fd, unsent) :]
                        if not unsent:
                            ready.unregister(running.asked)
                        continue
                    got = os.read(key.fd, BLOCK)
                    if key.fileobj is running.said:
                        said = (said + got)[-SAID:]
                        if not got:
                            ready.unregister(running.said)
                        continue
                    *whole, begun = (begun + got).split(b"\0")
                    if not got or len(whole) > missing:
                        raise Ended(_last_words(said))
                    answers += [answer.decode(errors="replace") for answer in whole]
                    missing -= len(whole)

    def _start(self) -> Running:
        processes: list[subprocess.Popen[bytes]] = []
        said, saying = os.pipe()
        before: IO[bytes] | int = subprocess.PIPE
        try:
            for command in self._commands:
                process = subprocess.Popen(
                    command, stdin=before, stdout=subprocess.PIPE, stderr=saying, start_new_session=True
                )
                if not isinstance(before, int):
                    before.close()  # its next program reads it; else it would not notice the end of that
                processes.append(process)
                assert process.stdout is not None
                before = process.stdout
        except OSError as error:
            raise EngineUnavailable(
                f"Apertium's {self._name} needs {command[0]}: {error.strerror}",
                hint="install the Debian package of its pair of languages again",
            ) from error
        finally:
            os.close(saying)
            if len(processes) < len(self._commands):
                os.close(said)
                for process in processes:
                    process.kill()
                    process.wait()
                    for file in filter(None, (process.stdin, process.stdout)):
                        file.close()
        asked = processes[0].stdin
        assert asked is not None
        assert not isinstance(before, int)
        os.set_blocking(asked.fileno(), False)
        self._running = Running(processes, asked, before, os.fdopen(said, "rb", buffering=0))
        self._ending = weakref.finalize(self, self._running.end)
        return self._running

    def _stop(self) -> None:
        if self._ending is not None:
            self._ending()
        self._running = self._ending = None


def _write(to: int, some: memoryview) -> int:
    try:
        return os.write(to, some[:BLOCK])
    except BrokenPipeError:
        return len(some)  # the end of the answers tells of it


def _last_words(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""

"""``make bench``: what the host costs, what its default pipeline saves, how right it is, how memory grows, how long who
reads live waits, how well speech is found, cleaned and given to speakers, how well texts are translated, and spoken.

``make bench ARGS="--speech FOLDER --rounds 5 --long"``. FOLDER holds recordings and a ``MANIFEST.tsv``; without it the
few synthetic sentences of ``speechlab.testing`` are used, which tell of speed but not of quality. openai-whisper takes
part where a Python that has it is named: ``--openai-python PATH --openai-checkpoint FILE``.

``--only sound --recordings FOLDER --noise FOLDER`` measures speech detection, denoising and diarization on recordings
with ``.rttm`` files beside them and on noise; ``--only translation --sentences FILE.tsv`` measures translation. Each
part is a benchmark of its own too: ``python -m tests.bench.host``, ``detection``, ``diarization``, ``denoise``,
``translation`` and ``synthesis``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from speechlab import Kind, Lab

from . import denoise, detection, diarization, host, live, synthesis, translation
from .material import clips, joined
from .processes import Cost, in_turns, ratio, run
from .quality import Score, interval, score
from .table import table

CLI = str(Path(sys.executable).parent / "speechlab")


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, Path(folder))
        print(f"load average at the start: {os.getloadavg()[0]:.2f} (a figure above 1 is not worth publishing)\n")
        parts = [bench.speed, bench.quality, bench.memory, bench.live]
        parts += [bench.sound] if options.recordings else []
        parts += [bench.translation] if options.sentences else []
        parts += [bench.synthesis]
        for part in parts:
            if not options.only or part.__name__ in options.only:
                part()
        print(f"load average at the end: {os.getloadavg()[0]:.2f}")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Ratios with their spread, not seconds.")
    parser.add_argument("--speech", type=Path, help="folder with recordings and a MANIFEST.tsv")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=int, default=5, help="length of the recording that speed is measured on")
    parser.add_argument("--long", action="store_true", help="memory up to three hours, and an hour live")
    parser.add_argument("--live-minutes", type=float, default=10, help="length of the talk that is heard in real time")
    parser.add_argument(
        "--only", nargs="*", choices=["speed", "quality", "memory", "live", "sound", "translation", "synthesis"]
    )
    parser.add_argument("--recordings", type=Path, help="folder with recordings, each with its turns in an .rttm file")
    parser.add_argument("--noise", type=Path, help="folder with office.flac and cafe.flac")
    parser.add_argument("--sentences", type=Path, help=".tsv file with the same sentences in several languages")
    parser.add_argument("--openai-python", help="a Python that has openai-whisper")
    parser.add_argument("--openai-checkpoint", help="whisper base for it, a .pt file")
    options = parser.parse_args()
    if options.only and "sound" in options.only and not options.recordings:
        parser.error("--only sound needs --recordings FOLDER")
    if options.only and "translation" in options.only and not options.sentences:
        parser.error("--only translation needs --sentences FILE")
    needed = ["pyannote.metrics", "pesq", "pystoi"] if options.recordings else []
    needed += ["sacrebleu"] if options.sentences else []
    if missing := [name for name in needed if not there(name)]:
        parser.error(f"to compare with references: pip install {' '.join(missing)}")
    return options


def there(name: str) -> bool:
    """Whether a package can be imported."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of what is before the dot
        return False


class Bench:
    """One benchmark over one folder for what it writes."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder, self.home = options, folder, folder / "home"
        self.clips = clips(options.speech)
        self.spec = Lab(home=self.home).engine(Kind.ASR, "whisper")
        lab = Lab(home=self.home)
        with lab.pool.lease(self.spec, self.spec.params()) as loaded:
            self.model = str(loaded.engine.folder)

    def speechlab(self, file: Path) -> Cost:
        return run([CLI, "transcribe", str(file), "--engine", "whisper", "--format", "txt"], home=self.home)

    def bare(self, how: str, file: Path) -> Cost:
        return run([sys.executable, "-m", "tests.bench.bare", how, self.model, str(file)], home=self.home)

    def openai(self, file: Path) -> Cost:
        python, checkpoint = self.options.openai_python, self.options.openai_checkpoint
        return run([python, "-m", "tests.bench.bare", "openai", checkpoint, str(file)], home=self.home)

    def contenders(self) -> dict[str, Callable[[Path], Cost]]:
        some: dict[str, Callable[[Path], Cost]] = {
            "speechlab transcribe": self.speechlab,
            "faster-whisper, same settings": lambda file: self.bare("batched", file),
            "faster-whisper, sequential": lambda file: self.bare("sequential", file),
        }
        if self.options.openai_python:
            some["openai-whisper, greedy"] = self.openai
        return some

    def speed(self) -> None:
        """CPU and wall time of whole processes on some minutes, beyond what the same process takes to start."""
        long = joined(self.clips, self.options.minutes * 60, self.folder / "long.wav")
        short = joined(self.clips, 1, self.folder / "short.wav")
        jobs: dict[str, Callable[[], Cost]] = {}
        for name, contender in self.contenders().items():
            jobs[name] = lambda contender=contender: contender(long)  # type: ignore[misc]
            jobs[f"{name}: start"] = lambda contender=contender: contender(short)  # type: ignore[misc]
        costs = in_turns(jobs, self.options.rounds)
        rows = []
        ours_cpu, ours_wall = (self._beyond(costs, "speechlab transcribe", of) for of in ("cpu", "wall"))
        for name in self.contenders():
            cpu, wall = self._beyond(costs, name, "cpu"), self._beyond(costs, name, "wall")
            rows.append(
                (
                    name,
                    f"{statistics.median(cost.cpu for cost in costs[f'{name}: start']):.2f}",
                    f"{statistics.median(cpu):.1f}",
                    f"{statistics.median(cpu) / (self.options.minutes * 60):.4f}",
                    f"{statistics.median(cost.peak for cost in costs[name]):.0f}",
                    ratio(ours_cpu, cpu),
                    ratio(ours_wall, wall),
                )
            )
        print(f"## {self.options.minutes} minutes of speech, {self.options.rounds} rounds in turns, medians\n")
        table(
            (
                "process",
                "start, CPU s",
                "CPU s beyond start",
                "real-time factor (CPU)",
                "peak MB",
                "speechlab / it, CPU",
                "speechlab / it, wall",
            ),
            rows,
        )

    def _beyond(self, costs: dict[str, list[Cost]], name: str, of: str) -> list[float]:
        pairs = zip(costs[name], costs[f"{name}: start"], strict=True)
        return [getattr(whole, of) - getattr(start, of) for whole, start in pairs]

    def quality(self) -> None:
        """Word error rate of each contender on the clips, each clip a file of its own, with a bootstrap interval."""
        lab = Lab(home=self.home)
        scores: dict[str, list[Score]] = {
            "speechlab, default pipeline": [
                score(clip.text, lab.transcribe(clip.path, "whisper").transcript.text) for clip in self.clips
            ],
            "faster-whisper, sequential, beam 5": [
                score(clip.text, text) for clip, text in zip(self.clips, self._sequential(), strict=True)
            ],
        }
        rows = [(name, str(len(some)), *interval(some)) for name, some in scores.items()]
        both = list(zip(*scores.values(), strict=True))
        print("## Word error rate, whisper-normalizer's English rules\n")
        table(("recogniser", "clips", "WER %", "95 % interval"), rows)
        worse = sum(ours.errors - theirs.errors for ours, theirs in both)
        print(f"speechlab makes {worse:+d} word errors against it on the same clips\n")

    def _sequential(self) -> list[str]:
        from faster_whisper import WhisperModel

        model = WhisperModel(self.model, device="cpu", compute_type="int8")
        return [" ".join(s.text.strip() for s in model.transcribe(str(clip.path))[0]) for clip in self.clips]

    def memory(self) -> None:
        """Peak memory of `speechlab transcribe` against the length of the recording."""
        minutes = [1, 5, 10, 60, 180] if self.options.long else [1, 5, 10]
        peaks = {}
        for length in minutes:
            file = joined(self.clips, length * 60, self.folder / f"{length}.wav")
            print(f"  {length} minutes", file=sys.stderr, flush=True)
            peaks[length] = self.speechlab(file).peak
            file.unlink()
        print("## Peak memory against length\n")
        table(
            ("minutes", "peak MB", "of that at 5 minutes"),
            [(str(length), f"{peak:.0f}", f"{peak / peaks[5]:.2f}") for length, peak in peaks.items()],
        )

    def live(self) -> None:
        """A talk in real time with the default engine, against the targets; with --long, an hour on a simulated one."""
        lab = Lab(home=self.home)
        first, *others = live.engines(lab)
        path, text = live.talks(self.clips, self.options.live_minutes, self.folder / "talk.wav")
        report = live.heard(lab, first, path, text, "real")
        print(f"## {self.options.live_minutes:g} minutes live, {first}, in real time\n")
        table(("target", "at most", "measured", "holds"), [target.row for target in live.targets(report)])
        rows = [live.told(first, report)]
        if self.options.long:
            path, text = live.talks(self.clips, 60, self.folder / "hour.wav")
            for engine in (first, *others):
                print(f"  an hour live: {engine}", file=sys.stderr, flush=True)
                rows.append(live.told(engine, live.heard(lab, engine, path, text, "measured")))
        table(live.HEAD, rows)
        lab.close()

    def sound(self) -> None:
        """Speech detection, diarization and denoising, and what the host costs around them; with --long, three hours
        diarized."""
        folder, rounds, noise = self.options.recordings, str(self.options.rounds), self.options.noise
        noises = ["--noise", str(noise)] if noise else []
        print("## The host around sessions of engines\n")
        host.main([str(diarization.clips(folder)[0].path), "--rounds", rounds])
        print("## Speech detection\n")
        detection.main([str(folder), *noises])
        print("## Diarization\n")
        diarization.main([str(folder), "--words", *(["--long", "180"] if self.options.long else [])])
        if noise and self.options.speech:
            print("## Denoising\n")
            denoise.main(["--speech", str(self.options.speech), *noises, "--measure", "gains", "wer"])

    def translation(self) -> None:
        """Quality and speed of each translator and of the routes, and what the host costs around them."""
        translation.main([str(self.options.sentences), "--rounds", str(self.options.rounds)])

    def synthesis(self) -> None:
        """How soon, how fast and how clearly each synthesizer speaks; with --speech, voices made of clips."""
        speech = ["--speech", str(self.options.speech)] if self.options.speech else []
        synthesis.main(["--rounds", str(self.options.rounds), *speech])


if __name__ == "__main__":
    main()

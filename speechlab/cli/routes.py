"""By which way each text was translated, and what was left as it was, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..types import Segment


def routes(track: Iterable[Segment], target: str) -> Iterator[str]:
    """The ways into one language, the most gone first; how many segments each was for, where there are several."""
    told = [one for one in track if "route" in one.extra and any(map(str.isalpha, one.text))]
    ways = Counter(_way(one.extra["route"], target) for one in told if not one.extra.get("untranslated"))
    for way, count in ways.most_common():
        yield f"{way}: {count} of {len(told)} segments" if len(ways) > 1 else way


def untranslated(track: Iterable[Segment]) -> Iterator[str]:
    """Why segments stayed as they were, each reason once with their number."""
    reasons = Counter(str(segment.extra["untranslated"]) for segment in track if segment.extra.get("untranslated"))
    for reason, count in reasons.items():
        yield f"{count} {'segment stays as it is' if count == 1 else 'segments stay as they are'}: {reason}"


def _way(steps: Iterable[Mapping[str, Any]], target: str) -> str:
    """A chain of steps, such as "es → pt by translate/apertium, → en by translate/fxtranslate"."""
    told = ""
    for step in steps:
        if told:
            told += f", → {step['target']} by {step['engine']}"
        else:
            told = f"{step.get('source') or '?'} → {step['target']} by {step['engine']}"
    return told or f"left alone, since it is in {target}"

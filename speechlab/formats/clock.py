"""Times as text, rounded once and in whole units, so that no minute ever has sixty seconds."""

from __future__ import annotations


def clock(seconds: float, *, places: int = 3, point: str = ".", hours: int = 2) -> str:
    """Seconds as hours, minutes, seconds and ``places`` decimals; hours have at least so many digits.

    >>> clock(59.9996)
    '00:01:00.000'
    >>> clock(3 * 3600 + 2.5, places=2, hours=1)
    '3:00:02.50'
    >>> clock(65, places=0)
    '00:01:05'
    """
    whole, rest = divmod(round(max(0.0, seconds) * 10**places), 10**places)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    decimals = f"{point}{rest:0{places}}" if places else ""
    return f"{hour:0{hours}}:{minute:02}:{second:02}{decimals}"


def milliseconds(seconds: float) -> int:
    """The nearest whole millisecond, never before the start of the recording."""
    return round(max(0.0, seconds) * 1000)

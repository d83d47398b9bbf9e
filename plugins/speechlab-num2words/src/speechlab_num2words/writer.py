"""Numbers and what stands beside them as words: CLDR's names of units, money and months, num2words for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_name, get_decimal_symbol, get_group_symbol
from babel.units import format_unit
from num2words import CONVERTER_CLASSES, num2words

MONEY = {
    "R$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₺": "TRY",
    "zł": "PLN",
    "Kč": "CZK",
    "USD": "USD",
    "EUR": "EUR",
    "GBP": "GBP",
    "CHF": "CHF",
}
"""Signs of money, and what ISO 4217 calls it."""
UNITS = {
    "%": "percent",
    "km/h": "kilometer-per-hour",
    "km": "kilometer",
    "cm": "centimeter",
    "mm": "millimeter",
    "m": "meter",
    "kg": "kilogram",
    "mg": "milligram",
    "g": "gram",
    "ml": "milliliter",
    "l": "liter",
    "L": "liter",
    "°C": "celsius",
    "°F": "fahrenheit",
    "kWh": "kilowatt-hour",
    "kW": "kilowatt",
    "W": "watt",
    "V": "volt",
    "GHz": "gigahertz",
    "MHz": "megahertz",
    "kHz": "kilohertz",
    "Hz": "hertz",
    "GB": "gigabyte",
    "MB": "megabyte",
    "kB": "kilobyte",
    "ms": "millisecond",
}
"""Signs of units, and what CLDR calls them."""
ORDINALS = {
    "en": r"(\d+)(?:st|nd|rd|th)\b",
    "fr": r"(\d+)(?:er|re|ère|e|ème)\b",
    "es": r"(\d+)\.?[ºª]",
    "pt": r"(\d+)\.?[ºª]",
    "it": r"(\d+)\.?[ºª°](?!\w)",
}
"""How a number is written that tells a place in a row."""
ORDINAL_DAYS = frozenset({"en"})
"""Where a day of the month is said as a place in a row."""
YEARS = frozenset({"da", "de", "en", "nl", "no", "sv"})
"""Where years are said in hundreds."""
ADDRESS = re.compile(r"(?:\w+://|www\.)\S+|\S+@\S+")
LONGEST = 9
"""Digits; more of them without separators are said one by one, as are those that begin with a zero."""


@lru_cache(maxsize=64)
def writer(language: str) -> Writer:
    """What writes the numbers of a language, by its BCP-47 code."""
    return Writer(language)


class Writer:
    """Writes numbers as they are said in one language."""

    def __init__(self, language: str) -> None:
        self._code = language.replace("_", "-").split("-")[0].lower()
        region = language.replace("-", "_")
        self._words = region if region in CONVERTER_CLASSES else self._code
        self._locale = _locale(language, self._code)
        self._point, group = get_decimal_symbol(self._locale), get_group_symbol(self._locale)
        self._groups = re.escape(f"{group}\u00a0\u202f\u2009") + (" " if group.isspace() else "")
        point = re.escape(self._point)
        whole = rf"\d{{1,3}}(?:[{self._groups}]\d{{3}})+(?!\d)|\d+"
        number = rf"(?:{whole})(?:{point}\d+)?"
        before, behind = r"(?<![\w.,])", r"(?![\w]|[.,:]\d)"
        money, units = ("|".join(map(re.escape, sorted(signs, key=len, reverse=True))) for signs in (MONEY, UNITS))
        self._rules: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
            (re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)"), lambda m: self._date(m, "ymd")),
            (re.compile(r"(?<![\d.,/-])(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?![\d/-])"), self._short_date),
            (re.compile(rf"(?:{before}|(?<=\s))([01]?\d|2[0-4]):([0-5]\d)(?![:\d])"), self._time),
            (re.compile(rf"({money})\s?({number})(\s(?:million|billion|trillion))?{behind}"), self._money),
            (re.compile(rf"{before}({number})()\s?({money})(?!\w)"), self._money_behind),
            (re.compile(rf"{before}([-\u2212]?{number})\s?({units})(?![\w/])"), self._unit),
            (re.compile(r"(?<![\w-])\d{3,}(?:-\d{3,})+(?![\w-])"), lambda m: self._digits(m[0])),
        ]
        if pattern := ORDINALS.get(self._code):
            self._rules.append((re.compile(rf"{before}{pattern}"), lambda m: self._said(int(m[1]), "ordinal")))
        self._rules.append((re.compile(rf"(?<!\S)[-\u2212](?=\d)|{before}{number}{behind}"), self._number))
        self._rules.append((re.compile(r"\d+"), self._rest))

    def written(self, text: str) -> str:
        """The text without digits, but for those in web and mail addresses."""
        if not any(map(str.isdecimal, text)):
            return text
        parts, at = [], 0
        for address in ADDRESS.finditer(text):
            parts += [self._written(text[at : address.start()]), address[0]]
            at = address.end()
        return "".join([*parts, self._written(text[at:])])

    def _written(self, text: str) -> str:
        for pattern, said in self._rules:
            text = pattern.sub(said, text)
        return text

    def _short_date(self, match: re.Match[str]) -> str:
        pattern = str(self._locale.date_formats["short"].pattern).lower()
        return self._date(match, "mdy" if pattern.find("m") < pattern.find("d") else "dmy")

    def _date(self, match: re.Match[str], order: str) -> str:
        told = {part: int(match[order.index(part) + 1]) for part in "ymd"}
        try:
            day = date(told["y"], told["m"], told["d"])
        except ValueError:
            return match[0]
        long = format_date(day, "long", locale=self._locale)
        long = long.replace(str(day.year), self._year(day.year))
        return re.sub(rf"\b{day.day}(\.?)(?!\w)", lambda m: self._day(day.day, bool(m[1])), long, count=1)

    def _day(self, day: int, dotted: bool) -> str:
        """A day of the month; a dot behind it says that it is a place in a row."""
        if dotted or self._code in ORDINAL_DAYS:
            with suppress(NotImplementedError):
                return self._said(day, "ordinal")
        return self._said(day)

    def _time(self, match: re.Match[str]) -> str:
        minute = int(match[2])
        parts = [int(match[1]), *([] if not minute else [0, minute] if minute < 10 else [minute])]
        return " ".join(map(self._said, parts))

    def _money(self, match: re.Match[str]) -> str:
        sign, number, scale = match[1], match[2], match[3] or ""
        return self._amount(number, scale, MONEY[sign])

    def _money_behind(self, match: re.Match[str]) -> str:
        return self._amount(match[1], "", MONEY[match[3]])

    def _amount(self, number: str, scale: str, currency: str) -> str:
        value = self._value(number)
        if not scale and 0 < -_exponent(value) <= 2:
            # a language that lacks a currency fails in one of these ways; Babel then names it
            with suppress(NotImplementedError, TypeError, IndexError, AttributeError, KeyError):
                return str(num2words(float(value), lang=self._words, to="currency", currency=currency)).replace(",", "")
        count = 1_000_000 if scale else value
        return f"{self._said(value)}{scale} {get_currency_name(currency, count=count, locale=self._locale)}"

    def _unit(self, match: re.Match[str]) -> str:
        value = self._value(match[1])
        told = str(format_unit(value, UNITS[match[2]], "long", locale=self._locale))
        return told.replace(format_decimal(value, locale=self._locale), self._said(value), 1)

    def _number(self, match: re.Match[str]) -> str:
        if not match[0][-1].isdecimal():
            return self._said(-1).replace(self._said(1), "")  # the word for minus
        value = self._value(match[0])
        if match[0].isdecimal():
            if len(match[0]) > LONGEST or (match[0][0] == "0" and len(match[0]) > 1):
                return self._digits(match[0])
            if len(match[0]) == 4 and (1100 <= value < 2000 or 2010 <= value < 2100):
                return self._year(int(value))
        return self._said(value)

    def _rest(self, match: re.Match[str]) -> str:
        said = self._digits(match[0]) if len(match[0]) > LONGEST else self._said(int(match[0]))
        text, start, end = match.string, match.start(), match.end()
        before = " " if start and text[start - 1].isalpha() else ""
        return before + said + (" " if text[end : end + 1].isalpha() else "")

    def _digits(self, text: str) -> str:
        return " ".join(self._said(int(one)) for one in text if one.isdecimal())

    def _year(self, year: int) -> str:
        if self._code in YEARS:
            with suppress(NotImplementedError, TypeError):
                return self._said(year, "year")
        return self._said(year)

    def _value(self, number: str) -> Decimal:
        plain = re.sub(f"[{self._groups}]", "", number).replace(self._point, ".").replace("\u2212", "-")
        return Decimal(plain)

    def _said(self, value: Decimal | int, to: str = "cardinal") -> str:
        whole = int(value) if value == int(value) and not _exponent(Decimal(value)) else value
        return _spelled(whole, self._words, to)


@lru_cache(maxsize=4096)
def _spelled(value: Decimal | int, code: str, to: str) -> str:
    number = value if isinstance(value, int) else float(value)  # of a Decimal some languages forget the fraction
    told = str(num2words(number, lang=code, to=to))
    return told.replace(",", "") if code == "en" else told  # a comma would be heard


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


@cache
def _locale(language: str, code: str) -> Locale:
    for name in (language, code):
        with suppress(ValueError, LookupError):  # UnknownLocaleError is the first
            return Locale.parse(name, sep="-")
    return Locale("en")

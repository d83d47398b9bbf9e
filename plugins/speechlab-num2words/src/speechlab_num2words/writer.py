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

from .short import ADDRESS, address, said, written_out

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
    "min": "minute",
    "mph": "mile-per-hour",
    "mi": "mile",
    "ft": "foot",
    "lb": "pound",
    "lbs": "pound",
    "oz": "ounce",
    "nm": "nanometer",
    "cl": "centiliter",
    "dl": "deciliter",
    "ha": "hectare",
    "m²": "square-meter",
    "km²": "square-kilometer",
    "m³": "cubic-meter",
    "m/s": "meter-per-second",
    "hPa": "hectopascal",
    "kJ": "kilojoule",
    "kcal": "kilocalorie",
    "mA": "milliampere",
    "MW": "megawatt",
    "GW": "gigawatt",
    "TB": "terabyte",
    "‰": "permille",
    "°": "degree",
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
SCALES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion", "tn": "trillion"}
"""Behind an amount of money, in English."""
OWN = re.compile(r"^(?:US|British) ")
"""What people leave out of CLDR's names of money."""
DECADE = re.compile(r"(?<![\w.,])['\u2019]?(\d0|[12]\d\d0)['\u2019]?s(?!\w)")
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
        scales = "|".join([*SCALES, *map(str.upper, SCALES)]) if self._code == "en" else "(?!)"
        self._rules: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
            (re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)"), lambda m: self._date(m, "ymd")),
            (re.compile(r"(?<![\d.,/-])(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?![\d/-])"), self._short_date),
            (re.compile(rf"(?:{before}|(?<=\s))([01]?\d|2[0-4]):([0-5]\d)(?![:\d])"), self._time),
            (
                re.compile(
                    rf"(?<!\d)(?<!\d\s)({money})\s?({number})(\s(?:million|billion|trillion)|{scales})?{behind}"
                ),
                self._money,
            ),
            (re.compile(rf"{before}({number})()\s?({money})(?!\w)"), self._money_behind),
            (re.compile(rf"{before}([-\u2212]?{number})\s?({units})(?![\w/])"), self._unit),
            (re.compile(r"(?<![\w-])\d{3,}(?:-\d{3,})+(?![\w-])"), lambda m: self._digits(m[0])),
        ]
        if to := said(self._code).get("to"):
            self._rules.insert(2, (re.compile(r"(?<=\d)\s?\u2013\s?(?=\d)"), lambda m: f" {to} "))
        if counted := said(self._code).get("number"):
            self._rules.append((re.compile(r"(?<!\w)#\s?(?=\d)"), lambda m: f"{counted} "))
        if self._code == "en":
            self._rules.insert(0, (DECADE, self._decade))
        if pattern := ORDINALS.get(self._code):
            self._rules.append((re.compile(rf"{before}{pattern}"), lambda m: self._said(int(m[1]), "ordinal")))
        self._rules.append((re.compile(rf"(?<!\S)[-\u2212](?=\d)|{before}{number}{behind}"), self._number))
        self._rules.append((re.compile(r"\d+"), self._rest))

    def written(self, text: str) -> str:
        """The text without digits and abbreviations; in web and mail addresses, as far as the language is known."""
        parts, at = [], 0
        for found in ADDRESS.finditer(text):
            parts += [self._written(text[at : found.start()]), self._address(found[0])]
            at = found.end()
        parts.append(self._written(text[at:]) if at < len(text) else "")
        return "".join(parts)

    def _address(self, text: str) -> str:
        told = address(text, self._code)
        return told if told == text else self._numbers(told)

    def _written(self, text: str) -> str:
        return self._numbers(written_out(text, self._code))

    def _numbers(self, text: str) -> str:
        if not any(map(str.isdecimal, text)):
            return text
        for pattern, told in self._rules:
            text = pattern.sub(told, text)
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
        hour, minute = int(match[1]), int(match[2])
        parts = [self._said(hour), said(self._code).get("hour", "")]
        if self._code == "fr" and hour < 2:
            parts = ["une" if hour else "zéro", "heure"]
        if 0 < minute < 10 and not parts[1]:
            parts.append("oh" if self._code == "en" else self._said(0))
        return " ".join([*filter(None, parts), *([self._said(minute)] if minute else [])])

    def _decade(self, match: re.Match[str]) -> str:
        """The 1990s, the '80s."""
        number = int(match[1])
        told = self._said(number) if number < 100 or number % 1000 == 0 else self._year(number)
        return f"{told[:-1]}ies" if told.endswith("y") else f"{told}s"

    def _money(self, match: re.Match[str]) -> str:
        sign, number, scale = match[1], match[2], match[3] or ""
        if short := SCALES.get(scale.lower()):
            scale = f" {short}"
        return self._amount(number, scale, MONEY[sign])

    def _money_behind(self, match: re.Match[str]) -> str:
        return self._amount(match[1], "", MONEY[match[3]])

    def _amount(self, number: str, scale: str, currency: str) -> str:
        value = self._value(number)
        if not scale and 0 < -_exponent(value) <= 2:
            # a language that lacks a currency fails in one of these ways; Babel then names it
            with suppress(NotImplementedError, TypeError, IndexError, AttributeError, KeyError):
                lang, how = self._words, {"currency": currency}
                if lang == "pt_BR":  # which knows its own money only, and takes no name of it
                    lang, how = (lang, {}) if currency == "BRL" else (self._code, how)
                return str(num2words(float(value), lang=lang, to="currency", **how)).replace(",", "")
        name = get_currency_name(currency, count=1_000_000 if scale else value, locale=self._locale)
        return f"{self._said(value)}{scale} {OWN.sub('', name) if self._code == 'en' else name}"

    def _unit(self, match: re.Match[str]) -> str:
        value = self._value(match[1])
        told = str(format_unit(value, UNITS[match[2]], "long", locale=self._locale))
        told = told.replace(format_decimal(value, locale=self._locale), self._said(value), 1)
        return " ".join(told.split())  # CLDR writes spaces that do not break

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

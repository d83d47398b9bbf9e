"""What looks for entities: Presidio's own finders by language, and finders for what is said rather than written."""

from __future__ import annotations

from collections.abc import Iterator

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
from presidio_analyzer import predefined_recognizers as known
from tldextract import TLDExtract

ANYWHERE = (
    known.CreditCardRecognizer,
    known.CryptoRecognizer,
    known.IbanRecognizer,
    known.IpRecognizer,
    known.MacAddressRecognizer,
    known.PhoneRecognizer,
    known.UrlRecognizer,
)
"""What has the same form in every language."""
IN_LANGUAGE = {
    "de": (known.DeTaxIdRecognizer, known.DeIdCardRecognizer, known.DeSocialSecurityRecognizer),
    "en": (
        known.DateRecognizer,
        known.NhsRecognizer,
        known.UkNinoRecognizer,
        known.UsBankRecognizer,
        known.UsItinRecognizer,
        known.UsLicenseRecognizer,
        known.UsPassportRecognizer,
        known.UsSsnRecognizer,
    ),
    "es": (known.EsNifRecognizer, known.EsNieRecognizer),
    "fi": (known.FiPersonalIdentityCodeRecognizer,),
    "it": (known.ItFiscalCodeRecognizer, known.ItIdentityCardRecognizer, known.ItPassportRecognizer),
    "ko": (known.KrRrnRecognizer,),
    "pl": (known.PlPeselRecognizer,),
    "sv": (known.SePersonnummerRecognizer,),
}
"""What people have numbers for where the language is spoken."""
DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|\d+)"
"""A digit as it is said, or some as they are written."""
SURER_THAN_NOTHING = 0.36
"""The score of a number that may be anything: whatever else it can be is told instead."""
DOMAINS = "com|org|net|edu|gov|io|dev|co|uk|de|fr|es|it|nl|eu|info"


class Email(known.EmailRecognizer):
    """E-mail addresses, whose domain is looked up in the list that tldextract carries, never in the network's."""

    DOMAIN = TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the domain can be one."""
        return bool(self.DOMAIN(pattern_text).fqdn)


def finders(language: str) -> Iterator[EntityRecognizer]:
    """The finders for texts of one language, or for those of any other."""
    yield Email(supported_language=language)
    yield from (finder(supported_language=language) for finder in ANYWHERE)
    yield from (finder(supported_language=language) for finder in IN_LANGUAGE.get(language, ()))
    yield PatternRecognizer(
        "NUMBER",
        name="Long numbers",
        patterns=[
            Pattern("digits, said one by one or in groups", r"(?<![\d.,])\d(?:[ \-.,]{0,2}\d){6,}", SURER_THAN_NOTHING)
        ],
        supported_language=language,
    )
    if language == "en":
        yield PatternRecognizer(
            "NUMBER",
            name="Spoken numbers",
            patterns=[Pattern("digits as words", rf"\b{DIGIT}(?:[\s,\-]+{DIGIT}){{5,}}\b", SURER_THAN_NOTHING)],
            supported_language=language,
        )
        yield PatternRecognizer(
            "EMAIL_ADDRESS",
            name="Spoken addresses",
            patterns=[
                Pattern(
                    "name at domain dot com",
                    rf"\b\w+(?:(?: dot | underscore | dash |[._-])\w+){{0,3}} at \w+(?: dash \w+)?"
                    rf"(?: dot \w+)? ?(?: dot |\.)(?:{DOMAINS})\b",
                    0.6,
                )
            ],
            supported_language=language,
        )

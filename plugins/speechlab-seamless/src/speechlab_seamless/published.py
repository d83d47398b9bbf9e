"""What is known of facebook/seamless-m4t-v2-large before it is here; once it is, its own configuration tells."""

from __future__ import annotations

MODEL = "facebook/seamless-m4t-v2-large"
FILES = (
    "config.json",
    "generation_config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
)
_WRITTEN = (
    "af am ar ary arz as az be bn bs bg ca ceb cs ckb zh zh-Hant cy da de el en et eu fi fr ff om ga gl gu he hi hr"
    " hu hy ig id is it jv ja kn ka kk mn km ky ko lo lt lg luo lv mai ml mr mk mt mni my nl nn nb ne ny or pa ps fa"
    " pl pt ro ru sat sk sl sn sd so es sr sv sw ta te tg tl th tr uk ur uz vi yo yue ms zu"
)
WRITTEN = tuple(_WRITTEN.split())
"""The languages that it reads and writes, as BCP-47, so that nobody need look them up to announce it."""
_SPOKEN = "ar bn ca cs zh cy da de en et fi fr hi id it ja ko mt nl fa pl pt ro ru sk es sv sw te tl th tr uk ur uz vi"
SPOKEN = tuple(_SPOKEN.split())
"""The languages that it speaks, as BCP-47."""
SPEAKERS = {
    "arb": (0,),
    "ben": (1,),
    "cat": (2,),
    "ces": (3,),
    "cmn": (4, 5),
    "cym": (6,),
    "dan": (7, 8),
    "deu": (9,),
    "eng": (10,),
    "est": (11, 12, 13),
    "fin": (14,),
    "fra": (15,),
    "hin": (16,),
    "ind": (17, 24, 18, 20, 19, 21, 23, 27, 26, 22, 25),
    "ita": (29, 28),
    "jpn": (30,),
    "kor": (31,),
    "mlt": (32, 33, 34),
    "nld": (35, 37, 36),
    "pes": (38,),
    "pol": (39,),
    "por": (40,),
    "ron": (41,),
    "rus": (43, 42),
    "slk": (44,),
    "spa": (45,),
    "swe": (46, 48, 47),
    "swh": (49, 51, 50),
    "tel": (52,),
    "tgl": (53,),
    "tha": (54, 57, 58, 55, 56),
    "tur": (61, 60, 59),
    "ukr": (62,),
    "urd": (63, 64, 65),
    "uzn": (66, 67, 68),
    "vie": (69, 70, 73, 74, 71, 72),
}
"""Who speaks which language in what its vocoder was trained on, the authors' choice first. Of the 200 speakers that the
vocoder has room for, the others were never heard."""
ROOM = 200
"""Speakers that its vocoder has room for."""

"""What every engine promises, as small named checks; each is a test of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...engines import Kind
from ..subject import Subject
from .aligners import check_aligns_what_it_is_given
from .denoisers import (
    check_cleans_alike_however_it_is_cut,
    check_keeps_speech_audible,
    check_keeps_the_timeline,
    check_lags_as_its_card_says,
    check_leaves_silence_silent,
    check_survives_damaged_sound,
    check_takes_noise_away,
)
from .detectors import (
    check_a_batch_of_sessions_hears_the_same,
    check_chunks_make_no_difference,
    check_finds_speech,
    check_hears_nothing_in_silence,
    check_scores_explain_the_speech,
)
from .diarizers import check_a_stream_settles_its_turns, check_knows_a_voice_again, check_turns_lie_in_the_sound
from .every import (
    check_announcing_is_cheap,
    check_card_is_complete,
    check_every_knob_has_help,
    check_gives_itself_back,
    check_live_values_hold,
    check_opens_no_socket,
    check_speaks_the_protocol,
)
from .interpreters import check_interprets_a_stream
from .odd import check_survives_an_empty_stream, check_survives_odd_sounds
from .preparers import (
    check_keeps_what_is_heard_in_its_time,
    check_makes_no_sound_of_silence,
    check_prepares_alike_however_it_is_cut,
)
from .recognizers import (
    check_a_batch_answers_for_each,
    check_a_stream_settles_what_it_said,
    check_answers_are_plain_values,
    check_same_sound_same_answer,
    check_segments_lie_in_the_sound,
    check_tells_the_language,
    check_words_lie_in_their_segment,
)
from .texts import (
    check_annotates_in_json,
    check_processes_one_for_one,
    check_refuses_a_language_that_it_lacks,
    check_splits_into_what_is_there,
    check_tells_its_ways,
    check_translates_long_texts_whole,
    check_translates_odd_texts,
    check_translates_one_for_one,
)
from .timing import check_tells_when_words_are_said
from .voices import (
    check_keeps_the_length,
    check_learns_a_voice,
    check_refuses_an_unknown_voice,
    check_speaks_whatever_is_written,
    check_speaks_with_each_of_its_voices,
    check_tells_its_price,
)

Check = Callable[[Subject], None]

COMMON: tuple[Check, ...] = (
    check_announcing_is_cheap,
    check_card_is_complete,
    check_every_knob_has_help,
    check_live_values_hold,
    check_speaks_the_protocol,
    check_opens_no_socket,
    check_gives_itself_back,
)
WITHOUT_LOADING: frozenset[Check] = frozenset(
    {check_announcing_is_cheap, check_card_is_complete, check_every_knob_has_help, check_live_values_hold}
)
HEARING: tuple[Check, ...] = (
    check_segments_lie_in_the_sound,
    check_words_lie_in_their_segment,
    check_tells_the_language,
    check_answers_are_plain_values,
    check_same_sound_same_answer,
    check_survives_odd_sounds,
)
CHECKS: dict[Kind, Sequence[Check]] = {
    Kind.ASR: (
        *HEARING,
        check_a_batch_answers_for_each,
        check_a_stream_settles_what_it_said,
        check_survives_an_empty_stream,
    ),
    Kind.SPEECH_TRANSLATE: HEARING,
    Kind.VAD: (
        check_finds_speech,
        check_hears_nothing_in_silence,
        check_chunks_make_no_difference,
        check_a_batch_of_sessions_hears_the_same,
        check_scores_explain_the_speech,
        check_survives_odd_sounds,
        check_survives_an_empty_stream,
    ),
    Kind.PREPARE: (
        check_keeps_what_is_heard_in_its_time,
        check_prepares_alike_however_it_is_cut,
        check_makes_no_sound_of_silence,
        check_survives_odd_sounds,
        check_survives_an_empty_stream,
    ),
    Kind.DENOISE: (
        check_keeps_the_timeline,
        check_takes_noise_away,
        check_keeps_speech_audible,
        check_cleans_alike_however_it_is_cut,
        check_lags_as_its_card_says,
        check_leaves_silence_silent,
        check_survives_damaged_sound,
        check_survives_odd_sounds,
        check_survives_an_empty_stream,
    ),
    Kind.DIARIZE: (
        check_turns_lie_in_the_sound,
        check_a_stream_settles_its_turns,
        check_knows_a_voice_again,
        check_survives_odd_sounds,
        check_survives_an_empty_stream,
    ),
    Kind.ALIGN: (check_aligns_what_it_is_given, check_survives_odd_sounds),
    Kind.TEXT: (check_processes_one_for_one, check_annotates_in_json, check_splits_into_what_is_there),
    Kind.TRANSLATE: (
        check_translates_one_for_one,
        check_translates_odd_texts,
        check_translates_long_texts_whole,
        check_tells_its_ways,
        check_refuses_a_language_that_it_lacks,
    ),
    Kind.TTS: (
        check_speaks_with_each_of_its_voices,
        check_refuses_an_unknown_voice,
        check_speaks_whatever_is_written,
        check_tells_when_words_are_said,
        check_learns_a_voice,
        check_knows_a_voice_again,
        check_tells_its_price,
    ),
    Kind.CONVERT: (check_keeps_the_length, check_survives_odd_sounds),
    Kind.INTERPRET: (check_interprets_a_stream, check_survives_odd_sounds, check_survives_an_empty_stream),
}
"""What each kind promises beyond what all promise."""

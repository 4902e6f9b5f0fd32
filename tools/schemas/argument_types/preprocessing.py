"""Types of the arguments of layers that encode text, categories, numbers and sound."""

from __future__ import annotations

from .table import Table

NAMES = {
    "sparse": "boolean",
    "ragged": "boolean",
    "invert": "boolean",
    "max_tokens": "integer_above_one_or_null",
    "num_oov_indices": "non_negative_integer",
    "num_bins": "positive_integer",
    "pad_to_max_tokens": "boolean",
    "idf_weights": "numbers_or_null",
    "encoding": "text_encoding",
    "oov_method": "oov_method",
    "salt": "hash_salt_or_null",
    "output_mode": "lookup_output_mode",
    "window": "signal_window_or_null",
    "layers": "layers",
}

PLACES = {
    ("CategoryEncoding", "num_tokens"): "positive_integer",
    ("CategoryEncoding", "output_mode"): "encoding_output_mode",
    ("Discretization", "bin_boundaries"): "numbers_or_null",
    ("Discretization", "num_bins"): "non_negative_integer_or_null",
    ("Discretization", "output_mode"): "bucket_output_mode",
    ("HashedCrossing", "output_mode"): "crossing_output_mode",
    ("Hashing", "output_mode"): "bucket_output_mode",
    ("Hashing", "mask_value"): "token_or_null",
    ("IntegerLookup", "mask_token"): "integer_or_null",
    ("IntegerLookup", "oov_token"): "integer_or_null",
    ("IntegerLookup", "vocabulary"): "integer_vocabulary_or_null",
    ("IntegerLookup", "vocabulary_dtype"): "integer_vocabulary_dtype",
    ("StringLookup", "mask_token"): "string_or_null",
    ("StringLookup", "oov_token"): "string_or_null",
    ("StringLookup", "vocabulary"): "string_vocabulary_or_null",
    ("TextVectorization", "vocabulary"): "string_vocabulary_or_null",
    ("TextVectorization", "standardize"): "standardize_or_null",
    ("TextVectorization", "split"): "split_or_null",
    ("TextVectorization", "ngrams"): "ngrams_or_null",
    ("TextVectorization", "output_sequence_length"): "positive_integer_or_null",
    ("Normalization", "axis"): "axes_or_null",
    ("Normalization", "mean"): "number_array_or_null",
    ("Normalization", "variance"): "number_array_or_null",
    ("Rescaling", "scale"): "number_array",
    ("Rescaling", "offset"): "number_array",
    # Sound.
    ("MelSpectrogram", "fft_length"): "positive_integer",
    ("MelSpectrogram", "sequence_stride"): "positive_integer",
    ("MelSpectrogram", "sequence_length"): "positive_integer_or_null",
    ("MelSpectrogram", "sampling_rate"): "positive_number",
    ("MelSpectrogram", "num_mel_bins"): "positive_integer",
    ("MelSpectrogram", "min_freq"): "non_negative_number",
    ("MelSpectrogram", "max_freq"): "number_or_null",
    ("MelSpectrogram", "power_to_db"): "boolean",
    ("MelSpectrogram", "top_db"): "number",
    ("MelSpectrogram", "mag_exp"): "number",
    ("MelSpectrogram", "min_power"): "number",
    ("MelSpectrogram", "ref_power"): "number",
    ("STFTSpectrogram", "mode"): "spectrogram_mode",
    ("STFTSpectrogram", "frame_length"): "positive_integer",
    ("STFTSpectrogram", "frame_step"): "positive_integer_or_null",
    ("STFTSpectrogram", "fft_length"): "positive_integer_or_null",
    ("STFTSpectrogram", "periodic"): "boolean",
    ("STFTSpectrogram", "scaling"): "spectrum_scaling_or_null",
    ("STFTSpectrogram", "expand_dims"): "boolean",
}

TABLE = Table(NAMES, PLACES)

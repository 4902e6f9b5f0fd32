"""Folders of text files and of sound: what is read, and what a bad file says."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

TEXT = """
  sequential:
    input: {shape: [1], dtype: string, name: words}
    layers:
      - TextVectorization: {max_tokens: 50, output_mode: multi_hot, pad_to_max_tokens: true}
      - Dense: {units: 2, name: kind}
"""
SOUND = """
  sequential:
    input: {shape: [100, 1], name: sound}
    layers: [Flatten, Dense: {units: 2, name: kind}]
"""
TEXTS = "{train: {texts: mails}, targets: label}"
AUDIO = "{train: {audio: {path: clips, rate: 8000}}, targets: label}"


def mails(**more: bytes) -> dict[str, Any]:
    files = {f"mails/{label}/{i}.txt": f"{label} {i}".encode() for label in "ab" for i in range(3)}
    return {**files, **{f"mails/{name}": content for name, content in more.items()}}


def wav(samples: list[int], rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(b"".join(s.to_bytes(width, "little", signed=width > 1) for s in samples))
    return file.getvalue()


def clips(**more: bytes) -> dict[str, Any]:
    files = {
        f"clips/{label}/{i}.wav": wav([i * 100] * (50 + 100 * i))
        for label in "ab"
        for i in range(2)
    }
    return {**files, **{f"clips/{name}": content for name, content in more.items()}}


def test_a_folder_of_texts(load: Any) -> None:
    data, findings = load(TEXTS, mails(**{"a/9.txt": "\ufeffÄpfel".encode()}), TEXT)
    assert not findings
    words = data.train.inputs["words"].ravel().tolist()
    assert words == ["a 0", "a 1", "a 2", "Äpfel", "b 0", "b 1", "b 2"]
    assert data.learned.labels == {"kind": ("a", "b")}


def test_another_encoding(load: Any) -> None:
    options = "{train: {texts: {path: mails, encoding: latin-1}}, targets: label}"
    data, findings = load(options, mails(**{"a/9.txt": "Äpfel".encode("latin-1")}), TEXT)
    assert not findings
    assert data.train.inputs["words"][3, 0] == "Äpfel"


def test_a_table_of_texts(load: Any) -> None:
    files = {**mails(), "t.csv": "file,kind\nmails/a/1.txt,x\nmails/b/0.txt,y\n"}
    section = "{train: {texts: {csv: t.csv, column: file}}, targets: kind}"
    data, findings = load(section, files, TEXT)
    assert not findings
    assert data.train.inputs["words"].ravel().tolist() == ["a 1", "b 0"]


def test_bad_texts(assert_messages: Any) -> None:
    other = "{train: {texts: {path: mails, encoding: utf-9}}, targets: label}"
    cases = {
        "no-utf-8": (TEXTS, mails(**{"a/9.txt": b"\xff"}), TEXT),
        "empty": (TEXTS, mails(**{"a/9.txt": b""}), TEXT),
        "no-such-encoding": (other, mails(), TEXT),
        "into-numbers": (TEXTS, {}, SOUND),
    }
    assert_messages("texts", cases)


def test_files_that_are_no_text_are_passed_over(load: Any) -> None:
    _, findings = load(TEXTS, mails(**{"a/9.pdf": b"x"}), TEXT)
    assert len(findings) == 1
    assert "skipped: a/9.pdf" in findings[0]


def test_a_folder_of_sound(load: Any) -> None:
    import numpy as np

    stereo = wav([8192, 0] * 60, channels=2)
    data, findings = load(AUDIO, clips(**{"b/9.wav": stereo}), SOUND)
    assert not findings
    sound = data.train.inputs["sound"]
    assert sound.shape == (5, 100, 1)
    assert np.allclose(sound[1, :, 0], 100 / 32768)  # of 150 samples the first 100
    assert np.allclose(sound[4, :60, 0], 0.125)  # the mean of both channels
    assert np.allclose(sound[4, 60:, 0], 0)


def test_samples_are_those_of_keras(load: Any, tmp_path: Any) -> None:
    import keras
    import numpy as np

    data, _ = load(AUDIO, clips(), SOUND)
    batches = keras.utils.audio_dataset_from_directory(
        tmp_path / "clips", output_sequence_length=100, shuffle=False, verbose=False
    )
    wanted = np.concatenate([sounds.numpy() for sounds, _ in batches])
    assert np.array_equal(data.train.inputs["sound"], wanted)


@pytest.mark.parametrize("channels", ["mono", "stereo"])
def test_channels(load: Any, channels: str) -> None:
    size = {"mono": 1, "stereo": 2}[channels]
    model = SOUND.replace("[100, 1]", f"[null, {size}]").replace(
        "Flatten", "GlobalAveragePooling1D"
    )
    options = f"rate: 8000, length: 70, channels: {channels}"
    section = f"{{train: {{audio: {{path: clips, {options}}}}}, targets: label}}"
    files = clips(**{"b/9.wav": wav([8192, 0] * 60, channels=2)})
    data, findings = load(section, files, model)
    assert not findings
    assert data.train.inputs["sound"][4, 0].tolist() == [[0.125], [0.25, 0]][size - 1]
    assert data.train.inputs["sound"].shape == (5, 70, size)


def test_mono_for_an_input_without_channels(load: Any) -> None:
    model = SOUND.replace("[100, 1]", "[100]").replace("Flatten, ", "")
    data, findings = load(AUDIO, clips(), model)
    assert not findings
    assert data.train.inputs["sound"].shape == (4, 100)


def test_bad_sound(assert_messages: Any) -> None:
    bad = {
        "other-rate": wav([1], rate=16000),
        "8-bits": wav([1], width=1),
        "cut": wav([1] * 50)[:-20],
        "cut-header": wav([1] * 50)[:30],
        "silent": wav([]),
        "mp3": b"ID3 mp3 in truth",
        "empty": b"",
    }
    cases = {case: (AUDIO, clips(**{"a/x.wav": found}), SOUND) for case, found in bad.items()}
    pooled = SOUND.replace("Flatten", "GlobalAveragePooling1D")
    cases |= {  # found without the files
        "stereo-input": (AUDIO, {}, pooled.replace("[100, 1]", "[100, 2]")),
        "no-length": (AUDIO, {}, pooled.replace("[100, 1]", "[null, 1]")),
        "image-input": (AUDIO, {}, SOUND.replace("[100, 1]", "[9, 9, 1]")),
        "no-rate": ("{train: {audio: {path: clips}}, targets: label}", {}, SOUND),
    }
    assert_messages("audio", cases)


def sound(made: Any) -> Any:
    return made.train.inputs["sound"]


def sine(rate: int, seconds: float, hertz: float = 200) -> Any:
    import numpy as np

    return np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


@pytest.mark.parametrize("rate", [4000, 8000, 11025, 44100])
def test_other_rates_are_resampled_where_the_spec_says_so(load: Any, rate: int) -> None:
    import numpy as np

    data = AUDIO.replace("8000", "8000, resample: true, length: 1000")
    model = SOUND.replace("100, 1", "1000, 1")
    content = wav((sine(rate, 0.4) * 8000).round().astype(int).tolist(), rate)
    made, findings = load(data, {"clips/a/x.wav": content, "clips/b/x.wav": content}, model)
    assert not findings
    found = sound(made)[0, :, 0]
    expected = sine(8000, 0.125) * 8000 / 32768
    assert np.abs(found - expected)[100:].max() < 2e-3  # it begins in silence, which takes a while
    assert np.abs(found - expected).max() < 0.05


def test_a_short_file_of_another_rate_ends_in_silence(load: Any) -> None:
    import numpy as np

    data = AUDIO.replace("8000", "8000, resample: true, length: 1000")
    content = wav([8000] * 441, 44100)
    files = {"clips/a/x.wav": content, "clips/b/x.wav": wav([8000] * 80)}
    made, _ = load(data, files, SOUND.replace("100, 1", "1000, 1"))
    resampled, plain = sound(made)[:, :, 0]
    assert np.abs(resampled[20:60] - 8000 / 32768).max() < 0.02
    assert not resampled[80:].any()
    assert not plain[80:].any()


@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_compressed_sound(load: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    soundfile = pytest.importorskip("soundfile")
    file = io.BytesIO()
    soundfile.write(file, sine(16000, 0.5) / 2, 16000, format=kind.upper())
    files = {f"clips/a/x.{kind}": file.getvalue(), "clips/b/x.wav": wav([0] * 800)}
    data = AUDIO.replace("8000", "8000, resample: true, length: 4000")
    made, findings = load(data, files, SOUND.replace("100, 1", "4000, 1"))
    assert not findings
    found = sound(made)[0, :, 0]
    assert np.abs(found - sine(8000, 0.5) / 2)[500:3500].max() < 0.02
    _, findings = load(AUDIO, files, SOUND)
    assert f"clips/a/x.{kind} cannot be read at `rate: 8000`: 16000 samples" in findings[0]
    _, findings = load(AUDIO, {f"clips/a/x.{kind}": b"none of it"}, SOUND)
    assert f"clips/a/x.{kind} cannot be read: not {kind}" in findings[0]
    monkeypatch.setitem(__import__("sys").modules, "soundfile", None)
    _, findings = load(AUDIO, files, SOUND)
    assert "flac and mp3 need the package soundfile" in findings[0]
    assert "keras-modelspec[audio]" in findings[0]

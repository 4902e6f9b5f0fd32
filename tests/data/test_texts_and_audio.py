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


@pytest.mark.parametrize(
    ("section", "files", "code", "words"),
    [
        (TEXTS, {"a/9.txt": b"\xff"}, "bad-data-file", "mails/a/9.txt cannot be read as utf-8"),
        (TEXTS, {"a/9.txt": b""}, "bad-data-file", "mails/a/9.txt cannot be read: empty"),
        (TEXTS, {"a/9.pdf": b"x"}, "skipped-files", "passed over: a/9.pdf"),
        (
            "{train: {texts: {path: mails, encoding: utf-9}}, targets: label}",
            {},
            "wrong-value",
            'there is no encoding "utf-9"',
        ),
    ],
)
def test_bad_texts(load: Any, section: str, files: Any, code: str, words: str) -> None:
    _, findings = load(section, mails(**files), TEXT)
    assert len(findings) == 1
    assert f"[{code}]" in findings[0]
    assert words in findings[0]


def test_text_for_an_input_of_numbers_is_found_without_the_files(load: Any) -> None:
    _, findings = load(TEXTS, {}, SOUND)
    assert any("takes float32, the source has text" in finding for finding in findings)


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


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (wav([1], rate=16000), "audio-format", "at `rate: 8000`: 16000 samples a second"),
        (wav([1], width=1), "audio-format", "8 bits a sample"),
        (wav([1] * 50)[:-20], "bad-data-file", "the sound breaks off"),
        (wav([1] * 50)[:30], "bad-data-file", "the sound breaks off"),
        (wav([]), "bad-data-file", "no sample in it"),
        (b"ID3 mp3 in truth", "bad-data-file", "no wav"),
        (b"", "bad-data-file", "cannot be read: empty"),
    ],
)
def test_bad_sound(load: Any, content: bytes, code: str, words: str) -> None:
    loaded, findings = load(AUDIO, clips(**{"a/x.wav": content}), SOUND)
    assert loaded is None
    assert len(findings) == 1
    assert f"[{code}]" in findings[0]
    assert words in findings[0]
    assert "clips/a/x.wav" in findings[0]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("[100, 2]", "write `channels: stereo`"),
        ("[null, 1]", "such as `length: 16000`"),
        ("[9, 9, 1]", "audio makes [9, 1]"),
    ],
)
def test_sound_that_the_model_does_not_take_is_found_without_the_files(
    load: Any, shape: str, words: str
) -> None:
    model = SOUND.replace("[100, 1]", shape).replace("Flatten", "GlobalAveragePooling1D")
    if shape.count(",") > 1:
        model = model.replace("GlobalAveragePooling1D", "Flatten")
    _, findings = load(AUDIO, {}, model)
    found = [finding for finding in findings if "[input-shape]" in finding]
    assert len(found) == 1
    assert words in found[0]


def test_audio_needs_its_rate(load: Any) -> None:
    _, findings = load("{train: {audio: {path: clips}}, targets: label}", {}, SOUND)
    assert any("`audio` needs `rate`" in finding for finding in findings)

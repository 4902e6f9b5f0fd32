"""`modelspec launch`: its options, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from modelspec import cli
from modelspec.diagnostics import UsageError
from modelspec.launchers import job_name, parse_duration, parse_memory, parse_mount
from modelspec.launchers.quantities import kubernetes_memory, slurm_memory, slurm_time

SPEC = Path(__file__).parents[2] / "specs" / "digits.yaml"
KUBERNETES = ("kubernetes", "--image", "r.io/x:1")


def launch(launcher: str, *words: str) -> Result:
    return CliRunner().invoke(cli.cli, ["launch", "--print", launcher, str(SPEC), *words])


def refused(*words: str) -> str:
    result = launch(*words)
    assert result.exit_code != 0
    return str(result.exception if isinstance(result.exception, UsageError) else result.output)


def test_options_reach_the_file() -> None:
    words = (
        "--workers",
        "3",
        "--cpus",
        "2",
        "--memory",
        "4Gi",
        "--time",
        "90m",
        "--set",
        "training.epochs=2",
    )
    found = yaml.safe_load(launch(*KUBERNETES, *words, "--volume", "claim:/data").stdout)
    one = found["spec"]["replicatedJobs"][0]["template"]["spec"]
    assert (found["metadata"]["name"], one["completions"]) == ("digits", 3)
    assert one["activeDeadlineSeconds"] == 5400
    (container,) = one["template"]["spec"]["containers"]
    assert container["resources"]["limits"] == {"cpu": "2", "memory": "4Gi"}
    assert container["workingDir"] == "/data"
    command = container["command"]
    assert command[2:] == [
        str(SPEC), "-o", "runs/digits", "--resume-existing", "--set", "training.epochs=2",
        "--set", "training.distribute={multi_worker: {timeout: 600}}",
    ]  # fmt: skip


def test_a_job_without_a_shared_disk_is_told_of() -> None:
    assert "no --volume" in launch(*KUBERNETES).stderr
    assert launch(*KUBERNETES, "--volume", "claim:/data").stderr == ""
    assert launch("slurm").stderr == ""


def test_a_file_is_written_once(tmp_path: Path) -> None:
    file = str(tmp_path / "job.sh")
    done = launch("slurm", "-o", file)
    assert done.stdout == ""
    assert done.stderr == f"wrote {file}; submit it with: sbatch {file}\n"
    assert "exists" in refused("slurm", "-o", file)
    assert launch("slurm", "-o", file, "--force").exit_code == 0


def test_a_spec_that_cannot_be_trained_is_not_launched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "model.yaml"
    sequential = "{input: {shape: [4]}, layers: [{Dense: {units: UNITS}}]}"
    model = f"modelspec: 1\nmodel: {{sequential: {sequential}}}\n"
    for units, message in (("2", "has no section `data`"), ("two", "`units` must be")):
        file.write_text(model.replace("UNITS", units))
        assert cli.run(["launch", "--print", "slurm", str(file)]) != 0
        said = capsys.readouterr()
        assert message in said.out + said.err
        assert "#SBATCH" not in said.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("slurm", "--kind", "trainjob"), "--kind is for kubernetes, not for slurm"),
        ((*KUBERNETES, "--partition", "gpu"), "--partition is for slurm, not for kubernetes"),
        (("ray", "--memory", "4Gi"), "--memory is for kubernetes and slurm, not for ray"),
        (("kubernetes",), "kubernetes needs --image"),
        (("slurm", "--time", "30:00"), "expected a time such as 90m, 12h, 12:00:00"),
        (("slurm", "--memory", "lots"), "expected an amount of memory such as 16Gi"),
        ((*KUBERNETES, "--volume", "data"), "expected SOURCE:PATH with an absolute path"),
        ((*KUBERNETES, "--name", "My_Job"), "hyphens, such as my-job, got 'My_Job'"),
        (("slurm", "--set", "training.epochs"), "--set takes PATH=VALUE"),
    ],
)
def test_what_a_launcher_does_not_take_is_refused(words: tuple[str, ...], message: str) -> None:
    assert message in refused(*words)


def test_amounts_are_written_in_the_units_of_each_launcher() -> None:
    assert [kubernetes_memory(parse_memory(text)) for text in ("16Gi", "16G", "1024Mi", "8GB")] == [
        "16Gi", "16G", "1Gi", "8G",
    ]  # fmt: skip
    assert [slurm_memory(parse_memory(text)) for text in ("16Gi", "500Mi", "1G")] == [
        "16G", "500M", "954M",
    ]  # fmt: skip
    times = ("90m", "12h", "2d", "36h", "1-12:00:00", "00:00:30")
    assert [slurm_time(parse_duration(text)) for text in times] == [
        "01:30:00", "12:00:00", "2-00:00:00", "1-12:00:00", "1-12:00:00", "00:00:30",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["0h", "12", "12:61:00", "00:00:00", "٣h", "1h "])
def test_a_time_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(text))):
        parse_duration(text)


@pytest.mark.parametrize("text", ["a", ":/x", "a:x", "a:/x:ro", "a:/x,y"])
def test_a_mount_has_two_parts(text: str) -> None:
    with pytest.raises(UsageError, match="SOURCE:PATH"):
        parse_mount(text)


def test_names_become_labels() -> None:
    texts = ("My Model!", "3d-unet", "---", "größe", "x" * 60)
    assert [job_name(text) for text in texts] == [
        "my-model",
        "run-3d-unet",
        "run",
        "gr-e",
        "x" * 40,
    ]

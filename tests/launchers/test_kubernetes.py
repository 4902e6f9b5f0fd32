"""`launch --print kubernetes` against the models that Kubeflow makes of the CRDs of its Trainer and
of JobSet."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from kubeflow_trainer_api import models
from launcher_jobs import ODD, job, names

from modelspec.diagnostics import UsageError
from modelspec.launchers import Mount, launcher_text

KINDS: dict[str, Any] = {
    "JobSet": models.JobsetV1alpha2JobSet,
    "TrainJob": models.TrainerV1alpha1TrainJob,
    "TrainingRuntime": models.TrainerV1alpha1TrainingRuntime,
}

ENUMS = {
    "action": {"FailJob", "FailJobSet"},
    "onJobFailureReasons": {"PodFailurePolicy", "DeadlineExceeded"},
    "restartStrategy": {"Recreate", "BlockingRecreate"},
    "completionMode": {"Indexed"},
    "restartPolicy": {"Never"},  # the only one that goes with podFailurePolicy
    "operator": {"In", "NotIn"},
    "medium": {"Memory"},
}
"""Values that the CRDs list, or that their webhooks require: the models take any text."""


def documents(**changed: Any) -> dict[str, dict[str, Any]]:
    text = launcher_text("kubernetes", job(**changed), ())
    return {document["kind"]: document for document in yaml.safe_load_all(text)}


def container_of(found: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """The container of a pod, and the words that it runs once Kubernetes has read them."""
    if "JobSet" in found:
        spec = found["JobSet"]["spec"]
    else:
        spec = found["TrainingRuntime"]["spec"]["template"]["spec"]
    template = spec["replicatedJobs"][0]["template"]["spec"]["template"]
    (container,) = template["spec"]["containers"]
    given = found["TrainJob"]["spec"]["trainer"] if "TrainJob" in found else container
    words = [expanded(word, {}) for word in given["command"]]
    return {**container, "env": given["env"]}, words


def expanded(text: str, variables: dict[str, str]) -> str:
    """What Kubernetes makes of a text: `$$` is one `$`, and `$(NAME)` a variable that there is."""
    value = lambda match: "$" if match[0] == "$$" else variables.get(match[1], match[0])  # noqa: E731
    return re.sub(r"\$\$|\$\(([^)]*)\)", value, text)


def listed(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from listed(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from listed(item, key)
    elif key in ENUMS:
        yield key, value


@pytest.mark.parametrize("kind", ["jobset", "trainjob"])
@pytest.mark.parametrize(
    "changed",
    [{}, {"gpus": 0, "cpus": None, "memory": None, "seconds": None, "mounts": (), "workdir": None}],
    ids=["all options", "no options"],
)
def test_the_documents_are_those_of_the_crds(kind: str, changed: dict[str, Any]) -> None:
    found = documents(kind=kind, **changed)
    assert set(found) == ({"JobSet"} if kind == "jobset" else {"TrainJob", "TrainingRuntime"})
    for name, document in found.items():
        model = KINDS[name].from_dict(document)  # of the right types; unknown keys are dropped
        assert model.to_dict() == document
        for key, value in listed(document):
            assert value in ENUMS[key]


def test_the_models_find_a_wrong_key_and_a_wrong_type() -> None:
    found = documents()["JobSet"]
    found["spec"]["failurePolicy"]["restarts"] = 3
    assert KINDS["JobSet"].from_dict(found).to_dict() != found
    found["spec"]["replicatedJobs"][0]["replicas"] = "one"
    with pytest.raises(ValueError, match="replicas"):
        KINDS["JobSet"].from_dict(found)


@pytest.mark.parametrize(("kind", "group"), [("jobset", "worker"), ("trainjob", "node")])
def test_each_pod_finds_the_others_and_itself(kind: str, group: str) -> None:
    found = documents(kind=kind, workers=3)
    container, _ = container_of(found)
    index, tf_config = container["env"]
    assert "job-completion-index" in index["valueFrom"]["fieldRef"]["fieldPath"]
    told = json.loads(expanded(tf_config["value"], {index["name"]: "2"}))
    hosts = [f"digits-{group}-0-{number}.digits:2222" for number in range(3)]
    assert told == {"cluster": {"worker": hosts}, "task": {"type": "worker", "index": 2}}


def test_a_lost_pod_begins_all_anew_and_an_error_in_the_spec_does_not() -> None:
    spec = documents(retries=5)["JobSet"]["spec"]
    assert spec["failurePolicy"]["maxRestarts"] == 5
    one = spec["replicatedJobs"][0]["template"]["spec"]
    assert (one["backoffLimit"], one["completions"]) == (0, 4)
    (rule,) = one["podFailurePolicy"]["rules"]
    assert rule["onExitCodes"]["values"] == [1, 2, 4]
    assert rule["onExitCodes"]["containerName"] == one["template"]["spec"]["containers"][0]["name"]


@pytest.mark.parametrize("kind", ["jobset", "trainjob"])
@given(spec=names, output=names)
@settings(max_examples=15, deadline=None)
@example(spec=ODD[2], output=ODD[5])
@example(spec="on", output="1e3")
def test_no_name_breaks_out_of_its_word(kind: str, spec: str, output: str) -> None:
    words = ("modelspec", "launch", spec, output)
    _, found = container_of(documents(kind=kind, spec=spec, output=output, command=words))
    path = f"./{spec}" if spec.startswith("-") else spec
    start = ["modelspec", "train", path, "-o", output, "--resume-existing"]
    assert found == [*start, "--set", "training.distribute={multi_worker: {timeout: 600}}"]


@pytest.mark.parametrize("text", ODD)
def test_odd_names_are_read_back(text: str) -> None:
    test_no_name_breaks_out_of_its_word.hypothesis.inner_test("jobset", text, text)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image": None}, "kubernetes needs --image"),
        ({"mounts": (Mount("/nfs", "/data"),)}, "expected the name of a PersistentVolumeClaim"),
        ({"mounts": (Mount("a", "/x"), Mount("b", "/x"))}, "several volumes have the path /x"),
        ({"name": "n" * 50}, "give --name with at most 46 characters, got 50"),
        ({"workdir": "here"}, "--workdir of kubernetes must be an absolute path, got 'here'"),
        ({"spec": "\udcff.yaml"}, "UTF-8, which"),
    ],
)
def test_what_kubernetes_would_refuse_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        documents(**changed)

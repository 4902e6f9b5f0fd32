"""A JobSet, or a TrainJob of Kubeflow Trainer with its TrainingRuntime, for Kubernetes.

No shell runs in a pod. Names of the pods are known before they start, so TF_CONFIG is a text in
which Kubernetes itself puts the index of the pod.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from modelspec.diagnostics import UsageError, join_words

from .comment import comment_lines
from .job import FINAL_CODES, GRACE, ClusterJob, require_absolute
from .quantities import kubernetes_memory

PORT = 2222
"""Where each worker listens, in a pod with an address to itself."""

KINDS = {"jobset": "worker", "trainjob": "node"}
"""Kind of the object to its group of pods; Kubeflow Trainer requires its own name."""

_INDEX = "metadata.annotations['batch.kubernetes.io/job-completion-index']"
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_SUFFIX = 6
"""What Kubernetes puts behind the name of a pod of a job: a hyphen and five letters."""


def kubernetes_text(job: ClusterJob) -> str:
    """The YAML documents of a job.

    Raises:
        UsageError: the image is missing, or a name is not one of Kubernetes.
    """
    _require_names(job)
    documents = (
        [_job_set(job)] if job.kind == "jobset" else [_training_runtime(job), _train_job(job)]
    )
    operator = "JobSet" if job.kind == "jobset" else "Kubeflow Trainer"
    head = comment_lines(job.command, f"It needs the controller of {operator} in the cluster.")
    return head + "---\n".join(_yaml(document) for document in documents)


def _require_names(job: ClusterJob) -> None:
    if not job.image or re.search(r"[\s\x00-\x1f\x7f]", job.image):
        raise UsageError(
            "kubernetes needs --image: a container image with keras-modelspec[tensorflow], "
            "such as registry.example.com/train:1"
        )
    for mount in job.mounts:
        if not _SUBDOMAIN.fullmatch(mount.source):
            hint = "expected the name of a PersistentVolumeClaim, as in --volume data:/data"
            raise UsageError(f"{hint}, got {mount.source!r}")
    if repeated := {one.path for one in job.mounts if _paths(job).count(one.path) > 1}:
        raise UsageError(f"several volumes have the path {join_words(sorted(repeated))}")
    longest = 63 - len(_pod(job, "", job.workers - 1)) - _SUFFIX
    if len(job.name) > longest:
        message = f"names of pods are too long: give --name with at most {longest} characters"
        raise UsageError(f"{message}, got {len(job.name)}: {job.name}")


def _paths(job: ClusterJob) -> list[str]:
    return [mount.path for mount in job.mounts]


def _pod(job: ClusterJob, name: str, index: int) -> str:
    return f"{name}-{KINDS[job.kind]}-0-{index}"


def _job_set(job: ClusterJob) -> dict[str, Any]:
    container = {
        "image": job.image,
        "command": _literal(job.worker_command()),
        "env": _environment(job),
        "ports": [{"containerPort": PORT, "protocol": "TCP"}],
        **_where(job),
        **_resources(job),
    }
    return {
        "apiVersion": "jobset.x-k8s.io/v1alpha2",
        "kind": "JobSet",
        "metadata": {"name": job.name},
        "spec": _job_set_spec(job, container, {}),
    }


def _job_set_spec(
    job: ClusterJob, container: dict[str, Any], labels: dict[str, str]
) -> dict[str, Any]:
    """One group of pods, begun anew as a whole when one of them fails."""
    group = KINDS[job.kind]
    template: dict[str, Any] = {"metadata": {"labels": labels}} if labels else {}
    template["spec"] = {
        "parallelism": job.workers,
        "completions": job.workers,
        "completionMode": "Indexed",
        "backoffLimit": 0,
        **({} if job.seconds is None else {"activeDeadlineSeconds": job.seconds}),
        "podFailurePolicy": {
            "rules": [
                {
                    "action": "FailJob",
                    "onExitCodes": {
                        "containerName": group,
                        "operator": "In",
                        "values": list(FINAL_CODES),
                    },
                }
            ]
        },
        "template": {"spec": _pod_spec(job, {"name": group, **container})},
    }
    return {
        "network": {"enableDNSHostnames": True, "publishNotReadyAddresses": True},
        "failurePolicy": {
            "maxRestarts": job.retries,
            "restartStrategy": "BlockingRecreate",  # the run folder is free before the next attempt
            "rules": [
                {
                    "name": "final",
                    "action": "FailJobSet",
                    "onJobFailureReasons": ["PodFailurePolicy", "DeadlineExceeded"],
                }
            ],
        },
        "replicatedJobs": [{"name": group, "replicas": 1, "template": template}],
    }


def _pod_spec(job: ClusterJob, container: dict[str, Any]) -> dict[str, Any]:
    volumes: list[dict[str, Any]] = [
        {"name": f"volume-{number}", "persistentVolumeClaim": {"claimName": mount.source}}
        for number, mount in enumerate(job.mounts)
    ]
    mounts = [
        {"name": f"volume-{number}", "mountPath": mount.path}
        for number, mount in enumerate(job.mounts)
    ]
    if job.gpus:  # NCCL talks through it, and the 64 MB that a pod has are not enough
        volumes.append({"name": "shared-memory", "emptyDir": {"medium": "Memory"}})
        mounts.append({"name": "shared-memory", "mountPath": "/dev/shm"})
    if mounts:
        container = {**container, "volumeMounts": mounts}
    pod: dict[str, Any] = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": GRACE,
        "containers": [container],
    }
    return {**pod, "volumes": volumes} if volumes else pod


def _training_runtime(job: ClusterJob) -> dict[str, Any]:
    container = {
        "image": job.image,
        "ports": [{"containerPort": PORT, "protocol": "TCP"}],
        **_where(job),
    }
    labels = {"trainer.kubeflow.org/trainjob-ancestor-step": "trainer"}
    return {
        "apiVersion": "trainer.kubeflow.org/v1alpha1",
        "kind": "TrainingRuntime",
        "metadata": {
            "name": job.name,
            "labels": {"trainer.kubeflow.org/framework": "tensorflow"},
        },
        "spec": {
            "mlPolicy": {"numNodes": job.workers},
            "template": {"spec": _job_set_spec(job, container, labels)},
        },
    }


def _train_job(job: ClusterJob) -> dict[str, Any]:
    resources = _resources(job)
    return {
        "apiVersion": "trainer.kubeflow.org/v1alpha1",
        "kind": "TrainJob",
        "metadata": {"name": job.name},
        "spec": {
            "runtimeRef": {"kind": "TrainingRuntime", "name": job.name},
            "trainer": {
                "image": job.image,
                "numNodes": job.workers,
                "command": _literal(job.worker_command()),
                "env": _environment(job),
                **({"resourcesPerNode": resources["resources"]} if resources else {}),
            },
        },
    }


def _environment(job: ClusterJob) -> list[dict[str, Any]]:
    """TF_CONFIG, whose index Kubernetes fills in from the variable before it."""
    hosts = [f"{_pod(job, job.name, index)}.{job.name}:{PORT}" for index in range(job.workers)]
    cluster = json.dumps({"worker": hosts})
    task = '{"type": "worker", "index": $(MODELSPEC_WORKER)}'
    return [
        {"name": "MODELSPEC_WORKER", "valueFrom": {"fieldRef": {"fieldPath": _INDEX}}},
        {"name": "TF_CONFIG", "value": f'{{"cluster": {cluster}, "task": {task}}}'},
    ]


def _where(job: ClusterJob) -> dict[str, str]:
    """The working folder: as given, or the first volume; otherwise the image says it."""
    if job.workdir is not None:
        return {"workingDir": require_absolute(job.workdir, "--workdir of kubernetes")}
    return {"workingDir": job.mounts[0].path} if job.mounts else {}


def _resources(job: ClusterJob) -> dict[str, Any]:
    """What the container requests, which is all that it gets."""
    amounts = {
        "cpu": None if job.cpus is None else str(job.cpus),
        "memory": None if job.memory is None else kubernetes_memory(job.memory),
        "nvidia.com/gpu": str(job.gpus) if job.gpus else None,
    }
    given = {name: amount for name, amount in amounts.items() if amount is not None}
    return {"resources": {"requests": given, "limits": dict(given)}} if given else {}


def _literal(words: list[str]) -> list[str]:
    """Words in which Kubernetes expands no variable: it makes one "$" of two."""
    return [word.replace("$", "$$") for word in words]


class _Dumper(yaml.SafeDumper):
    """Texts between double quotes, unless they are plain words to every YAML parser."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_WORD = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null|nan|inf)$)[a-z][a-z0-9_./-]*", re.I | re.A
)


def _quote(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None if _WORD.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quote)


def _yaml(document: dict[str, Any]) -> str:
    text: str = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6
    )
    return text

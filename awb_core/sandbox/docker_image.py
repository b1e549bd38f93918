"""Realise a declared environment as a Docker image: content-addressed, built once.

The image is made by running the installation in a container and committing it. What the host hands in for the
installation (certificates, index and proxy settings) is set for the installing commands only, and so is in no layer.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from awb_core.errors import EnvironmentFailed
from awb_core.model import Environment
from awb_core.sandbox.cache import locked
from awb_core.sandbox.docker_container import HIDDEN, HOME, PREFIX, USER, WORK, archive_of, owner

if TYPE_CHECKING:
    from docker import APIClient

REPOSITORY = "awb-env"
RECIPE = 2
"""Raised when the way images are made changes, so that older ones are not used."""
HANDED_IN = "/awb-build"
BUILD_SECONDS = 3600

INDEX_SETTINGS = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
"""Settings of the host that `AWB_INDEX_SETTINGS=host` hands to the installing commands."""


def image_name(environment: Environment) -> str:
    """Return the name of an environment's image."""
    return f"{REPOSITORY}:{environment.digest[:24]}-{RECIPE}"


def base_image(environment: Environment) -> str:
    """Return the image that an environment builds on."""
    return f"python:{environment.python}-slim-bookworm"


def ensure_image(
    api: APIClient, environment: Environment, report: Callable[[str], None], building: set[str]
) -> str:
    """Return the id of an environment's image, building it unless the daemon has it.

    While it is built, the container it is made from stands in `building`.

    Raises:
        EnvironmentFailed: the base image cannot be had, or an installation fails.
    """
    name = image_name(environment)
    with locked(f"image-{environment.digest[:24]}"):
        found = _find(api, name)
        if found is None:
            report(f"building image {name}")
            _build(api, environment, name, building)
            found = _find(api, name)
    if found is None:
        raise EnvironmentFailed(f"the image {name} vanished while it was built")
    return found


def _find(api: APIClient, name: str) -> str | None:
    import docker.errors

    try:
        return str(api.inspect_image(name)["Id"])  # type: ignore[no-untyped-call]
    except docker.errors.ImageNotFound:
        return None


def _build(api: APIClient, environment: Environment, name: str, building: set[str]) -> None:
    import docker.errors
    import requests

    base = base_image(environment)
    _ensure_base(api, base)
    labels = {"awb.run": "build", "awb.owner": owner()}
    try:
        container = api.create_container(base, ["sleep", str(BUILD_SECONDS)], labels=labels)["Id"]
        building.add(container)
        try:
            api.start(container)
            _install(api, container, environment)
            repository, tag = name.split(":")
            api.commit(
                container,
                repository=repository,
                tag=tag,
                changes=[f"LABEL awb.environment={environment.digest}", f"WORKDIR {WORK}"],
            )
        finally:
            building.discard(container)
            with contextlib.suppress(docker.errors.APIError):  # an interrupt removed it
                api.remove_container(container, force=True, v=True)
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise EnvironmentFailed(f"Docker cannot build {name}: {error}") from error


def _ensure_base(api: APIClient, base: str) -> None:
    import docker.errors

    if _find(api, base) is not None:
        return
    try:
        repository, tag = base.split(":")
        api.pull(repository, tag=tag)
    except docker.errors.DockerException as error:
        message = (
            f"the base image {base} is not there and cannot be pulled: docker pull {base}: {error}"
        )
        raise EnvironmentFailed(message) from error
    if _find(api, base) is None:
        raise EnvironmentFailed(f"the base image {base} is not there: docker pull {base}")


def _install(api: APIClient, container: str, environment: Environment) -> None:
    files = {"requirements.txt": environment.requirements.encode()}
    settings = {
        "DEBIAN_FRONTEND": "noninteractive",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    bundle = os.environ.get("AWB_CA_BUNDLE")
    if bundle:
        files["ca.pem"] = _read_bundle(bundle)
        names = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
        settings |= dict.fromkeys(names, f"{HANDED_IN}/ca.pem")
    if os.environ.get("AWB_INDEX_SETTINGS") == "host":
        settings |= {key: os.environ[key] for key in INDEX_SETTINGS if key in os.environ}
    _run(api, container, ["mkdir", "-p", HANDED_IN, WORK, HIDDEN, HOME], settings)
    api.put_archive(container, HANDED_IN, archive_of(files))
    if environment.debian:
        packages = " ".join(environment.debian)
        script = (
            "apt-get update -qq && apt-get install -y -qq --no-install-recommends"
            f" {packages} && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb"
        )
        _run(api, container, ["sh", "-ec", script], settings)
    _run(api, container, ["python3", "-m", "venv", PREFIX], settings)
    if environment.requirements:
        pip = [
            f"{PREFIX}/bin/python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--retries",
            "2",
            "--require-hashes",
        ]
        pip += ["--only-binary", ":all:", "-r", f"{HANDED_IN}/requirements.txt"]
        _run(api, container, pip, settings)
    script = f"rm -rf {HANDED_IN} /root/.cache && chown {USER} {WORK} {HOME}"
    _run(api, container, ["sh", "-ec", script], settings)


def _run(api: APIClient, container: str, argv: list[str], env: dict[str, str]) -> None:
    created = api.exec_create(container, argv, environment=env, user="0", workdir="/")
    output = api.exec_start(created["Id"])
    code = api.exec_inspect(created["Id"])["ExitCode"]
    if code:
        lines = output.decode(errors="replace").strip().splitlines()
        lines = [line for line in lines if not line.startswith("WARNING: Retrying")] or lines
        message = f"{' '.join(argv)[:120]} failed with exit {code}:\n" + "\n".join(lines[-12:])
        hint = (
            ""
            if os.environ.get("AWB_CA_BUNDLE")
            else "\nBehind a proxy, set AWB_CA_BUNDLE to its certificates."
        )
        raise EnvironmentFailed(message + hint)


def _read_bundle(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise EnvironmentFailed(f"AWB_CA_BUNDLE={path}: {error.strerror}") from error

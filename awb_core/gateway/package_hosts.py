"""Which package hosts a sandbox may reach, and what it is told of them: read from the settings of this host."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from awb_core.errors import UsageError

USUAL = (
    "pypi.org",
    "files.pythonhosted.org",
    "registry.npmjs.org",
    "deb.debian.org",
    "security.debian.org",
)
"""What pip, uv, npm and apt ask where nothing else is set."""

PORTS = {"https": 443, "http": 80}
THIS_HOST = "this-host.internal"
"""How an index on the loopback of this host is called inside, where loopback is the sandbox's own."""

LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A place that answers: what is not one of those allowed is refused."""

    scheme: str
    host: str
    port: int
    configured: bool = field(default=False, compare=False)
    """Named by whoever runs this host, and so allowed to have a private address."""

    @property
    def name(self) -> str:
        """The host, and the port where it is not the usual one."""
        usual = PORTS[self.scheme] == self.port
        return self.host if usual else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSettings:
    """What the settings of this host come to."""

    origins: tuple[Origin, ...]
    variables: Mapping[str, str]
    """The index settings, without logins, for the environment inside."""
    bundle: Path | None = None
    """Certificates of this host that package tools inside need."""
    notes: tuple[str, ...] = ()
    """What whoever starts a run should know."""


def read_settings(
    environ: Mapping[str, str], home: Path, system: Path = Path("/etc")
) -> PackageSettings:
    """Read the index settings of pip, uv and npm, `AWB_PACKAGE_HOSTS` and the certificates.

    Raises:
        UsageError: a host or a file that is named there is none.
    """
    found = _Found()
    found.origins += [Origin(scheme=s, host=h, port=p) for h in USUAL for s, p in PORTS.items()]
    found.origins += _named(environ.get("AWB_PACKAGE_HOSTS", ""))
    pip, npm = _pip_config(environ, home, system), _npm_config(environ, home, system)
    index = found.url(environ, "PIP_INDEX_URL") or found.clean("pip's index-url", pip("index-url"))
    uv = found.url(environ, "UV_DEFAULT_INDEX") or found.url(environ, "UV_INDEX_URL")
    extra = found.urls(environ, "PIP_EXTRA_INDEX_URL") or found.clean_all(
        "pip's extra-index-url", pip("extra-index-url")
    )
    registry = found.url(environ, "npm_config_registry") or found.url(
        environ, "NPM_CONFIG_REGISTRY"
    )
    trusted = [*environ.get("PIP_TRUSTED_HOST", "").split(), *found.aliases]
    variables = {
        # An index that one of the two is told of holds for the other, too: whoever has one can seldom do without.
        "PIP_INDEX_URL": index or uv,
        "UV_INDEX_URL": uv or index,
        "PIP_EXTRA_INDEX_URL": extra,
        "UV_EXTRA_INDEX_URL": found.urls(environ, "UV_EXTRA_INDEX_URL"),
        "npm_config_registry": registry or found.clean("npm's registry", npm),
        "PIP_TRUSTED_HOST": " ".join(trusted),
    }
    return PackageSettings(
        origins=tuple(found.origins),
        variables={name: value for name, value in variables.items() if value},
        bundle=_bundle(environ),
        notes=tuple(dict.fromkeys(found.notes)),
    )


@dataclass(slots=True)
class _Found:
    """Collects the origins of index URLs, and gives the URLs back as they are known inside."""

    origins: list[Origin] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)

    def url(self, environ: Mapping[str, str], variable: str) -> str:
        return self.clean(variable, environ.get(variable, ""))

    def urls(self, environ: Mapping[str, str], variable: str) -> str:
        return self.clean_all(variable, environ.get(variable, ""))

    def clean_all(self, setting: str, urls: str) -> str:
        return " ".join(filter(None, (self.clean(setting, url) for url in urls.split())))

    def clean(self, setting: str, url: str) -> str:
        """Return a URL without login; empty if it is not of this kind, such as a folder."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if parts.scheme not in PORTS or not host:
            return ""
        if parts.username or parts.password:
            self.notes.append(
                f"{setting}: its login stays on this host, so that {host} may refuse the sandbox"
            )
        try:
            port = parts.port
        except ValueError:
            raise UsageError(f"{setting}: {host} has a port that is none") from None
        if LOOPBACK.fullmatch(host):
            host = THIS_HOST
            self.aliases.append(host if port is None else f"{host}:{port}")
        self.origins.append(
            Origin(
                scheme=parts.scheme,
                host=host,
                port=port or PORTS[parts.scheme],
                configured=True,
            )
        )
        place = host if port is None else f"{host}:{port}"
        return parts._replace(netloc=place).geturl()


def _named(hosts: str) -> Iterator[Origin]:
    for entry in filter(None, (each.strip().lower() for each in hosts.split(","))):
        host, _, port = entry.partition(":")
        if not HOST.fullmatch(host) or (port and not 0 < _number(port) < 1 << 16):
            message = f"AWB_PACKAGE_HOSTS: {entry!r} is no host; write HOST or HOST:PORT,..."
            raise UsageError(message)
        for scheme, usual in PORTS.items():
            number = _number(port) if port else usual
            yield Origin(scheme=scheme, host=host, port=number, configured=True)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _bundle(environ: Mapping[str, str]) -> Path | None:
    for variable in ("AWB_CA_BUNDLE", "SSL_CERT_FILE"):
        if environ.get(variable):
            path = Path(environ[variable])
            if not path.is_file():
                raise UsageError(f"{variable}={path}: there is no such file")
            return path.resolve()
    return None


class _PipConfig:
    """The settings of pip's files, the later ones first."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._parser = configparser.RawConfigParser(strict=False)
        for path in files:
            try:
                self._parser.read(path, "utf-8")
            except (configparser.Error, UnicodeDecodeError):
                continue  # pip says what is wrong with it

    def __call__(self, name: str) -> str:
        for section in ("install", "global"):
            value = self._parser.get(section, name, fallback="")
            if value:
                return value
        return ""


def _pip_config(environ: Mapping[str, str], home: Path, system: Path) -> _PipConfig:
    own = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [system / "xdg/pip/pip.conf", system / "pip.conf"]
    files += [home / ".pip/pip.conf", own / "pip/pip.conf"]
    files += [Path(environ["PIP_CONFIG_FILE"])] if environ.get("PIP_CONFIG_FILE") else []
    return _PipConfig(files)


def _npm_config(environ: Mapping[str, str], home: Path, system: Path) -> str:
    """Return the registry that npm's files name."""
    for path in (
        Path(environ.get("NPM_CONFIG_USERCONFIG") or home / ".npmrc"),
        system / "npmrc",
    ):
        if path.is_file():
            for line in path.read_text("utf-8", "replace").splitlines():
                name, _, value = line.partition("=")
                if name.strip() == "registry":
                    return value.strip().strip("\"'")
    return ""

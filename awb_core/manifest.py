"""Read `pack.toml` and `task.toml`: TOML, then JSON Schema, then frozen values.

All problems of a file are collected and reported together; one bad task does not hide the others.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awb_core.errors import ManifestError, Problem
from awb_core.model import (
    Anchors,
    Check,
    Environment,
    Limits,
    Pack,
    Role,
    Rung,
    Sdist,
    Task,
    WorkspaceSource,
)
from awb_core.validation import did_you_mean, schema, schema_problems, validator

STANDARD_RUNGS: Mapping[str, Rung] = {
    rung.name: rung
    for rung in (
        Rung(name="noop", verdict="fail", score=(0.0, 0.05)),
        Rung(name="partial", verdict="fail", score=(0.0, 0.499999)),
        Rung(name="minimal", verdict="pass", score=(0.5, 0.6)),
        Rung(name="canonical", verdict="pass", score=(0.9, 1.0)),
    )
}
"""The ladder every task has, with the bands of the invariants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPack:
    """A pack as far as it could be read."""

    pack: Pack
    broken: tuple[tuple[str, ManifestError], ...]
    """Tasks that could not be read, by folder name."""


def load_pack(
    root: Path, *, distribution: str, version: str, option_schemas: Mapping[str, Mapping[str, Any]]
) -> LoadedPack:
    """Read a pack and all its tasks.

    Raises:
        ManifestError: `pack.toml` itself is missing or wrong.
    """
    data = read_toml(root / "pack.toml", "pack")
    tasks: list[Task] = []
    broken: list[tuple[str, ManifestError]] = []
    for manifest in sorted((root / "tasks").glob("*/task.toml")):
        try:
            tasks.append(load_task(manifest.parent, data["name"], option_schemas))
        except ManifestError as error:
            broken.append((manifest.parent.name, error))
    pack = Pack(
        name=data["name"],
        title=data["title"],
        version=version,
        distribution=distribution,
        root=root,
        tasks=tuple(tasks),
    )
    return LoadedPack(pack=pack, broken=tuple(broken))


def load_task(root: Path, pack: str, option_schemas: Mapping[str, Mapping[str, Any]]) -> Task:
    """Read one task folder.

    Raises:
        ManifestError: with every problem found.
    """
    manifest = root / "task.toml"
    data = read_toml(manifest, "task")
    problems = list(_task_problems(root, data, option_schemas))
    if problems:
        raise ManifestError(problems)
    environment = dict(data.get("environment", {}))
    requirements = environment.pop("requirements", None)
    return Task(
        id=data["id"],
        pack=pack,
        root=root,
        title=data["title"],
        dimension=data["dimension"],
        difficulty=data["difficulty"],
        languages=tuple(data["languages"]),
        tags=tuple(data.get("tags", ())),
        contamination=data["contamination"],
        canary=data["canary"],
        workspace=_workspace(data.get("workspace", {})),
        environment=Environment(
            python=environment.get("python", "3.11"),
            requirements=(root / requirements).read_text("utf-8") if requirements else "",
            debian=tuple(sorted(environment.get("debian", ()))),
            commands=tuple(sorted(environment.get("commands", ()))),
        ),
        limits=Limits(**data.get("limits", {})),
        checks=tuple(_check(entry) for entry in data["checks"]),
        ladder=_ladder(data.get("ladder", {})),
        instruction=(root / "instruction.md").read_text("utf-8"),
    )


def rungs_of(root: Path) -> tuple[str, ...]:
    """Return the names of the reference solutions that a task folder ships."""
    return named_solutions(root / "solution")


def named_solutions(folder: Path) -> tuple[str, ...]:
    """Return the names of the overlays and scripts in a folder; one name may have both."""
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            {
                entry.stem
                for entry in folder.iterdir()
                if (entry.is_dir() and entry.name != "__pycache__") or entry.suffix == ".py"
            }
        )
    )


def read_toml(path: Path, kind: str) -> dict[str, Any]:
    """Read a TOML file and validate it against the schema of its kind.

    Raises:
        ManifestError: with every problem found.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise _single(path, "missing; every " + kind + " needs this file") from None
    except OSError as error:
        raise _single(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _single(path, f"is not UTF-8 (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise _single(path, f"is not valid TOML: {error}") from None
    problems = schema_problems(data, schema(kind), str(path))
    if problems:
        raise ManifestError(problems)
    return data


def _single(path: Path, message: str) -> ManifestError:
    return ManifestError([Problem(file=str(path), path="$", message=message)])


def _task_problems(
    root: Path, data: Mapping[str, Any], option_schemas: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Yield what a JSON Schema cannot express."""
    file = str(root / "task.toml")

    def problem(path: str, message: str) -> Problem:
        return Problem(file=file, path=path, message=message)

    if data["id"] != root.name:
        yield problem("$.id", f"must equal the folder's name {root.name!r}, is {data['id']!r}")
    if not (root / "instruction.md").is_file():
        yield problem("$", "instruction.md is missing beside it")
    requirements = data.get("environment", {}).get("requirements")
    if requirements is not None and not (root / requirements).is_file():
        yield problem("$.environment.requirements", f"no such file: {requirements}")
    source = data.get("workspace", {})
    if "sdist" not in source and not (root / "workspace").is_dir():
        yield problem("$.workspace", "has no sdist, and there is no folder workspace/")
    yield from _check_problems(file, data["checks"], option_schemas)
    shipped = set(rungs_of(root))
    for rung in sorted({"partial", "minimal", "canonical"} - shipped):
        yield problem("$.ladder", f"solution/{rung} is missing; the ladder needs it")
    for rung in sorted(set(data.get("ladder", {})) - shipped - {"noop"}):
        yield problem(f"$.ladder.{rung}", f"solution/{rung} is missing")


def _check_problems(
    file: str, checks: Iterable[Mapping[str, Any]], option_schemas: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    seen: set[str] = set()
    total = 0.0
    roles: list[str] = []
    for index, check in enumerate(checks):
        at = f"$.checks[{index}]"
        if check["id"] in seen:
            yield Problem(file=file, path=f"{at}.id", message=f"{check['id']!r} stands twice")
        seen.add(check["id"])
        roles.append(check["role"])
        total += check.get("weight", 0.0)
        options = option_schemas.get(check["oracle"])
        if options is None:
            near = did_you_mean(check["oracle"], option_schemas)
            yield Problem(
                file=file,
                path=f"{at}.oracle",
                message=f"unknown oracle {check['oracle']!r}{near}; see `awb oracles`",
            )
        else:
            yield from schema_problems(
                check.get("options", {}), validator(options), file, f"{at}.options"
            )
        if "anchors" in check:
            yield from _anchor_problems(file, f"{at}.anchors", check["anchors"])
    if "required" not in roles:
        yield Problem(file=file, path="$.checks", message="at least one check must be required")
    elif abs(total - 1) > 1e-6:
        yield Problem(
            file=file,
            path="$.checks",
            message=f"weights of required and quality checks must sum to 1, not {total:g}",
        )


def _anchor_problems(file: str, path: str, anchors: Mapping[str, Any]) -> Iterator[Problem]:
    floor, midpoint, saturation = (anchors[k] for k in ("floor", "midpoint", "saturation"))
    if anchors.get("goal", "maximise") == "maximise":
        ordered, word = floor < midpoint < saturation, "rise"
    else:
        ordered, word = floor > midpoint > saturation, "fall"
    if not ordered:
        yield Problem(
            file=file,
            path=path,
            message=f"must {word} strictly from floor over midpoint to saturation",
        )
    offset = anchors.get("offset", 0.0)
    if anchors.get("scale") == "log" and min(floor, midpoint, saturation) + offset <= 0:
        yield Problem(
            file=file, path=path, message="a log scale needs positive anchors; add an offset"
        )
    if 0 < min(abs(midpoint - floor), abs(saturation - midpoint)) < 5 * anchors.get("noise", 0.0):
        yield Problem(file=file, path=path, message="anchors must be five noise widths apart")


def _workspace(data: Mapping[str, Any]) -> WorkspaceSource:
    sdist = data.get("sdist")
    history = data.get("history")
    return WorkspaceSource(
        sdist=None
        if sdist is None
        else Sdist(**{**sdist, "remove": tuple(sdist.get("remove", ()))}),
        protected=tuple(data.get("protected", ())),
        history=history is not None,
        history_script=None if history is None else history.get("script"),
    )


def _check(entry: Mapping[str, Any]) -> Check:
    values = dict(entry)
    values["role"] = Role(values["role"])
    if "anchors" in values:
        values["anchors"] = Anchors(**values["anchors"])
    return Check(**values)


def _ladder(data: Mapping[str, Mapping[str, Any]]) -> tuple[Rung, ...]:
    rungs: list[Rung] = []
    for name in (*STANDARD_RUNGS, *sorted(set(data) - set(STANDARD_RUNGS))):
        default = STANDARD_RUNGS.get(name)
        entry = data.get(name, {})
        verdict = entry.get("verdict", default.verdict if default else "pass")
        band = entry.get("score", default.score if default else _band(verdict))
        rungs.append(Rung(name=name, verdict=verdict, score=(float(band[0]), float(band[1]))))
    return tuple(rungs)


def _band(verdict: str) -> tuple[float, float]:
    return (0.5, 1.0) if verdict == "pass" else (0.0, 0.499999)

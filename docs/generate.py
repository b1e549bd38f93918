"""Write the generated pages of the reference: the command line and the schemas.

`python docs/generate.py` writes them, `--check` exits 1 if they are out of date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from awb_core.adapters.acp import AcpAdapter
from awb_core.adapters.acp.known import KNOWN, NOTES
from awb_core.adapters.agents import AGENTS
from awb_core.adapters.agents.spec import NpmInstall
from awb_core.cli import cli
from awb_core.registry import discover

REFERENCE = Path(__file__).parent / "reference"
SCHEMAS = Path(__file__).parents[1] / "schemas"


def command_line() -> str:
    """Return the page of the command line, made from the commands themselves."""
    parts = ["# Command line\n\nGenerated from `awb --help`.\n"]
    context = click.Context(cli, info_name="awb", max_content_width=100, terminal_width=100)
    parts.append(f"```text\n{cli.get_help(context)}\n```\n")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(
            command, info_name=name, parent=context, max_content_width=100, terminal_width=100
        )
        parts.append(f"## awb {name}\n\n```text\n{command.get_help(inner)}\n```\n")
    return "\n".join(parts)


def schemas() -> str:
    """Return the page of the schemas, made from their descriptions."""
    parts = [
        "# Schemas\n\nGenerated from `schemas/`. Unknown keys are errors unless a table says"
        " otherwise.\n"
    ]
    for path in sorted(SCHEMAS.glob("*.schema.json")):
        document = json.loads(path.read_text("utf-8"))
        parts.append(f"## {document['title']}\n\n{document['description']}\n")
        parts.append("| key | type | required | meaning |\n|---|---|---|---|")
        parts += list(_rows(document, "", document.get("$defs", {})))
        parts.append("")
    parts.append("## Options of the oracles\n")
    for name, oracle in discover().oracles.items():
        if type(oracle).__module__.startswith("awb_core."):
            parts.append(f"### {name}\n\n{oracle.summary}\n")
            parts.append("| option | type | required | meaning |\n|---|---|---|---|")
            parts += list(_rows(dict(oracle.schema), "", {}))
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def agents() -> str:
    """Return the page of the agents, made from their specifications."""
    parts = [
        "# Agents\n\nGenerated from the adapters. `awb adapters` says which are installed, `awb install-agent NAME`"
        " installs one, and `NAME:MODEL` on the command line runs it. Settings go into a workflow file, under"
        " `[settings]`.\n"
    ]
    for spec in AGENTS:
        install = spec.install
        wires = ", ".join(f"{wire.protocol} ({wire.upstream})" for wire in spec.wires)
        parts.append(f"## {spec.title}\n\n`{spec.name}`, by default with `{spec.default_model}`.\n")
        source = "npm" if isinstance(install, NpmInstall) else "PyPI"
        parts.append(f"* Installs `{install.package}` {install.version} from {source}.")
        parts.append(f"* Speaks {wires}.")
        parts += [f"* {note}" for note in spec.notes]
        parts.append("\n| setting | type | required | meaning |\n|---|---|---|---|")
        parts += list(_rows(spec.settings_schema, "", {}))
        parts.append("")
    parts.append(acp())
    parts.append(
        "## Not here\n\nGoose is distributed as a release binary only, and Cursor's command line needs its own service"
        " and has no setting for another endpoint, so that neither can be metered; an agent that is installed some"
        " other way runs with the adapter `command`.\n"
    )
    return "\n".join(parts).rstrip() + "\n"


def acp() -> str:
    """Return the section of the Agent Client Protocol."""
    adapter = AcpAdapter()
    parts = [
        "## Agent Client Protocol\n\n`acp` reaches any agent that speaks the protocol, in the sandbox, with a client"
        " beside it: `acp:AGENT[:MODEL]` for one of these, or a workflow file with a command of your own.\n",
        "| agent | tested | what was found |\n|---|---|---|",
    ]
    parts += [
        f"| `{name}` | {known.spec.install.version} | {known.note} |"
        for name, known in KNOWN.items()
    ]
    parts.append("")
    parts += [f"* {note}" for note in NOTES]
    parts.append(
        "\nAn agent of your own, whose program lies in `our-agent/home/bin/` beside the file:\n\n```toml\n"
        'schema = 1\nname = "our-agent"\nadapter = "acp"\nmodel = "claude-sonnet-4-5"\noverlay = "our-agent"\n\n'
        '[settings]\ncommand = ["python3", "~/bin/our_agent.py", "--stdio"]\nupstream = "anthropic"\n'
        'base_url_variable = "ANTHROPIC_BASE_URL"\ntoken_variable = "ANTHROPIC_API_KEY"\n```\n\n'
        "`awb check-adapter our-agent.toml` says whether it behaves."
    )
    parts.append("\n| setting | type | required | meaning |\n|---|---|---|---|")
    parts += list(_rows(dict(adapter.settings_schema), "", {}))
    parts.append("")
    return "\n".join(parts)


def _rows(schema: dict[str, Any], prefix: str, definitions: dict[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for key, value in schema.get("properties", {}).items():
        if "$ref" in value:
            value = definitions[value["$ref"].rsplit("/", 1)[1]]
        name = f"{prefix}{key}"
        meaning = value.get("description", "").replace("|", "\\|")
        yield f"| `{name}` | {_type(value)} | {'yes' if key in required else ''} | {meaning} |"
        yield from _rows(value, f"{name}.", definitions)
        items = value.get("items", {})
        if "$ref" in items:
            items = definitions[items["$ref"].rsplit("/", 1)[1]]
        yield from _rows(items, f"{name}[].", definitions)


def _type(value: dict[str, Any]) -> str:
    if "enum" in value:
        return ", ".join(f"`{option}`" for option in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    kind = value.get("type", "object")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


PAGES = {"command-line.md": command_line, "schemas.md": schemas, "agents.md": agents}


def main() -> int:
    """Write or check the pages."""
    stale = []
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text("utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, "utf-8")
    for name in stale:
        print(f"docs/reference/{name} is out of date: make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

"""The command line: one file a command, loaded when it is used."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from awb_core.errors import AwbError

COMMANDS = {
    "adapters": "listing",
    "attacks": "attacks",
    "calibrate": "calibrate",
    "check": "check",
    "check-adapter": "check_adapter",
    "dimensions": "listing",
    "diff": "workflows",
    "doctor": "doctor",
    "executors": "listing",
    "install-agent": "install_agent",
    "new-adapter": "new_adapter",
    "new-dimension": "new_dimension",
    "new-oracle": "new_oracle",
    "new-pack": "new_pack",
    "new-task": "new_task",
    "oracles": "listing",
    "packs": "listing",
    "plan": "plan",
    "report": "report",
    "rescore": "rescore",
    "resume": "resume",
    "run": "run",
    "sandboxes": "listing",
    "show": "show",
    "status": "status",
    "tasks": "listing",
    "transcript": "transcript",
    "workflows": "workflows",
}
"""Command -> module of `awb_core.cli`."""

HELP = {
    "adapters": "List the adapters that drive workflows.",
    "attacks": "List the ways to cheat that every task must defeat.",
    "calibrate": "Propose score anchors from a task's measured ladder.",
    "check": "Prove that tasks are admissible: ladder, repeats, leaks.",
    "check-adapter": "Prove that the adapter of an agent behaves.",
    "dimensions": "List the capability dimensions.",
    "diff": "Say in words what differs between two workflows.",
    "doctor": "Say what works here, and how to fix the rest.",
    "executors": "List how trials can run side by side.",
    "install-agent": "Install the tool of an agent ahead of a run.",
    "new-adapter": "Write a distribution with an adapter.",
    "new-dimension": "Let a pack register a dimension of its own.",
    "new-oracle": "Write a distribution with an oracle.",
    "new-pack": "Write a pack with one task.",
    "new-task": "Write a task, from a template or from commits of a repository.",
    "oracles": "List the kinds of checks.",
    "packs": "List the installed packs, broken ones with the reason.",
    "plan": "Say what a run would do, without doing it.",
    "report": "Show the capability gap matrix of one or more runs.",
    "rescore": "Score a run's measurements again with the tasks as installed now.",
    "resume": "Continue a run that stopped.",
    "run": "Run workflows on tasks.",
    "sandboxes": "List the kinds of sandbox and what they isolate.",
    "show": "Show one task, trial or workflow, whole.",
    "status": "Say how far a run has come.",
    "tasks": "List the installed tasks.",
    "transcript": "Show what an agent and its model said in a trial.",
    "workflows": "List the workflows of files, matrices expanded.",
}


class LazyGroup(click.Group):
    """Loads the module of a command when the command is used, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; one that is only listed needs just its help."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"awb_core.cli.{COMMANDS[cmd_name]}")
        return getattr(module, cmd_name.replace("-", "_"))  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(HELP.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name near matches of an unknown command."""
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            from awb_core.validation import did_you_mean

            ctx.fail(f"no such command {name!r}{did_you_mean(name, COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  awb doctor
  awb run -w noop -w reference:canonical --sandbox local
  awb report latest --format html --open""",
)
@click.version_option(package_name="awb-core", prog_name="awb")
def cli() -> None:
    """AI Workflow Benchmark: score coding workflows on real tasks.

    Exit codes: 0 done, 1 a check failed or trials were invalid, 2 wrong usage or a wrong file,
    3 the sandbox is unavailable, 130 interrupted.
    """


def main() -> None:
    """Run the command line; the only place that turns errors into exit codes."""
    try:
        code: Any = cli(prog_name="awb", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo("Aborted.", err=True)
        code = 130
    except AwbError as error:
        click.echo(f"Error: {error}", err=True)
        code = error.exit_code
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)

"""Workflows whose agent speaks the Agent Client Protocol."""

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from agents.acp_support import ACCESS, ODD, command, run
from agents.support import GATEWAY, TOKEN

from awb_core.adapters.acp import AcpAdapter
from awb_core.adapters.acp.known import KNOWN
from awb_core.adapters.acp.report import read_report
from awb_core.adapters.agent import AgentAdapter
from awb_core.errors import ManifestError, UsageError
from awb_core.model import Brief, Limits, Outcome
from awb_core.protocols import AgentSession, CommandResult, ModelAdapter
from awb_core.sandbox.local import LocalProvider
from awb_core.testing import Times
from awb_core.testing.adapter_bench import AdapterBench
from awb_core.testing.adapters import look_at
from awb_core.workflow_file import load_workflows

ADAPTER = AcpAdapter()
TINY = Path(__file__).with_name("acp_tiny_agent.py")


def load(folder, text):
    """Read a workflow file."""
    path = folder / "workflow.toml"
    path.write_text(f'schema = 1\nname = "w"\nadapter = "acp"\n{text}')
    return load_workflows(path, {"acp": ADAPTER})[0]


class RememberingSandbox:
    """Remembers what it was to run."""

    workspace, hidden, home, python = "/work", "/hidden", "/home/awb", "/env/bin/python"
    gateway_url = "http://127.0.0.1:8080"

    def __init__(self, stdout=b""):
        self.commands, self.files, self.stdout = [], {}, stdout

    def put(self, source, *, hidden=False):
        assert hidden
        found = {p.relative_to(source).as_posix(): p for p in source.rglob("*") if p.is_file()}
        self.files |= {name: path.read_bytes() for name, path in found.items()}

    def run(self, command):
        self.commands.append(command)
        return CommandResult(exit_code=0, stdout=self.stdout, stdout_bytes=len(self.stdout))


def started(workflow):
    """Return the job of the client, the environment and the files of a workflow."""
    sandbox = RememberingSandbox()
    session = AgentSession(
        brief=Brief(task="t", instruction="Mend it.", limits=Limits(agent_seconds=7)),
        workflow=workflow,
        sandbox=sandbox,
        start=Path("/nowhere"),
        gateway=ACCESS,
    )
    ADAPTER.run(session)
    last = sandbox.commands[-1]
    assert last.argv == ("/env/bin/python", "-E", "-s", "-B", "/hidden/acp/awb_acp.py")
    assert last.seconds == 7
    return json.loads(last.stdin), last.env, sandbox.files


def test_it_is_a_model_adapter():
    assert isinstance(ADAPTER, ModelAdapter)
    assert ADAPTER.state().installed == ADAPTER.install(None, print).version
    with pytest.raises(UsageError, match="install an agent: opencode"):
        ADAPTER.install("9.9.9", print)


def test_an_agent_is_named_with_its_model_or_has_its_usual_one(tmp_path):
    usual, chosen = ADAPTER.workflow("gemini-cli"), ADAPTER.workflow("opencode:openai/gpt-5")

    assert (usual.model, usual.settings) == ("gemini-2.5-pro", {"agent": "gemini-cli"})
    assert (chosen.model, chosen.name) == ("openai/gpt-5", "acp:opencode:openai/gpt-5")
    assert (ADAPTER.upstream(usual), ADAPTER.upstream(chosen)) == ("gemini", "openai")


def test_the_same_workflow_in_a_file_has_the_same_identity(tmp_path):
    text = 'model = "gemini-2.5-pro"\n[settings]\nagent = "gemini-cli"\n'
    named = ADAPTER.workflow("gemini-cli")

    assert load(tmp_path, text).identity == named.identity
    others = [
        load(tmp_path, text + "options.max_attempts = 1\n"),
        load(tmp_path, text + 'mode = "plan"\n'),
        ADAPTER.workflow("gemini-cli:gemini-2.5-flash"),
        AgentAdapter(KNOWN["gemini-cli"].spec).workflow(""),
    ]
    assert len({named.identity, *(other.identity for other in others)}) == 5


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("", "no model; give acp:AGENT"),
        ("a b", "not a model's name"),
        ("opencode:--help", "not a model's name"),
    ],
)
def test_what_names_no_model_is_refused(argument, words):
    with pytest.raises(UsageError, match=words):
        ADAPTER.workflow(argument)


def test_a_model_without_an_agent_is_refused_with_the_near_one():
    with pytest.raises(UsageError, match=r"acp:opencoda: which agent; did you mean 'opencode'"):
        ADAPTER.upstream(ADAPTER.workflow("opencoda"))


INVALID = {
    "": r"\$\.settings: needs 'agent' or 'command'",
    'agent = "opencoda"': "did you mean 'opencode'",
    'command = []\nupstream = "openai"': r"\$\.settings\.command",
    'command = ["x"]': "'upstream' is a dependency of 'command'",
    'agent = "opencode"\nbase_path = "/v1"': "unknown key 'base_path'",
    'command = ["x"]\nupstream = "openai"\noptions.version = "1"': "unknown key 'options'",
    'agent = "opencode"\noptions.max_attempts = 1': r"options: unknown key 'max_attempts'",
    'agent = "gemini-cli"\noptions.version = "latest"': r"\$\.settings\.options\.version",
    'command = ["x"]\nupstream = "openai"\ntoken_variable = "a b"': "must match",
}


@pytest.mark.parametrize("settings", INVALID)
def test_settings_are_checked(tmp_path, settings):
    with pytest.raises(ManifestError, match=INVALID[settings]):
        load(tmp_path, f'model = "gpt-4o"\n[settings]\n{settings}\n')


@pytest.mark.parametrize("agent", KNOWN)
def test_a_known_agent_is_started_with_model_and_gateway_and_no_key_in_its_words(agent):
    workflow = ADAPTER.workflow(agent)

    job, env, files = started(workflow)

    assert job["command"][0] == f"/opt/agent/bin/{KNOWN[agent].spec.install.command}"
    assert {"acp", "--acp"} & set(job["command"])
    assert job["instruction"] == "Mend it."
    assert not any("Mend it." in word for word in job["command"])
    told = [*env.values(), *job["command"], *(data.decode() for data in files.values())]
    assert any(workflow.model in text for text in told)
    assert any(f"{GATEWAY}/{ADAPTER.upstream(workflow)}" in text for text in told)
    assert any(TOKEN in value for value in env.values())
    assert TOKEN not in json.dumps(job)


def test_options_are_the_agents_own_settings(tmp_path):
    text = 'agent = "gemini-cli"\noptions = { max_attempts = 1, extra_arguments = ["--debug"] }\n'

    job, _, files = started(load(tmp_path, f'model = "gemini-2.5-pro"\n[settings]\n{text}'))

    assert job["command"][-1] == "--debug"
    assert json.loads(files["home/.gemini/settings.json"])["general"]["maxAttempts"] == 1


def test_a_command_finds_model_and_gateway_in_variables(tmp_path):
    text = """
    model = "house-model"
    [settings]
    command = ["~/bin/agent", "--stdio", "a~/b"]
    upstream = "openai"
    base_url_variable = "OPENAI_BASE_URL"
    token_variable = "OPENAI_API_KEY"
    start_seconds = 9
    [env]
    OPENAI_BASE_URL = "http://elsewhere"
    MODE = "quiet"
    """

    job, env, _ = started(load(tmp_path, text))

    assert job["command"] == ["/home/awb/bin/agent", "--stdio", "a~/b"]
    assert job["start_seconds"] == 9
    assert env["OPENAI_BASE_URL"] == env["AWB_BASE_URL"] == f"{GATEWAY}/openai/v1"
    assert env["OPENAI_API_KEY"] == env["AWB_TOKEN"] == TOKEN
    assert (env["AWB_MODEL"], env["MODE"]) == ("house-model", "quiet")


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"upstream": "anthropic"}, f"{GATEWAY}/anthropic"),
        ({"upstream": "gemini", "base_path": "/v1beta"}, f"{GATEWAY}/gemini/v1beta"),
        ({"upstream": "openai", "base_path": ""}, f"{GATEWAY}/openai"),
    ],
)
def test_the_base_url_ends_as_the_provider_wants_it(settings, url):
    workflow = replace(ADAPTER.workflow("m"), settings={"command": ["x"], **settings})

    assert started(workflow)[1]["AWB_BASE_URL"] == url


def test_a_command_needs_nothing_installed():
    workflow = replace(ADAPTER.workflow("m"), settings=command(ODD, "junk"))

    assert ADAPTER.mounts(workflow, print) == ()
    assert ADAPTER.upstream(workflow) == "openai"


def test_without_a_gateway_it_does_not_run():
    session = AgentSession(
        brief=Brief(task="t", instruction="x", limits=Limits()),
        workflow=ADAPTER.workflow("opencode"),
        sandbox=RememberingSandbox(),
        start=Path("/nowhere"),
    )

    assert ADAPTER.run(session).outcome is Outcome.INFRA_ERROR


USAGES = {
    "cached tokens apart": ((10, 5, 19, 4, 0, None), (14, 4, 5)),
    "cached tokens within": ((10, 5, 15, 4, 0, None), (10, 4, 5)),
    "thoughts apart": ((10, 5, 18, None, None, 3), (10, None, 8)),
    "thoughts within": ((10, 5, 15, None, None, 3), (10, None, 5)),
}


@pytest.mark.parametrize("name", USAGES)
def test_the_total_tells_whether_the_parts_of_a_claim_overlap(name):
    names = ("inputTokens", "outputTokens", "totalTokens", "cachedReadTokens")
    names += ("cachedWriteTokens", "thoughtTokens")
    values, expected = USAGES[name]
    end = {"type": "end", "usage": dict(zip(names, values, strict=True))}

    found = read_report(json.dumps(end).encode()).claims

    assert (found.input_tokens, found.cached_tokens, found.output_tokens) == expected


def test_nothing_in_a_report_raises():
    draw = random.Random(0)
    odd = [None, [], {}, -1, 1e308, "x", [[]], {"usage": 7, "meta": [1], "junk_lines": "x"}]
    for _ in range(300):
        names = ("usage", "meta", "error", "junk_lines", "stop_reason", "usage_update", "agent")
        event = {name: draw.choice(odd) for name in names}
        lines = [json.dumps({"type": kind, **event}) for kind in ("start", "end")]
        data = "\n".join(lines).encode()
        cut = draw.randrange(len(data))
        for text in (data, data[:cut] + draw.randbytes(3) + data[cut:], data[:cut]):
            report = read_report(text)
            assert isinstance(report.note, str)
            json.dumps(report.claims.as_mapping())


def test_an_agent_that_floods_its_errors_does_not_hide_its_report(tmp_path):
    flooding = tmp_path / "agent.py"
    flooding.write_text(f"import sys\nprint('x' * 9_000_000, file=sys.stderr)\n{ODD.read_text()}")
    (tmp_path / "run").mkdir()

    transcript, _ = run(tmp_path / "run", command(flooding, "late news"))

    assert transcript.outcome is Outcome.FINISHED


BEHAVIOURS = (
    *("installs", "network", "version", "edits files", "usage", "claims", "home"),
    *("leaves nothing", "refused key", "killed", "output", "instruction", "overlay"),
)
"""Those that do not take a whole time limit."""


@pytest.fixture(scope="module")
def tiny_bench(tmp_path_factory):
    """A bench for an agent that is in the overlay of its workflow."""
    provider = LocalProvider()
    if provider.bubblewrap is None:
        pytest.skip("apt-get install bubblewrap")
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "overlay/home/bin").mkdir(parents=True)
    shutil.copy(TINY, folder / "overlay/home/bin/agent.py")
    text = """
    model = "gpt-4o"
    overlay = "overlay"
    [settings]
    command = ["python3", "~/bin/agent.py"]
    upstream = "openai"
    base_url_variable = "TINY_BASE_URL"
    token_variable = "TINY_KEY"
    """
    workflow = load(folder, text)
    times = Times(limit_seconds=3, error_seconds=10, work_seconds=30, late_seconds=5)
    with AdapterBench(ADAPTER, provider, times=times, workflow=workflow) as bench:
        yield bench


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_an_agent_of_a_command_behaves(tiny_bench, behaviour):
    finding = look_at(tiny_bench, behaviour)

    assert finding.holds, finding.detail
    assert finding.observed


def test_a_workflow_file_is_checked_and_what_keeps_the_agent_from_its_model_is_told(site, tmp_path):
    if LocalProvider().bubblewrap is None:
        pytest.skip("apt-get install bubblewrap")
    load(tmp_path, 'model = "m"\n[settings]\ncommand = ["/nowhere/agent"]\nupstream = "openai"\n')

    done = site.awb("check-adapter", tmp_path / "workflow.toml", "--sandbox", "local", "--json")

    told = json.loads(done.stdout)
    assert (done.returncode, told["adapter"], told["holds"]) == (1, "acp", False)
    assert [finding["name"] for finding in told["findings"]] == ["installs", "network"]
    words = "no_model_call: the tool never asked its model: /nowhere/agent cannot be started"
    assert words in told["findings"][1]["detail"]

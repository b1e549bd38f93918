"""The command lines of agents, to the word."""

import json
import shutil
import subprocess

import pytest
from agents.support import GATEWAY, SPECS, TOKEN, context

from awb_core.adapters.agents.aider import WRAPPER
from awb_core.adapters.agents.spec import choose_route
from awb_core.errors import UsageError

PREFERRED = {
    "codex": "/openai/v1",
    "claude-code": "/anthropic",
    "opencode": "/anthropic/v1",
    "mini-swe-agent": "/openai/v1",
    "gemini-cli": "/gemini",
    "qwen-code": "/openai/v1",
    "copilot-cli": "/openai/v1",
    "aider": "/openai/v1",
    "openhands": "/openai/v1",
}


@pytest.mark.parametrize("agent", SPECS)
def test_the_way_to_the_model_is_the_gateways(agent):
    launch = SPECS[agent].launch(context(agent))

    everything = [*launch.argv, *launch.env.values(), *map(str, launch.home_files.values())]
    assert any(GATEWAY + PREFERRED[agent] in word for word in everything)
    assert any(TOKEN in value for value in launch.env.values())
    assert not any(TOKEN in word for word in launch.argv)


@pytest.mark.parametrize("agent", SPECS)
def test_instruction_and_further_arguments_are_words_of_their_own(agent):
    given = context(agent, extra_arguments=["--debug", "a b"])

    launch = SPECS[agent].launch(given)
    argv = launch.argv

    assert [*argv, launch.stdin.decode()].count("Mend it.") == 1
    assert argv[argv.index("--debug") + 1] == "a b"
    assert given.program[0] in argv


def test_codex():
    launch = SPECS["codex"].launch(context("codex", reasoning_effort="high", max_retries=0))

    provider = (
        f'{{name="gateway",base_url="{GATEWAY}/openai/v1",env_key="AWB_GATEWAY_TOKEN",'
        'wire_api="responses",request_max_retries=0,stream_max_retries=0}'
    )
    assert launch.argv == (
        *("/opt/agent/bin/codex", "exec", "--json", "--skip-git-repo-check", "--ephemeral"),
        *("--dangerously-bypass-approvals-and-sandbox", "-m", "gpt-5.5"),
        *("-c", "model_provider=gateway", "-c", f"model_providers.gateway={provider}"),
        *("-c", "features.plugins=false", "-c", "features.apps=false"),
        *("-c", "analytics.enabled=false", "-c", "check_for_update_on_startup=false"),
        *("-c", 'model_reasoning_effort="high"', "Mend it."),
    )
    assert launch.env == {"AWB_GATEWAY_TOKEN": TOKEN}
    assert launch.stdin == b""


def test_claude_code():
    launch = SPECS["claude-code"].launch(context("claude-code", max_turns=5))

    assert launch.argv == (
        *("/opt/agent/bin/claude", "-p", "Mend it.", "--output-format", "stream-json"),
        *("--verbose", "--dangerously-skip-permissions", "--model", "claude-sonnet-4-5"),
        *("--max-turns", "5"),
    )
    assert launch.env["ANTHROPIC_BASE_URL"] == f"{GATEWAY}/anthropic"
    assert launch.env["ANTHROPIC_API_KEY"] == TOKEN


@pytest.mark.parametrize(
    ("model", "settings", "provider", "url"),
    [
        ("anthropic/claude-sonnet-4-5", {}, "anthropic", "/anthropic/v1"),
        ("openai/gpt-5", {}, "openai", "/openai/v1"),
        ("gemini/gemini-2.5-pro", {}, "google", "/gemini/v1beta"),
        ("openai/gpt-5", {"wire": "openai-chat"}, "gateway", "/openai/v1"),
    ],
)
def test_opencode_speaks_four_protocols(model, settings, provider, url):
    launch = SPECS["opencode"].launch(context("opencode", model, **settings))

    config = json.loads(launch.env["OPENCODE_CONFIG_CONTENT"])
    assert config["provider"][provider]["options"] == {"apiKey": TOKEN, "baseURL": GATEWAY + url}
    assert launch.argv[launch.argv.index("-m") + 1] == f"{provider}/{model.partition('/')[2]}"


@pytest.mark.parametrize("agent", ["gemini-cli", "qwen-code"])
def test_settings_files_are_json(agent):
    (content,) = SPECS[agent].launch(context(agent)).home_files.values()

    assert json.loads(content)["general"]["enableAutoUpdate"] is False


@pytest.mark.parametrize(
    ("agent", "model", "settings"),
    [
        ("codex", "anthropic/claude-sonnet-4-5", {}),
        ("claude-code", "openai/gpt-5", {}),
        ("codex", "gpt-5", {"wire": "anthropic"}),
        ("opencode", "house-model", {"upstream": "openai"}),
    ],
)
def test_a_way_that_is_not_there_is_refused(agent, model, settings):
    with pytest.raises(UsageError, match=agent):
        choose_route(SPECS[agent], model, settings)


def test_an_upstream_takes_the_model_as_written():
    route = choose_route(SPECS["codex"], "maker/model", {"upstream": "house"})

    assert (route.model, route.wire.suffix) == ("maker/model", "/house/v1")


def run_aiders_wrapper(folder):
    """Run the wrapper around a stand-in for Aider, and return how that saw the workspace."""
    work, prices = folder / "work", folder / "prices.json"
    work.mkdir(exist_ok=True)
    (work / "known.py").write_text("x = 1\n")
    prices.write_text("{}")
    agent = "git ls-files; touch new.py; mkdir .aider.tags.cache.v4; exit 5"
    caches = folder / "caches"
    argv = ["sh", "-c", WRAPPER, "sh", caches, prices, caches / "p.json", "sh", "-c", agent]
    return subprocess.run(argv, cwd=work, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("git") is None, reason="apt-get install git")
def test_aider_finds_a_repository_and_leaves_its_work_only(tmp_path):
    done = run_aiders_wrapper(tmp_path)

    assert (done.returncode, done.stdout) == (5, "known.py\n")
    assert sorted(p.name for p in (tmp_path / "work").iterdir()) == ["known.py", "new.py"]
    assert (tmp_path / "caches" / "p.json").read_text() == "{}"


@pytest.mark.skipif(shutil.which("git") is None, reason="apt-get install git")
def test_aider_keeps_the_repository_of_the_task(tmp_path):
    (tmp_path / "work").mkdir()
    subprocess.run(["git", "init", "-q", tmp_path / "work"], check=True)

    done = run_aiders_wrapper(tmp_path)

    assert done.stdout == ""
    assert (tmp_path / "work" / ".git").is_dir()

"""Workflow files: matrices, identities, overlays, and every problem reported with its place."""

import pytest

from awb_core.errors import ManifestError
from awb_core.registry import discover
from awb_core.workflow_file import differences, load_workflows, warnings

BASE = 'schema = 1\nname = "team"\nadapter = "reference"\nmodel = "canonical"\n'


@pytest.fixture(scope="module")
def registry():
    return discover()


@pytest.fixture
def load(tmp_path, registry):
    def load(text, name="team.toml"):
        path = tmp_path / name
        path.write_text(text)
        return load_workflows(path, registry.adapters)

    return load


@pytest.fixture
def overlay(tmp_path):
    folder = tmp_path / "overlay"
    (folder / "workspace").mkdir(parents=True)
    (folder / "workspace/CLAUDE.md").write_text("Be brief.\n")
    return folder


def problems(load, text):
    with pytest.raises(ManifestError) as caught:
        load(text)
    return [f"{p.path}: {p.message}" for p in caught.value.problems]


def test_a_file_that_adds_nothing_is_the_workflow_of_the_command_line(load, registry):
    (made,) = load(BASE)

    assert made.identity == registry.workflows("reference:canonical")[0].identity
    assert made.name == "team"


def test_a_matrix_makes_one_workflow_for_each_combination(load):
    text = BASE + '[matrix]\n"env.RULES" = ["short", "long"]\n"factors.mcp" = ["yes", "no"]\n'

    made = load(text)

    assert [w.name for w in made] == [
        "team[RULES=short,mcp=yes]",
        "team[RULES=short,mcp=no]",
        "team[RULES=long,mcp=yes]",
        "team[RULES=long,mcp=no]",
    ]
    # A factor is a label: it changes nothing that the tool loads.
    assert len({w.identity for w in made}) == 2
    assert made[1].factors["mcp"] == "no"


CHANGES = {
    "settings": '[env]\nA = "2"\n',
    "secrets": 'secrets = ["GITHUB_TOKEN"]\n',
    "limits": "[limits]\nbudget_usd = 1.5\n",
    "upstreams": '[upstreams.openai]\nbase_url = "http://127.0.0.1:1/v1"\n',
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_decides_what_a_workflow_does_is_in_its_identity(load, name):
    assert load(BASE + CHANGES[name])[0].identity != load(BASE)[0].identity


def test_the_content_of_an_overlay_is_in_the_identity_and_its_name_is_not(load, overlay):
    before = load(BASE + 'overlay = "overlay"\n')[0]
    overlay.rename(overlay.with_name("moved"))
    moved = load(BASE + 'overlay = "moved"\n')[0]
    (overlay.with_name("moved") / "workspace/CLAUDE.md").write_text("Be thorough.\n")
    changed = load(BASE + 'overlay = "moved"\n')[0]

    assert before.identity == moved.identity != changed.identity


WRONG = {
    "an unknown adapter": (
        'schema = 1\nname = "x"\nadapter = "referense"\n',
        "$.adapter: unknown adapter 'referense'; did you mean 'reference'?",
    ),
    "an unknown key": (BASE + 'modle = "x"\n', "unknown key 'modle'; did you mean 'model'?"),
    "a missing overlay": (BASE + 'overlay = "none"\n', "$.overlay: no such folder: none"),
    "a setting that does not exist": (BASE + "[settings]\nturns = 1\n", "$.settings: unknown key"),
    "a provider's key as a secret": (
        BASE + 'secrets = ["OPENAI_API_KEY"]\n',
        "OPENAI_API_KEY is a provider's key",
    ),
    "a provider's key in the environment": (
        BASE + '[env]\nANTHROPIC_API_KEY = "x"\n',
        "ANTHROPIC_API_KEY is a provider's key",
    ),
    "a number where the matrix needs a text": (
        BASE + '[matrix]\n"env.A" = [1, 2]\n',
        "$.env.A: must be of type string, is 1",
    ),
    "a limit below zero": (BASE + "[limits]\nbudget_usd = -1\n", "$.limits.budget_usd"),
    "a name with blanks": (BASE.replace('"team"', '"my team"'), "$.name: must match"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_says_where_and_what(load, name):
    text, words = WRONG[name]

    assert any(words in problem for problem in problems(load, text)), problems(load, text)


def test_an_overlay_cannot_write_elsewhere(load, overlay):
    (overlay / "etc").mkdir()
    (overlay / "workspace/link").symlink_to("/etc/passwd")

    found = problems(load, BASE + 'overlay = "overlay"\n')

    assert any("overlay/etc: an overlay holds the folders home/ and workspace/" in p for p in found)
    assert any("overlay/workspace/link: is a link" in p for p in found)


def test_differences_are_told_in_words(load, overlay):
    one = load(BASE + '[env]\nA = "1"\nMY_TOKEN = "hunter2hunter2"\n')[0]
    other = load(BASE + 'overlay = "overlay"\n[env]\nA = "2"\n')[0]

    assert differences(one, other) == (
        "env.A: 1 -> 2",
        "env.MY_TOKEN: *** -> not set",
        "overlay/workspace/CLAUDE.md: is added",
    )
    assert differences(one, one) == ()


def test_secrets_that_are_written_down_are_warned_of(load, overlay):
    (overlay / "workspace/config").write_text("token = ghp_" + "a" * 36)
    made = load(BASE + 'overlay = "overlay"\n[env]\nAPI_TOKEN = "abc"\n')[0]

    assert [w.split(": ", 1)[1].split()[0] for w in warnings(made)] == [
        "env.API_TOKEN",
        "overlay/workspace/config",
    ]


def test_the_budget_of_all_trials_is_part_of_a_workflow(load):
    (made,) = load(BASE + "[limits]\nworkflow_usd = 12.5\n")
    (plain,) = load(BASE)

    assert made.workflow_budget_usd == 12.5
    assert plain.workflow_budget_usd is None
    assert differences(plain, made) == ("workflow_usd: not set -> 12.5",)
    (problem,) = set(problems(load, BASE + "[limits]\nworkflow_usd = 0\n"))
    assert problem.startswith("$.limits.workflow_usd: ")

"""What the tests of agents share: recorded reports of the real tools, cut to what matters."""

from dataclasses import replace
from pathlib import Path

from awb_core.adapters.agents import AGENTS
from awb_core.adapters.agents.spec import LaunchContext, choose_route

RECORDED = Path(__file__).parent / "recorded"
SPECS = {spec.name: spec for spec in AGENTS}
GATEWAY = "http://127.0.0.1:8080/t/trial"
TOKEN = "token-of-the-trial"


def recorded(agent, kind):
    """Return the output of a tool and the files it left, by their path below HOME."""
    files = {}
    for place in sorted(RECORDED.glob(f"{agent}-{kind}.*")):
        name = place.name.removeprefix(f"{agent}-{kind}.")
        if name != "out":
            files[f"some/folder/{name}"] = place.read_bytes()
    return (RECORDED / f"{agent}-{kind}.out").read_bytes(), files


def context(agent, model="", **settings):
    """Return what the command line of an agent is made from."""
    spec = SPECS[agent]
    route = choose_route(spec, model or spec.default_model, settings)
    return LaunchContext(
        instruction="Mend it.",
        model=route.model,
        settings=settings,
        wire=route.wire,
        gateway_url=GATEWAY,
        token=TOKEN,
        home="/home/awb",
        workspace="/work",
        agent_root="/opt/agent",
        program=(f"/opt/agent/bin/{spec.install.command}",),
        max_seconds=60.0,
    )


def with_install(spec, **values):
    """Return an agent that is installed otherwise."""
    return replace(spec, install=replace(spec.install, **values))

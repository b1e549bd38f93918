"""An agent made with the protocol's own package; it does what its instruction says, and tells what it was asked."""

import asyncio
import json
import sys

import acp
from acp import schema


class SdkAgent(acp.Agent):
    """Answers one prompt; every message to and from it is checked by the package's models."""

    def on_connect(self, conn):
        self.client = conn

    async def initialize(self, protocol_version, client_capabilities=None, client_info=None, **_):
        self.hello = [protocol_version, client_capabilities.model_dump(), client_info.name]
        return schema.InitializeResponse(
            protocol_version=acp.PROTOCOL_VERSION,
            agent_info=schema.Implementation(name="sdk-agent", version="1.2.3"),
            auth_methods=[schema.AuthMethodAgent(id="key", name="By key")],
        )

    async def authenticate(self, method_id, **_):
        self.hello.append(method_id)

    async def new_session(self, cwd, mcp_servers=None, **_):
        self.folder = cwd
        return schema.NewSessionResponse(session_id="s1")

    async def set_session_mode(self, session_id, mode_id, **_):
        self.hello.append(mode_id)

    async def prompt(self, prompt, session_id, **_):
        for text in ("Thinking", " hard."):
            await self._tell(session_id, acp.update_agent_thought_text(text))
        call = acp.start_tool_call("c1", "Write a file", kind="edit", raw_input={"path": "a"})
        await self._tell(session_id, call)
        options = [
            schema.PermissionOption(kind=kind, name=kind, option_id=f"o-{kind}")
            for kind in ("reject_once", "allow_always", "allow_once")
        ]
        update = schema.ToolCallUpdate(tool_call_id="c1", title="Write a file")
        asked = await self.client.request_permission(
            session_id=session_id, tool_call=update, options=options
        )
        done = acp.update_tool_call("c1", status="completed", raw_output={"ok": True})
        await self._tell(session_id, done)
        try:
            await self.client.read_text_file(session_id=session_id, path=f"{self.folder}/a")
        except acp.RequestError as error:
            self.hello.append(error.code)
        said = json.dumps([prompt[0].text, asked.outcome.option_id, self.folder, self.hello])
        for text in (said[:9], said[9:]):
            await self._tell(session_id, acp.update_agent_message_text(text))
        cost = schema.Cost(amount=0.25, currency="USD")
        spent = schema.UsageUpdate(session_update="usage_update", used=1, size=2, cost=cost)
        await self._tell(session_id, spent)
        usage = schema.Usage(
            input_tokens=10, output_tokens=5, cached_read_tokens=4, total_tokens=19
        )
        return schema.PromptResponse(stop_reason=sys.argv[1], usage=usage)

    async def _tell(self, session_id, update):
        await self.client.session_update(session_id=session_id, update=update)


if __name__ == "__main__":
    asyncio.run(acp.run_agent(SdkAgent()))

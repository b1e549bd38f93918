"""The same conversation in the words of each protocol, written by hand: a question, a call, its output, an end."""

ANTHROPIC_CALL = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}}
ANTHROPIC_REQUESTS = [
    {
        "system": [{"type": "text", "text": "Be brief."}],
        "tools": [{"name": "Bash"}],
        "messages": [{"role": "user", "content": "List the files."}],
    },
    {
        "system": [{"type": "text", "text": "Be brief."}],
        "tools": [{"name": "Bash"}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "List the files."}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "I look.", "signature": "x"},
                    {"type": "text", "text": "Looking. "},
                    ANTHROPIC_CALL,
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_1",
                        "content": [{"type": "text", "text": "a.py"}],
                        "cache_control": {"type": "ephemeral"},
                    }
                ],
            },
        ],
    },
]
ANTHROPIC_ANSWERS = [
    {
        "type": "message",
        "id": "msg_1",
        "content": [
            {"type": "thinking", "thinking": "I look.", "signature": "x"},
            {"type": "text", "text": "Looking."},
            ANTHROPIC_CALL,
        ],
    },
    {"type": "message", "id": "msg_2", "content": [{"type": "text", "text": "Only a.py."}]},
]
ANTHROPIC_EVENTS = [
    [
        {"type": "message_start", "message": {"id": "msg_1", "content": []}},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": ""},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": "I "},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": "look."},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "signature_delta", "signature": "x"},
        },
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "text_delta", "text": "Looking."},
        },
        {"type": "ping"},
        {
            "type": "content_block_start",
            "index": 2,
            "content_block": {**ANTHROPIC_CALL, "input": {}},
        },
        {
            "type": "content_block_delta",
            "index": 2,
            "delta": {"type": "input_json_delta", "partial_json": '{"comm'},
        },
        {
            "type": "content_block_delta",
            "index": 2,
            "delta": {"type": "input_json_delta", "partial_json": 'and": "ls"}'},
        },
        {"type": "content_block_stop", "index": 2},
        {"type": "message_stop"},
    ],
    [
        {"type": "message_start", "message": {"id": "msg_2", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": "Only a.py."},
        },
        {"type": "message_stop"},
    ],
]

CHAT_CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "Bash", "arguments": '{"command": "ls"}'},
}
CHAT_START = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "List the files."},
]
CHAT_REQUESTS = [
    {"tools": [{}], "messages": CHAT_START},
    {
        "tools": [{}],
        "messages": [
            *CHAT_START,
            {"role": "assistant", "content": "Looking.", "tool_calls": [CHAT_CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": "a.py"},
        ],
    },
]
CHAT_ANSWERS = [
    {
        "id": "c1",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "reasoning_content": "I look.",
                    "content": "Looking.",
                    "tool_calls": [CHAT_CALL],
                },
            }
        ],
    },
    {
        "id": "c2",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Only a.py."}}],
    },
]


def _delta(**delta):
    return {"id": "c", "choices": [{"index": 0, "delta": delta}]}


CHAT_EVENTS = [
    [
        _delta(role="assistant", content=None),
        _delta(reasoning_content="I "),
        _delta(reasoning_content="look."),
        _delta(content="Look"),
        _delta(content="ing."),
        _delta(
            tool_calls=[{"index": 0, "id": "call_1", "function": {"name": "Bash", "arguments": ""}}]
        ),
        _delta(tool_calls=[{"index": 0, "function": {"arguments": '{"command":'}}]),
        _delta(tool_calls=[{"index": 0, "function": {"arguments": ' "ls"}'}}]),
        {"id": "c", "choices": [], "usage": {}},
        "[DONE]",
    ],
    [_delta(content="Only a.py."), "[DONE]"],
]

RESPONSES_MESSAGE = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Looking."}],
}
RESPONSES_THOUGHT = {
    "type": "reasoning",
    "id": "rs",
    "summary": [{"type": "summary_text", "text": "I look."}],
}
RESPONSES_CALL = {
    "type": "function_call",
    "call_id": "call_1",
    "name": "Bash",
    "arguments": '{"command": "ls"}',
}
RESPONSES_END = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Only a.py."}],
}
RESPONSES_START = [{"role": "user", "content": [{"type": "input_text", "text": "List the files."}]}]
RESPONSES_REQUESTS = [
    {"instructions": "Be brief.", "tools": [{}], "input": RESPONSES_START},
    {
        "instructions": "Be brief.",
        "tools": [{}],
        "input": [
            *RESPONSES_START,
            RESPONSES_THOUGHT,
            RESPONSES_MESSAGE,
            RESPONSES_CALL,
            {"type": "function_call_output", "call_id": "call_1", "output": "a.py"},
        ],
    },
]
RESPONSES_ANSWERS = [
    {
        "id": "r1",
        "object": "response",
        "output": [RESPONSES_THOUGHT, RESPONSES_MESSAGE, RESPONSES_CALL],
    },
    {"id": "r2", "object": "response", "output": [RESPONSES_END]},
]
RESPONSES_EVENTS = [
    [
        {"type": "response.created", "response": {"id": "r1", "output": []}},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**RESPONSES_THOUGHT, "summary": []},
        },
        {"type": "response.output_item.done", "output_index": 0, "item": RESPONSES_THOUGHT},
        {
            "type": "response.output_item.added",
            "output_index": 1,
            "item": {**RESPONSES_MESSAGE, "content": []},
        },
        {"type": "response.output_text.delta", "output_index": 1, "delta": "Look"},
        {"type": "response.output_text.delta", "output_index": 1, "delta": "ing."},
        {
            "type": "response.output_item.added",
            "output_index": 2,
            "item": {**RESPONSES_CALL, "arguments": ""},
        },
        {
            "type": "response.function_call_arguments.delta",
            "output_index": 2,
            "delta": '{"command": "ls"}',
        },
        # Some servers leave the output out of the last event.
        {"type": "response.completed", "response": {"id": "r1", "output": []}},
    ],
    [{"type": "response.completed", "response": {"id": "r2", "output": [RESPONSES_END]}}],
]

GEMINI_CALL = {"functionCall": {"name": "Bash", "args": {"command": "ls"}}, "thoughtSignature": "x"}
GEMINI_START = [{"role": "user", "parts": [{"text": "List the files."}]}]
GEMINI_REQUESTS = [
    {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [{}],
        "contents": GEMINI_START,
    },
    {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [{}],
        "contents": [
            *GEMINI_START,
            {"role": "model", "parts": [{"text": "Looking."}, GEMINI_CALL]},
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "Bash", "response": {"output": "a.py"}}}],
            },
        ],
    },
]


def _parts(*parts):
    return {"responseId": "g", "candidates": [{"content": {"role": "model", "parts": [*parts]}}]}


GEMINI_ANSWERS = [
    _parts({"text": "I look.", "thought": True}, {"text": "Looking."}, GEMINI_CALL),
    _parts({"text": "Only a.py."}),
]
GEMINI_EVENTS = [
    [
        _parts({"text": "I ", "thought": True}),
        _parts({"text": "look.", "thought": True}),
        _parts({"text": "Look"}),
        _parts({"text": "ing."}, GEMINI_CALL),
    ],
    [_parts({"text": "Only "}), _parts({"text": "a.py."})],
]

PROTOCOLS = {
    "messages": (ANTHROPIC_REQUESTS, ANTHROPIC_ANSWERS, ANTHROPIC_EVENTS),
    "chat": (CHAT_REQUESTS, CHAT_ANSWERS, CHAT_EVENTS),
    "responses": (RESPONSES_REQUESTS, RESPONSES_ANSWERS, RESPONSES_EVENTS),
    "generate": (GEMINI_REQUESTS, GEMINI_ANSWERS, GEMINI_EVENTS),
}

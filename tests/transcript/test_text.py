"""A transcript as a terminal and a page show it."""

from transcript.bodies import conversation, exchanged, made_of

from awb_core.report.html_transcript import STEPS_SHOWN, render_transcript
from awb_core.transcript.model import Call, Result, Step, Transcript
from awb_core.transcript.text import render_text

SHOWN = """\
t.1: tester 1.0 m-1

--- 1 system
Be brief.

--- 2 user
List the files.

--- 3 agent: request 1, 10 tokens in (4 cached), 3 out, $0.2500, 0.5 s
~ I look.
Looking.
> Bash: ls
  | a.py

--- 4 agent: request 2, 10 tokens in (4 cached), 3 out, $0.2500, 0.5 s
Only a.py.

4 steps; 20 tokens in (8 cached), 6 out, $0.5000
"""
NASTY = Transcript(
    session="s",
    agent="a",
    steps=(
        Step(
            source="agent",
            text="<script>alert(1)</script>\x1b[31mred\x07",
            calls=(Call(id="1", name="Write", arguments={"path": "a", "content": "x\ny"}),),
            results=(Result(call="1", text="\n".join(map(str, range(100))), is_error=True),),
            error="cut_by_upstream",
        ),
    ),
)


def test_a_small_transcript_reads_like_this():
    assert render_text(conversation("messages", streamed=True)) == SHOWN


def test_nothing_in_a_text_moves_the_cursor_and_long_outputs_are_cut():
    text = render_text(NASTY)

    assert "\x1b" not in text
    assert "\x07" not in text
    assert "> Write:\n    path: a\n    content:\n      x\n      y\n" in text
    assert "  ! [... 88 lines ...]\n  ! 96\n" in text
    assert "\n! cut_by_upstream\n" in text


def test_a_failed_request_says_so_once():
    text = render_text(
        made_of(
            exchanged(1, "chat", {}, {"error": {}}, status=500, provider_error="server_error: no")
        )
    )

    assert text.count("server_error: no") == 1


def test_the_page_has_the_steps_escaped():
    page = "".join(render_transcript(NASTY))

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<summary>Transcript: 1 steps" in page
    assert page.count("<details>") == page.count("</details>") == 1


def test_of_many_steps_the_page_has_the_first_and_the_last():
    steps = tuple(Step(source="user", text=f"step {number}.") for number in range(1000))

    page = "".join(render_transcript(Transcript(session="s", agent="a", steps=steps)))

    assert page.count("<pre>") == STEPS_SHOWN
    assert "step 0." in page
    assert "step 999." in page
    assert f"{1000 - STEPS_SHOWN} more steps" in page

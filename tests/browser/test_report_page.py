"""The report as a browser shows it: offline, whole, readable."""

import json
import re
import struct
import subprocess
import zlib
from html.parser import HTMLParser

import pytest
from tests_support import JUDGE, TASK, Site, write_task

from awb_core.report.colours import background, foreground, stripe

pytestmark = pytest.mark.browser

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0"),
)
EVIL = "Sums <script>alert('x')</script> & <b>\\"
HALF = JUDGE.replace("return answer", "assert answer.get('value') is not None\n    return answer")
WORKFLOWS = ("noop", "reference:partial", "reference:minimal", "reference:canonical")


@pytest.fixture(scope="session")
def page(tmp_path_factory):
    """The page of a run with passes, failures and invalid trials in two dimensions."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "site").mkdir()
    site = Site(folder / "site")
    tasks = site.add_pack()
    write_task(tasks, toml=TASK.replace('"Add numbers"', f"'''{EVIL}'''"))
    write_task(tasks, "tiny-half", judge=HALF)
    other = TASK.replace("debugging", "refactoring")
    write_task(tasks, "tiny-other", toml=other)
    chosen = [word for name in WORKFLOWS for word in ("-w", name)]
    run = folder / "run"
    done = site.awb("run", *chosen, "--task", "tiny-*", "--sandbox", "local", "--out", run)
    assert done.returncode == 1, done.stderr  # some trials are invalid
    done = site.awb("report", run, "--format", "html")
    assert done.returncode == 0, done.stderr
    return run / "report.html"


def open_page(page, profile, *arguments):
    command = ["chromium", *FLAGS, f"--user-data-dir={profile}", *arguments, page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done


class Document(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.rows = [], [], [], []
        self._in_map = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[key] for key in ("href", "src") if key in found]
        self._in_map = self._in_map or (tag == "table" and found.get("class") == "map")
        if self._in_map and tag == "tr":
            self.rows.append([])
        if self._in_map and tag in ("td", "th"):
            self.rows[-1].append((found.get("class", ""), []))

    def handle_endtag(self, tag):
        self._in_map = self._in_map and tag != "table"

    def handle_data(self, data):
        if self._in_map and self.rows and self.rows[-1] and data.strip():
            self.rows[-1][-1][1].append(data.strip())


@pytest.fixture(scope="session")
def opened(page, tmp_path_factory):
    """What the browser makes of the page, what it asks the network for, and what it says."""
    folder = tmp_path_factory.mktemp("opened")
    done = open_page(page, folder / "profile", "--dump-dom", f"--log-net-log={folder / 'net.json'}")
    return Document(done.stdout.decode()), requests(folder / "net.json"), done.stderr.decode()


def requests(log):
    """Return what files asked the network for; the browser asks for things of its own, too."""
    events = (event.get("params", {}) for event in json.loads(log.read_text())["events"])
    return {e["url"] for e in events if e.get("network_isolation_key", "").startswith("file:")}


def test_the_page_opens_offline_and_asks_for_nothing(opened):
    _, asked, said = opened

    assert asked == set()
    assert "Content Security Policy" not in said
    assert "CONSOLE" not in said


def test_a_request_would_be_seen(page, tmp_path):
    text = page.read_text()
    image = '<img src="http://awb.invalid/x.png">'
    guarded, open_ = tmp_path / "guarded.html", tmp_path / "open.html"
    guarded.write_text(text.replace("<main>", f"<main>{image}"))
    open_.write_text(re.sub(r"<meta http-equiv[^>]+>", "", guarded.read_text()))

    said = open_page(guarded, tmp_path / "a", "--dump-dom").stderr.decode()
    open_page(open_, tmp_path / "b", "--dump-dom", f"--log-net-log={tmp_path / 'net.json'}")

    assert "Content Security Policy" in said
    assert "http://awb.invalid/x.png" in requests(tmp_path / "net.json")


def test_the_table_has_a_cell_for_each_workflow_and_dimension(opened):
    document, _, _ = opened

    head, *rows = document.rows
    assert [" ".join(words) for _, words in head[1:]] == ["Debugging", "Refactoring", "Overall"]
    found = {row[0][1][0]: row[1:] for row in rows}
    assert list(found) == list(reversed(WORKFLOWS))  # best first
    assert all(len(cells) == 3 for cells in found.values())
    best, worst = found["reference:canonical"], found["noop"]
    assert best[1] == ("cell thin", ["0.95", best[1][1][1], "n=1"])
    assert re.fullmatch(r"0\.\d\d\u2013[01]\.\d\d", best[1][1][1])
    assert worst[0][1][0] == "0.00"
    assert worst[0][1][-1] == "n=1, 1 invalid"
    assert found["reference:minimal"][1][1][0] == "0.55"
    assert best[2][0] == "cell total"


def test_every_link_leads_to_something_in_the_page(opened):
    document, _, _ = opened

    assert len(document.links) == 8  # a cell each, the overall ones lead nowhere
    assert all(link.startswith("#") for link in document.links)
    assert {link[1:] for link in document.links} == set(document.ids)
    assert len(set(document.ids)) == len(document.ids)


def test_text_of_tasks_is_text(opened, page):
    document, _, _ = opened

    assert "script" not in document.tags
    assert "Sums &lt;script&gt;alert(" in page.read_text()
    assert document.tags.count("article") == 12


def luminance(colour):
    parts = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, two):
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_on_every_colour_of_the_ramp_and_on_its_stripes():
    for step in range(1001):
        value = step / 1000
        back, text = background(value), foreground(value)
        assert contrast(back, text) >= 4.5, value
        assert contrast(blended(back, stripe(value)), text) >= 4.5, value


def blended(colour, over):
    *channels, opacity = map(float, re.findall(r"[\d.]+", over))
    pairs = zip(colour, channels, strict=True)
    return [below + opacity * (above - below) for below, above in pairs]


def pixels(path):
    """Return the size and the rows of RGB triples of a PNG file that is not interlaced."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    place, body = 8, b""
    while place < len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        chunk = data[place + 8 : place + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunk)
        body += chunk if kind == b"IDAT" else b""
        place += size + 12
    assert (depth, colour) in ((8, 2), (8, 6))
    step = 3 if colour == 2 else 4
    raw, before, rows = zlib.decompress(body), bytearray(width * step), []
    for start in range(0, len(raw), width * step + 1):
        line = bytearray(raw[start + 1 : start + 1 + width * step])
        for i in range(len(line)):
            left, up = (line[i - step] if i >= step else 0), before[i]
            corner = before[i - step] if i >= step else 0
            line[i] = (line[i] + filtered(raw[start], left, up, corner)) & 255
        rows.append([tuple(line[i : i + 3]) for i in range(0, len(line), step)])
        before = line
    return width, height, rows


def filtered(kind, left, up, corner):
    if kind == 4:
        distances = [(abs(left + up - corner - p), n, p) for n, p in enumerate((left, up, corner))]
        return min(distances)[2]
    return (0, left, up, (left + up) // 2)[kind]


def test_the_page_is_drawn_with_the_colours_of_its_scores(page, tmp_path):
    shot = tmp_path / "shot.png"
    open_page(page, tmp_path / "profile", f"--screenshot={shot}", "--window-size=900,700")

    width, height, rows = pixels(shot)

    assert (width, height) == (900, 700)
    counts = {}
    for row in rows:
        for colour in row:
            counts[colour] = counts.get(colour, 0) + 1
    assert len(counts) > 100
    for value in (0.0, 0.95):
        assert counts.get(background(value), 0) > 300, value
    assert max(counts.values()) < width * height * 0.9

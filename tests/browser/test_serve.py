"""`serve`, as a process of its own: what it prints, when, and how it ends."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.chat.server import listening
from bot.markup import colours
from corpus.errors import SettingsError
from tests.browser.conftest import REPO, Reader, Site

# Looks and ends like the real thing; a connection to anywhere but this machine is told on stderr.
SCRIPT = """
import sys
def told(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo") and "127.0.0.1" not in repr(arguments):
        print(event, arguments, file=sys.stderr)
sys.addaudithook(told)
from pathlib import Path
from bot.chat.server import serve
from bot.settings import Settings
from tests.browser.fake_bot import FakeBot
looks = {"title": "Help of <Acme>", "greeting": "Hello & welcome", "colour": "#ffdd00"}
serve(FakeBot, Settings(port=0, data=Path(sys.argv[1]), **looks))
"""


def colour(css: str) -> str:
    """#rrggbb of rgb(r, g, b)."""
    return "#" + "".join(f"{int(channel):02x}" for channel in re.findall(r"\d+", css))


@contextmanager
def served(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the line it printed first."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(data)], cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def test_it_says_ready_only_when_it_can_answer_and_ends_quietly(
    chromium: object, tmp_path: Path, reader: Reader
) -> None:
    began = time.monotonic()
    with served(tmp_path / "votes.sqlite") as (process, line):
        assert line.startswith("Footnote is ready at http://127.0.0.1:")
        assert time.monotonic() - began < 20
        address = line.split()[-1]
        with urllib.request.urlopen(address, timeout=5) as answer:
            assert answer.status == 200
        reader.site = Site(reader.site.bot, address, tmp_path)
        reader.open()
        assert (reader.say("h1"), reader.say(".greeting")) == ("Help of <Acme>", "Hello & welcome")
        ask = "getComputedStyle(document.querySelector('#fn-ask'))"
        ground, ink = (colour(reader.page.evaluate(f"{ask}.{name}")) for name in ("backgroundColor", "color"))
        assert ground != colours.readable("#2f5d50", "#ffffff")
        assert colours.contrast(ground, ink) >= colours.READABLE
        reader.ask("Is CLIP an LLM?")  # an open page must not keep the server from ending
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=8)
    assert (process.returncode, out, err) == (0, "", "")
    reader.complaints.clear()  # the page notices that its server is gone, as it should


def test_a_folder_that_cannot_be_written_is_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with served(tmp_path / "file" / "votes.sqlite") as (process, line):
        assert line.startswith("Footnote is ready")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=8)
    assert sorted(line.split(" are not kept: ")[0] for line in err.splitlines()) == [
        "questions and answers",
        "thumbs up and down",
    ]


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"^port {port} is in use; set FOOTNOTE_PORT or --port$"), \
                listening("127.0.0.1", port):  # fmt: skip
            pass


def test_an_address_that_is_not_ours_is_one_line() -> None:
    with pytest.raises(SettingsError, match=r"cannot listen on 192\.0\.2\.1 port 7860"), listening("192.0.2.1", 7860):
        pass


def test_no_other_site_may_read_this_one(site: Site) -> None:
    request = urllib.request.Request(f"{site.address}/config", headers={"Origin": "https://evil.example"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert "access-control-allow-origin" not in {name.lower() for name in answer.headers}


def test_nothing_can_be_uploaded(site: Site) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nlong enough\r\n--x--\r\n'
    request = urllib.request.Request(
        f"{site.address}/gradio_api/upload", body, {"Content-Type": "multipart/form-data; boundary=x"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    refused.value.close()
    assert refused.value.code == 413

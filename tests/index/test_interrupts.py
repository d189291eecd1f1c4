"""Ctrl-C while libraries load is one line and the shell's code, and afterwards what it was before."""

import signal
import subprocess
import sys
import threading

from index.interrupts import ends_at_once

INTERRUPTED = """
import os, signal
from index.interrupts import ends_at_once
with ends_at_once():
    os.kill(os.getpid(), signal.SIGINT)
    print("still here")
"""


def test_an_interrupt_ends_the_process_with_one_line() -> None:
    run = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "footnote: stopped\n")


def test_afterwards_the_handler_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with ends_at_once():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_leave_the_handler_alone() -> None:
    seen: list[object] = []

    def look() -> None:
        with ends_at_once():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]

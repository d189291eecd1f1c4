"""Ctrl-C while large libraries load."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended: 128 and the signal's number


@contextmanager
def ends_at_once() -> Iterator[None]:
    """While it lasts Ctrl-C ends the process with one line.

    C++ code that is being loaded does not pass KeyboardInterrupt on: it aborts the process with a message of its own.
    Nothing is open yet that would have to be closed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers, and only it is interrupted
        return
    before = signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(*_: object) -> None:
    os.write(2, b"footnote: stopped\n")
    os._exit(INTERRUPTED)

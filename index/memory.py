"""Memory that this process has freed."""

import ctypes
import sys


def give_back() -> None:
    """Let the system have it: glibc keeps it for later, 170 MB once passages of all lengths were embedded.

    Other C libraries have no such call and are left alone.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)

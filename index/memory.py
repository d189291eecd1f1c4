"""Memory that this process has freed, or can read again."""

import ctypes
import sys

from index.tensors import give_back_mapped


def give_back() -> None:
    """Let the system have it: the pages of mapped weights, and what glibc keeps for later.

    Those are some 250 MB, and 170 MB once passages of all lengths were embedded. Other C libraries have no such call
    and are left alone.
    """
    give_back_mapped()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)

"""Where an index lies: a folder of generations and a file CURRENT that names the one in use.

A generation is written whole beside the others; replacing CURRENT is the one step that puts it to use. Killed before
that step, the old generation is in use; after it, the new one. What no longer is in use goes at the next build. Only
the journal of vectors (index/embedded.py) outlives a build that was killed; it goes when one ends well.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.errors import StoredIndexError
from index.manifest import MEND

CURRENT = "CURRENT"
LOCK = ".lock"
JOURNAL = "embedded.part"
PREFIX = "gen-"


def current(folder: Path) -> Path:
    """The generation in use; StoredIndexError when there is none."""
    before: str | None = None
    while True:
        name = _named(folder)
        if name.startswith(PREFIX) and Path(name).name == name and (folder / name).is_dir():
            return folder / name
        if name == before:
            raise StoredIndexError(f"index {folder}: {CURRENT} names no index; {MEND}")
        before = name  # a builder may have put another to use, and removed this one, since it was read: look again


def _named(folder: Path) -> str:
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise StoredIndexError(f"index {folder}: there is no index here; {MEND}") from None
    except (OSError, ValueError) as error:
        raise StoredIndexError(f"index {folder}: {CURRENT} cannot be read ({_reason(error)}); {MEND}") from None


@contextmanager
def new_generation(folder: Path) -> Iterator[Path]:
    """A fresh folder to write to, put to use when the block ends well; one builder at a time.

    StoredIndexError when another builder is at work or when nothing can be written; the index in use stays.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):
            _sweep(folder)
            fresh = folder / f"{PREFIX}{uuid.uuid4().hex[:12]}"
            fresh.mkdir()
            try:
                yield fresh
                _put_to_use(folder, fresh)
                with suppress(OSError):  # where open files cannot be removed the next build does it
                    (folder / JOURNAL).unlink(missing_ok=True)
            finally:
                _sweep(folder)
    except Timeout:
        raise StoredIndexError(
            f"index {folder}: another process is building it; wait until it is done, then {MEND}"
        ) from None
    except OSError as error:
        raise StoredIndexError(
            f"index {folder}: cannot be written ({_reason(error)}), what was there is unchanged; "
            f"free space or choose another folder, then {MEND}"
        ) from error


def _put_to_use(folder: Path, fresh: Path) -> None:
    """Everything to the disk, then one rename."""
    for path in sorted(fresh.rglob("*"), reverse=True):
        _sync(path)
    _sync(fresh)
    pointer = folder / f"{CURRENT}.new"
    pointer.write_text(f"{fresh.name}\n", encoding="utf-8")
    _sync(pointer)
    os.replace(pointer, folder / CURRENT)
    _sync(folder)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove generations not in use: of builds that were killed, and the one just replaced.

    While the pointer is there but cannot be followed, nobody knows which one is in use, and all stay.
    """
    try:
        kept = current(folder).name
    except StoredIndexError:
        if (folder / CURRENT).exists():
            return
        kept = ""
    for path in folder.glob(f"{PREFIX}*"):
        if path.name != kept:
            shutil.rmtree(path, ignore_errors=True)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)

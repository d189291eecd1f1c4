"""Which files of a folder are read, and a line about each that is not."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.clean import one_line
from corpus.types import Problem

# Pages drag these along; nobody expects them to answer questions.
_ASSET_SUFFIXES = """
    .png .jpg .jpeg .gif .svg .webp .avif .ico .bmp .tif .tiff .css .scss .js .mjs .map .woff .woff2 .ttf .otf .eot
    .mp3 .mp4 .webm .ogg .wav .mov .yml .yaml .toml .lock .ini .db .py
"""
_ASSETS = frozenset(_ASSET_SUFFIXES.split())
_ASSET_NAMES = frozenset({"makefile", "license", "robots.txt", "sitemap.xml", "thumbs.db", "desktop.ini", "cname"})
_SKIPPED_FOLDERS = frozenset({"__MACOSX", "node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Found:
    """The files to read, by their path below the folder, and what was left out."""

    names: tuple[str, ...]
    problems: tuple[Problem, ...]


def find_files(folder: Path, suffixes: frozenset[str]) -> Found:
    """All regular files below a folder with one of the suffixes, sorted; hidden ones are not looked at."""
    names: list[str] = []
    problems: list[Problem] = []
    unknown: dict[str, list[str]] = {}
    root = folder.resolve()
    for path, name in _walk(folder, problems):
        suffix = path.suffix.lower()
        complaint = _complaint(path, name, root)
        if complaint is not None:
            problems += [complaint] if complaint.message else []
        elif suffix in suffixes and path.name.lower() not in _ASSET_NAMES:
            names.append(name)
        elif suffix not in _ASSETS and path.name.lower() not in _ASSET_NAMES:
            unknown.setdefault(suffix, []).append(name)
    problems += (_unknown(suffix, found) for suffix, found in sorted(unknown.items()))
    return Found(tuple(sorted(names)), tuple(problems))


def _walk(folder: Path, problems: list[Problem]) -> Iterator[tuple[Path, str]]:
    def unreadable(error: OSError) -> None:
        name = Path(error.filename).relative_to(folder).as_posix()
        problems.append(Problem(shown(name), f"cannot be listed ({error.strerror}); allow reading it"))

    for here, folders, files in os.walk(folder, onerror=unreadable):
        links = [name for name in folders if os.path.islink(os.path.join(here, name)) and not _is_hidden(name)]
        folders[:] = sorted(name for name in folders if not _is_hidden(name) and name not in _SKIPPED_FOLDERS)
        for name in sorted(files) + links:
            if not _is_hidden(name):
                path = Path(here, name)
                yield path, path.relative_to(folder).as_posix()


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$"))


def _complaint(path: Path, name: str, root: Path) -> Problem | None:
    """Why a path is not read; an empty message for what needs no line."""
    if shown(name) != name:
        return Problem(shown(name), "has a name with unprintable characters; rename it")
    try:
        if path.is_symlink():
            target = path.resolve(strict=True)
            # A link within the folder leads to what is read anyway.
            inside = target.is_relative_to(root)
            return Problem(name, "" if inside else "is a link that leaves the folder; put a copy in its place")
        mode = path.stat().st_mode
    except (OSError, RuntimeError) as error:
        return Problem(
            name,
            f"cannot be opened ({getattr(error, 'strerror', None) or 'a link that leads nowhere'}); mend or remove it",
        )
    return None if stat.S_ISREG(mode) else Problem(name, "is no regular file, left out", is_error=False)


def _unknown(suffix: str, names: list[str]) -> Problem:
    more = f" (and {len(names) - 1} more such files)" if len(names) > 1 else ""
    return Problem(
        names[0], f"{suffix or 'a file without extension'} is not an article format, left out{more}", is_error=False
    )


def shown(name: str) -> str:
    """A path as it can be printed: file names may hold bytes that are no text, or line feeds."""
    printable = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return printable if printable == one_line(printable) else one_line(printable)

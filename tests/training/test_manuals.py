"""Manuals are fetched once, whole or not at all, and a package that is not to be had is left out."""

import os
import random
from pathlib import Path

import pytest

from training import manuals
from training.manuals import fetch, pages_of

PACKAGES = (("cat-doc", "pages/en", "MIT"), ("dog-doc", "pages", "MIT"), ("cat-doc", "pages/more", "MIT"))
# What is asked for is noted; "dog-doc" is no package of the archive.
APT_GET = """#!/bin/sh
echo "$@" >> "{asked}"
[ "$1 $2" = "download -qq" ] || exit 2
[ "$3" = dog-doc ] && exit 100
echo contents > "$3_1.0_all.deb"
"""
DPKG = """#!/bin/sh
[ "$1" = -x ] || exit 2
[ -e "{broken}" ] && mkdir -p "$3" && exit 1
mkdir -p "$3/pages/en" && cp "$2" "$3/pages/en/one.html"
"""


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what apt-get was asked, and with a file "broken" while packages cannot be unpacked."""
    for name, script in (("apt-get", APT_GET), ("dpkg", DPKG)):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(script.format(asked=tmp_path / "asked", broken=tmp_path / "broken"), encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(manuals, "MANUALS", PACKAGES)
    return tmp_path


def asked(archive: Path) -> list[str]:
    """The packages that were asked for."""
    return [line.split()[-1] for line in (archive / "asked").read_text(encoding="utf-8").splitlines()]


def test_every_package_is_fetched_once_and_one_that_is_not_to_be_had_is_told(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = archive / "manuals"
    fetch(folder)
    assert asked(archive) == ["cat-doc", "dog-doc"]
    assert (folder / "cat-doc" / "pages" / "en" / "one.html").read_text(encoding="utf-8") == "contents\n"
    assert sorted(path.name for path in folder.iterdir()) == ["cat-doc"]
    assert "dog-doc: not to be had here" in capsys.readouterr().err
    fetch(folder)
    assert asked(archive) == ["cat-doc", "dog-doc", "dog-doc"]  # what is there is not asked for again


def test_a_package_that_was_half_unpacked_does_not_count_as_there(archive: Path) -> None:
    folder = archive / "manuals"
    (archive / "broken").touch()
    with pytest.raises(manuals.subprocess.CalledProcessError):
        fetch(folder)
    assert not (folder / "cat-doc").exists()
    (archive / "broken").unlink()
    fetch(folder)
    assert (folder / "cat-doc" / "pages" / "en" / "one.html").is_file()
    assert asked(archive) == ["cat-doc", "cat-doc", "dog-doc"]


def test_pages_are_drawn_from_the_manual_without_references_lists_of_changes_and_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "doc"
    kept = [f"guide{number}.html" for number in range(5)]
    for name in (*kept, "c3ref/ref.html", "release-notes.html", "git.1.html", "picture.png"):
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<html><title>{name}</title><body><h1>{name}</h1><p>Cats purr.</p></body></html>")
    (source / "again.html").symlink_to(source / "guide0.html")
    assert {one.title for one in pages_of(source, tmp_path / "work", random.Random(1))} == set(kept)
    monkeypatch.setattr(manuals, "PAGES", 2)
    assert len(pages_of(source, tmp_path / "work", random.Random(1))) == 2  # nothing is left of the first drawing

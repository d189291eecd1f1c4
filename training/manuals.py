"""Debian's documentation packages as help centres: unpacked, never installed, read as the product reads them.

What they say is trained on; nothing of it ships.
"""

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

from corpus.load import load_articles
from corpus.types import Article, Section

# Package, folder of its pages in English, licence.
MANUALS = (
    ("libreoffice-help-en-us", "usr/share/libreoffice/help/en-US/text", "MPL-2.0"),
    ("gimp-help-en", "usr/share/gimp/2.0/help/en", "GFDL-1.2+"),
    ("gnucash-docs", "usr/share/doc/gnucash-docs/gnucash-guide-en", "GFDL-1.1+"),
    ("gnucash-docs", "usr/share/doc/gnucash-docs/gnucash-help-en", "GFDL-1.1+"),
    ("python3.11-doc", "usr/share/doc/python3.11/html/faq", "PSF-2.0"),
    ("python3.11-doc", "usr/share/doc/python3.11/html/tutorial", "PSF-2.0"),
    ("git-doc", "usr/share/doc/git-doc", "GPL-2.0"),
    ("postgresql-doc-15", "usr/share/doc/postgresql-doc-15/html", "PostgreSQL"),
    ("apache2-doc", "usr/share/doc/apache2-doc/manual/en", "Apache-2.0"),
    ("sqlite3-doc", "usr/share/doc/sqlite3", "public domain"),
    ("borgbackup-doc", "usr/share/doc/borgbackup/html", "BSD-3-Clause"),
    ("nextcloud-desktop-doc", "usr/share/doc/nextcloud-desktop/html", "GPL-2.0+"),
    ("postfix-doc", "usr/share/doc/postfix/html", "EPL-2.0"),
    ("rsyslog-doc", "usr/share/doc/rsyslog-doc/html", "Apache-2.0"),
    ("exim4-doc-html", "usr/share/doc/exim4-doc-html", "GPL-2.0+"),
    ("docker-doc", "usr/share/doc/docker-doc", "Apache-2.0"),
    ("hplip-doc", "usr/share/doc/hplip-doc", "GPL-2.0+"),
)
# Manual pages, references of functions, lists of changes.
LEFT_OUT = re.compile(
    r"/(sbasic|scripts|_static|_sources|fonts|c3ref|man|api)/|\.[1-8]\.html$|release|changes|licen[cs]e", re.IGNORECASE
)
PAGES = 200  # of a manual
HIDDEN = 0.5  # share of headings that are hidden: the text must do without them


def fetch(folder: Path) -> None:
    """Download and unpack the packages that are not there yet; one that is not to be had is told and left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in dict.fromkeys(name for name, _, _ in MANUALS):
        if (folder / package).exists():
            continue
        if subprocess.run(["apt-get", "download", "-qq", package], cwd=folder).returncode:
            print(f"{package}: not to be had here, trained without", file=sys.stderr)
            continue
        archive = next(folder.glob(f"{package}_*.deb"))
        subprocess.run(["dpkg", "-x", archive.name, f"{package}.part"], cwd=folder, check=True)
        (folder / f"{package}.part").rename(folder / package)
        archive.unlink()


def pages_of(source: Path, work: Path, chance: random.Random) -> tuple[Article, ...]:
    """Some pages of a manual, copied to `work` and read from there."""
    found = sorted(path for path in source.rglob("*") if path.suffix in (".html", ".md"))
    found = [path for path in found if path.is_file() and not path.is_symlink()]
    found = [path for path in found if not LEFT_OUT.search(f"/{path.relative_to(source)}")]
    shutil.rmtree(work, ignore_errors=True)
    for path in chance.sample(found, min(PAGES, len(found))):
        copy = work / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return load_articles(work).articles


def partly_hidden(one: Article, chance: random.Random) -> Article:
    """The article with half of its headings gone, their lines too: they would be read as text."""
    hidden = [section.body > section.start and chance.random() < HIDDEN for section in one.sections]
    text, sections = "", []
    for section, hide in zip(one.sections, hidden, strict=True):
        begin = section.body if hide else section.start
        path = section.heading_path[:-1] if hide else section.heading_path
        at = len(text)
        text += one.text[begin : section.end]
        sections.append(Section(path, "", at, at + section.body - begin, len(text)))
    title = "" if one.title.endswith("?") and chance.random() < HIDDEN else one.title
    return Article(one.id, title, "", text, tuple(sections))

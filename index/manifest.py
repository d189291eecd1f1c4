"""What an index is made of, written last and checked first."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import StoredIndexError
from index.chunk import CHUNKING
from index.digest import sha256_of
from index.store import Kind

FORMAT = 2  # raise it when files are added, renamed or written otherwise; an old index may have more
MANIFEST = "manifest.json"
MEND = "run `python app.py index`"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of an index."""

    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The choices made when an index was built, and its files."""

    embedder: str  # fingerprint
    dtype: str  # what its vectors were computed in, and by what engine where that is not torch
    dimension: int
    corpus: str  # sha256 over all articles
    articles: int
    chunks: int
    questions: int
    files: dict[str, StoredFile]  # by path below the generation's folder, with forward slashes
    search: Kind = "exact"  # of the chunks
    question_search: Kind = "exact"  # of the FAQ entries' questions
    chunking: str = CHUNKING
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write manifest.json into a generation's folder."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation; StoredIndexError when it is missing, damaged or of another format."""
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoredIndexError(f"index {folder.parent}: {MANIFEST} is missing; {MEND}") from None
    except (OSError, ValueError):
        raise StoredIndexError(f"index {folder.parent}: {MANIFEST} is damaged; {MEND}") from None
    found = record.get("format") if isinstance(record, dict) else None
    if found != FORMAT:
        raise StoredIndexError(f"index {folder.parent}: written in format {found}, this version reads {FORMAT}; {MEND}")
    try:
        files = {name: StoredFile(**entry) for name, entry in record.pop("files").items()}
        return Manifest(**record, files=files)
    except (TypeError, KeyError, AttributeError):
        raise StoredIndexError(f"index {folder.parent}: {MANIFEST} is damaged; {MEND}") from None


def describe_files(folder: Path) -> dict[str, StoredFile]:
    """Size and hash of every file below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): StoredFile(path.stat().st_size, sha256_of(path)) for path in paths}


def check_files(folder: Path, manifest: Manifest) -> None:
    """StoredIndexError for the first file that is missing, cut short or altered.

    All is read at each start, file beside file on all cores: a million chunks are 3 GB (bench/LOG.md has the seconds),
    and what is read is in memory when the first question comes.
    """
    for name, stored in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise StoredIndexError(f"index {folder.parent}: {name} is missing; {MEND}")
        if path.stat().st_size != stored.size:
            raise StoredIndexError(
                f"index {folder.parent}: {name} has {path.stat().st_size} bytes, not {stored.size}; {MEND}"
            )
    with ThreadPoolExecutor() as pool:
        found = pool.map(sha256_of, [folder / name for name in manifest.files])
        for (name, stored), digest in zip(manifest.files.items(), found, strict=True):
            if digest != stored.sha256:
                raise StoredIndexError(f"index {folder.parent}: {name} is damaged (its sha256 differs); {MEND}")

import errno
import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.store
from corpus.errors import StoredIndexError
from corpus.types import Corpus
from index.build import build_index, open_index
from index.generations import current
from index.manifest import MANIFEST, describe_files, read_manifest
from index.store import Choice
from tests.fakes import WordHashEmbedder
from tests.index.material import ANIMALS, BIRDS, CATS, article, corpus

DATA = (
    "articles.jsonl",
    "chunks.jsonl",
    "articles.npy",
    "chunks.npy",
    "vectors.npy",
    "questions.npy",
    "words.json",
)
KINDS: tuple[Choice, ...] = ("exact", "approximate")
names = st.sets(st.sampled_from(["a.md", "b.md", "c.md"]))
bodies = st.sampled_from(["Cats hunt mice.", "Dogs bark.", "Fish swim.", "Cats hunt mice."])
corpora = st.dictionaries(st.sampled_from(["a.md", "b.md", "c.md", "d.md"]), bodies).map(
    lambda found: corpus(*(article(name, ("", body), ("Can it swim?", body)) for name, body in found.items()))
)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the generation in use."""
    used = current(folder)
    return {path.relative_to(used).as_posix(): path.read_bytes() for path in used.rglob("*") if path.is_file()}


def test_a_built_index_opens_with_the_articles_it_was_built_from(tmp_path: Path) -> None:
    report = build_index(ANIMALS, tmp_path, WordHashEmbedder())
    index = open_index(tmp_path, WordHashEmbedder())
    assert (report.articles, report.chunks, report.embedded, report.reused, report.removed) == (3, 7, 7, 0, 0)
    assert dict(index.articles) == {one.id: one for one in ANIMALS.articles}
    assert len({chunk.id for chunk in index.chunks}) == len(index.chunks) == 7
    passages = WordHashEmbedder().embed_passages([chunk.passage for chunk in index.chunks])
    assert index.vectors.vectors.tobytes() == passages.tobytes()
    for chunk in index.chunks:
        assert index.articles[chunk.article_id].text[chunk.start : chunk.end] == chunk.text


def test_only_changed_texts_are_embedded_and_deleted_ones_go(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    changed = article("dogs.md", *[("", "Dogs bark.")], title="Dogs")
    embedder = WordHashEmbedder()
    report = build_index(corpus(CATS, changed), tmp_path, embedder)
    assert embedder.embedded == ["Dogs\nDogs bark."]
    assert (report.embedded, report.reused, report.removed) == (1, 3, 4)
    assert set(open_index(tmp_path, embedder).articles) == {"cats.md", "dogs.md"}
    build_index(corpus(CATS, changed), tmp_path, embedder, rebuild=True)
    assert len(embedder.embedded) == 1 + 4 + 1


@settings(max_examples=20)
@given(before=corpora, after=corpora, old=st.sampled_from(KINDS), choice=st.sampled_from(KINDS))
def test_an_update_is_the_same_bits_as_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, before: Corpus, after: Corpus, old: Choice, choice: Choice
) -> None:
    updated, rebuilt = tmp_path_factory.mktemp("updated"), tmp_path_factory.mktemp("rebuilt")
    build_index(before, updated, WordHashEmbedder(32), choice=old)
    build_index(after, updated, WordHashEmbedder(32), choice=choice)
    build_index(after, rebuilt, WordHashEmbedder(32), choice=choice)
    assert contents(updated) == contents(rebuilt)


def refused(folder: Path, embedder: WordHashEmbedder | None = None) -> str:
    """The one line with which the index is refused."""
    with pytest.raises(StoredIndexError) as caught:
        open_index(folder, embedder or WordHashEmbedder())
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder) in message
    assert message.endswith("run `python app.py index`")
    return message


def test_a_missing_index_is_refused(tmp_path: Path) -> None:
    assert "there is no index here" in refused(tmp_path / "none")
    (tmp_path / "CURRENT").write_text("../elsewhere\n")
    assert "names no index" in refused(tmp_path)


@pytest.mark.parametrize("name", [*DATA, "bm25/data.csc.index.npy", "bm25/vocab.index.json"])
def test_a_damaged_file_is_refused_and_mended_by_the_next_build(tmp_path: Path, name: str) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    good = contents(tmp_path)
    path = current(tmp_path) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert f"{name} is damaged" in refused(tmp_path)
    path.write_bytes(data[:-1])
    assert f"{name} has {len(data) - 1} bytes" in refused(tmp_path)
    path.unlink()
    assert f"{name} is missing" in refused(tmp_path)
    assert build_index(ANIMALS, tmp_path, WordHashEmbedder()).reused == 0
    assert contents(tmp_path) == good


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 0}, "written in format 0"),
        ({"chunking": "old"}, "cut by the rules old"),
        ({"dimension": 7}, "of dimension 7"),
        ({"chunks": 3}, "do not belong together"),
        ({"files": 3}, "manifest.json is damaged"),
        ({"extra": 3}, "manifest.json is damaged"),
    ],
)
def test_a_stale_or_foreign_index_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    path = current(tmp_path) / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert said in refused(tmp_path)


def test_an_index_with_a_file_that_is_read_no_more_opens_and_lends_its_vectors(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    generation = current(tmp_path)
    (generation / "moments.npy").write_bytes(b"of a gate of before")
    (generation / MANIFEST).rename(tmp_path / MANIFEST)
    files = {name: asdict(one) for name, one in describe_files(generation).items()}
    record = json.loads((tmp_path / MANIFEST).read_text()) | {"files": files}
    (generation / MANIFEST).write_text(json.dumps(record))
    assert len(open_index(tmp_path, WordHashEmbedder()).chunks) == 7
    assert build_index(ANIMALS, tmp_path, WordHashEmbedder()).embedded == 0
    assert not (current(tmp_path) / "moments.npy").exists()


@pytest.mark.parametrize("text", ["", "[]", "{", "\0"])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    (current(tmp_path) / MANIFEST).write_text(text)
    refused(tmp_path)
    (current(tmp_path) / MANIFEST).unlink()
    assert "manifest.json is missing" in refused(tmp_path)


def test_vectors_of_another_type_or_engine_are_refused_and_not_reused(tmp_path: Path) -> None:
    class Other(WordHashEmbedder):
        dtype = "bfloat16, openvino"

    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    told = refused(tmp_path, Other())
    assert "embedded in float32, not bfloat16, openvino as now; run `python app.py index`" in told
    assert build_index(ANIMALS, tmp_path, Other()).reused == 0
    assert open_index(tmp_path, Other()).manifest.dtype == "bfloat16, openvino"


def test_another_embedder_is_refused_and_its_vectors_are_not_reused(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    other = WordHashEmbedder(name="other")
    assert "made with the embedder word-hash:256" in refused(tmp_path, other)
    assert build_index(ANIMALS, tmp_path, other).reused == 0
    assert open_index(tmp_path, other).manifest.embedder == "other:256"


def test_a_full_disk_leaves_the_old_index_and_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    before = contents(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("index.build.write_matrix", full)
        with pytest.raises(StoredIndexError, match="No space left on device") as caught:
            build_index(corpus(BIRDS), tmp_path, WordHashEmbedder())
    assert "\n" not in str(caught.value)
    assert contents(tmp_path) == before
    assert len(list(tmp_path.glob("gen-*"))) == 1


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoredIndexError, match="cannot be written"):
        build_index(ANIMALS, tmp_path / "file" / "index", WordHashEmbedder())


def test_an_index_without_articles_is_an_index(tmp_path: Path) -> None:
    assert build_index(corpus(), tmp_path, WordHashEmbedder()).chunks == 0
    assert open_index(tmp_path, WordHashEmbedder()).search("anything") == ()
    assert build_index(ANIMALS, tmp_path, WordHashEmbedder()).chunks == 7
    assert build_index(corpus(), tmp_path, WordHashEmbedder()).removed == 7


def test_the_manifest_lists_every_file_and_nothing_is_pickled(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    used = current(tmp_path)
    manifest = read_manifest(used)
    assert set(contents(tmp_path)) == {*manifest.files, MANIFEST}
    assert {Path(name).suffix for name in manifest.files} == {".jsonl", ".npy", ".json"}


def test_a_forced_search_is_in_the_manifest_and_what_is_known_is_not_embedded_again(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    exact = open_index(tmp_path, WordHashEmbedder())
    assert (exact.manifest.search, exact.manifest.question_search) == ("exact", "exact")
    assert exact.is_searched("auto")
    assert not exact.is_searched("approximate")
    assert build_index(ANIMALS, tmp_path, WordHashEmbedder(), choice="approximate").embedded == 0
    near = open_index(tmp_path, WordHashEmbedder())
    assert (near.manifest.search, near.vectors.kind, near.questions.kind) == ("approximate",) * 3
    assert near.is_searched("approximate")
    assert not near.is_searched("auto")
    hits = near.search("cat food", 9)
    for hit, other in zip(hits, exact.search("cat food", 9), strict=True):
        assert (hit.chunk, hit.lexical) == (other.chunk, other.lexical)
        assert hit.dense == pytest.approx(other.dense, abs=1e-4)
    (current(tmp_path) / "vectors.faiss").unlink()
    assert "vectors.faiss is missing" in refused(tmp_path)
    assert near.search("cat food", 9) == hits


def stored(folder: Path) -> set[str]:
    return {np.load(current(folder) / name).dtype.str for name in ("vectors.npy", "questions.npy")}


def test_rows_that_codes_propose_are_halves_and_are_not_lent_to_an_exact_search(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder(), choice="approximate")
    assert stored(tmp_path) == {"<f2"}
    assert build_index(ANIMALS, tmp_path, WordHashEmbedder(), choice="approximate").embedded == 0
    assert build_index(ANIMALS, tmp_path, WordHashEmbedder(), choice="exact").reused == 0
    assert stored(tmp_path) == {"<f4"}


def test_an_index_that_shrinks_below_the_bound_is_embedded_anew_and_is_a_rebuilds_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = corpus(CATS)
    monkeypatch.setattr(index.store, "MOST_EXACT", 5)
    assert build_index(ANIMALS, tmp_path / "updated", WordHashEmbedder()).chunks > 5
    report = build_index(few, tmp_path / "updated", WordHashEmbedder())
    assert (report.embedded, report.reused) == (report.chunks, 0)
    build_index(few, tmp_path / "rebuilt", WordHashEmbedder())
    assert contents(tmp_path / "updated") == contents(tmp_path / "rebuilt")


def test_an_index_by_codes_whose_rows_are_whole_still_opens_and_lends(tmp_path: Path) -> None:
    """As indexes were written before rows were halved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(index.store.STORED, "approximate", "<f4")
        build_index(ANIMALS, tmp_path / "old", WordHashEmbedder(), choice="approximate")
    assert stored(tmp_path / "old") == {"<f4"}
    before = open_index(tmp_path / "old", WordHashEmbedder()).search("cat food", 9)
    assert build_index(ANIMALS, tmp_path / "old", WordHashEmbedder(), choice="approximate").embedded == 0
    assert stored(tmp_path / "old") == {"<f2"}
    after = open_index(tmp_path / "old", WordHashEmbedder()).search("cat food", 9)
    assert [hit.chunk for hit in after] == [hit.chunk for hit in before]
    build_index(ANIMALS, tmp_path / "new", WordHashEmbedder(), choice="approximate")
    assert contents(tmp_path / "old") == contents(tmp_path / "new")


def test_texts_are_found_by_row_id_and_article(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    index = open_index(tmp_path, WordHashEmbedder())
    chunks = tuple(index.chunks)
    assert tuple(index.articles) == tuple(one.id for one in ANIMALS.articles)
    assert tuple(index.articles.values()) == ANIMALS.articles
    assert index.chunks[2:4] == chunks[2:4]
    assert index.chunks[-1] == chunks[-1]
    assert [index.chunks.row_of(chunk.id) for chunk in chunks] == list(range(7))
    for name in ("", "unknown", "-1", "f" * 16, "f" * 40):
        assert index.chunks.row_of(name) is None
    assert index.faq_chunks[:] == tuple(chunk for chunk in chunks if chunk.is_faq)
    assert "cats" not in index.articles
    with pytest.raises(IndexError):
        index.chunks[7]


def test_words_are_counted_over_whole_articles(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    counts = open_index(tmp_path, WordHashEmbedder()).words.counts()
    assert (counts["cat"], counts["cats"], counts["can"]) == (3, 3, 3)
    assert "a" not in counts
    assert list(counts) == sorted(counts)


def test_odd_text_survives_the_round_trip(tmp_path: Path) -> None:
    odd = article("ö 'a'.md", ("\u2028?", "Zero\u2028line \x00 \ud800 <b>&amp; {x} 😀\u00a0end"))
    build_index(corpus(odd), tmp_path, WordHashEmbedder())
    assert open_index(tmp_path, WordHashEmbedder()).articles[odd.id] == odd


def test_progress_sees_each_text_that_is_embedded(tmp_path: Path) -> None:
    seen: list[tuple[list[str], int | None]] = []

    def progress(items, total=None):  # noqa: ANN001, ANN202
        seen.append((list(items), total))
        return iter(seen[-1][0])

    build_index(ANIMALS, tmp_path, WordHashEmbedder(), progress=progress)
    assert [(len(items), total) for items, total in seen] == [(7, 7)]

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import index.int8
from corpus.errors import ModelError
from index.build import build_index, open_index
from index.embedder import BATCH, TextEmbedder, load_embedder, shipped_folder
from index.engine import Engine
from index.tensors import WEIGHTS
from tests.index.material import ANIMALS, BIRDS, CATS, DOGS, corpus

pytestmark = pytest.mark.models
ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "A foundation model, e.g. GPT-4, is trained on 680,000 hours of broad data. "
# Every length from a word to past the window, and what tokenizers stumble over.
TEXTS = [(SENTENCE * 30)[: 9 * n] for n in range(1, 150, 9)] + [
    "",
    " ",
    "日本語 😀",
    "\ud800 half",
    "x" * 3000,
    "é\x00",
]


ENGINES: tuple[Engine, ...] = ("torch", "openvino")


@pytest.fixture(scope="module", params=ENGINES)
def embedder(request: pytest.FixtureRequest) -> TextEmbedder:
    """The shipped model on each engine: what is asked of one is asked of the other."""
    return load_embedder(engine=request.param)


@pytest.fixture(scope="module")
def plain() -> Any:  # noqa: ANN401 - a SentenceTransformer
    """The same weights in float32, as their library loads them."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(shipped_folder()), device="cpu")


@pytest.fixture(scope="module")
def exact(plain: Any) -> TextEmbedder:  # noqa: ANN401
    from index.torch_encoder import TorchEncoder

    return TextEmbedder(TorchEncoder(plain, "float32"), "exact")


def test_rows_are_unit_float32_and_the_fingerprint_names_the_weights(embedder: TextEmbedder) -> None:
    rows = embedder.embed_passages(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), embedder.dimension) == (len(TEXTS), 384)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert embedder.fingerprint == "all-MiniLM-L6-v2:53aa51172d142c89"
    assert embedder.embed_passages([]).shape == (0, 384)


@pytest.mark.parametrize("which", [*ENGINES, "exact"])
def test_a_row_depends_on_its_text_alone_bit_for_bit(which: str, exact: TextEmbedder) -> None:
    model = exact if which == "exact" else load_embedder(engine=cast(Engine, which))
    alone = np.concatenate([model.embed_question(text) for text in TEXTS])
    assert model.embed_passages(TEXTS).tobytes() == alone.tobytes()
    assert model.embed_passages(TEXTS[::-1])[::-1].tobytes() == alone.tobytes()
    for size in (2, 5):
        for at in range(0, len(TEXTS), size):
            part = TEXTS[at : at + size]
            assert model.embed_passages(part).tobytes() == alone[at : at + len(part)].tobytes()
    same = model.embed_passages([TEXTS[3]] * (BATCH + 3))
    assert (same == alone[3]).all()


def test_the_shipped_type_agrees_with_float32_and_with_plain_encode(
    embedder: TextEmbedder,
    exact: TextEmbedder,
    plain: Any,  # noqa: ANN401
) -> None:
    texts = [text for text in TEXTS if 20 < len(text) < 800]
    reference = exact.embed_passages(texts)
    assert (embedder.embed_passages(texts) * reference).sum(axis=1).min() > 0.999
    encoded = plain.encode(texts, normalize_embeddings=True)
    assert (encoded * reference).sum(axis=1).min() > 0.99999


def test_both_engines_give_the_same_rows_within_their_last_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.int8, "native_int8", lambda: False)  # tests/models/test_int8.py
    rows = [load_embedder(engine=engine).embed_passages(TEXTS) for engine in ENGINES]
    assert (rows[0] * rows[1]).sum(axis=1).min() > 0.9995
    names = {load_embedder(engine=engine).dtype for engine in ENGINES}
    assert len(names) == 2  # so that the index of one is not taken for the other's


# Both models used, and held when the program ends; whoever opens a socket is told of on standard error.
USED = (
    "import sys\n"
    "def watch(event, _): event.startswith('socket.') and print(event, file=sys.stderr)\n"
    "sys.addaudithook(watch)\n"
    "from index.embedder import load_embedder; from bot.reader import load_reader; from bot.types import Passage\n"
    "embedder, reader = load_embedder(), load_reader(); one = Passage('', 'Because.', ((0, 8),), (1.0,))\n"
    "embedder.embed_question('Why?'); reader.read('Why?', [one] * 5)\n"
    "loaded = {name.split('.')[0] for name, module in sys.modules.items() if module}\n"
    "print(embedder.dtype, sorted(loaded & {'torch', 'transformers', 'openvino_telemetry', 'openvino'}))\n"
)


def python(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-c", script]
    return subprocess.run(
        run, capture_output=True, text=True, cwd=ROOT, timeout=300, env={**os.environ, "HOME": str(home)}
    )


def test_where_openvino_is_installed_torch_is_not_loaded_and_nothing_reported(tmp_path: Path) -> None:
    done = python(USED, tmp_path)
    assert not [*tmp_path.iterdir()]  # its telemetry would leave the number it knows this machine by
    assert done.stdout.endswith(", openvino ['openvino']\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_where_openvino_is_not_installed_torch_takes_its_place(tmp_path: Path) -> None:
    done = python(f"import sys; sys.modules['openvino'] = None\n{USED}", tmp_path)
    assert "openvino" not in done.stdout
    assert done.stdout.endswith(" ['torch', 'transformers']\n")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("config.json", '"gelu"', '"relu"'),
        ("config.json", '"model_type": "bert"', '"model_type": "mpnet"'),
        ("1_Pooling/config.json", '"pooling_mode_cls_token": false', '"pooling_mode_cls_token": true'),
        ("modules.json", "models.Normalize", "models.Dense"),
    ],
)
def test_a_model_that_openvino_does_not_know_is_refused_by_it_and_left_to_torch(
    file: str, before: str, after: str, tmp_path: Path
) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "mine")
    told = (tmp_path / "mine" / file).read_text(encoding="utf-8")
    assert before in told
    (tmp_path / "mine" / file).write_text(told.replace(before, after), encoding="utf-8")
    with pytest.raises(ModelError, match=r"OpenVINO runs .*; set FOOTNOTE_ENGINE=auto"):
        load_embedder(str(tmp_path / "mine"), engine="openvino")
    if file.startswith("1_"):  # averaged and first word together: torch alone knows
        assert load_embedder(str(tmp_path / "mine")).dimension == 768


def test_related_texts_are_nearer_than_unrelated_ones(embedder: TextEmbedder) -> None:
    asked = embedder.embed_question("Can a dog eat chocolate?")
    near, far = embedder.embed_passages(["Chocolate is poison for dogs.", "A penguin is a bird that cannot fly."])
    assert asked[0] @ near > 0.6 > 0.3 > asked[0] @ far


def test_a_text_longer_than_the_window_is_read_to_its_end(embedder: TextEmbedder) -> None:
    start = SENTENCE * 20
    assert len(embedder.windows(start)) == 2
    ending = "Penguins are birds that cannot fly. " * 12
    rows = embedder.embed_passages([start, start + ending, ending])
    assert rows[1] @ rows[2] > rows[0] @ rows[2] + 0.1


def test_an_update_with_the_real_model_is_the_same_bits_as_a_rebuild(embedder: TextEmbedder, tmp_path: Path) -> None:
    build_index(corpus(CATS, BIRDS), tmp_path / "updated", embedder)
    assert build_index(ANIMALS, tmp_path / "updated", embedder).reused == 4
    build_index(ANIMALS, tmp_path / "rebuilt", embedder)
    updated, rebuilt = (open_index(tmp_path / name, embedder) for name in ("updated", "rebuilt"))
    assert updated.manifest == rebuilt.manifest
    assert updated.vectors.vectors.tobytes() == rebuilt.vectors.vectors.tobytes()
    assert updated.search("Which pet guards the house?", 1)[0].chunk.article_id == DOGS.id


def test_weights_that_were_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "model")
    monkeypatch.setattr("index.embedder.shipped_folder", lambda: tmp_path / "model")
    with (tmp_path / "model" / WEIGHTS).open("r+b") as file:
        file.seek(5000)
        file.write(b"changed")
    with pytest.raises(ModelError, match=r"not the file that was promised.*make setup"):
        load_embedder()
    (tmp_path / "model" / WEIGHTS).unlink()
    with pytest.raises(ModelError, match="is missing; run `make setup`"):
        load_embedder()


def test_another_model_is_loaded_by_its_folder_and_a_wrong_folder_is_refused(tmp_path: Path) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "mine")
    assert load_embedder(str(tmp_path / "mine")).fingerprint == "mine:53aa51172d142c89"
    with pytest.raises(ModelError, match="check the setting embedder"):
        load_embedder(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("order", [("faiss", "torch"), ("torch", "faiss")])
def test_faiss_and_torch_share_a_process_in_both_import_orders(order: tuple[str, str], tmp_path: Path) -> None:
    script = (
        f"import {order[0]}, {order[1]}\n"
        "import sys; from pathlib import Path\n"
        "from index.build import build_index, open_index; from index.embedder import load_embedder\n"
        "from tests.index.material import ANIMALS\n"
        "embedder = load_embedder(threads=2); folder = Path(sys.argv[1]); build_index(ANIMALS, folder, embedder)\n"
        "print(open_index(folder, embedder).search('Can a dog eat chocolate?', 1)[0].chunk.article_id)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, env={**os.environ})
    assert done.stdout == "dogs.md\n", done.stderr


def test_layers_that_do_not_fit_each_other_are_one_clear_line(tmp_path: Path) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "model")
    config = tmp_path / "model" / "config.json"
    config.write_text(
        config.read_text(encoding="utf-8").replace('"num_attention_heads": 12', '"num_attention_heads": 7')
    )
    with pytest.raises(ModelError, match="OpenVINO does not run it on this machine") as caught:
        load_embedder(str(tmp_path / "model"), engine="openvino")
    assert "\n" not in str(caught.value)

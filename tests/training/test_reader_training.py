"""Training goes on where it stopped, to the same bits, and only on the data it began with."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from training import reader as training  # noqa: E402
from training.lines import write_lines  # noqa: E402
from training.reader import Data, Example, meet, train, write  # noqa: E402

WORDS = "the a cat dog fish sleeps barks swims all day long in of river house old new red".split()


class WordTokenizer:
    """A word is a piece; the offsets are its characters."""

    def token_to_id(self, mark: str) -> int:
        return {"[CLS]": 1, "[SEP]": 2}[mark]

    def encode(self, text: str, **_: bool) -> SimpleNamespace:
        ids, offsets, at = [], [], 0
        for word in text.split():
            start = text.index(word, at)
            at = start + len(word)
            ids.append(3 + sum(map(ord, word)) % 90)
            offsets.append((start, at))
        return SimpleNamespace(ids=ids, offsets=offsets)


def sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=5)) + "."


def rows(count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Questions on two passages of two sentences; of every third nothing answers; some of the development set."""
    for number in range(count):
        passages = []
        for place in range(2):
            first, second = sentence(chance), sentence(chance)
            gold = [1] if place == 0 and number % 3 else []
            start = len(first) + 1
            passages.append(
                {
                    "heading": "Pets", "text": f"{first} {second}", "gold": gold, "scores": [0.5, 1.0],
                    "spans": [[0, len(first)], [start, start + len(second)]],
                    "answers": [[start, start + 3]] if gold else [], "teacher": [0.0, 2.0],
                }
            )  # fmt: skip
        kind = "answerable" if number % 3 else "adversarial"
        group = "squad2:Construction" if number % 4 == 0 else "squad2:Force"
        yield {"question": sentence(chance), "passages": passages, "kind": kind, "group": group}


def made(folder: Path, *, seed: int = 1) -> Data:
    """Twenty-four examples to train on, eight to develop on, forty claims."""
    chance = random.Random(seed)
    folder.mkdir(exist_ok=True)
    write_lines(folder / "examples.jsonl", rows(32, chance))
    claims = (
        {"claim": sentence(chance), "evidence": sentence(chance), "supported": number % 2 == 0, "kind": "answer"}
        for number in range(40)
    )
    write_lines(folder / "claims.jsonl", claims)
    return Data(folder / "examples.jsonl", folder / "claims.jsonl", WordTokenizer(), None)


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One narrow layer of random weights in the embedder's place, and a checkpoint after every second step."""
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("small")
    torch.manual_seed(3)
    shape = BertConfig(vocab_size=100, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    BertModel(shape, add_pooling_layer=False).save_pretrained(folder)
    monkeypatch.setattr(training, "shipped_folder", lambda: folder)
    monkeypatch.setattr(training, "SAVED", 2)


EPOCHS, STEPS = 2, 6


def stop_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody pressed Ctrl-C before the next step."""
    batches, taken = training.batches, []

    def stopping(*given: Any) -> Iterator[list[Any]]:  # noqa: ANN401
        for batch in batches(*given):
            if len(taken) == steps:
                raise KeyboardInterrupt
            taken.append(batch)
            yield batch

    monkeypatch.setattr(training, "batches", stopping)


def weights(path: Path, found: tuple[Any, dict[str, Any], list[Any]]) -> bytes:
    write(found[0], found[1], path)
    return path.read_bytes()


@pytest.mark.parametrize("stopped", [3, 5])
def test_stopped_and_gone_on_it_gives_the_weights_of_a_run_in_one_go(
    stopped: int, small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made(tmp_path / "data")
    for name in ("whole", "halves"):
        (tmp_path / name).mkdir()
    whole = train(data, tmp_path / "whole", EPOCHS, "cpu")
    with monkeypatch.context() as patch:
        stop_after(stopped, patch)
        with pytest.raises(KeyboardInterrupt):
            train(data, tmp_path / "halves", EPOCHS, "cpu")
    assert torch.load(tmp_path / "halves" / "checkpoint.pt", weights_only=True)["step"] == stopped // 2 * 2
    halves = train(data, tmp_path / "halves", EPOCHS, "cpu")
    assert weights(tmp_path / "a", whole) == weights(tmp_path / "b", halves)
    assert json.dumps(whole[2]) == json.dumps(halves[2])  # the log too, with every development figure
    assert [entry["step"] for entry in whole[2]] == [2, 4, 6]


def test_a_run_that_ended_is_not_run_again(small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = made(tmp_path / "data")
    first = weights(tmp_path / "a", train(data, tmp_path, EPOCHS, "cpu"))
    monkeypatch.setattr(training, "losses", None)  # a step would fail
    assert weights(tmp_path / "b", train(data, tmp_path, EPOCHS, "cpu")) == first


def test_training_moves_the_layers_and_every_head_and_leaves_the_word_vectors(small: None, tmp_path: Path) -> None:
    model, head = training.fresh("cpu")
    trained, its_head, _ = train(made(tmp_path / "data"), tmp_path, EPOCHS, "cpu")
    for (name, before), after in zip(model.state_dict().items(), trained.state_dict().values(), strict=True):
        assert torch.equal(before, after) == name.startswith("embeddings."), name
    still = [name for name in head if torch.equal(head[name], its_head[name])]
    assert still == []
    write(trained, its_head, tmp_path / "reader.safetensors")
    from safetensors.torch import load_file

    kept = load_file(tmp_path / "reader.safetensors")
    assert not any(name.startswith("embeddings.") for name in kept)
    assert {name.removeprefix("head.") for name in kept if name.startswith("head.")} == set(its_head)


def test_training_goes_on_from_earlier_weights_and_its_checkpoint_is_not_that_of_others(
    small: None, tmp_path: Path
) -> None:
    data = made(tmp_path / "data")
    trained, its_head, _ = train(data, tmp_path, EPOCHS, "cpu")
    earlier = tmp_path / "reader.safetensors"
    write(trained, its_head, earlier)
    model, head = training.fresh("cpu", earlier)
    assert all(torch.equal(head[name], its_head[name]) for name in its_head)
    for name, value in trained.state_dict().items():
        kept = value if name.startswith("embeddings.") else value.to(torch.bfloat16).float()
        assert torch.equal(model.state_dict()[name], kept), name
    with pytest.raises(SystemExit, match="remove it"):
        train(data, tmp_path, EPOCHS, "cpu", earlier)


@pytest.mark.parametrize("change", ["examples", "claims", "epochs"])
def test_a_checkpoint_of_other_data_or_settings_is_refused(change: str, small: None, tmp_path: Path) -> None:
    data = made(tmp_path / "data")
    train(data, tmp_path, EPOCHS, "cpu")
    before = (tmp_path / "checkpoint.pt").read_bytes()
    if change != "epochs":
        path = tmp_path / "data" / f"{change}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[-1] = json.dumps(json.loads(lines[-1]) | {"kind": "other"})
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = Data(tmp_path / "data" / "examples.jsonl", tmp_path / "data" / "claims.jsonl", WordTokenizer(), None)
    with pytest.raises(SystemExit, match="other examples or settings; remove it, or train with --fresh"):
        train(data, tmp_path, 3 if change == "epochs" else EPOCHS, "cpu")
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_going_on_keeps_the_mean_of_before_and_after(tmp_path: Path) -> None:
    model, head = torch.nn.Linear(2, 1), {"prior": torch.nn.Parameter(torch.tensor([1.0]))}
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[1.0, 2.0]]))
    write(model, head, tmp_path / "before.safetensors")
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[3.0, 0.0]]))
        head["prior"].fill_(2.0)
    meet(model, head, tmp_path / "before.safetensors")
    assert model.weight.tolist() == [[2.0, 1.0]]
    assert head["prior"].tolist() == [1.5]


def test_an_example_is_judged_by_itself_whatever_stands_beside_it_in_its_batch(small: None, tmp_path: Path) -> None:
    """Other numbers of passages and spans, nothing that answers, no teacher, a span that was cut off."""
    given = made(tmp_path).train[:6]
    whole, plain, cut = given[0], given[1], given[2]
    longer = Example(*(each + each[:1] for each in (whole.passages, whole.gold, whole.points, whole.teacher)), "pair")
    one = replace(cut.passages[0], spans=((0, 0), *cut.passages[0].spans[1:]))
    given = [
        longer, replace(plain, teacher=((), ())), replace(cut, passages=(one, *cut.passages[1:])),
        Example(*(each[1:] for each in (whole.passages, whole.gold, whole.points, whole.teacher)), "removed"),
        *given[3:],
    ]  # fmt: skip
    model, head = training.fresh("cpu")
    together, shares = training.losses(model, head, given)
    alone = [training.losses(model, head, [each]) for each in given]
    assert together.item() == pytest.approx(sum(loss.item() for loss, _ in alone) / len(given), abs=1e-5)
    for (share, none), (_, ((own, its_none),)), each in zip(shares, alone, given, strict=True):
        rows, columns = own.shape
        assert torch.allclose(share[:rows, :columns], own, atol=1e-6)
        assert float(share.sum()) == pytest.approx(float(own.sum()), abs=1e-6)
        assert float(own.sum()) + its_none == pytest.approx(1, abs=1e-5)
        assert none == pytest.approx(its_none, abs=1e-6)
        assert len(each.passages) == rows
    together.backward()
    assert all(torch.isfinite(value.grad).all() for value in model.parameters() if value.grad is not None)

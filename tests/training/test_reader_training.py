"""Training goes on where it stopped, to the same bits, and only on the data it began with."""

import json
import random
import runpy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from bot.reader import USUAL_SCORE  # noqa: E402
from bot.reader_torch import score  # noqa: E402
from training import reader as training  # noqa: E402
from training.lines import write_lines  # noqa: E402
from training.reader import POINTS, TAUGHT, TEMPERATURE, Data, Example, meet, train, write  # noqa: E402

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


def test_of_fewer_passages_those_that_answer_stay(tmp_path: Path) -> None:
    made(tmp_path)
    of_one = Data(tmp_path / "examples.jsonl", tmp_path / "claims.jsonl", WordTokenizer(), None, 1)
    assert {len(row.passages) for row in of_one.train} == {1}
    assert {len(row.passages) for row in of_one.develop} == {2}
    assert {row.gold for row in of_one.train} == {((1,),), ((),)}
    assert of_one.of != made(tmp_path).of
    found = {"passages": [{"gold": []}, {"gold": []}, {"gold": [1]}]}
    assert training._fewer(found, 2) == {"passages": [{"gold": []}, {"gold": [1]}]}
    assert training._fewer(found, None) == found


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


def plainly(model: Any, head: dict[str, Any], rows: list[Example]) -> tuple[Any, list[tuple[Any, float]]]:  # noqa: ANN401
    """The loss as it is meant, example by example: what `losses` must be, whatever stands beside each."""
    flat = [one for row in rows for one in row.passages]
    scored = score(model, head, flat, max(len(one.ids) for one in flat))
    total, shares, at = torch.zeros(()), [], 0
    for row in rows:
        nothing = torch.stack([scored.none[at + place] for place in range(len(row.passages))]).mean()
        logits, right, told, pieces, pointed = [], [], [], [], []
        for place, one in enumerate(row.passages):
            for span, (start, end) in enumerate(one.spans):
                pieces += [(at + place, piece) for piece in range(start, end)]
                if end > start:
                    before = head["prior"][0] * (one.scores[span] - USUAL_SCORE)
                    logits.append(scored.spans[at + place, span] + before)
                    right.append(span in row.gold[place])
                    told += row.teacher[place][span : span + 1]
            inside = {piece for start, end in one.spans for piece in range(start, end)}
            pointed += [(at + place, piece) for piece in row.points[place] if piece in inside]
        at += len(row.passages)
        whole = torch.logsumexp(torch.stack([*logits, nothing]), 0)
        good = [logit for logit, is_right in zip(logits, right, strict=True) if is_right]
        total = total + whole - torch.logsumexp(torch.stack(good or [nothing]), 0)
        if pointed:
            among, there = (torch.stack([scored.points[each] for each in some]) for some in (pieces, pointed))
            total = total + POINTS * (torch.logsumexp(among, 0) - torch.logsumexp(there, 0))
        if told:
            wanted = torch.softmax(torch.tensor(told) / TEMPERATURE, 0)
            total = total - TAUGHT * (wanted * torch.log_softmax(torch.stack(logits), 0)).sum()
        shares.append((sum((logit - whole).exp().item() for logit in logits), (nothing - whole).exp().item()))
    return total / len(rows), shares


def test_a_batch_has_the_loss_and_the_gradients_of_its_examples_one_by_one(small: None, tmp_path: Path) -> None:
    """Other numbers of passages and spans; nothing that answers; no teacher; a span, the right one, or all cut off."""
    drawn = made(tmp_path).train
    whole, plain, cut, other = [row for row in drawn if row.gold[0]][:4]
    gone = next(row for row in drawn if not row.gold[0])

    def without(row: Example, *spans: int) -> Example:
        first, *rest = row.passages
        kept = tuple((0, 0) if number in spans else span for number, span in enumerate(first.spans))
        return replace(row, passages=(replace(first, spans=kept), *rest))

    parts = ("passages", "gold", "points", "teacher")
    longer = replace(whole, **{name: getattr(whole, name) * 2 for name in parts})
    shorter = replace(whole, **{name: getattr(whole, name)[:1] for name in parts})
    nothing = without(replace(shorter, teacher=((),)), 0, 1)
    unlike = [longer, shorter, replace(plain, teacher=((), ())), without(cut, 0), without(other, 1), nothing, gone]
    model, head = training.fresh("cpu")
    found = []
    for judged in (training.losses, plainly):
        loss, shares = judged(model, head, unlike)
        parameters = {**dict(model.named_parameters()), **head}
        wanted = {name: value for name, value in parameters.items() if value.requires_grad}
        gradients = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
        found.append((loss.item(), shares, dict(zip(wanted, gradients, strict=True))))
    (loss, shares, gradients), (its_loss, its_shares, its_gradients) = found
    assert loss == pytest.approx(its_loss, abs=1e-5)
    for (share, none), (its_share, its_none) in zip(shares, its_shares, strict=True):
        assert float(share.sum()) == pytest.approx(its_share, abs=1e-5)
        assert none == pytest.approx(its_none, abs=1e-5)
    for name, gradient in gradients.items():
        assert (gradient is None) == (its_gradients[name] is None), name
        if gradient is not None:
            assert torch.allclose(gradient, its_gradients[name], atol=1e-5), name


@pytest.mark.parametrize(("has_one", "epochs", "most"), [(True, 3, None), (False, 1, 8000)])
def test_with_a_gpu_it_trains_longer_on_all(
    *, has_one: bool, epochs: int, most: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_one)
    told = runpy.run_path(str(training.__file__))
    assert (told["EPOCHS"], told["MOST"]) == (epochs, most)


def test_products_are_in_bfloat16_only_where_the_processor_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = torch.ones(2, 2)
    for told in ("bfloat16", "float32"):
        monkeypatch.setattr(training, "native_dtype", lambda told=told: told)
        with training.halved("cpu"):
            assert str((rows @ rows).dtype) == f"torch.{told}"

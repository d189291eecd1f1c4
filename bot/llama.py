"""Llama by OpenVINO: its layers as a graph made node by node from the weights; keys and values stay in the engine.

The model: Touvron et al., 2023; layers named as in transformers. Keys and values are the graph's state, in the form
that OpenVINO's CPU plugin joins with attention (a beam's number between the state and what is added to it), so that a
step writes a row and copies nothing: half the processor time of keys and values as inputs and outputs (bench/LOG.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.engine import compile_on_cpu, complaining, load_openvino, shared
from index.engine import threads as usual_threads
from index.tensors import Stored
from index.types import Vectors

WORDS = "model.embed_tokens.weight"
HEAD = "lm_head.weight"  # where it is missing, the word vectors
HIDDEN = -1e9  # added to a score of attention that looks ahead: its share becomes exactly 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What the configuration says of the layers."""

    width: int  # of a token's state
    inner: int  # of the layers between
    vocabulary: int
    layers: int
    heads: int
    groups: int  # heads of keys and values; each serves heads / groups heads that ask
    head: int  # width of one
    epsilon: float
    theta: float  # base of the rotary angles
    room: int  # tokens it was trained to see at once

    @property
    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of all the weights but the last matrix."""
        asked, kept = self.heads * self.head, self.groups * self.head
        layer = {
            "input_layernorm": (self.width,),
            "self_attn.q_proj": (asked, self.width),
            "self_attn.k_proj": (kept, self.width),
            "self_attn.v_proj": (kept, self.width),
            "self_attn.o_proj": (self.width, asked),
            "post_attention_layernorm": (self.width,),
            "mlp.gate_proj": (self.inner, self.width),
            "mlp.up_proj": (self.inner, self.width),
            "mlp.down_proj": (self.width, self.inner),
        }
        named = {f"{_layer(i)}.{name}.weight": size for i in range(self.layers) for name, size in layer.items()}
        return {WORDS: (self.vocabulary, self.width), "model.norm.weight": (self.width,), **named}


def _layer(number: int) -> str:
    return f"model.layers.{number}"


class Llama:
    """Compiled layers. Replies under way at once take turns, a step each."""

    def __init__(self, compiled: Any, weights: Mapping[str, Stored], shape: Shape, room: int) -> None:  # noqa: ANN401
        self._compiled = compiled
        self._weights = weights  # the engine reads them where they lie
        self._shape = shape
        self.room = min(room, shape.room)

    def begin(self) -> "_Reply":
        """A reply with nothing run yet; its keys and values are freed with it."""
        head = self._weights.get(HEAD, self._weights[WORDS])
        return _Reply(self._compiled.create_infer_request(), self._weights[WORDS], head, self._shape)


class _Reply:
    def __init__(self, request: Any, words: Stored, head: Stored, shape: Shape) -> None:  # noqa: ANN401
        self._request = request
        self._words = words
        self._head = head
        self._shape = shape
        self._past = 0  # tokens whose keys and values are kept
        self._last = np.zeros(shape.width, np.float32)  # the last token's state

    def logits(self, tokens: Sequence[int], among: Sequence[int]) -> Vectors:
        """Of each of these to come next. Only their rows of the last matrix are read, a fifth of the weights."""
        if tokens:
            self._last = self._run(tokens)
        # No matrix product of numpy's: its second thread would spin while it waits (bench/LOG.md).
        return np.asarray((self._head.widened(list(among)) * self._last).sum(axis=1), np.float32)

    def _run(self, tokens: Sequence[int]) -> Vectors:
        """(width,): the last one's state."""
        places = np.arange(self._past, self._past + len(tokens))
        ahead = np.arange(places[-1] + 1) > places[:, None]
        inputs = [
            self._words.widened(list(tokens))[None],
            *_rotary(places, self._shape),
            np.where(ahead, np.float32(HIDDEN), np.float32(0))[None, None],
            np.zeros(1, np.int32),
        ]
        self._past += len(tokens)
        return np.array(self._request.infer(inputs)[0][0, 0], np.float32)


def _rotary(places: Any, shape: Shape) -> list[Vectors]:  # noqa: ANN401 - (n,) whole numbers
    """Cosines and sines, (1, 1, n, head) each; the graph's own are wrong in bfloat16 (bench/LOG.md)."""
    angles = places[:, None] * shape.theta ** (-np.arange(0, shape.head, 2) / shape.head)
    both = np.concatenate([angles, angles], axis=1)[None, None]
    return [np.cos(both).astype(np.float32), np.sin(both).astype(np.float32)]


@complaining()
def compile_llama(
    weights: Mapping[str, Stored], shape: Shape, precision: str, room: int, threads: int | None = None
) -> Llama:
    """The layers in memory, run once; KeyError when the weights are not those of a Llama, Unfit when it does not run.

    `precision` is f32 or bf16: what matrices are multiplied and states are kept in.
    """
    openvino = load_openvino()
    model = _Graph(openvino, weights, shape, precision).model()
    # All threads for one step: whoever waits for the first word waits for a whole prompt. Of keys and values the engine
    # would by itself keep fewer bits.
    made = compile_on_cpu(model, precision, threads or usual_threads(), 1, KV_CACHE_PRECISION=precision)
    llama = Llama(made, weights, shape, room)
    llama.begin().logits([0], [0])
    return llama


class _Graph:
    """Nodes from the vectors of the tokens to the state of the last one."""

    def __init__(self, openvino: Any, weights: Mapping[str, Stored], shape: Shape, precision: str) -> None:  # noqa: ANN401
        self._ov = openvino
        self._precision = precision
        self._op = op = openvino.opset15
        self._weights = weights
        self._shape = shape
        self._embedded = op.parameter([1, -1, shape.width], np.float32)
        self._cosines, self._sines = (op.parameter([1, 1, -1, shape.head], np.float32) for _ in range(2))
        self._mask = op.parameter([1, 1, -1, -1], np.float32)
        self._beam = op.parameter([-1], np.int32)
        self._kept: list[Any] = []  # assignments to the state

    def model(self) -> Any:  # noqa: ANN401 - openvino.Model
        """Vectors, cosines, sines, mask and beam in, (1, 1, width) out."""
        op = self._op
        x = self._embedded
        for number in range(self._shape.layers):
            at = _layer(number)
            seen = self._attention(self._norm(x, f"{at}.input_layernorm"), at)
            if number == self._shape.layers - 1:  # only the last token's state is asked for
                seen, x = (op.slice(one, *(self._whole(v) for v in (-1, 2**31 - 1, 1, 1))) for one in (seen, x))
            x = op.add(x, self._linear(seen, f"{at}.self_attn.o_proj"))
            y = self._norm(x, f"{at}.post_attention_layernorm")
            gate = op.swish(self._linear(y, f"{at}.mlp.gate_proj"))
            inner = op.multiply(gate, self._linear(y, f"{at}.mlp.up_proj"))
            x = op.add(x, self._linear(inner, f"{at}.mlp.down_proj"))
        inputs = [self._embedded, self._cosines, self._sines, self._mask, self._beam]
        return self._ov.Model([op.result(self._norm(x, "model.norm"))], self._kept, inputs, "llama")

    def _attention(self, x: Any, at: str) -> Any:  # noqa: ANN401
        op, shape = self._op, self._shape
        asked = self._turned(self._split(self._linear(x, f"{at}.self_attn.q_proj"), shape.heads))
        keys = self._turned(self._split(self._linear(x, f"{at}.self_attn.k_proj"), shape.groups))
        values = self._split(self._linear(x, f"{at}.self_attn.v_proj"), shape.groups)
        keys, values = (self._all(one, f"{at}.{name}") for one, name in ((keys, "keys"), (values, "values")))
        seen = op.transpose(op.scaled_dot_product_attention(asked, keys, values, self._mask), self._whole(0, 2, 1, 3))
        return op.reshape(seen, self._whole(0, 0, shape.heads * shape.head), True)

    def _all(self, new: Any, name: str) -> Any:  # noqa: ANN401
        """Keys or values of all the tokens so far, (1, heads, length, head)."""
        op, shape = self._op, self._shape
        util = self._ov.op.util
        told = util.VariableInfo()
        told.data_shape = self._ov.PartialShape([-1, shape.groups, -1, shape.head])
        told.data_type = self._ov.Type.f32
        told.variable_id = name
        variable = util.Variable(told)
        none = op.broadcast(op.constant(np.float32(0)), self._whole(1, shape.groups, 0, shape.head))
        past = op.gather(self._ov.opset6.read_value(none, variable), self._beam, op.constant(np.int64(0)))
        whole = op.concat([past, new], 2)
        self._kept.append(self._ov.opset6.assign(whole, variable))
        each = self._whole(1, 1, shape.heads // shape.groups, 1, 1)
        repeated = op.broadcast(op.unsqueeze(whole, self._whole(2)), each, broadcast_spec="BIDIRECTIONAL")
        return op.reshape(repeated, self._whole(0, shape.heads, -1, shape.head), True)

    def _turned(self, x: Any) -> Any:  # noqa: ANN401
        """Turned by the angles of its place (rotary embeddings: Su et al., 2021), halves as in transformers."""
        op = self._op
        first, second = op.split(x, op.constant(np.int64(3)), 2).outputs()
        across = op.concat([op.negative(second), first], 3)
        return op.add(op.multiply(x, self._cosines), op.multiply(across, self._sines))

    def _split(self, x: Any, heads: int) -> Any:  # noqa: ANN401
        """(1, length, heads * head) to (1, heads, length, head)."""
        op = self._op
        return op.transpose(op.reshape(x, self._whole(0, 0, heads, self._shape.head), True), self._whole(0, 2, 1, 3))

    def _linear(self, x: Any, name: str) -> Any:  # noqa: ANN401
        """A product with weights in half the room of float32 where they are so in the file: nothing keeps a copy."""
        op, stored = self._op, self._weights[f"{name}.weight"]
        if stored.dtype == "F32":
            return op.matmul(x, shared(op, stored.widened()), False, True)
        if stored.dtype == "F16" or self._precision != "bf16":
            return self._from_halves(x, stored.widened())
        values = stored.values
        tensor = self._ov.Tensor(values, self._ov.Shape(values.shape), self._ov.Type.bf16)
        weights = op.constant(tensor, shared_memory=True)
        return op.convert(op.matmul(op.convert(x, "bf16"), weights, False, True), "f32")

    def _from_halves(self, x: Any, wide: Vectors) -> Any:  # noqa: ANN401
        """A product in float32 with weights in half the room: float16, widened by the engine as it multiplies.

        Where the processor has no bfloat16 the engine emulates that, and a prompt took 25 times as long (bench/LOG.md).
        """
        op = self._op
        if np.abs(wide).max() > np.finfo(np.float16).max:
            return op.matmul(x, shared(op, wide), False, True)
        widened = op.convert(op.constant(wide.astype(np.float16)), "f32")
        widened.get_rt_info()["decompression_0"] = True  # or it would be done once, and the copy kept
        return op.matmul(x, widened, False, True)

    def _norm(self, x: Any, name: str) -> Any:  # noqa: ANN401
        """Divided by the root of its mean square (Zhang and Sennrich, 2019)."""
        op = self._op
        square = op.reduce_mean(op.power(x, op.constant(np.float32(2))), self._whole(-1), True)
        root = op.sqrt(op.add(square, op.constant(np.float32(self._shape.epsilon))))
        scaled = op.multiply(x, op.divide(op.constant(np.float32(1)), root))
        return op.multiply(scaled, shared(op, self._weights[f"{name}.weight"].widened()))

    def _whole(self, *values: int) -> Any:  # noqa: ANN401
        return self._op.constant(np.array(values, np.int64))

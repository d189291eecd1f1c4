// One question with its answer: `data` is what is kept of it, `element` how it looks; drawn again as it grows.
const newExchange = (question) => ({
  question,
  state: "asking",
  sentences: [],
  citations: [],
  uncovered: [],
  suggestions: [],
});

class Exchange {
  constructor(data, widget) {
    Object.assign(this, { data, widget, texts: widget.texts });
    this.answer = h("div", { class: "answer" });
    this.said = new Said(this);
    this.tail = h("div", { class: "tail" });
    this.answer.append(this.said.element, this.tail);
    this.element = h(
      "section",
      { class: "exchange", "aria-label": data.question.slice(0, 200) },
      h("h3", { class: "question", dir: "auto" }, h("span", { class: "unseen" }, this.texts.you), data.question),
      this.answer,
    );
    this.draw();
  }

  draw() {
    const { data } = this;
    this.said.grow(data.sentences);
    const busy = data.state === "asking";
    this.element.dataset.state = data.state;
    this.element.setAttribute("aria-busy", busy);
    const declined = data.lane === "declined" && data.state === "done";
    this.tail.replaceChildren(
      ...[
        data.uncovered.length > 0 &&
          h("p", { class: "uncovered", dir: "auto" }, `${this.texts.uncovered} ${data.uncovered.join("; ")}`),
        busy && h("p", { class: "progress" }, h("span", { class: "pulse" }), this.texts[data.step ?? "searching"]),
        declined && this.declined(),
        data.state === "stopped" && h("p", { class: "note" }, this.texts.stopped),
        data.state === "failed" && this.failed(),
        data.citations.length > 0 && this.sources(),
        !busy && this.actions(),
      ].filter(Boolean),
    );
  }

  place(cited) {
    return [...new Set([cited.title, ...(cited.headings ?? [])])].join(" › ");
  }

  sources() {
    const places = new Map();
    for (const cited of this.data.citations) {
      places.set(this.place(cited), [...(places.get(this.place(cited)) ?? []), cited]);
    }
    const source = (cited, name) =>
      h(
        "button",
        {
          type: "button",
          class: "source",
          "data-number": cited.number,
          "aria-label": !name && `${cited.number}: ${this.place(cited)}`,
          onclick: (event) => this.widget.cite(cited, event.currentTarget),
        },
        h("span", { class: "number" }, String(cited.number)),
        " ",
        name && h("span", { dir: "auto" }, name),
      );
    return h(
      "div",
      { class: "sources" },
      h("h4", {}, this.texts.sources),
      h(
        "ul",
        {},
        [...places].map(([name, all]) =>
          h(
            "li",
            {},
            all.map((cited, at) => source(cited, at === all.length - 1 && name)),
          ),
        ),
      ),
    );
  }

  declined() {
    const { suggestions, because } = this.data;
    return h(
      "div",
      { class: "card" },
      h("h4", {}, this.texts.declined),
      because && this.texts.lang === "en" && h("p", { dir: "auto" }, because),
      suggestions.length > 0 && [h("p", {}, this.texts.nearest), this.widget.conversation.questions.chips(suggestions)],
      this.widget.contact(),
    );
  }

  failed() {
    const { kind, wait } = this.data.trouble;
    const said = this.texts[kind] ?? this.texts.broken;
    return h(
      "div",
      { class: "card trouble" },
      h("p", {}, said, wait > 0 && ` ${this.texts.wait.replace("{seconds}", wait)}`),
      h(
        "button",
        { type: "button", class: "retry", onclick: () => this.widget.retry(this) },
        icon("retry"),
        this.texts.retry,
      ),
      this.widget.contact(),
    );
  }

  actions() {
    const { data, texts } = this;
    const thumb = (vote) =>
      button("action", vote > 0 ? texts.good : texts.bad, "thumb", () => this.vote(vote), {
        "data-vote": vote,
        "aria-pressed": String(data.vote === vote),
      });
    return h(
      "div",
      { class: "actions" },
      data.state === "done" && data.id && CONFIG.keep && [thumb(1), thumb(-1)],
      data.sentences.length > 0 && button("action copy", texts.copy, "copy", () => this.copy()),
      data.state !== "failed" && button("action", texts.again, "retry", () => this.widget.retry(this)),
      data.sentences.length > 0 && h("span", { class: "lane" }, texts[data.lane]),
    );
  }

  // Shown at once; taken back when the server could not keep it.
  async vote(vote) {
    const before = this.data.vote ?? 0;
    const show = (value) => {
      this.data.vote = value;
      for (const one of this.tail.querySelectorAll("[data-vote]"))
        one.setAttribute("aria-pressed", Number(one.dataset.vote) === value);
      this.widget.keep();
    };
    show(before === vote ? 0 : vote);
    try {
      await this.widget.server.vote(this.data.id, this.data.vote);
      this.widget.tell("vote", { id: this.data.id, vote: this.data.vote });
    } catch {
      show(before);
      this.widget.say(this.texts.lost);
      this.widget.hint(this.texts.lost);
    }
  }

  async copy() {
    const { sentences, citations } = this.data;
    const said = sentences.map(({ text, footnotes }) => text + footnotes.map((number) => ` [${number}]`).join(""));
    const sources = citations.map((one) =>
      `[${one.number}] ${this.place(one)} ${followed(one.url, this.widget.server.base)?.href ?? ""}`.trim(),
    );
    try {
      await navigator.clipboard.writeText(
        `${said.join(sentences.some((one) => isBlock(one.text)) ? "\n" : " ")}\n\n${sources.join("\n")}`,
      );
    } catch {
      return this.widget.hint(this.texts.uncopied); // the page's policy forbids it
    }
    const pressed = this.tail.querySelector(".copy");
    pressed?.replaceChildren(icon("done"));
    this.widget.say(this.texts.copied);
    setTimeout(() => pressed?.replaceChildren(icon("copy")), 1600);
  }
}

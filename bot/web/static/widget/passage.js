// The passage a footnote rests on, in its surroundings, over the conversation; and the way to the article itself.
class Passage {
  constructor(widget) {
    Object.assign(this, { widget, texts: widget.texts, turn: 0 });
    this.element = h("section", { class: "passage", hidden: true, "aria-label": this.texts.source });
  }

  get shown() {
    return !this.element.hidden;
  }

  // The quote is there at once, what is around it when the server has sent it.
  async show(cited, opener) {
    const turn = ++this.turn;
    this.opener = opener ?? this.opener;
    const title = h("h3", { dir: "auto", tabindex: -1 }, cited.title || this.texts.source);
    const trail = (cited.headings ?? []).filter((one) => one !== cited.title).join(" › ");
    const body = h("div", {
      class: "text",
      dir: "auto",
      tabindex: 0,
      role: "region",
      "aria-label": this.texts.passage,
    });
    const quote = (note) =>
      body.replaceChildren(
        note ?? "",
        ...draw(cited.quote, (start, end) => [h("mark", {}, cited.quote.slice(start, end))], null, this.texts.table),
      );
    quote(h("p", { class: "progress" }, h("span", { class: "pulse" }), this.texts.loading));
    this.element.replaceChildren(
      h(
        "header",
        {},
        button("action", this.texts.back, "back", () => this.hide()),
        h("div", {}, title, trail && h("p", { class: "trail", dir: "auto" }, trail)),
      ),
      body,
      this.foot(cited),
    );
    this.element.hidden = false;
    this.widget.cover(true);
    title.focus({ preventScroll: true });
    try {
      const around = await this.widget.server.passage(cited);
      if (turn === this.turn) this.fill(body, around, cited, quote);
    } catch (error) {
      if (turn !== this.turn) return;
      const again = h(
        "button",
        { type: "button", class: "retry", onclick: () => this.show(cited) },
        icon("retry"),
        this.texts.retry,
      );
      quote(h("div", { class: "note" }, error.status === 404 ? this.texts.gone : [this.texts.alone, again]));
    }
  }

  fill(body, { text, from, sections }, cited, quote) {
    // Offsets count code points as the server does, not JavaScript's halves of pairs.
    const whole = [...text];
    const at = (offset) => whole.slice(0, Math.max(0, offset - from)).join("").length;
    const [start, end] = [at(cited.start), at(cited.end)];
    if (text.slice(start, end) !== cited.quote) return quote(h("p", { class: "note" }, this.texts.changed));
    const headed = sections.filter(
      (one) => one.headings?.length && one.start >= from && one.start < from + whole.length,
    );
    const levels = new Map(headed.map((one) => [at(one.start), Math.min(one.headings.length + 3, 6)]));
    const inline = (low, high) => {
      const cuts = [low, Math.min(Math.max(start, low), high), Math.max(Math.min(end, high), low), high];
      const part = (one, two) => text.slice(one, two).replaceAll("\\|", "|");
      return [
        part(cuts[0], cuts[1]),
        cuts[1] < cuts[2] && h("mark", {}, part(cuts[1], cuts[2])),
        part(Math.max(cuts[1], cuts[2]), cuts[3]),
      ];
    };
    body.replaceChildren(...draw(text, inline, (line) => levels.get(line), this.texts.table));
    const marked = body.querySelector("mark");
    if (marked)
      body.scrollTop += marked.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
  }

  foot(cited) {
    const url = followed(cited.url, this.widget.server.base);
    if (!url) return "";
    // On the same site the tab stays, and with it the conversation; from a frame it never does.
    const stays = url.origin === location.origin && window.top === window;
    return h(
      "footer",
      {},
      h(
        "a",
        {
          href: withFragment(url, cited.quote),
          ...(!stays && { target: "_blank", rel: "noopener noreferrer" }),
        },
        this.texts.open,
        icon("out"),
      ),
    );
  }

  hide() {
    this.turn++;
    this.element.hidden = true;
    this.widget.cover(false);
    (this.opener?.isConnected ? this.opener : this.widget.box).focus({ preventScroll: true });
  }
}

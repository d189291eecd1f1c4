// What an answer says, sentence by sentence, with its footnotes. Sentences that are there stay as they are, so that a
// footnote that has the focus keeps it.
class Said {
  constructor(exchange) {
    Object.assign(this, { exchange, run: null, line: null, count: 0 });
    this.element = h("div", { class: "said", dir: "auto" });
  }

  grow(sentences) {
    for (; this.count < sentences.length; this.count++) this.add(sentences[this.count]);
  }

  add({ text, footnotes }) {
    const marks = () => footnotes.map((number) => this.footnote(number));
    if (!isBlock(text)) {
      if (!this.line) this.element.append((this.line = h("p")));
      this.line.append(h("span", { class: "claim" }, text, marks()), " ");
      this.run = null;
      return;
    }
    this.line = null;
    // Items and rows that follow each other are one list or table.
    if (!this.run) {
      this.run = { element: h("div", { class: "claim block" }), text: "", ends: new Map() };
      this.element.append(this.run.element);
    }
    const before = this.run.text ? `${this.run.text}\n` : "";
    this.run.text = before + text.replace(/^\n+|\s+$/g, "");
    this.run.ends.set(this.run.text.replace(/\s*\|$/, "").length, marks);
    this.redraw(this.run);
  }

  // A footnote stands behind the last character of its sentence, wherever that comes to lie.
  redraw({ element, text, ends }) {
    const left = new Map(ends);
    const inline = (start, end) => {
      const found = [...left.keys()].filter((at) => at > start && at <= end);
      const made = found.flatMap((at) => left.get(at)());
      for (const at of found) left.delete(at);
      return [text.slice(start, end).replaceAll("\\|", "|"), ...made];
    };
    const drawn = draw(text, inline, null, this.exchange.texts.table);
    element.replaceChildren(...drawn, ...[...left.values()].flatMap((make) => make()).filter(Boolean)); // those of code
  }

  footnote(number) {
    const { data, texts, widget } = this.exchange;
    const cited = data.citations.find((one) => one.number === number);
    if (!cited) return null;
    const attributes = {
      type: "button",
      class: "mark",
      "data-number": number,
      "aria-label": `${texts.footnote} ${number}: ${this.exchange.place(cited)}`,
      onclick: (event) => widget.cite(cited, event.currentTarget),
    };
    return h("sup", {}, "\u2060", h("button", attributes, String(number))); // joined to the word before it
  }
}

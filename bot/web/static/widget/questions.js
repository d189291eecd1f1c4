// Questions to press: those to start with, or in FAQ mode the page's own, with how many of them are explored.
const MOST = 8; // questions of an FAQ
const NEXT = 4; // of them offered after an answer

class Questions {
  constructor(widget, conversation) {
    Object.assign(this, { widget, conversation, all: null });
    this.explored = new Set(conversation.kept.explored);
    this.faq = "faq" in widget.dataset;
  }

  // Nothing is asked of the server before the visitor has shown interest.
  async find() {
    const { server, dataset } = this.widget;
    if (this.path !== location.pathname) this.all = null; // a page that changes without loading
    this.path = location.pathname;
    const given = dataset.starters
      ?.split("|")
      .map((one) => one.trim())
      .filter(Boolean);
    const own = this.faq ? pageQuestions() : [];
    const count = this.faq ? MOST : CONFIG.starters;
    try {
      if (given || own.length || !count) this.all ??= given ?? own;
      else this.all ??= await server.questions(this.faq && document.title, count);
    } catch {
      return; // they are looked for again when it is opened again; one can ask without them
    }
    this.offer();
  }

  offer() {
    const { welcome, exchanges, busy } = this.conversation;
    if (!this.all?.length) return;
    welcome.querySelector(".offer")?.remove();
    welcome.append(h("div", { class: "offer" }, this.faq && this.progress(), this.chips(this.all)));
    this.more?.remove();
    if (!this.faq || !exchanges.length || busy) return;
    const rest = this.all.filter((one) => !this.explored.has(one)).slice(0, NEXT);
    this.more = h("div", { class: "offer more" }, this.progress(), rest.length > 0 && this.chips(rest));
    exchanges.at(-1).element.append(this.more);
  }

  progress() {
    const seen = this.all.filter((one) => this.explored.has(one)).length;
    const line = this.widget.texts.explored.replace("{seen}", seen).replace("{all}", this.all.length);
    return h(
      "p",
      { class: "explored" },
      h("progress", { value: seen, max: this.all.length, "aria-label": line }),
      line,
    );
  }

  chips(questions) {
    const chip = (question) => {
      const read = this.explored.has(question);
      const ask = () => this.conversation.ask(question);
      const attributes = { type: "button", class: read ? "chip read" : "chip", dir: "auto", onclick: ask };
      const told = read && h("span", { class: "unseen" }, ` (${this.widget.texts.read})`);
      return h("li", {}, h("button", attributes, read && icon("done"), question, told));
    };
    return h("ul", { class: "chips" }, questions.map(chip));
  }
}

// What was asked and said: one answer at a time, kept in the tab's own storage where the page and the server allow it.
const PATIENCE = 6000; // ms before a visitor is told that it takes longer
const CARRIED = 6; // exchanges sent along for a follow-up question
const LAST = 20; // exchanges kept over a change of page

class Conversation {
  constructor(widget) {
    this.widget = widget;
    this.stored = CONFIG.keep && widget.dataset.keep !== "none";
    this.kept = this.load();
    this.data = this.kept.exchanges;
    this.questions = new Questions(widget, this);
    this.exchanges = [];
  }

  get busy() {
    return Boolean(this.control);
  }

  // Storage may be refused, full, or written by another version: then the conversation begins anew.
  load() {
    const fresh = { exchanges: [], explored: [], open: undefined };
    try {
      const found = this.stored ? JSON.parse(sessionStorage.getItem(this.widget.key)) : null;
      const whole = (one) =>
        isText(one?.question) &&
        every(one.sentences, isSentence) &&
        every(one.citations, isCitation) &&
        every(one.uncovered, isText) &&
        every(one.suggestions, isText) &&
        (one.state !== "failed" || one.trouble);
      return found && every(found.exchanges, whole) && every(found.explored, isText) ? found : fresh;
    } catch {
      return fresh;
    }
  }

  keep() {
    if (!this.stored) return;
    const { key, dialog } = this.widget;
    const exchanges = this.data
      .slice(-LAST)
      .map((one) => (one.state === "asking" ? { ...one, state: "stopped" } : one));
    try {
      sessionStorage.setItem(
        key,
        JSON.stringify({ exchanges, explored: [...this.questions.explored], open: !dialog.hidden }),
      );
    } catch {
      this.stored = false;
    }
  }

  show() {
    const { widget } = this;
    const { texts } = widget;
    this.welcome = h(
      "div",
      { class: "welcome" },
      h("p", { class: "greeting", dir: "auto" }, widget.dataset.greeting || texts.greeting),
    );
    this.exchanges = this.data.map((one) => new Exchange(one, widget));
    widget.log.replaceChildren(this.welcome, ...this.exchanges.map((one) => one.element));
    widget.fresh.hidden = !this.data.length;
    this.questions.offer();
  }

  async ask(question) {
    if (this.busy || !question.trim()) return;
    const { widget } = this;
    const history = this.data
      .filter((one) => one.sentences.length > 0)
      .slice(-CARRIED)
      .map((one) => ({
        question: one.question,
        answer: one.sentences.map((said) => said.text).join(" "),
        passages: one.passages ?? [],
      }));
    const data = newExchange(question.trim());
    const exchange = new Exchange(data, widget);
    this.data.push(data);
    this.exchanges.push(exchange);
    this.control = new AbortController();
    widget.log.append(exchange.element);
    widget.log.scrollTop = exchange.element.offsetTop - 8;
    widget.region.replaceChildren();
    widget.working(true);
    widget.rest();
    widget.say(widget.texts.searching);
    widget.tell("ask", { question: data.question });
    await this.follow(exchange, history);
  }

  async follow(exchange, history) {
    const { widget } = this;
    const { data } = exchange;
    const slow = setTimeout(
      () => data.sentences.length || (this.step(exchange, "waiting"), widget.say(widget.texts.waiting)),
      PATIENCE,
    );
    try {
      for await (const event of widget.server.ask(data.question, history, this.control)) this.hear(exchange, event);
      if (data.state === "asking") throw new Trouble("offline");
      this.questions.explored.add(data.question);
      widget.tell("answer", { id: data.id, lane: data.lane, question: data.question });
    } catch (error) {
      const { aborted, reason } = this.control.signal;
      const stopped = aborted && !(reason instanceof Trouble);
      const { kind, wait } = error instanceof Trouble ? error : { kind: "version", wait: 0 };
      Object.assign(data, stopped ? { state: "stopped" } : { state: "failed", trouble: { kind, wait } });
      widget.say(stopped ? widget.texts.stopped : widget.texts[kind]);
      if (!stopped) widget.tell("error", { kind, question: data.question });
    } finally {
      clearTimeout(slow);
      this.control = null;
      widget.working(false);
      exchange.draw();
      this.questions.offer();
      this.keep();
    }
  }

  step(exchange, step) {
    exchange.data.step = step;
    exchange.draw();
  }

  hear(exchange, { name, data: told }) {
    const { data } = exchange;
    if (name === "retrieved") this.step(exchange, "checking");
    if (name === "error") throw new Trouble(KINDS[told?.status] ?? "broken");
    if (name === "said") {
      needs(told, (one) => isSentence(one?.sentence) && every(one.citations, isCitation));
      data.citations.push(...told.citations);
      data.sentences.push(told.sentence);
      this.step(exchange, "checking");
      this.widget.read(told.sentence.text);
    }
    if (name === "finished") this.finish(exchange, needs(told, isAnswer));
  }

  finish({ data }, answer) {
    const fresh = answer.sentences.slice(data.sentences.length);
    data.citations = answer.citations;
    data.sentences = [...data.sentences, ...fresh];
    const texts = (all) => (Array.isArray(all) ? all.filter(isText) : []);
    Object.assign(data, {
      id: isText(answer.id) ? answer.id : "",
      state: "done",
      lane: answer.lane,
      because: isText(answer.declined_because) ? answer.declined_because : "",
      uncovered: texts(answer.uncovered),
      passages: texts(answer.passages),
      suggestions: texts(Array.isArray(answer.suggestions) ? answer.suggestions.map((one) => one?.question) : []),
    });
    for (const one of fresh) this.widget.read(one.text);
    if (data.lane === "declined") this.widget.say(this.widget.texts.declined);
  }

  stop() {
    this.control?.abort();
  }

  // An open connection would keep the page out of the back-forward cache, and the server at work for nobody.
  leave() {
    const { busy } = this;
    this.stop();
    if (busy) this.keep();
  }

  drop(exchange) {
    exchange.element.remove();
    this.exchanges = this.exchanges.filter((one) => one !== exchange);
    this.data = this.data.filter((one) => one !== exchange.data);
  }

  retry(exchange) {
    if (this.busy) return;
    this.drop(exchange);
    this.ask(exchange.data.question);
  }

  clear() {
    this.stop();
    unmark(this.widget);
    for (const one of [...this.exchanges]) this.drop(one);
    this.questions.explored.clear();
    this.keep();
    this.show();
    this.widget.rest();
  }
}

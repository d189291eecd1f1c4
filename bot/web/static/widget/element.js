// <footnote-chat>: what the visitor sees of it and presses. How questions are answered is in conversation.js.
const NARROW = "(max-width: 480px), (max-height: 460px)"; // the dialog takes the whole screen; also a wide one at 200 %
const LATE = 1500; // ms texts of another language may take
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(CSS_TEXT);

class FootnoteChat extends HTMLElement {
  connectedCallback() {
    if (this.root) return; // moved or put back by a page that swaps its body: everything is as it was
    this.root = this.attachShadow({ mode: "open" });
    this.server = new Server(this.dataset.server ? new URL(this.dataset.server, location.href).href.replace(/\/+$/, "") : BASE);
    this.number = [...document.querySelectorAll("footnote-chat")].filter((one) => one.root && one !== this && !one.inline).length;
    this.key = `footnote:${this.server.base}:${this.id || this.dataset.title || ""}`;
    this.inline = "inline" in this.dataset;
    this.conversation = new Conversation(this);
    addEventListener("pagehide", () => this.conversation.leave());
    matchMedia(NARROW).addEventListener("change", () => this.fit());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => colours(this));
    globalThis.visualViewport?.addEventListener("resize", () => this.fit());
    this.ready = this.learn();
  }

  // Build everything in a language; a second time where its texts came late.
  speak(texts) {
    Object.assign(this, { texts, name: this.dataset.title || texts.title });
    colours(this);
    this.passage = new Passage(this);
    const mirrored = getComputedStyle(document.body).direction === "rtl";
    const { position = "end", open } = this.dataset;
    const left = position === "left" || (position === "start" && !mirrored) || (position === "end" && mirrored);
    this.frame = h("div", {
      class: `frame ${this.inline ? "inline" : "corner"} ${left ? "left" : "right"}`, lang: texts.lang, dir: texts.dir,
    }, launcher(this), panel(this), (this.region = h("div", { class: "unseen", "aria-live": "polite" })));
    this.frame.style.setProperty("--number", this.number);
    this.root.replaceChildren(this.frame);
    this.working(false);
    this.conversation.show();
    // It stays open from page to page; on a phone it would hide the page one went to.
    const kept = this.conversation.kept.open;
    if (this.inline || (kept === undefined ? open !== undefined : kept && !matchMedia(NARROW).matches)) this.unfold(false);
  }

  // English is here, other texts are fetched; when they do not come soon, English stands in.
  async learn() {
    const { texts } = this.dataset;
    const language = pickLanguage(this);
    const address = texts ? followed(texts, location.href)?.href : language !== "en" && `${this.server.base}/widget-texts/${language}.json`;
    if (!address) return this.speak(TEXTS);
    const late = setTimeout(() => this.speak(TEXTS), LATE);
    try {
      const given = Object.entries(await (await fetch(address, { credentials: "omit" })).json());
      this.speak({ ...TEXTS, ...Object.fromEntries(given.filter(([name, text]) => isText(TEXTS[name]) && isText(text))) });
    } catch {
      console.warn(`footnote: no texts could be read at ${address}`);
      if (!this.frame) this.speak(TEXTS);
    } finally {
      clearTimeout(late);
    }
  }

  working(busy) {
    const name = busy ? this.texts.stop : this.texts.send;
    this.go.replaceChildren(icon(busy ? "stop" : "send"));
    for (const attribute of ["aria-label", "title"]) this.go.setAttribute(attribute, name);
    this.go.classList.toggle("busy", busy);
    this.fresh.hidden = !this.conversation.exchanges.length;
  }

  send() {
    const question = this.box.value.trim();
    if (!question) return this.hint(this.texts.empty);
    if ([...question].length > CONFIG.longest) return this.hint(this.texts.long);
    this.box.value = "";
    this.grow();
    this.conversation.ask(question);
  }

  grow() {
    this.hint("");
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 140)}px`;
  }

  hint(line) {
    this.note.textContent = line;
    if (line) this.say(line);
  }

  // Read aloud, once; what was read before is gone soon, so that nobody meets it again.
  say(line) {
    this.region.append(h("p", {}, line));
    while (this.region.childElementCount > 8) this.region.firstElementChild.remove();
  }

  read(sentence) {
    this.say(pieces(sentence).join("; "));
  }

  // Escape closes the passage, then the dialog; Tab stays inside a dialog.
  pressed(event) {
    if (event.key === "Escape" && (this.passage.shown || !this.inline)) {
      event.stopPropagation();
      if (this.passage.shown) this.passage.hide();
      else this.close();
    }
    if (event.key !== "Tab" || this.inline) return;
    const stops = [...this.dialog.querySelectorAll("button,a,textarea,[tabindex='0']")].filter((one) => one.checkVisibility() && !one.closest("[inert]"));
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (this.root.activeElement !== edge && this.root.activeElement !== this.dialog) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }

  cover(covered) {
    this.talk.inert = covered;
  }

  async open() {
    await this.ready;
    if (!this.dialog.hidden) return;
    this.before = document.activeElement;
    this.unfold(true);
  }

  unfold(focus) {
    colours(this);
    this.dialog.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.frame.classList.add("open");
    this.label.textContent = this.name;
    this.fit();
    this.log.scrollTop = this.scrolled ?? this.log.scrollTop;
    // On a phone the box would call up the keyboard over the greeting.
    const start = matchMedia("(pointer: coarse)").matches ? this.dialog : this.box;
    if (focus) (this.cited?.isConnected ? this.cited : start).focus({ preventScroll: true });
    this.cited = null;
    this.conversation.opened();
    this.tell("open");
  }

  close(label) {
    if (this.inline || !this.dialog || this.dialog.hidden) return;
    this.scrolled = this.log.scrollTop;
    const inside = this.root.activeElement !== null;
    this.dialog.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.frame.classList.remove("open");
    this.label.textContent = label ?? this.name;
    const back = this.before?.isConnected && this.before !== this && this.before !== document.body ? this.before : this.opener;
    if (inside) back.focus({ preventScroll: true });
    this.keep();
    this.tell("close");
  }

  // The whole screen on a phone, above its keyboard.
  fit() {
    if (!this.frame) return;
    const whole = !this.inline && matchMedia(NARROW).matches;
    this.frame.classList.toggle("whole", whole);
    if (!this.inline) this.dialog.setAttribute("aria-modal", whole);
    const seen = globalThis.visualViewport;
    const keyboard = whole && seen?.scale === 1 && seen.height < innerHeight - 1;
    this.dialog.style.height = keyboard ? `${seen.height}px` : "";
  }

  // On the page itself where it is the cited article, else in the widget.
  cite(cited, opener) {
    const named = (this.dataset.page ?? "").split(/[\s|]+/).filter(Boolean);
    const ranges = isThisPage(cited, this.server.base, named)
      ? rangesOf(cited.quote, followed(cited.url, this.server.base)?.hash.slice(1)) : [];
    this.tell("cite", { article: cited.article, url: cited.url, here: ranges.length > 0 });
    if (!ranges.length) return this.passage.show(cited, opener);
    this.makeWay(ranges[0], opener);
    mark(ranges);
    this.say(this.texts.marked);
  }

  // The dialog steps aside where the words would lie under it, and comes back to the footnote.
  makeWay(range, opener) {
    const [words, dialog] = [range.getBoundingClientRect(), this.dialog.getBoundingClientRect()];
    if (this.inline || words.right < dialog.left || words.left > dialog.right) return;
    this.close(this.texts.return);
    this.cited = opener;
  }

  contact() {
    const given = this.dataset.contact ?? CONFIG.contact;
    const url = followed(/^[^:/]+@[^:/]+$/.test(given) ? `mailto:${given}` : given, location.href);
    return url && h("p", {}, h("a", { class: "contact", href: url.href, target: "_blank", rel: "noopener noreferrer" }, this.texts.contact));
  }

  chips(questions) {
    const read = (question) => this.conversation.explored.has(question);
    return h("ul", { class: "chips" }, questions.map((question) => h("li", {}, h("button", {
      type: "button", class: read(question) ? "chip read" : "chip", dir: "auto", onclick: () => this.conversation.ask(question),
    }, read(question) && icon("done"), question, read(question) && h("span", { class: "unseen" }, ` (${this.texts.read})`)))));
  }

  async ask(question) {
    await this.open();
    return this.conversation.ask(String(question));
  }

  retry(exchange) {
    this.conversation.retry(exchange);
  }

  keep() {
    this.conversation.keep();
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`footnote:${name}`, { detail, bubbles: true, composed: true }));
  }
}

// <footnote-chat>: what the visitor sees of it and presses. How questions are answered is in conversation.js.
const LATE = 1500; // ms texts of another language may take: the button waits for them
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(CSS_TEXT);

class FootnoteChat extends HTMLElement {
  connectedCallback() {
    if (!this.life) this.listen();
    if (!this.root) this.begin(); // else moved or put back by a page that swaps its body: everything is as it was
    this.ready ??= this.learn();
  }

  begin() {
    this.root = this.attachShadow({ mode: "open" });
    this.server = new Server(
      this.dataset.server ? new URL(this.dataset.server, location.href).href.replace(/\/+$/, "") : BASE,
    );
    const others = [...document.querySelectorAll("footnote-chat")].filter((one) => one.root && one !== this);
    const { position, title } = this.dataset;
    this.number = others.filter((one) => !one.inline && one.dataset.position === position).length;
    let at = 0; // of those of equal name
    do this.key = `footnote:${this.server.base}:${this.id || title || ""}:${at++}`;
    while (others.some((one) => one.key === this.key));
    this.inline = "inline" in this.dataset;
    this.conversation = new Conversation(this);
  }

  listen() {
    this.life = new AbortController();
    const { signal } = this.life;
    const on = (target, name, act) => target?.addEventListener(name, () => act(this), { signal });
    on(window, "pagehide", () => this.conversation.leave());
    on(matchMedia(NARROW), "change", fit);
    on(globalThis.visualViewport, "resize", fit);
    // The page's style sheets may come after this script, and its ground may change.
    on(window, "load", colours);
    on(matchMedia("(prefers-color-scheme: dark)"), "change", colours);
    const ground = new MutationObserver(() => colours(this));
    ground.observe(document.documentElement, { attributeFilter: ["class", "data-theme"] });
    signal.onabort = () => ground.disconnect();
  }

  // What is only moved is back in a task; what the script made is put back.
  disconnectedCallback() {
    setTimeout(() => {
      if (this.isConnected || this.stays || !this.life) return;
      this.life.abort();
      this.life = null;
      this.conversation.leave();
      unmark(this);
    });
  }

  remove() {
    this.stays?.disconnect();
    this.stays = null;
    super.remove();
  }

  // Build everything in a language.
  speak(texts) {
    Object.assign(this, { texts, name: this.dataset.title || texts.title });
    colours(this);
    this.passage = new Passage(this);
    const mirrored = getComputedStyle(document.body ?? document.documentElement).direction === "rtl";
    const { position = "end", open } = this.dataset;
    const left = position === "left" || (position === "start" && !mirrored) || (position === "end" && mirrored);
    this.frame = h(
      "div",
      {
        class: `frame ${this.inline ? "inline" : "corner"} ${left ? "left" : "right"}`,
        lang: texts.lang,
        dir: texts.dir,
      },
      launcher(this),
      panel(this),
      (this.region = h("div", { class: "unseen", "aria-live": "polite" })),
    );
    this.frame.style.setProperty("--number", this.number);
    this.root.replaceChildren(this.frame);
    this.working(false);
    this.conversation.show();
    performance.mark("footnote:ready");
    // It stays open from page to page; on a phone it would hide the page one went to.
    const wanted = (this.conversation.kept.open ?? open !== undefined) && !matchMedia(NARROW).matches;
    if (this.inline || wanted) unfold(this, false);
  }

  // English is here, other texts are fetched; when they do not come soon, English stands in.
  async learn() {
    const { texts } = this.dataset;
    const language = pickLanguage(this);
    const address = texts
      ? followed(texts, location.href)?.href
      : language !== "en" && `${this.server.base}/widget-texts/${language}.json`;
    let given = {};
    try {
      if (address)
        given = await (await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(LATE) })).json();
    } catch {
      console.warn(`footnote: no texts could be read at ${address}`);
    }
    if (!this.life) return (this.ready = null); // taken out meanwhile: built when it is put back
    const right = Object.entries(given ?? {}).filter(([name, text]) => isText(TEXTS[name]) && isText(text));
    this.speak({ ...TEXTS, ...Object.fromEntries(right) });
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

  // Where the focus rests: in the box, but on a phone that would call up the keyboard over what is to be read.
  rest() {
    (matchMedia("(pointer: coarse)").matches ? this.log : this.box).focus({ preventScroll: true });
  }

  cover(covered) {
    this.talk.inert = covered;
  }

  async open() {
    await this.ready;
    if (!this.dialog?.hidden) return; // open already, or taken out before it was built
    this.before = document.activeElement;
    unfold(this, true);
  }

  close() {
    fold(this, this.name);
  }

  // On the page itself where it is the cited article, else in the widget.
  cite(cited, opener) {
    const named = (this.dataset.page ?? "").split(/[\s|]+/).filter(Boolean);
    const ranges = isThisPage(cited, this.server.base, named)
      ? rangesOf(cited.quote, anchorOf(cited.url, this.server.base))
      : [];
    this.tell("cite", { article: cited.article, url: cited.url, here: ranges.length > 0 });
    if (!ranges.length) return this.passage.show(cited, opener);
    makeWay(this, ranges[0], opener);
    mark(ranges, this);
    this.say(this.texts.marked);
  }

  contact() {
    const own = this.dataset.contact;
    const given = own ?? CONFIG.contact;
    const base = own === undefined ? `${BASE}/` : location.href; // the server's setting is the server's path
    const url = followed(/^[^:/]+@[^:/]+$/.test(given) ? `mailto:${given}` : given, base);
    return (
      url &&
      h(
        "p",
        {},
        h("a", { class: "contact", href: url.href, target: "_blank", rel: "noopener noreferrer" }, this.texts.contact),
      )
    );
  }

  async ask(question) {
    await this.open();
    return this.dialog && this.conversation.ask(String(question));
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

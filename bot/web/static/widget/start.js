// The script tag becomes a widget, and the page gets window.Footnote. Loaded twice, or from two servers, the first
// script defines the element and every tag makes its own.
const pickLanguage = (widget) => {
  const wanted = [widget.dataset.language, widget.closest("[lang]")?.lang, ...navigator.languages];
  return wanted.map((one) => (one ?? "").toLowerCase().split("-")[0]).find((one) => LANGUAGES.includes(one)) ?? "en";
};

// Put back when a page swaps its body, or everything.
const stay = (widget, target) => {
  const place = () => {
    if (widget.isConnected) return;
    const inside = target ? document.querySelector(target) : document.documentElement;
    inside?.append(widget);
  };
  widget.stays = new MutationObserver(place);
  widget.stays.observe(document, { childList: true, subtree: true });
  place();
};

const fromScript = (script) => {
  const widget = document.createElement("footnote-chat");
  Object.assign(widget.dataset, { ...script.dataset, server: script.dataset.server ?? BASE });
  const same = (one) =>
    JSON.stringify(Object.entries(one.dataset).sort()) === JSON.stringify(Object.entries(widget.dataset).sort());
  if (![...document.querySelectorAll("footnote-chat")].some(same)) stay(widget, script.dataset.inline);
};

const api = () => {
  const first = () => document.querySelector("footnote-chat");
  const waiting = Array.isArray(window.Footnote) ? window.Footnote : [];
  const footnote = {
    open: () => first()?.open(),
    close: () => first()?.close(),
    remove: () => first()?.remove(),
    ask: (question) => first()?.ask(question),
    on: (name, heard) => {
      const listen = (event) => heard(event.detail, event.target);
      document.addEventListener(`footnote:${name}`, listen);
      return () => document.removeEventListener(`footnote:${name}`, listen);
    },
    push: (act) => act(footnote),
  };
  window.Footnote = footnote;
  for (const act of waiting) act(footnote);
};

if (!customElements.get("footnote-chat")) customElements.define("footnote-chat", FootnoteChat);
if (!window.Footnote?.ask) api();
if (SCRIPT && !("define" in SCRIPT.dataset)) {
  if (document.body) fromScript(SCRIPT);
  else addEventListener("DOMContentLoaded", () => fromScript(SCRIPT)); // a tag in the head without async
}

// The source panel: opens on a footnote, shows what the server drew, steps to the footnotes beside it, closes on Escape,
// gives the focus back.
const panel = element.querySelector("#fn-source");
const content = panel.querySelector(".content");
const buttons = Object.fromEntries([...panel.querySelectorAll(".bar button")].map((one) => [one.dataset.do, one]));
let opener = null; // the footnote asked for last: a second press of a step counts from there
let drawn = null; // the one whose words are shown
let asking = 0;

const close = () => {
  asking++; // what is still to come opens nothing
  panel.hidden = true;
  document.body.classList.remove("fn-beside");
  document.querySelectorAll(".mark.open").forEach((mark) => mark.classList.remove("open"));
  // The exchange may have been drawn again since: find the button that now stands in its place.
  const same = opener && document.querySelector(`#${opener.exchange} .${opener.kind}[data-number="${opener.number}"]`);
  (opener?.button.isConnected ? opener.button : same)?.focus();
  opener = drawn = null;
};

// Each footnote of the answer that is open, by number; the exchange may have been drawn again since.
const footnotes = () => {
  const cited = [...(opener ? document.querySelectorAll(`#${opener.exchange} [data-cite]`) : [])];
  return cited.sort((one, two) => one.dataset.cite - two.dataset.cite);
};

// Where the footnote that is shown stands among those there are: more come as the answer grows.
const place = () => {
  const cited = footnotes();
  const at = cited.findIndex((one) => one.dataset.cite === opener.number);
  panel.querySelector(".count").textContent = cited.length ? `Footnote ${at + 1} of ${cited.length}` : "";
  // Not disabled: that would throw the focus away on reaching an end.
  buttons.previous.setAttribute("aria-disabled", at <= 0);
  buttons.next.setAttribute("aria-disabled", at >= cited.length - 1);
  for (const name of ["previous", "next"]) buttons[name].hidden = cited.length < 2;
  for (const mark of document.querySelectorAll(".mark")) {
    mark.classList.toggle("open", mark.closest(".exchange").id === opener.exchange && mark.dataset.number === opener.number);
  }
};

const step = (by) => {
  const cited = footnotes();
  cited[cited.findIndex((one) => one.dataset.cite === opener.number) + by]?.dispatchEvent(
    new CustomEvent("footnote:step", { bubbles: true }),
  );
};

document.addEventListener("footnote:source", async (event) => {
  const { asked, exchange, button, stepped } = event.detail;
  const turn = ++asking;
  opener = { button, exchange: exchange.id, kind: button.classList[0], number: button.dataset.number };
  const html = await server.source(asked).catch(() => "");
  if (turn !== asking) return;
  if (!html) return (opener = drawn);
  drawn = opener;
  place();
  content.innerHTML = html;
  panel.hidden = false;
  document.body.classList.add("fn-beside");
  if (stepped) document.dispatchEvent(new CustomEvent("footnote:say", { detail: panel.querySelector(".count").textContent }));
  else buttons.close.focus({ preventScroll: true });
  const passage = content.querySelector(".passage");
  const quote = content.querySelector("mark");
  if (passage && quote) {
    passage.scrollTop += quote.getBoundingClientRect().top - passage.getBoundingClientRect().top - passage.clientHeight / 4;
  }
});

document.addEventListener("footnote:drawn", () => drawn && drawn === opener && place());
buttons.close.addEventListener("click", close);
buttons.previous.addEventListener("click", () => step(-1));
buttons.next.addEventListener("click", () => step(1));
panel.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  // Inside the passage these keys scroll a wide table.
  if (by && event.target.closest(".bar")) step(by);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const stop = document.querySelector("#fn-stop");
  if (panel.hidden) return stop?.getClientRects().length && stop.click();
  event.preventDefault();
  close();
});
document.addEventListener("click", (event) => {
  const aside = window.matchMedia("(max-width: 999px)").matches && !event.target.closest("#fn-source, [data-do=source]");
  if (panel.hidden || !(aside || event.target.closest("#fn-new"))) return;
  opener = null; // the reader is already somewhere else
  close();
});

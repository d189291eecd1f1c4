// The source panel: opens on a footnote, shows what the server drew, closes on Escape, gives the focus back.
const panel = element.querySelector("#fn-source");
const content = panel.querySelector(".content");
let opener = null;
let asking = 0;

const close = () => {
  panel.hidden = true;
  document.body.classList.remove("fn-beside");
  document.querySelectorAll(".mark.open").forEach((mark) => mark.classList.remove("open"));
  // The exchange may have been drawn again since: find the button that now stands in its place.
  const same = opener && document.querySelector(`#${opener.exchange} .${opener.kind}[data-number="${opener.number}"]`);
  (opener?.button.isConnected ? opener.button : same)?.focus();
  opener = null;
};

document.addEventListener("footnote:source", async (event) => {
  const { asked, exchange, button } = event.detail;
  const turn = ++asking;
  const html = await server.source(asked);
  if (!html || turn !== asking) return;
  opener = { button, exchange: exchange.id, kind: button.classList[0], number: button.dataset.number };
  document.querySelectorAll(".mark.open").forEach((mark) => mark.classList.remove("open"));
  exchange.querySelectorAll(`.mark[data-number="${opener.number}"]`).forEach((mark) => mark.classList.add("open"));
  content.innerHTML = html;
  panel.hidden = false;
  document.body.classList.add("fn-beside");
  panel.querySelector(".close").focus({ preventScroll: true });
  const passage = content.querySelector(".passage");
  const quote = content.querySelector("mark");
  if (passage && quote) {
    passage.scrollTop += quote.getBoundingClientRect().top - passage.getBoundingClientRect().top - passage.clientHeight / 4;
  }
});

panel.querySelector(".close").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.hidden) {
    event.preventDefault();
    close();
  }
});
document.addEventListener("click", (event) => {
  const aside = window.matchMedia("(max-width: 999px)").matches && !event.target.closest("#fn-source, [data-do=source]");
  if (panel.hidden || !(aside || event.target.closest("#fn-new"))) return;
  opener = null; // the reader is already somewhere else
  close();
});

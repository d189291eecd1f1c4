// Runs once for each of the two parts that hold the conversation: sends clicks to the server, keeps the newest
// sentence in sight and reads each finished one aloud once. Buttons say what they do in data-do.
const busy = () => document.querySelector('.exchange[aria-busy="true"]') !== null;
const box = () => document.querySelector("#fn-box textarea");

const copy = async (button) => {
  // A path of this server means nothing where it is pasted; //name is no path, and may be no address at all.
  const text = button.dataset.copy.replace(/^((?:\[\d+\])+ .* - )(\/(?![/\\])\S*)$/gm, (_, source, path) => source + new URL(path, location.href).href);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not a secure context: the older way still works.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.classList.add("done");
  say("Copied");
  setTimeout(() => button.classList.remove("done"), 1600);
};

const say = (text) => {
  const region = document.getElementById("fn-said");
  if (!region || !text.trim()) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  while (region.childElementCount > 20) region.firstElementChild.remove();
};

// What an answer leads on to can be pressed a moment before Gradio takes the next question, which is when Ask comes back.
let waiting;
const next = (event, sent) => {
  clearTimeout(waiting);
  if (busy()) return;
  if (document.querySelector("#fn-ask")?.offsetParent) trigger(event, sent);
  else waiting = setTimeout(next, 20, event, sent);
};
document.addEventListener("click", (event) => {
  if (event.target.closest("#fn-new, #fn-stop")) clearTimeout(waiting);
});

const actions = {
  ask: (button) => {
    if (busy()) return;
    next("example_select", { question: button.dataset.question });
    box()?.focus({ preventScroll: true });
  },
  retry: () => {
    if (busy()) return;
    next("retry", { retry: true });
    box()?.focus({ preventScroll: true });
  },
  vote: (button, exchange) => {
    if (busy()) return;
    trigger("like", { exchange: exchange.id.slice(1), vote: Number(button.dataset.vote) });
  },
  copy,
  source: (button, exchange, stepped = false) => {
    const cited = exchange.querySelector(`[data-cite="${Number(button.dataset.number)}"]`);
    const { article, title, quote, start, end } = cited.dataset;
    const asked = { article, title, quote, start: Number(start), end: Number(end) };
    document.dispatchEvent(new CustomEvent("footnote:source", { detail: { asked, exchange, button, stepped } }));
  },
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) actions[button.dataset.do]?.(button, button.closest(".exchange"));
});

element.addEventListener("footnote:step", (event) => {
  const exchange = event.target.closest(".exchange");
  const mark = exchange.querySelector(`.mark[data-number="${event.target.dataset.number}"]`);
  actions.source(mark ?? event.target, exchange, true);
});

// Set up once for both parts: what the panel has to say, and the last question back in the empty box to be changed.
if (element.closest("#fn-live")) {
  document.addEventListener("footnote:say", (event) => say(event.detail));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || event.target !== box() || event.target.value || event.isComposing) return;
    const last = [...document.querySelectorAll(".question p")].at(-1);
    if (!last) return;
    event.preventDefault();
    event.target.value = last.textContent;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// A new question goes to the top of the window and stays there while its answer grows, until the reader scrolls.
let following = false;
for (const kind of ["wheel", "touchmove", "pointerdown"]) {
  window.addEventListener(kind, () => (following = false), { passive: true });
}

let fresh = true; // the first value is the conversation restored, or the welcome: nothing of it is news
let known = ""; // id of the exchange being read aloud
let read = 0; // how many of its sentences have been

watch("value", () => {
  const restored = fresh;
  fresh = false;
  document.dispatchEvent(new Event("footnote:drawn"));
  const exchange = element.querySelector(".exchange");
  if (element.closest("#fn-live") === null || !exchange) return;
  const running = exchange.getAttribute("aria-busy") === "true";
  if (exchange.id !== known) {
    [known, read, following] = [exchange.id, restored ? Infinity : 0, true];
  }
  if (following) exchange.scrollIntoView({ block: "start" });
  const claims = new Map();
  for (const part of exchange.querySelectorAll(".claim")) {
    claims.set(part.dataset.claim, (claims.get(part.dataset.claim) ?? "") + part.textContent + " ");
  }
  [...claims.values()].slice(read).forEach(say);
  const last = exchange.querySelector(".declined .because, .trouble, .uncovered");
  if (!running && last && read !== Infinity) say(last.textContent);
  read = running ? Math.max(read, claims.size) : Infinity;
  following &&= running;
});

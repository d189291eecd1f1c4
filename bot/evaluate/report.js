// The list of questions. What others wrote reaches the page as text only: elements are made one by one, never from markup.
// Of each question only what finding and sorting need is held; its line is read again when it is opened.
"use strict";

const PER_PAGE = 20;
const OUTCOMES = {
  wrong: ["✕", "Wrong"],
  false_decline: ["–", "False decline"],
  failed: ["!", "Failed"],
  open: ["?", "Not judged"],
  right: ["✓", "Right"],
};
const CHANGES = { gained: "became right", lost: "became wrong" };
const FILTERS = [
  ["all", "All", () => true],
  ...["wrong", "false_decline", "failed", "open", "right"].map((name) =>
    [name, { wrong: "Wrong", false_decline: "False declines", failed: "Failed or refused", open: "Not judged", right: "Right" }[name],
      (row) => row.outcome === name]),
  ["lost", "Became wrong", (row) => row.changed === "lost"],
  ["gained", "Became right", (row) => row.changed === "gained"],
];
const RANK = Object.fromEntries(Object.keys(OUTCOMES).map((name, place) => [name, place]));
const at = (id) => document.getElementById(id);

const make = (tag, name, ...inside) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside.filter((each) => each !== null && each !== ""));
  return element;
};
const count = (number) => number.toLocaleString("en");

// Data

const source = at("questions").textContent;

function* lines(text) {
  for (let start = 0, end; start < text.length; start = end + 1) {
    end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    if (end > start) yield [start, end];
  }
}

const said = (record) => record.sentences.map(([text]) => text).join(" ");

const light = (start, end) => {
  const record = JSON.parse(source.slice(start, end));
  const answer = said(record);
  return {
    start, end,
    place: record.row,
    id: record.id,
    asked: record.question.trim().slice(0, 300),
    said: answer.slice(0, 300),
    because: record.declined_because.slice(0, 300),
    outcome: record.outcome,
    changed: record.changed,
    lane: record.lane,
    tags: record.tags,
    confidence: record.confidence,
    words: [record.question, answer, ...record.expected_answers, record.id, ...record.tags].join("\n").toLowerCase(),
  };
};

const rows = Array.from(lines(source), ([start, end]) => light(start, end));
const timed = at("seconds").textContent;
Array.from(lines(timed)).forEach(([start, end], number) => {
  [rows[number].first, rows[number].seconds] = JSON.parse(timed.slice(start, end));
});

// An answer, wrong or right, is the worse the surer it is of a wrong one and the less sure of a right one.
const worst = (a, b) =>
  RANK[a.outcome] - RANK[b.outcome] ||
  (a.outcome === "right" ? a.confidence - b.confidence : b.confidence - a.confidence) || a.place - b.place;
const ORDERS = {
  worst,
  file: (a, b) => a.place - b.place,
  confident: (a, b) => b.confidence - a.confidence || a.place - b.place,
  unsure: (a, b) => a.confidence - b.confidence || a.place - b.place,
  slow: (a, b) => b.seconds - a.seconds || a.place - b.place,
};

// State

const state = { filter: "all", page: 0, found: [], open: null };
const sorted = {};
const inOrder = (name) => (sorted[name] ??= [...rows].sort(ORDERS[name]));

const refresh = () => {
  const words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [tag, lane] = [at("tag").value, at("lane").value];
  const among = inOrder(at("sort").value).filter((row) =>
    (!tag || row.tags.includes(tag)) && (!lane || row.lane === lane) && words.every((word) => row.words.includes(word)));
  for (const [name, , takes] of FILTERS) {
    const chip = at(`filter-${name}`);
    if (!chip) continue;
    const taken = name === "all" ? among : among.filter(takes);
    chip.querySelector("b").textContent = count(taken.length);
    chip.setAttribute("aria-pressed", String(name === state.filter));
    chip.disabled = !taken.length && name !== state.filter;
    if (name === state.filter) state.found = taken;
  }
  state.page = 0;
  show();
};

const show = () => {
  const pages = Math.max(1, Math.ceil(state.found.length / PER_PAGE));
  state.page = Math.min(Math.max(state.page, 0), pages - 1);
  const first = state.page * PER_PAGE;
  const here = state.found.slice(first, first + PER_PAGE);
  at("rows").replaceChildren(...here.map(item));
  if (!here.length) at("rows").append(make("li", "none", "No question is like this. Take back a filter or a word."));
  const some = here.length ? `${count(first + 1)}–${count(first + here.length)} of ` : "";
  at("told").textContent = `${some}${count(state.found.length)} question${state.found.length === 1 ? "" : "s"}`;
  at("page").textContent = `Page ${count(state.page + 1)} of ${count(pages)}`;
  at("previous").disabled = !state.page;
  at("next").disabled = state.page === pages - 1;
};

const item = (row) => {
  const [sign, name] = OUTCOMES[row.outcome];
  const icon = make("i", "", sign);
  icon.ariaHidden = "true";
  const title = row.outcome === "failed" && row.lane === "refused" ? "Refused" : name;
  const mark = make("span", `mark ${row.outcome}`, icon, ` ${title}`, row.changed ? make("em", "", CHANGES[row.changed]) : null);
  const answer = row.said ? make("span", "said", row.said) : make("span", "said not", row.because || "nothing said");
  const button = make("button", "row", mark, make("span", "asked", row.asked || "(empty)"), answer,
    make("span", "lane", row.lane), make("span", "sure", row.confidence.toFixed(3)));
  button.type = "button";
  button.dataset.id = row.id;
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => toggle(button, row));
  return make("li", "", button);
};

const toggle = (button, row) => {
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) {
    button.nextElementSibling.remove();
    button.removeAttribute("aria-controls");
  } else {
    const inside = details(JSON.parse(source.slice(row.start, row.end)), row);
    inside.id = `question-${row.place}`;
    button.setAttribute("aria-controls", inside.id);
    button.after(inside);
  }
  address(open ? "" : row.id);
};

// Pages of some origins may not change their address; nothing else depends on it.
const address = (id) => {
  try {
    history.replaceState(null, "", id ? `#q=${encodeURIComponent(id)}` : location.pathname + location.search);
  } catch { /* the address stays */ }
};

// Details

const heading = (text) => make("h3", "", text);
const list = (tag, name, texts) => make(tag, name, ...texts.map((text) => make("li", "text", text)));
const block = (title, ...inside) => inside.some((each) => each) ? [heading(title), ...inside.filter((each) => each)] : [];

const details = (record, row) => make("div", "details",
  make("div", "", ...block("Question", make("p", "whole", record.question || "(empty)")),
    ...(record.history.length ? block("Asked before", list("ol", "", record.history)) : []),
    record.why.length ? make("div", "why", ...record.why.map((text) => make("p", "", text))) : null,
    ...block("Answer", answer(record)),
    ...(record.uncovered.length ? block("Not covered", list("ul", "", record.uncovered)) : []),
    ...(record.citations.length ? block("Citations", ...record.citations.map((each) => citation(each, record))) : [])),
  make("div", "", ...block("Expected", expected(record)), ...block("Ranking", ranking(record)), ...block("Scores", scores(record, row))));

const answer = (record) => {
  if (!record.sentences.length) return make("p", "text faint", record.declined_because || "Nothing was said.");
  const said = make("p", "answer");
  for (const [text, numbers] of record.sentences) {
    said.append(text, ...numbers.map((number) => make("sup", "", String(number))), " ");
  }
  return said;
};

const judged = (is, yes, no) => make("span", is ? "yes" : "no", is ? `✓ ${yes}` : `✕ ${no}`);

const citation = (each, record) => {
  const from = make("p", "from", make("span", "number", String(each.number)), make("span", "", each.trail.join(" > ") || each.article_id),
    record.expected_sources.length ? judged(each.is_expected, "expected source", "not an expected source") : null,
    each.is_verbatim ? make("span", "yes", "✓ verbatim") : make("span", "no", "✕ not verbatim"));
  const passage = make("blockquote", "passage", each.before, make("mark", "", each.quote), each.after);
  passage.tabIndex = 0;
  return make("div", "cite", from, link(each.url), passage);
};

const link = (url) => {
  if (!url) return null;
  const line = make("p", "address");
  let web = false;
  try {
    web = ["http:", "https:"].includes(new URL(url).protocol);
  } catch { /* no address: shown as text */ }
  const shown = make(web ? "a" : "span", web ? "" : "faint", url);
  if (web) Object.assign(shown, { href: url, rel: "noopener noreferrer", target: "_blank" });
  line.append(shown);
  return line;
};

const expected = (record) => {
  const covered = { true: "The articles answer it.", false: "The articles do not answer it: it is to be declined." }[record.answerable];
  const unknown = new Set(record.unknown_sources);
  const sources = record.expected_sources.map((name) => make("li", "text", name, unknown.has(name) ? make("span", "no", " ✕ nowhere in the articles") : null));
  const loose = record.unknown_sources.filter((name) => !record.expected_sources.includes(name));
  sources.push(...loose.map((name) => make("li", "text", name, make("span", "no", " ✕ nowhere in the articles"))));
  const parts = [
    covered ? make("p", "", covered) : null,
    record.expected_answers.length ? make("p", "faint", record.expected_answers.length > 1 ? "Any of these answers" : "Answer") : null,
    record.expected_answers.length ? list("ul", "", record.expected_answers) : null,
    sources.length ? make("p", "faint", sources.length > 1 ? "Sources" : "Source") : null,
    sources.length ? make("ul", "", ...sources) : null,
  ];
  return parts.some(Boolean) ? make("div", "", ...parts) : make("p", "faint", "The file tells nothing.");
};

const ranking = (record) => {
  if (!record.ranking.length) return make("p", "faint", "Nothing was found.");
  return make("ol", "ranking", ...record.ranking.map(([article, anchor, score, is]) =>
    make("li", is ? "expected" : "", anchor ? `${article}#${anchor} ` : `${article} `, make("span", "score", score.toFixed(3)), is ? make("span", "yes", " ✓ expected") : null)));
};

const scores = (record, row) => {
  const pairs = Object.entries(record.scores).map(([name, value]) => [name, Number.isInteger(value) ? String(value) : value.toFixed(3)]);
  if (record.sentences.length) pairs.push(["support of each sentence", record.sentences.map(([, , support]) => support.toFixed(2)).join(", ")]);
  if (row.seconds !== undefined) pairs.push(["seconds", row.seconds.toFixed(2)]);
  if (row.first) pairs.push(["seconds to the first sentence", row.first.toFixed(2)]);
  pairs.push(["id", record.id], ["line in the file", count(record.line)]);
  if (record.tags.length) pairs.push(["tags", record.tags.join(", ")]);
  return make("dl", "scores", ...pairs.flatMap(([name, value]) => [make("dt", "faint", name), make("dd", "", value)]));
};

// Finding one question by its address, and everything that is pressed

const reveal = () => {
  if (!location.hash.startsWith("#q=")) return;
  let id = location.hash.slice(3);
  try {
    id = decodeURIComponent(id);
  } catch { /* as it is */ }
  if (!rows.some((row) => row.id === id)) return;
  if (!state.found.some((row) => row.id === id)) clear();
  state.page = Math.floor(state.found.findIndex((row) => row.id === id) / PER_PAGE);
  show();
  const button = [...at("rows").querySelectorAll(".row")].find((each) => each.dataset.id === id);
  button.click();
  button.scrollIntoView({ block: "start" });
  button.focus({ preventScroll: true });
};

const clear = (filter = "all", tag = "") => {
  at("search").value = at("lane").value = "";
  at("tag").value = tag;
  state.filter = filter;
  refresh();
};

const turn = (by) => {
  state.page += by;
  show();
  at("questions-section").scrollIntoView();
};

const options = (select, names) => {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, number] of [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    select.add(new Option(`${name} (${count(number)})`, name));
  }
  select.closest("label").hidden = !counts.size;
};

const chips = () => {
  for (const [name, title, takes] of FILTERS) {
    if (name !== "all" && !rows.some(takes)) continue;
    const chip = make("button", "", `${title} `, make("b", ""));
    Object.assign(chip, { type: "button", id: `filter-${name}` });
    chip.addEventListener("click", () => { state.filter = name; refresh(); });
    at("chips").append(chip);
  }
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-filter], [data-tag]");
  if (!button) return;
  clear(button.dataset.filter, button.dataset.tag);
  at("questions-section").scrollIntoView();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, select")) {
    event.preventDefault();
    at("search").focus();
  }
  const row = event.target.closest(".row");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (row && step) {
    const all = [...at("rows").querySelectorAll(".row")];
    all[all.indexOf(row) + step]?.focus();
    event.preventDefault();
  }
  if (event.key === "Escape") {
    const open = event.target.closest("#rows > li")?.querySelector('.row[aria-expanded="true"]');
    open?.click();
    open?.focus();
  }
});

options(at("tag"), rows.flatMap((row) => row.tags));
options(at("lane"), rows.map((row) => row.lane));
chips();
at("search").addEventListener("input", refresh);
for (const id of ["tag", "lane", "sort"]) at(id).addEventListener("change", refresh);
at("previous").addEventListener("click", () => turn(-1));
at("next").addEventListener("click", () => turn(1));
addEventListener("hashchange", reveal);
at("list").hidden = false;
refresh();
reveal();

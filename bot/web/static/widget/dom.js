// Where this script came from: the server that is asked.
const SCRIPT = document.currentScript;
const BASE = new URL(".", SCRIPT?.src ?? location.href).href.replace(/\/+$/, "");

// Elements are built, never parsed: what a visitor, an article, a page or a server says can only become text. It also
// works where a page demands Trusted Types.
const h = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(2).filter((child) => child || child === 0));
  return made;
};

const PATHS = {
  mark: "M5 14h9M5 19h6M16.5 6.5L19 5v9",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  fresh: "M4 20l1-4L16 5l3 3L8 19zM13 20h7",
  send: "M12 20V5M5.5 11.5L12 5l6.5 6.5",
  stop: "M7 7h10v10H7z",
  retry: "M3 12a9 9 0 1 0 3-6.7L3 8M3 3v5h5",
  out: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  done: "M5 12.5l4.5 4.5L19 7.5",
  copy: "M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zM5 15H4V4a1 1 0 0 1 1-1h11v2",
  thumb:
    "M7 10v11H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM7 10l4-8a3 3 0 0 1 3 3v4h5.5a2 2 0 0 1 2 2.3l-1.3 8a2 2 0 0 1-2 1.7H7",
};

const icon = (name) => {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  path.setAttribute("d", PATHS[name]);
  for (const [key, value] of [
    ["viewBox", "0 0 24 24"],
    ["aria-hidden", "true"],
  ])
    svg.setAttribute(key, value);
  svg.append(path);
  return svg;
};

const button = (kind, name, picture, press, more) =>
  h("button", { type: "button", class: kind, "aria-label": name, title: name, onclick: press, ...more }, icon(picture));

// An address a visitor may follow, as URL, else null. `//host/` names another server and is no path.
const followed = (address, base) => {
  if (typeof address !== "string" || !address || /[\s\\\p{Cc}]/u.test(address) || address.startsWith("//")) return null;
  try {
    const url = new URL(address, base);
    return /^(https?|mailto):$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
};

const ITEM = /^( *)(-|\d{1,9}[.)])(?: +|$)/;
const ROW = /^\|.*\|\s*$/;
const isBlock = (text) => text.includes("\n") || ITEM.test(text) || ROW.test(text);

// The cells of a table row as [start, end] in the row.
const cells = (row) => {
  const bars = [...row.matchAll(/(?<!\\)\|/g)].map((bar) => bar.index);
  return bars.slice(1).map((end, at) => {
    const inside = row.slice(bars[at] + 1, end);
    const start = bars[at] + 1 + inside.length - inside.trimStart().length;
    return [start, Math.max(start, bars[at] + 1 + inside.trimEnd().length)];
  });
};

const list = (lines, inline) => {
  const levels = [];
  for (const { start, end, text } of lines) {
    const [marks, indent, sign] = ITEM.exec(text);
    const depth = Math.min(indent.length >> 1, levels.length, 5);
    levels.length = Math.min(levels.length, depth + 1);
    if (!levels[depth]) {
      levels[depth] = sign === "-" ? h("ul") : h("ol", { start: parseInt(sign, 10) });
      levels[depth - 1]?.lastElementChild.append(levels[depth]);
    }
    levels[depth].append(h("li", {}, inline(start + marks.length, end)));
  }
  return levels[0];
};

const table = (lines, inline, name) => {
  const row = ({ start, text }, tag) =>
    h(
      "tr",
      {},
      cells(text).map(([from, to]) => h(tag, {}, inline(start + from, start + to))),
    );
  const [head, ...rows] = lines;
  const named = rows.length > 0 && /[^|\s]/.test(head.text);
  const body = (named || !/[^|\s]/.test(head.text) ? rows : lines).map((line) => row(line, "td"));
  return h(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": name },
    h("table", {}, named && h("thead", {}, row(head, "th")), h("tbody", {}, body)),
  );
};

// The plain form of articles (corpus/types.py) as elements. `inline(start, end)` gives the nodes of a stretch of it,
// `heading(start)` the level of a line that is one, `name` what a table is called.
const draw = (text, inline, heading, name) => {
  const drawn = [];
  let [at, lines, kind] = [0, [], null];
  const flush = () => {
    if (kind && lines.length) {
      const [first, last] = [lines[0], lines.at(-1)];
      if (kind === "list") drawn.push(list(lines, inline));
      else if (kind === "table") drawn.push(table(lines, inline, name));
      else if (kind === "code") drawn.push(h("pre", { tabindex: 0 }, h("code", {}, inline(first.start, last.end))));
      else drawn.push(h(kind, {}, inline(first.start, last.end)));
    }
    [lines, kind] = [[], null];
  };
  for (const line of text.split("\n")) {
    const one = { start: at, end: at + line.length, text: line };
    at = one.end + 1;
    const fence = line.startsWith("```");
    if (fence && kind === "code") flush();
    else if (fence) (flush(), (kind = "code"));
    else if (kind === "code") lines.push(one);
    else if (!line.trim()) flush();
    else {
      const level = heading?.(one.start);
      const found = level ? `h${level}` : ITEM.test(line) ? "list" : ROW.test(line) ? "table" : "p";
      if (kind !== found || found === "p" || level) flush();
      kind = found;
      lines.push(one);
    }
  }
  flush();
  return drawn;
};

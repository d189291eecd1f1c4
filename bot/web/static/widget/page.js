// The page around the widget: whether it is the cited article, and where on it the cited words stand. The page's own
// elements are never touched: the mark is a range with a style (CSS Custom Highlight API).
const HIGHLIGHT = "footnote-quote";
const UNREAD = "script,style,noscript,template,textarea,select,title,footnote-chat";

// The words of a quote as a page shows them, block by block: no marks of lists, bars of tables or fences of code.
const pieces = (quote) =>
  quote
    .split("\n")
    .filter((line) => !line.startsWith("```"))
    .flatMap((line) =>
      ROW.test(line)
        ? cells(line).map(([start, end]) => line.slice(start, end).replaceAll("\\|", "|"))
        : [line.replace(ITEM, "").trim()],
    )
    .filter(Boolean);

// Two texts that read alike become equal: white space, kinds of quotation marks and dashes, and case do not count.
// Decomposed, so that folding piece by piece gives the same as folding the whole.
const alike = (text) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]+/g, "")
    .replace(/[‘’‚‛]/g, "'")
    .replace(/[“”„‟«»]/g, '"')
    .replace(/[‐-―−]/g, "-");

const sameAddress = (one, two) => {
  const bare = (url) => url.origin + url.pathname.replace(/(\/index\.html?|\/+)$/, "") + url.search;
  return bare(one) === bare(two);
};

const anchorOf = (address, base) => {
  try {
    return decodeURIComponent(followed(address, base)?.hash.slice(1) ?? "");
  } catch {
    return "";
  }
};

// Whether the page is the article: by its address, by <link rel=canonical>, or as `named` says.
const isThisPage = (citation, base, named) => {
  if (named.includes(citation.article)) return true;
  const url = followed(citation.url, base);
  if (!url) return false;
  const canonical = document.querySelector('link[rel="canonical"]')?.href;
  return [location.href, canonical, ...named].some((name) => {
    const own = followed(name, base);
    return own !== null && sameAddress(own, url);
  });
};

// The page's visible text, folded, with where each piece of it comes from.
const readPage = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) =>
    node.data.trim() && !node.parentElement.closest(UNREAD) && node.parentElement.checkVisibility?.() !== false
      ? NodeFilter.FILTER_ACCEPT
      : NodeFilter.FILTER_REJECT,
  );
  const [nodes, starts] = [[], []];
  let text = "";
  while (walker.nextNode()) {
    nodes.push(walker.currentNode);
    starts.push(text.length);
    text += alike(walker.currentNode.data);
  }
  return { text, nodes, starts };
};

// The node and offset of a character of the folded text; `after` for the place behind it.
const placeOf = ({ nodes, starts }, at, after) => {
  const which = starts.findLastIndex((start) => start <= at);
  let [folded, offset] = [starts[which], 0];
  for (const character of nodes[which].data) {
    const next = folded + alike(character).length;
    if (next > at) return [nodes[which], offset + (after ? character.length : 0)];
    [folded, offset] = [next, offset + character.length];
  }
  return [nodes[which], offset];
};

const rangeOf = (page, words, from) => {
  const wanted = alike(words);
  const later = page.text.indexOf(wanted, from);
  const at = later >= 0 ? later : page.text.indexOf(wanted);
  if (!wanted || at < 0) return null;
  const range = document.createRange();
  range.setStart(...placeOf(page, at, false));
  range.setEnd(...placeOf(page, at + wanted.length - 1, true));
  return range;
};

// Ranges of a quote on this page, the first of them its beginning; the place is looked for below the anchor first.
const rangesOf = (quote, anchor) => {
  const page = readPage();
  const under = anchor && document.getElementById(anchor);
  const below = (node) => under.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const from = under ? (page.starts[page.nodes.findIndex(below)] ?? 0) : 0;
  const blocks = pieces(quote);
  const whole = rangeOf(page, blocks.join(""), from);
  const parts = whole ? [whole] : blocks.map((block) => rangeOf(page, block, from));
  return parts[0] ? parts.filter(Boolean) : [];
};

// Only what this widget marked, and no other has since.
const unmark = (widget) => {
  const { marked } = widget;
  const all = globalThis.CSS?.highlights;
  if (marked && all?.get(HIGHLIGHT) === marked) all.delete(HIGHLIGHT);
  if (marked && !all && ends(marked).every((end, at) => end === ends(getSelection())[at])) getSelection().empty();
  widget.marked = null;
};

// Of a range, or of what is selected, from its beginning.
const ends = (one) => [
  one.startContainer ?? one.anchorNode,
  one.startOffset ?? one.anchorOffset,
  one.endContainer ?? one.focusNode,
  one.endOffset ?? one.focusOffset,
];

const mark = (ranges, widget) => {
  if (globalThis.CSS?.highlights) {
    CSS.highlights.set(HIGHLIGHT, (widget.marked = new Highlight(...ranges)));
    if (!mark.sheet || !document.adoptedStyleSheets.includes(mark.sheet)) {
      mark.sheet = new CSSStyleSheet();
      mark.sheet.replaceSync(`::highlight(${HIGHLIGHT}){background-color:${LIGHT.mark};color:${LIGHT["mark-ink"]}}`);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, mark.sheet];
    }
  } else getSelection().setBaseAndExtent(...ends((widget.marked = ranges[0])));
  // The element first, so that a place inside a scrolling box is reached, then the words themselves.
  ranges[0].startContainer.parentElement.scrollIntoView({ block: "nearest", behavior: "instant" });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const top = ranges[0].getBoundingClientRect().top - innerHeight * 0.3;
  scrollBy({ top, behavior: calm ? "instant" : "smooth" });
};

// The address with a text fragment, so that the browser itself scrolls to the words and marks them.
const withFragment = (url, quote) => {
  const blocks = pieces(quote);
  if (!/^https?:$/.test(url.protocol) || !blocks.length || url.hash.includes(":~:")) return url.href;
  const encoded = (words) => encodeURIComponent(words.join(" ")).replaceAll("-", "%2D");
  const [first, last] = [blocks[0].split(/\s+/), blocks.at(-1).split(/\s+/)];
  const whole = blocks.length === 1 && first.length <= 10;
  try {
    const words = whole ? encoded(first) : `${encoded(first.slice(0, 5))},${encoded(last.slice(-5))}`;
    return `${url.href}${url.hash ? "" : "#"}:~:text=${words}`;
  } catch {
    return url.href; // half of a surrogate pair cannot be sent
  }
};

// The questions the page itself asks in its headings.
const pageQuestions = () => {
  const place = document.querySelector("main,[role=main],article") ?? document.body;
  const clean = (text) => text.replace(/^[\d.\s]+|[\s¶#]+$/g, "").replace(/\s+/g, " ");
  const texts = [...place.querySelectorAll("h2,h3,h4,summary,dt")].map((one) => clean(one.textContent));
  return [...new Set(texts)].filter((text) => text.endsWith("?") && text.length < 160);
};

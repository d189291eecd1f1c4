// The palette of bot/markup/colours.py and its way of making an accent readable: contrast of WCAG 2.2, 4.5 for text.
const LIGHT = {
  paper: "#faf9f6",
  card: "#ffffff",
  ink: "#22262b",
  muted: "#5b626b",
  line: "#e5e1d8",
  edge: "#8a8f96",
  mark: "#ffe9a3",
  "mark-ink": "#2b2410",
  bad: "#9c2f22",
};
const DARK = {
  paper: "#15171a",
  card: "#1e2124",
  ink: "#e9e7e2",
  muted: "#a6acb3",
  line: "#33373c",
  edge: "#767c84",
  mark: "#66541a",
  "mark-ink": "#fff4d1",
  bad: "#f2998d",
};

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const luminance = (colour) => {
  const [red, green, blue] = channels(colour)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, two) => {
  const [low, high] = [luminance(one), luminance(two)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const mixed = (one, two, share) => {
  const other = channels(two);
  const mean = channels(one).map((value, at) => Math.round(value + (other[at] - value) * share));
  return `#${mean.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
};
const readable = (colour, ...grounds) => {
  const target = luminance(grounds[0]) > luminance("#767676") ? "#000000" : "#ffffff";
  for (let step = 0; step < 50; step++) {
    const tried = mixed(colour, target, step / 50);
    if (grounds.every((ground) => contrast(tried, ground) >= 4.5)) return tried;
  }
  return target;
};

const variables = (palette, accent) => {
  const wash = mixed(palette.card, accent, 0.12);
  const own = readable(accent, palette.paper, palette.card, wash);
  const ink = contrast("#ffffff", own) >= contrast("#000000", own) ? "#ffffff" : "#000000";
  const all = { ...palette, accent: own, "on-accent": ink, wash };
  return Object.entries(all)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
};

// The page's own ground decides: a dialog as dark as the system wants would look lost on a page that is always light.
const PROBE = new CSSStyleSheet();
PROBE.replaceSync(":host{all:initial!important;background-color:Canvas!important}");
const pageScheme = (widget) => {
  widget.root.adoptedStyleSheets = [PROBE];
  for (const ground of [document.body, document.documentElement, widget].filter(Boolean)) {
    const said = getComputedStyle(ground).backgroundColor;
    const [red, green, blue, solid = 1] = said.startsWith("rgb") ? said.match(/[\d.]+/g) : [0, 0, 0, 0];
    if (Number(solid) > 0.5) return red * 0.299 + green * 0.587 + blue * 0.114 < 110 ? "dark" : "light";
  }
  return "light";
};

// The style sheet of one widget: `scheme` is light, dark, or anything else for the page's.
const colours = (widget) => {
  const { colour = "", scheme } = widget.dataset;
  const full = colour.replace(/^#(\w)(\w)(\w)$/, "#$1$1$2$2$3$3");
  const accent = /^#[0-9a-f]{6}$/i.test(full) ? full : CONFIG.colour;
  const chosen = scheme === "light" || scheme === "dark" ? scheme : pageScheme(widget);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{color-scheme:${chosen}!important;${variables(chosen === "dark" ? DARK : LIGHT, accent)}}`);
  widget.root.adoptedStyleSheets = [SHEET, sheet];
};

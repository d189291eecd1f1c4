// The dialog unfolds and folds, stays within the screen and keeps the keyboard's focus.
const NARROW = "(max-width: 480px), (max-height: 460px)"; // it takes the whole screen; also of a wide one at 200 %

const unfold = (widget, focus) => {
  const { dialog, log, opener } = widget;
  colours(widget);
  dialog.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  widget.frame.classList.add("open");
  widget.label.textContent = widget.name;
  fit(widget);
  log.scrollTop = widget.scrolled ?? log.scrollTop;
  if (focus && widget.cited?.isConnected) widget.cited.focus({ preventScroll: true });
  else if (focus) widget.rest();
  widget.cited = null;
  widget.keep();
  widget.conversation.questions.find();
  widget.tell("open");
};

// The focus goes back to where it was when the dialog was opened; the button says `label` until then.
const fold = (widget, label) => {
  const { dialog, opener, before } = widget;
  if (widget.inline || !dialog || dialog.hidden) return;
  widget.scrolled = widget.log.scrollTop;
  const inside = widget.root.activeElement !== null;
  dialog.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  widget.frame.classList.remove("open");
  widget.label.textContent = label;
  const elsewhere = before?.isConnected && before !== widget && before !== document.body;
  if (inside) (elsewhere ? before : opener).focus({ preventScroll: true });
  widget.keep();
  widget.tell("close");
};

// The whole screen on a phone, above its keyboard.
const fit = (widget) => {
  if (!widget.frame) return;
  const whole = !widget.inline && matchMedia(NARROW).matches;
  widget.frame.classList.toggle("whole", whole);
  if (!widget.inline) widget.dialog.setAttribute("aria-modal", whole);
  const seen = globalThis.visualViewport;
  const keyboard = whole && seen?.scale === 1 && seen.height < innerHeight - 1;
  widget.dialog.style.height = keyboard ? `${seen.height}px` : "";
};

// It steps aside where words on the page would lie under it, and comes back to their footnote.
const makeWay = (widget, range, opener) => {
  const [words, dialog] = [range.getBoundingClientRect(), widget.dialog.getBoundingClientRect()];
  if (widget.inline || words.right < dialog.left || words.left > dialog.right) return;
  fold(widget, widget.texts.return);
  widget.cited = opener;
};

// Escape closes the passage, then the dialog; Tab stays inside a dialog.
const keys = (widget, event) => {
  const { passage, dialog, root, inline } = widget;
  if (event.key === "Escape" && (passage.shown || !inline)) {
    event.stopPropagation();
    if (passage.shown) passage.hide();
    else widget.close();
  }
  if (event.key !== "Tab" || inline) return;
  const all = [...dialog.querySelectorAll("button,a,textarea,[tabindex='0']")];
  const stops = all.filter((one) => one.getClientRects().length && !one.closest("[inert]"));
  const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (root.activeElement !== edge && root.activeElement !== dialog) return;
  event.preventDefault();
  other.focus();
};

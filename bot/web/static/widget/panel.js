// The button at the corner and the dialog it opens, built once for a language; their parts are fields of the widget.
const launcher = (widget) => {
  widget.opener = h(
    "button",
    {
      type: "button",
      class: "launcher",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      onclick: () => widget.open(),
    },
    icon("mark"),
    (widget.label = h("span", { dir: "auto" }, widget.name)),
  );
  return h("div", { class: "dock", role: "region", "aria-label": widget.name }, widget.opener);
};

const composer = (widget) => {
  const { texts } = widget;
  widget.box = h("textarea", {
    rows: 1,
    placeholder: texts.ask,
    "aria-label": texts.ask,
    dir: "auto",
    enterkeyhint: "send",
    oninput: () => widget.grow(),
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!widget.conversation.busy) widget.send();
    },
  });
  widget.go = h("button", { type: "submit", class: "go" });
  widget.note = h("p", { class: "hint" });
  const submit = (event) => {
    event.preventDefault();
    if (widget.conversation.busy) widget.conversation.stop();
    else widget.send();
  };
  return h("form", { onsubmit: submit }, h("div", { class: "field" }, widget.box, widget.go), widget.note);
};

const panel = (widget) => {
  const { texts, name, inline } = widget;
  widget.log = h("div", { class: "log", tabindex: 0, role: "region", "aria-label": texts.conversation });
  widget.fresh = button("action", texts.fresh, "fresh", () => widget.conversation.clear());
  widget.talk = h("div", { class: "talk" }, widget.log, composer(widget));
  widget.dialog = h(
    "section",
    {
      class: "panel",
      role: inline ? "region" : "dialog",
      "aria-label": name,
      tabindex: -1,
      hidden: !inline,
      onkeydown: (event) => keys(widget, event),
    },
    h(
      "header",
      {},
      icon("mark"),
      h("h2", { dir: "auto" }, name),
      widget.fresh,
      !inline && button("action", texts.close, "close", () => widget.close()),
    ),
    widget.talk,
    widget.passage.element,
  );
  return widget.dialog;
};

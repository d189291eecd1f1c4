// A browser asks before leaving a page, also where none is left in the end, as by a mailto: link. Gradio's client then ends its streams, and with
// them the answer under way and the page; of a page that is left the browser ends them itself.
window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation());

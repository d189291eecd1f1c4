// A browser that refuses storage throws on touching it, which would stop the page: give it a memory instead,
// so that everything works and only the next visit starts afresh.
try {
  window.localStorage.getItem("footnote");
} catch {
  const memory = new Map();
  Object.defineProperty(window, "localStorage", {
    value: {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => memory.set(key, String(value)),
      removeItem: (key) => memory.delete(key),
    },
  });
}

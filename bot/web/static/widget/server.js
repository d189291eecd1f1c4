// What goes over the wire. Whatever comes back is looked at before it is used: the server may be of another version.
const SILENCE = 60_000; // ms without a byte before a question is given up: it may be standing in line

// Something a visitor is told: offline, refused, busy, long, slow, version or broken; `wait` in seconds where known.
class Trouble extends Error {
  constructor(kind, wait = 0) {
    super(kind);
    Object.assign(this, { kind, wait });
  }
}

const isText = (value) => typeof value === "string";
const every = (value, test) => Array.isArray(value) && value.every(test);
const isSentence = (one) => isText(one?.text) && every(one.footnotes, Number.isInteger);
const isCitation = (one) =>
  Number.isInteger(one?.number) && isText(one.title) && isText(one.quote) && every(one.headings ?? [], isText);
const isAnswer = (one) =>
  isText(one?.lane) &&
  every(one.sentences, isSentence) &&
  every(one.citations, isCitation) &&
  (one.sentences.length > 0 || one.lane === "declined");
const needs = (value, test) => {
  if (!test(value)) throw new Trouble("version");
  return value;
};

const KINDS = { 401: "refused", 403: "refused", 404: "version", 413: "long", 422: "long", 429: "busy", 503: "busy" };

class Server {
  constructor(base) {
    this.base = base;
    this.own = new URL(base).origin === location.origin; // needs no token, unless a proxy hides it
  }

  async token(renew, signal) {
    if (this.own) return null;
    if (renew || !this.kept || this.until < Date.now()) {
      const given = await this.json(await this.send("/api/token", { signal }));
      this.kept = needs(given?.token, isText);
      this.until = Date.now() + ((Number(given.expires_in) || 600) - 20) * 1000;
    }
    return this.kept;
  }

  async send(path, options) {
    let response;
    try {
      response = await fetch(this.base + path, {
        credentials: "omit",
        referrerPolicy: "origin",
        ...options,
        signal: options.signal ?? AbortSignal.timeout(SILENCE),
      });
    } catch (error) {
      throw options.signal?.aborted ? error : new Trouble("offline");
    }
    if (response.ok) return response;
    const wait = Number(response.headers.get("Retry-After")) || 0;
    throw Object.assign(new Trouble(KINDS[response.status] ?? "broken", wait), { status: response.status });
  }

  // With the token, fetched once more when it is no longer taken. Only what is posted needs one.
  async post(path, body, options = {}, renewed = false) {
    const token = await this.token(renewed, options.signal);
    const headers = {
      "Content-Type": "application/json",
      ...options.headers,
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    try {
      return await this.send(path, { ...options, method: "POST", headers, body: JSON.stringify(body) });
    } catch (error) {
      if (error.status !== 401 || renewed) throw error;
      this.own = false;
      return this.post(path, body, options, true);
    }
  }

  async json(response) {
    try {
      return await response.json();
    } catch {
      throw new Trouble("version");
    }
  }

  async questions(near, count) {
    const asked = new URLSearchParams({ ...(near && { near: near.slice(0, 300) }), count });
    const given = await this.json(await this.send(`/api/questions?${asked}`, {}));
    return needs(given?.questions, (all) => every(all, (one) => isText(one?.question))).map((one) => one.question);
  }

  async passage({ article, start, end }) {
    const path = String(article).split("/").map(encodeURIComponent).join("/");
    const given = await this.json(await this.send(`/api/articles/${path}?start=${start}&end=${end}`, {}));
    return needs(given, (one) => isText(one?.text) && Number.isInteger(one.from) && Array.isArray(one.sections));
  }

  vote(id, vote) {
    return this.post("/api/feedback", { id, vote });
  }

  // Events {name, data} of one answer as they come; aborting `control` ends the work on the server too.
  async *ask(question, history, control) {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(new Trouble("slow")), SILENCE);
    };
    wait();
    try {
      const headers = { Accept: "text/event-stream" };
      const response = await this.post("/api/ask", { question, history }, { headers, signal: control.signal });
      if (/json/.test(response.headers.get("Content-Type"))) {
        yield { name: "finished", data: await this.json(response) };
        return;
      }
      yield* this.events(response.body.pipeThrough(new TextDecoderStream()).getReader(), wait);
    } catch (error) {
      if (control.signal.reason instanceof Trouble) throw control.signal.reason;
      throw error instanceof Trouble || control.signal.aborted ? error : new Trouble("offline");
    } finally {
      clearTimeout(timer);
    }
  }

  async *events(reader, heard) {
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      heard();
      const parts = (rest + (value ?? "")).split(/\r?\n\r?\n/);
      rest = done ? "" : parts.pop();
      for (const part of parts) {
        const lines = part.split(/\r?\n/);
        const field = (name) =>
          lines
            .filter((line) => line.startsWith(`${name}:`))
            .map((line) => line.slice(name.length + 1).replace(/^ /, ""));
        const data = field("data").join("\n");
        if (data) yield { name: field("event")[0] ?? "message", data: this.parsed(data) };
      }
      if (done) return;
    }
  }

  parsed(data) {
    try {
      return JSON.parse(data);
    } catch {
      throw new Trouble("version");
    }
  }
}

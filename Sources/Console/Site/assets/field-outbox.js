// How a device talks to its node: who is signed in, what the device needs, and the outbox, which delivers each matter
// once and in order, whenever the node can be reached.
"use strict";

// The node did not answer at all.
class NodeGone extends Error {}

// The node answered with a problem (RFC 9457).
class Refused extends Error {
  constructor(status, problem) {
    super(`${status}`);
    this.status = status;
    this.problem = problem;
  }
}

class FieldNode {
  static WORD = "当罚";
  static NUMBERS = 10;
  static FEW = 5;

  csrf = null;

  async call(method, path, { body, bytes, key } = {}) {
    const headers = {};
    if (method !== "GET") headers["X-CSRF-Token"] = this.csrf ?? "";
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (bytes !== undefined) headers["Content-Type"] = "application/octet-stream";
    if (key) headers["Idempotency-Key"] = key;
    // A device that knows that it has no connection need not try.
    if (!navigator.onLine) throw new NodeGone();
    let answer;
    try {
      answer = await fetch(path, {
        method, headers, body: bytes ?? (body === undefined ? undefined : JSON.stringify(body)), cache: "no-store",
        credentials: "same-origin", redirect: "error",
      });
    } catch {
      throw new NodeGone();
    }
    let json;
    try { json = await answer.json(); } catch { json = {}; }
    if (!answer.ok) throw new Refused(answer.status, json);
    return json;
  }

  // The account that is signed in; null where nobody is.
  async account() {
    try {
      const session = await this.call("GET", "/v1/sessions/current");
      this.csrf = session.csrf;
      return session.account;
    } catch (error) {
      if (error instanceof Refused && error.status < 500) return null;
      throw error;
    }
  }

  // Registers the device, takes numbers where few are left, and keeps the items.
  async prepare(store, account) {
    let device = await store.get("meta", "device");
    if (!device) {
      device = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      await store.put("meta", device, "device");
    }
    const name = (navigator.userAgentData?.platform || navigator.platform || "device").slice(0, 64);
    if (!await store.get("meta", "registered")) {
      await this.call("POST", "/v1/devices", { body: { device, name } });
      await store.put("meta", true, "registered");
    }
    const body = await this.call("GET", `/v1/bodies/${encodeURIComponent(account.body)}`).catch((error) => {
      if (error instanceof NodeGone) throw error;
      return null;
    });
    if (body) await store.put("meta", body.body?.name ?? body.name ?? "", "body");
    await this.keepItems(store);
    await this.keepNumbers(store, device);
  }

  async keepItems(store) {
    const items = [];
    let next = "";
    do {
      const page = await this.call("GET", `/v1/field/catalogue${next && `?cursor=${encodeURIComponent(next)}`}`);
      items.push(...page.items);
      next = page.next;
    } while (next);
    await store.takeItems(items);
  }

  async keepNumbers(store, device, isAsked = false) {
    const address = `/v1/devices/${device}`;
    let known = await this.call("GET", address);
    const left = known.leases.filter((lease) => !lease.returnedAt).reduce((sum, lease) => sum + lease.left.length, 0);
    const isReturned = await store.get("meta", "returned");
    if (left < FieldNode.FEW && (isAsked || !isReturned)) {
      // The same key until the answer has come, so that an answer that was lost does not cost numbers.
      const key = (await store.get("meta", "lease")) ?? crypto.randomUUID();
      await store.put("meta", key, "lease");
      await this.call("POST", `${address}/numbers`, { body: { word: FieldNode.WORD, count: FieldNode.NUMBERS }, key });
      await store.remove("meta", "lease");
      await store.remove("meta", "returned");
      known = await this.call("GET", address);
    }
    await store.takeNumbers(known.leases);
  }

  async returnNumbers(store) {
    const known = await this.call("POST", `/v1/devices/${await store.get("meta", "device")}/return`);
    await store.put("meta", true, "returned");
    await store.takeNumbers(known.leases);
  }
}

// Delivers what waits, one after another.
class FieldOutbox {
  static RETRY_MILLISECONDS = 2000;
  static RETRY_MILLISECONDS_MAX = 60000;

  failures = 0;
  timer = null;

  // `told` hears of every change of an item, and of how the node stands: online, offline or sign-in.
  constructor(node, store, officer, told) {
    Object.assign(this, { node, store, officer, told });
    addEventListener("online", () => this.deliver());
    addEventListener("offline", () => this.told("offline"));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.deliver(); });
  }

  async deliver() {
    clearTimeout(this.timer);
    let isDone = true;
    try {
      await navigator.locks.request("field outbox", { ifAvailable: true }, async (lock) => {
        isDone = lock !== null && await this.deliverAll();
      });
      this.failures = 0;
    } catch (error) {
      if (!(error instanceof NodeGone) && !(error instanceof Refused && error.status >= 500)) throw error;
      this.failures += 1;
      isDone = false;
      this.told(error instanceof NodeGone ? "offline" : "online");
    }
    const isWaiting = (await this.store.all("outbox")).some((item) => ["waiting", "sending"].includes(item.state));
    if (isWaiting && !isDone) this.retry();
  }

  retry() {
    const delay = Math.min(FieldOutbox.RETRY_MILLISECONDS * 2 ** this.failures, FieldOutbox.RETRY_MILLISECONDS_MAX);
    this.timer = setTimeout(() => this.deliver(), delay);
  }

  // Answers whether nothing is left to be tried again by itself.
  async deliverAll() {
    const account = await this.node.account();
    if (!account) { this.told("sign-in"); return true; }
    if (account.certificate !== this.officer) { this.told("other-officer"); return true; }
    this.told("online");
    const items = (await this.store.all("outbox")).sort((left, right) => left.ordinal - right.ordinal);
    for (const item of items) {
      if (item.isHeld) return true;
      if (!["waiting", "sending"].includes(item.state)) continue;
      if (!await this.send(item)) return false;
    }
    return true;
  }

  async change(item, changes) {
    Object.assign(item, changes);
    await this.store.put("outbox", item);
    await this.told(null);
  }

  // Answers whether the next may follow.
  async send(item) {
    await this.change(item, { state: "sending", connectedAt: item.connectedAt ?? fieldMoment(), problem: undefined });
    try {
      const device = await this.store.get("meta", "device");
      const body = item.withdrawn
        ? { device, ordinal: item.ordinal, capturedAt: item.capturedAt, withdrawn: "spoilt", number: item.number.ordinal }
        : await this.matter(item, device);
      const answer = await this.node.call("POST", "/v1/field/deliveries", { body, key: `${item.matter}.${item.revision}` });
      const problem = answer.steps.find((step) => step.problem)?.problem;
      Object.assign(item, { state: answer.state, record: answer.record, problem, isHeld: false });
      await this.store.wipe(item);
      await this.told(null);
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) {
        await this.change(item, { state: "waiting" });
        throw error;
      }
      const { status, problem } = error;
      const isOutOfOrder = problem.type?.endsWith(":out-of-order");
      const passes = status === 401 || status === 403 || status === 429 || status >= 500 || isOutOfOrder;
      await this.change(item, passes ? { state: "waiting", problem: isOutOfOrder ? problem : undefined }
        : { state: "refused", isHeld: true, problem });
      if (status >= 500) throw error;
      if (status === 401) this.told("sign-in");
      this.failures += 1;
      return false;
    }
  }

  // The matter as the node takes it, once its photographs are there.
  async matter(item, device) {
    const fields = await this.store.openFields(item.sealed);
    for (const photograph of fields.photographs) {
      const bytes = await this.store.photograph(item.matter, photograph.digest);
      await this.node.call("POST", "/v1/files", { bytes });
    }
    const evidence = fields.photographs.map(({ digest, capturedAt, mediaType, place }) => ({
      digest, kind: "视听资料", capturedAt, connectedAt: item.connectedAt, mediaType, recording: "survey",
      ...(place ? { place } : {}),
    }));
    const steps = fields.steps.map((step) => {
      if (step.step === "survey") return { ...step, evidence: fields.photographs.map((photograph) => photograph.digest) };
      return step.step === "decide" ? { ...step, number: item.number.ordinal } : step;
    });
    return {
      device, ordinal: item.ordinal, capturedAt: item.capturedAt, procedure: "simple-penalty", with: fields.with,
      facts: fields.facts, evidence, steps,
    };
  }
}

// The minute it is in China, as facts and steps name it.
function fieldMoment(date = new Date()) {
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
  return text.format(date).replace(" ", "T");
}

// The pages for the field: what they show of a device, the form of a matter, and its paper.
"use strict";

(() => {
  const part = (id) => document.getElementById(id);
  const dictionary = part("field-words");
  const say = (word) => dictionary.content.querySelector(`[data-word="${word}"]`)?.textContent ?? word;
  const { language, tag } = dictionary.dataset;
  const form = part("matter");
  const node = new FieldNode();
  let store = null;
  let officer = null;
  let outbox = null;

  // MARK: How things stand

  function tellState(word, link) {
    const line = part("field-state");
    line.className = ["offline", "preparing"].includes(word) ? "note" : word === "online" ? "said" : "warn";
    line.replaceChildren(say(word));
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = `/sign-in?back=${encodeURIComponent(location.pathname)}`;
      anchor.textContent = say("sign-in-link");
      line.append(" ", anchor);
    }
    line.hidden = false;
  }

  const timeText = (moment) => new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" })
    .format(typeof moment === "number" ? moment : new Date(`${moment}+08:00`));

  // A problem in the page's language: the findings where there are some, else what the node says.
  function reason(problem) {
    if (!problem) return "";
    const articles = (list) => list?.length ? `（${list.join("、")}）` : "";
    if (problem.findings?.length) {
      return problem.findings.map((one) => (language === "zh" ? one.chinese : one.english) + articles(one.articles)).join("；");
    }
    const text = problem.detail?.includes(" · ") ? problem.detail : problem.title ?? "";
    const place = text.indexOf(" · ");
    if (place < 0) return text;
    return language === "zh" ? text.slice(0, place) : text.slice(place + 3);
  }

  // MARK: The page of the device

  async function showOutbox() {
    if (!part("outbox")) return;
    const items = (await store.all("outbox")).filter((item) => !item.isReopened);
    items.sort((left, right) => right.ordinal - left.ordinal);
    part("outbox-empty").hidden = items.length > 0;
    part("outbox").replaceChildren(...items.slice(0, 100).map(outboxItem));
  }

  function outboxItem(item) {
    const row = part("outbox-item").content.firstElementChild.cloneNode(true);
    const find = (name) => row.querySelector(`[data-${name}]`);
    const looks = { waiting: "is-near", sending: "is-note", delivered: "is-good", refused: "is-late", withdrawn: "is-off" };
    row.dataset.outbox = item.matter;
    row.dataset.state = item.state;
    find("item").textContent = item.item || say("untitled");
    find("badge").textContent = say(item.state);
    find("badge").classList.add(looks[item.state]);
    find("number-text").textContent = item.number.text;
    find("number-text").dataset.number = item.number.text;
    find("time").textContent = timeText(item.capturedAt);
    const waits = item.problem?.waitsFor;
    const why = waits ? `${say("waits")} ${waits}` : item.problem && `${say(item.isHeld ? "held" : "kept-case")} ${reason(item.problem)}`;
    if (why) {
      find("why").textContent = why;
      find("why").hidden = false;
    }
    if (item.record) {
      find("case").href = `/cases/${encodeURIComponent(item.record)}`;
      find("case").hidden = false;
    }
    offer(find("show"), item.sealed && !item.withdrawn, () => showPaper(item));
    offer(find("correct"), item.isHeld, async () => {
      await store.reopen(item);
      location.assign(`/field/new#${item.matter}`);
    });
    offer(find("withdraw"), item.isHeld && !item.withdrawn, async () => {
      if (!confirm(say("withdraw-sure"))) return;
      await store.put("outbox", { ...item, withdrawn: true, isHeld: false, state: "waiting", revision: item.revision + 1 });
      await showOutbox();
      outbox.deliver();
    });
    return row;
  }

  function offer(button, isOffered, act) {
    button.hidden = !isOffered;
    if (isOffered) button.addEventListener("click", act);
  }

  async function showDrafts() {
    if (!part("drafts")) return;
    const drafts = (await store.all("drafts")).sort((left, right) => right.time - left.time);
    part("drafts-part").hidden = drafts.length === 0;
    part("drafts").replaceChildren(...drafts.map((draft) => {
      const row = part("draft-item").content.firstElementChild.cloneNode(true);
      const link = row.querySelector("[data-open]");
      link.href = `/field/new#${draft.matter}`;
      link.textContent = draft.item || say("untitled");
      link.setAttribute("translate", "no");
      row.querySelector("[data-time]").textContent = timeText(draft.time);
      // What bears a number already is withdrawn, not deleted.
      offer(row.querySelector("[data-discard]"), !draft.number, async () => {
        await store.discard(draft.matter);
        await showDrafts();
      });
      return row;
    }));
  }

  async function showDevice() {
    const numbers = await store.all("numbers");
    const next = numbers.sort((left, right) => left.ordinal - right.ordinal)[0];
    if (part("number-next")) part("number-next").textContent = next?.text ?? "";
    if (!part("device-officer")) return;
    part("device-officer").textContent = `${officer.name} ${officer.certificate}`;
    part("device-numbers").textContent = String(numbers.length);
    part("device-items").textContent = String((await store.all("catalogue")).length);
    part("device-page").textContent = say(document.body.dataset.field === "ready" ? "kept" : "not-kept");
  }

  async function show() { await Promise.all([showOutbox(), showDrafts(), showDevice()]); }

  // MARK: The paper that is handed over

  async function showPaper(item) {
    const fields = await store.openFields(item.sealed);
    const { facts } = fields;
    const code = await store.get("catalogue", facts.item);
    const values = {
      body: (await store.get("meta", "body")) ?? "", number: item.number.text, party: facts.party,
      "party-id": facts["party-id"], "party-address": facts["party-address"], title: facts.title, place: facts.place,
      facts: facts.facts, bases: code?.bases.join("、"), "defence-text": facts["defence-text"] ?? "无",
      "decision-text": facts["decision-text"], officers: [officer.certificate, ...fields.with].join("、"),
      day: item.capturedAt.replace("T", " "),
    };
    const paper = part("paper-form").content.cloneNode(true);
    for (const place of paper.querySelectorAll("[data-fill]")) place.textContent = values[place.dataset.fill] ?? "";
    part("paper").replaceChildren(paper);
    part("paper").hidden = part("paper-actions").hidden = false;
    part("paper").scrollIntoView();
  }

  function setUpDevice() {
    part("paper-print").addEventListener("click", () => print());
    part("paper-close").addEventListener("click", () => { part("paper").hidden = part("paper-actions").hidden = true; });
    part("take-numbers").addEventListener("click", () => onLine(async () => {
      await node.keepNumbers(store, await store.get("meta", "device"), true);
    }));
    part("return-numbers").addEventListener("click", () => onLine(async () => {
      const items = await store.all("outbox");
      if (items.some((item) => ["waiting", "sending"].includes(item.state) || item.isHeld)) return tellState("return-first");
      await node.returnNumbers(store);
    }));
    part("take-numbers").hidden = part("return-numbers").hidden = false;
  }

  // Does what needs the node, and says where that is not there.
  async function onLine(act) {
    try {
      if (!await node.account()) return tellState("sign-in", true);
      await act();
    } catch (error) {
      if (error instanceof NodeGone) return tellState("offline");
      if (!(error instanceof Refused)) throw error;
      part("field-state").className = "warn";
      part("field-state").textContent = reason(error.problem);
      part("field-state").hidden = false;
    }
    await show();
  }

  // MARK: The form of a matter

  const STEPS = ["show-identity", "show-certificate", "tell-rights", "facts-clear", "defend"];
  const OPTIONAL = ["party-id", "party-address", "party-phone", "deviation-reason", "defence-text"];
  let draft = null;
  let times = {};
  let photographs = [];
  let working = Promise.resolve();

  const field = (name) => form.elements.namedItem(name);
  const value = (name) => field(name).value.trim();
  const fen = (yuan) => {
    const [whole, part = ""] = yuan.split(".");
    return Number(whole) * 100 + Number(part.padEnd(2, "0"));
  };

  async function setUpForm() {
    const items = (await store.all("catalogue")).sort((left, right) => left.code < right.code ? -1 : 1);
    const blank = new Option(say("choose"), "");
    field("item").replaceChildren(blank, ...items.map((item) => new Option(item.name, item.code)));
    const matter = /^[0-9a-f-]{36}$/.test(location.hash.slice(1)) ? location.hash.slice(1) : crypto.randomUUID();
    history.replaceState(null, "", `#${matter}`);
    draft = (await store.get("drafts", matter)) ?? { matter, item: "" };
    if (draft.sealed) fillForm(await store.openFields(draft.sealed));
    showItem(items, field("circumstance").dataset.wanted);
    showPhotographs();
    form.addEventListener("input", (event) => {
      if (STEPS.includes(event.target.name)) times[event.target.name] = event.target.checked ? fieldMoment() : undefined;
      if (event.target.name === "item") showItem(items);
      warn(items);
      keepSoon();
    });
    field("photograph").addEventListener("change", (event) => {
      const files = [...event.target.files];
      working = working.then(async () => {
        for (const file of files) await takePhotograph(file);
      });
      event.target.value = "";
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      working = working.then(finish);
    });
    warn(items);
    form.hidden = false;
  }

  function fillForm({ form: kept, times: keptTimes, photographs: keptPhotographs }) {
    for (const [name, text] of Object.entries(kept)) {
      const input = field(name);
      if (!input || input.type === "file") continue;
      if (input.type === "checkbox") input.checked = text === "true"; else input.value = text;
    }
    field("circumstance").dataset.wanted = kept.circumstance ?? "";
    times = keptTimes;
    photographs = keptPhotographs;
  }

  const chosen = (items) => items.find((item) => item.code === field("item").value);

  function showItem(items, circumstance = "") {
    const item = chosen(items);
    draft.item = item?.name ?? "";
    part("bases").replaceChildren(...(item?.bases ?? []).map((text) => {
      const article = Object.assign(document.createElement("span"), { className: "article", lang: "zh-Hans", textContent: text });
      article.setAttribute("translate", "no");
      return article;
    }));
    const tiers = item?.benchmark?.tiers ?? [];
    field("circumstance").replaceChildren(
      new Option("", ""), ...tiers.map((tier) => new Option(`${tier.circumstance}：${tier.standard}`, String(tier.ordinal))));
    field("circumstance").value = circumstance;
  }

  // Warns of a sum outside the benchmark or beyond what may be fined on the spot, and keeps it.
  function warn(items) {
    const sum = value("fine-fen") && field("fine-fen").checkValidity() ? fen(value("fine-fen")) : 0;
    const tier = chosen(items)?.benchmark?.tiers.find((one) => String(one.ordinal) === value("circumstance"));
    const range = tier?.range;
    const limit = value("party-kind") === "citizen" ? 20000 : 300000;
    const isOut = range && sum > 0
      && (sum < range.leastFen || (range.mostFen !== undefined && (range.includesMost ? sum > range.mostFen : sum >= range.mostFen)));
    const words = [];
    if (isOut) words.push(`${say("out-of-range")} ${language === "zh" ? range.words.chinese : range.words.english}`);
    if (sum > limit) words.push(say("over-limit"));
    part("fine-warning").textContent = words.join(" ");
    part("fine-warning").hidden = words.length === 0;
  }

  // Hashed the moment it is taken, with the time and the place.
  async function takePhotograph(file) {
    const bytes = await file.arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const digest = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const capturedAt = fieldMoment();
    const place = await position();
    if (photographs.some((photograph) => photograph.digest === digest)) return;
    await store.keepPhotograph(draft.matter, digest, bytes);
    photographs.push({ digest, capturedAt, place, mediaType: file.type || "application/octet-stream", size: file.size });
    showPhotographs();
    await keep();
  }

  const position = () => new Promise((resolve) => {
    if (!navigator.geolocation) return resolve("");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(`${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)} ±${Math.round(coords.accuracy)}m`),
      () => resolve(""), { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 });
  });

  function showPhotographs() {
    part("photographs").replaceChildren(...photographs.map((photograph) => {
      const row = document.createElement("li");
      const digest = Object.assign(document.createElement("code"), { textContent: photograph.digest.slice(0, 16), className: "mono" });
      digest.setAttribute("translate", "no");
      const facts = Object.assign(document.createElement("span"), {
        textContent: ` ${timeText(photograph.capturedAt)} · ${photograph.place || say("no-place")} `,
      });
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: say("remove") });
      remove.addEventListener("click", async () => {
        photographs = photographs.filter((other) => other !== photograph);
        await store.remove("photographs", `${draft.matter}/${photograph.digest}`);
        showPhotographs();
        await keep();
      });
      row.append(digest, facts, remove);
      return row;
    }));
  }

  let timer = null;
  function keepSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => { working = working.then(keep); }, 400);
  }

  async function keep() {
    clearTimeout(timer);
    if (!draft) return;
    const { sealed, ...rest } = draft;
    const fields = { form: entered(), times, photographs, ...matterFields(fieldMoment()) };
    await store.keepDraft({ ...rest, time: Date.now() }, fields);
  }

  // The form as it stands, to be filled in again.
  function entered() {
    const inputs = [...form.elements].filter((input) => input.name && input.type !== "file");
    return Object.fromEntries(
      inputs.map((input) => [input.name, input.type === "checkbox" ? String(input.checked) : input.value]));
  }

  // What the matter delivers, as far as it is known.
  function matterFields(now) {
    const at = (name) => times[name] ?? now;
    const fine = value("fine-fen") ? fen(value("fine-fen")) : 0;
    const facts = {
      title: value("title"), place: value("place"), "violated-on": now.slice(0, 10), item: value("item"),
      party: value("party"), "party-kind": value("party-kind"), "is-minor": field("is-minor").checked,
      facts: value("facts"), "facts-clear": field("facts-clear").checked, "decision-text": value("decision-text"),
      "penalty-kinds": [...(field("warning").checked ? ["warning"] : []), ...(fine > 0 ? ["fine"] : [])],
    };
    if (fine > 0) facts["fine-fen"] = fine;
    if (value("circumstance")) facts.circumstance = Number(value("circumstance"));
    for (const name of OPTIONAL) if (value(name)) facts[name] = value(name);
    const steps = [
      { step: "show-identity", at: at("show-identity") }, { step: "show-certificate", at: at("show-certificate") },
      { step: "tell-rights", at: at("tell-rights") }, { step: "survey", outcome: "simple", at: at("facts-clear") },
      { step: "defend", outcome: value("heard"), at: at("defend") },
      { step: "decide", outcome: value("signed"), at: now },
    ];
    return { with: value("with").split(/[,，、\s]+/).filter(Boolean), facts, steps };
  }

  async function finish() {
    clearTimeout(timer);
    const now = fieldMoment();
    const { sealed, ...rest } = draft;
    const fields = { form: entered(), times, photographs, ...matterFields(now) };
    const item = await store.finish(rest, fields, now, Number(now.slice(0, 4)));
    if (!item) {
      await keep();
      return tellState("no-number");
    }
    draft = null;
    location.assign("/field");
  }

  // MARK: Starting

  // Has the browser keep the pages in this language; answers whether it does.
  async function keepPages() {
    if (!("serviceWorker" in navigator)) return false;
    await navigator.serviceWorker.register("/worker.js");
    const { active } = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    const answer = new Promise((resolve) => { channel.port1.onmessage = (event) => resolve(event.data); });
    active.postMessage({ keep: language }, [channel.port2]);
    return answer;
  }

  async function isReady() {
    const [numbers, items] = await Promise.all([store.all("numbers"), store.all("catalogue")]);
    return numbers.length > 0 && items.length > 0;
  }

  async function prepare(account) {
    if (!await isReady()) tellState("preparing");
    try {
      const isKept = await keepPages();
      await node.prepare(store, account);
      if (!await isReady()) return tellState("no-number");
      if (isKept) document.body.dataset.field = "ready";
      tellState("online");
    } catch (error) {
      if (error instanceof NodeGone) return tellState("offline");
      if (!(error instanceof Refused)) throw error;
      part("field-state").className = "warn";
      part("field-state").textContent = reason(error.problem);
      part("field-state").hidden = false;
      // Numbers may be on their way from the superior.
      if (error.status === 422 || error.status >= 500) setTimeout(() => prepare(account).then(show), 3000);
    }
  }

  async function whoseDevice() {
    let account = null;
    let isOnline = true;
    try { account = await node.account(); } catch (error) {
      if (!(error instanceof NodeGone) && !(error instanceof Refused)) throw error;
      isOnline = false;
    }
    if (account?.role === "officer") {
      const { certificate, name } = account;
      localStorage.setItem("field officer", JSON.stringify({ certificate, name }));
      return { account, isOnline, officer: account };
    }
    const known = JSON.parse(localStorage.getItem("field officer") ?? "null");
    return { account, isOnline, officer: account ? null : known };
  }

  async function start() {
    if (form) form.hidden = true;
    const found = await whoseDevice();
    officer = found.officer;
    if (!officer) return tellState(found.account ? "not-officer" : "no-officer", !found.account && found.isOnline);
    try { store = await fieldStore.open(officer.certificate); } catch { return tellState("storage"); }
    navigator.storage?.persist?.();
    outbox = new FieldOutbox(node, store, officer.certificate, async (state) => {
      if (state) tellState(state, state === "sign-in");
      await showOutbox();
    });
    if (!form) setUpDevice();
    await show();
    if (found.account) await prepare(found.account);
    else if (await isReady()) document.body.dataset.field = "ready";
    if (form) await setUpForm();
    if (!found.account) tellState(found.isOnline ? "sign-in" : "offline", found.isOnline);
    await show();
    await outbox.deliver();
  }

  start();
})();

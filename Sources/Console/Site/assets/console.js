// What pages gain by scripts: they follow what changes, say when the node is gone, and send a form once. Everything
// works without.
"use strict";

const secret = document.querySelector('meta[name="csrf"]')?.content;
const gone = document.getElementById("gone");
let goneSince = null;

function tellGone(isGone) {
  if (isGone === (goneSince !== null)) return;
  goneSince = isGone ? new Date() : null;
  gone.hidden = !isGone;
  if (!isGone) return refresh();
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" }).format(goneSince);
  gone.querySelector("[data-since]").textContent = time;
}

// Parts of a page that follow changes carry data-live: words such as "case" or "record-id"; a change that names one of
// them brings the page anew and puts its live parts in place, unless somebody is writing in them.
const liveParts = () => [...document.querySelectorAll("[data-live][id]")];
const isBusy = (part) => part.contains(document.activeElement) && part.querySelector("form, input, textarea, select") !== null;

let isWaiting = false;
let isRefreshing = false;
function refreshSoon() {
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => { isWaiting = false; refresh(); }, 400);
}

// A page without live parts has the sign of the line alone to renew. A small page that everybody has who has signed in
// brings it: the page itself may be gone by now, such as the form of a step that has been taken.
const small = "/password";

async function refresh() {
  if (isRefreshing) return refreshSoon();
  isRefreshing = true;
  try {
    const answer = await fetch(liveParts().length > 0 ? location.href : small, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (answer.redirected) return;
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of [...liveParts(), document.getElementById("line")]) {
      const fresh = part && page.getElementById(part.id);
      if (!fresh || isBusy(part) || fresh.outerHTML === part.outerHTML) continue;
      const open = new Set([...part.querySelectorAll("details[open][id]")].map((detail) => detail.id));
      part.replaceWith(fresh);
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      fresh.dispatchEvent(new CustomEvent("fresh", { bubbles: true }));
    }
  } catch {
    tellGone(true);
  } finally {
    isRefreshing = false;
  }
}

function concerns(words) {
  return liveParts().some((part) => part.dataset.live.split(" ").some((word) => word === "*" || words.includes(word)));
}

function follow() {
  const source = new EventSource("/v1/changes");
  source.addEventListener("open", () => tellGone(false));
  source.addEventListener("change", (event) => {
    const change = JSON.parse(event.data);
    if (concerns([change.record, change.record.split(":")[0]])) refreshSoon();
  });
  source.addEventListener("missed", refreshSoon);
  for (const name of ["network", "job"]) {
    source.addEventListener(name, () => { if (name === "network" || concerns([name])) refreshSoon(); });
  }
  source.addEventListener("error", async () => {
    try { await fetch("/healthz", { cache: "no-store" }); } catch { tellGone(true); }
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}
if (secret) follow();

// A page with a part that carries data-poll is looked at anew every so many seconds, for as long as a part carries it.
let isPolling = false;
function poll() {
  const seconds = Number(document.querySelector("[data-poll]")?.dataset.poll);
  if (isPolling || !(seconds > 0)) return;
  isPolling = true;
  setTimeout(async () => { await refresh(); isPolling = false; poll(); }, seconds * 1000);
}
poll();

// A form that is on its way is not sent again by a second press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// Menus close when somebody goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.who[open], details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.who[open], details.menu[open]")) menu.open = false;
});

// A row of tabs that is wider than the window begins where the present one can be seen.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - tab.clientWidth) / 2;
}

// A selection that narrows a list applies at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-apply], input[data-apply]")) event.target.form.requestSubmit();
});

if ("serviceWorker" in navigator && secret) navigator.serviceWorker.register("/worker.js").catch(() => {});

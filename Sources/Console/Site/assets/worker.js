// Keeps the pages for the field on the device, so that they open without a connection. It keeps nothing that is about
// anybody: the pages are asked for without cookies, and everything else that is not a file of the site passes by.
// `SITE` stands above: the version of the site and the addresses of its files.
const CACHE = `field ${SITE.version}`;
const PAGES = ["/field", "/field/new"];
const PATIENCE_MILLISECONDS = 4000;

// Under which address a page is kept in a language.
const shell = (page, language) => `${page}?shell=${language}`;

async function keep(language) {
  const cache = await caches.open(CACHE);
  for (const page of PAGES) {
    const answer = await fetch(page, {
      credentials: "omit", cache: "no-store", redirect: "error", headers: { "Accept-Language": language },
    });
    if (!answer.ok) throw new Error(`${page} answers ${answer.status}`);
    await cache.put(shell(page, language), answer);
  }
  await cache.put("/field/language", new Response(language));
}

async function kept(page) {
  const cache = await caches.open(CACHE);
  const language = await (await cache.match("/field/language"))?.text();
  const answer = language && await cache.match(shell(page, language));
  return answer ?? Response.error();
}

// The page from the node, or from the device where the node does not answer in time.
async function page(request, path) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MILLISECONDS);
  try {
    return await fetch(request, { signal: patience.signal });
  } catch {
    return kept(path);
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SITE.files)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = await Promise.all((await caches.keys()).filter((name) => name !== CACHE).map(async (name) => {
      const language = await (await (await caches.open(name)).match("/field/language"))?.text();
      return { name, language };
    }));
    // What was kept of another version goes only once the same is kept of this one.
    for (const { name, language } of old) {
      try { if (language) await keep(language); } catch { continue; }
      await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data?.keep === undefined) return;
  const answer = event.ports[0];
  event.waitUntil(keep(event.data.keep).then(() => answer.postMessage(true), () => answer.postMessage(false)));
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate" && PAGES.includes(address.pathname)) {
    event.respondWith(page(event.request, address.pathname));
  } else if (address.pathname.startsWith("/assets/") && address.search) {
    event.respondWith(caches.match(event.request, { cacheName: CACHE }).then((found) => found ?? fetch(event.request)));
  }
});

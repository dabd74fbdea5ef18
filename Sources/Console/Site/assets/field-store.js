// What a device keeps for its officer: numbers, items, drafts and the outbox, in IndexedDB. What is about a party is
// sealed with a key that scripts can use and never read, and is wiped once its delivery is confirmed.
"use strict";

const fieldStore = (() => {
  const STORES = {
    keys: null, meta: null, numbers: "id", catalogue: "code", drafts: "matter", outbox: "matter", photographs: "id",
  };

  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  // A database of one officer on this device.
  async function open(officer) {
    const opening = indexedDB.open(`field ${officer}`, 1);
    opening.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        opening.result.createObjectStore(name, keyPath ? { keyPath } : {});
      }
    };
    const database = await settled(opening);
    const store = new Store(database);
    store.key = await store.ownKey();
    return store;
  }

  class Store {
    constructor(database) { this.database = database; }

    // Runs `body` with the named stores in one transaction, and answers once it is durable. Nothing else may be awaited
    // within `body`.
    async within(names, mode, body) {
      const transaction = this.database.transaction(names, mode, { durability: "strict" });
      const done = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      });
      const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
      let answer;
      try { answer = await body(stores); } catch (error) {
        transaction.abort();
        await done.catch(() => {});
        throw error;
      }
      await done;
      return answer;
    }

    get(name, key) { return this.within([name], "readonly", (stores) => settled(stores[name].get(key))); }
    all(name) { return this.within([name], "readonly", (stores) => settled(stores[name].getAll())); }
    put(name, value, key) { return this.within([name], "readwrite", (stores) => settled(stores[name].put(value, key))); }
    remove(name, key) { return this.within([name], "readwrite", (stores) => settled(stores[name].delete(key))); }

    // MARK: Sealing

    async ownKey() {
      const kept = await this.get("keys", "own");
      if (kept) return kept;
      const drawn = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      return this.within(["keys"], "readwrite", async ({ keys }) => {
        const other = await settled(keys.get("own"));
        if (other) return other;
        keys.put(drawn, "own");
        return drawn;
      });
    }

    async seal(bytes) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, bytes) };
    }

    open({ iv, bytes }) { return crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, bytes); }
    sealFields(fields) { return this.seal(new TextEncoder().encode(JSON.stringify(fields))); }
    async openFields(sealed) { return JSON.parse(new TextDecoder().decode(await this.open(sealed))); }

    // MARK: Matters

    async keepPhotograph(matter, digest, bytes) {
      await this.put("photographs", { id: `${matter}/${digest}`, sealed: await this.seal(bytes) });
    }

    async photograph(matter, digest) { return this.open((await this.get("photographs", `${matter}/${digest}`)).sealed); }

    async keepDraft(draft, fields) {
      const sealed = await this.sealFields(fields);
      await this.put("drafts", { ...draft, sealed });
    }

    // Takes the next number and the next place in the order, and puts the matter into the outbox: all of it or nothing.
    // Answers nothing where no number is left.
    async finish(draft, fields, capturedAt, year) {
      const sealed = await this.sealFields(fields);
      return this.within(["numbers", "meta", "drafts", "outbox"], "readwrite", async (stores) => {
        const usable = (await settled(stores.numbers.getAll())).filter((number) => number.year === year)
          .sort((left, right) => left.ordinal - right.ordinal);
        const number = draft.number ?? usable[0];
        if (!number) return undefined;
        const ordinal = draft.ordinal ?? (await settled(stores.meta.get("next"))) ?? 1;
        if (!draft.number) stores.numbers.delete(number.id);
        if (!draft.ordinal) stores.meta.put(ordinal + 1, "next");
        const item = {
          matter: draft.matter, ordinal, number, item: draft.item, capturedAt, state: "waiting",
          revision: (draft.revision ?? 0) + 1, sealed,
        };
        stores.outbox.put(item);
        stores.drafts.delete(draft.matter);
        return item;
      });
    }

    // What was refused as a whole becomes a draft again; its number and its place in the order stay its own.
    reopen(item) {
      const { matter, number, ordinal, revision, sealed } = item;
      const draft = { matter, number, ordinal, revision, item: item.item, time: Date.now(), sealed };
      return this.within(["drafts", "outbox"], "readwrite", async (stores) => {
        stores.drafts.put(draft);
        stores.outbox.put({ ...item, state: "refused", isReopened: true });
      });
    }

    // The node has it: nothing of the party stays on the device.
    wipe(item) {
      const { sealed, ...rest } = item;
      return this.within(["outbox", "photographs"], "readwrite", async (stores) => {
        stores.outbox.put(rest);
        const range = IDBKeyRange.bound(`${item.matter}/`, `${item.matter}0`, false, true);
        stores.photographs.delete(range);
      });
    }

    discard(matter) {
      return this.within(["drafts", "photographs"], "readwrite", async (stores) => {
        stores.drafts.delete(matter);
        stores.photographs.delete(IDBKeyRange.bound(`${matter}/`, `${matter}0`, false, true));
      });
    }

    // Numbers as the node knows them, without those that a matter on this device bears already.
    takeNumbers(leases) {
      const left = leases.filter((lease) => !lease.returnedAt).flatMap((lease) => lease.left.map((ordinal) => ({
        id: `${lease.record}/${ordinal}`, ordinal, year: lease.year, text: `${lease.head}${ordinal}号`,
      })));
      return this.within(["numbers", "outbox", "drafts"], "readwrite", async (stores) => {
        const matters = [...await settled(stores.outbox.getAll()), ...await settled(stores.drafts.getAll())];
        const borne = new Set(matters.map((matter) => matter.number?.id));
        stores.numbers.clear();
        for (const number of left) if (!borne.has(number.id)) stores.numbers.put(number);
      });
    }

    // The catalogue as a whole, in the place of the one before.
    takeItems(items) {
      return this.within(["catalogue"], "readwrite", async ({ catalogue }) => {
        catalogue.clear();
        for (const item of items) catalogue.put(item);
      });
    }
  }

  return { open };
})();

/** @typedef {{ ticket: string, key: string, name: string, id: string }} Pending a check-in that is not confirmed */
/** @typedef {{ kind: "valid" | "used" | "unverified" | "forged" | "unlisted", id: string, who: string }} Known */

const [TICKETS, PENDING, SHOWN] = ["tickets", "pending", "shown"];

/** The tickets of a performance, kept in the browser for when there is no network. */
export class GateList {
  /** @type {Promise<IDBDatabase>} */
  #opened;
  /** @type {Map<string, CryptoKey> | undefined} */
  #keys;

  /**
   * @param {string} performance
   * @param {string} path
   */
  constructor(performance, path) {
    this.performance = performance;
    this.path = path;
    this.#opened = new Promise((resolve, reject) => {
      const asked = indexedDB.open(`gate ${performance}`, 1);
      asked.onupgradeneeded = () => [TICKETS, PENDING, SHOWN].forEach((name) => asked.result.createObjectStore(name));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  /** Fetches the list and the keys that verify codes. */
  async fetch() {
    const answer = await fetch("/.well-known/jwks.json");
    if (answer.ok) localStorage.setItem("gate keys", JSON.stringify(await answer.json()));
    this.#keys = undefined;
    /** @type {Map<string, [string, string]>} */
    const tickets = new Map();
    for (let after = ""; ; ) {
      const page = await fetch(`${this.path}${after}`);
      if (!page.ok) throw new Error(String(page.status));
      /** @type {{ tickets: [string, string, string][], next: number | null }} */
      const { tickets: items, next } = await page.json();
      items.forEach(([id, who, state]) => tickets.set(id, [who, state]));
      if (next === null) break;
      after = `?after=${next}`;
    }
    await this.#change([TICKETS], (of) => {
      of(TICKETS).clear();
      tickets.forEach((value, id) => of(TICKETS).put(value, id));
    });
  }

  async size() {
    return this.#ask(TICKETS, (store) => store.count());
  }

  /**
   * What is known of a code without asking anybody.
   * @param {string} code
   * @returns {Promise<Known>}
   */
  async look(code) {
    const claims = read(code.split(".")[1] ?? "");
    const id = String(claims?.ticketId ?? "");
    if (!claims || claims.performanceId !== this.performance) return { kind: "forged", id, who: "" };
    const verified = await this.#verify(code);
    if (verified === false) return { kind: "forged", id, who: "" };
    /** @type {[string, string] | undefined} */
    const known = await this.#ask(TICKETS, (store) => store.get(id));
    if (!known || known[1] === "void") return { kind: "unlisted", id, who: "" };
    const who = known[0];
    const shown = await this.#ask(SHOWN, (store) => store.get(id));
    if (known[1] === "used" || shown) return { kind: "used", id, who };
    return { kind: verified ? "valid" : "unverified", id, who };
  }

  /** @param {Pending} pending */
  async keep(pending) {
    await this.#change([PENDING, SHOWN], (of) => {
      of(PENDING).put(pending, pending.id);
      of(SHOWN).put(true, pending.id);
    });
  }

  /** @returns {Promise<Pending[]>} */
  async pending() {
    return this.#ask(PENDING, (store) => store.getAll());
  }

  /** @param {string} id */
  async done(id) {
    await this.#change([PENDING], (of) => of(PENDING).delete(id));
  }

  /**
   * Whether a key of ours signed it; nothing where this browser cannot tell.
   * @param {string} code
   * @returns {Promise<boolean | undefined>}
   */
  async #verify(code) {
    const [header = "", payload = "", signature = ""] = code.split(".");
    const claims = read(header);
    if (!globalThis.crypto?.subtle) return undefined;
    try {
      this.#keys ??= await imported();
    } catch {
      return undefined;
    }
    const key = claims?.alg === "EdDSA" ? this.#keys.get(String(claims.kid)) : undefined;
    if (!key) return false;
    const signed = new TextEncoder().encode(`${header}.${payload}`);
    return crypto.subtle.verify("Ed25519", key, bytes(signature), signed).catch(() => false);
  }

  /**
   * @param {string} name
   * @param {(store: IDBObjectStore) => IDBRequest} ask
   * @returns {Promise<any>}
   */
  async #ask(name, ask) {
    const asked = ask((await this.#opened).transaction(name).objectStore(name));
    return new Promise((resolve, reject) => {
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  /**
   * @param {string[]} names
   * @param {(of: (name: string) => IDBObjectStore) => void} change
   */
  async #change(names, change) {
    const transaction = (await this.#opened).transaction(names, "readwrite");
    change((name) => transaction.objectStore(name));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onerror = () => reject(transaction.error);
    });
  }
}

/** The keys that verify codes, by their ids. */
async function imported() {
  /** @type {{ keys: (JsonWebKey & { kid: string })[] }} */
  const { keys } = JSON.parse(localStorage.getItem("gate keys") ?? '{"keys":[]}');
  const read = keys.map(async ({ kid, kty, crv, x }) => {
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x }, "Ed25519", false, ["verify"]);
    return /** @type {[string, CryptoKey]} */ ([kid, key]);
  });
  return new Map(await Promise.all(read));
}

/** @param {string} part */
function read(part) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes(part)));
  } catch {
    return undefined;
  }
}

/** @param {string} text base64url */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

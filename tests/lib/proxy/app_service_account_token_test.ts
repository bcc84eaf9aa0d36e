import assert from "node:assert/strict";
import {
  createAppToken,
  isUsableAppToken,
  tokenMatches,
} from "../../../lib/proxy/app_service_account_token.ts";

const now = Date.UTC(2026, 5, 15, 12, 30, 15, 678);
const claims = {
  namespace: "shop",
  notBefore: now - 3_600_000,
  notAfter: now + 86_400_000,
};
const token = createAppToken(claims, crypto);
const expected = { namespace: "shop", now };

/** As clients do it: by the parts of RFC 7519. */
function decode(part: string | undefined): unknown {
  return JSON.parse(
    atob((part ?? "").replaceAll("-", "+").replaceAll("_", "/")),
  );
}

Deno.test("createAppToken() makes what clients can take for a JWT", () => {
  assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const [header, payload] = token.split(".");
  assert.deepEqual(decode(header), { alg: "RS256", typ: "JWT" });
  assert.deepEqual(decode(payload), {
    iss: "mca",
    iat: Math.floor(claims.notBefore / 1000),
    nbf: Math.floor(claims.notBefore / 1000),
    exp: Math.floor(claims.notAfter / 1000),
    "kubernetes.io": { namespace: "shop" },
    "kubernetes.io/serviceaccount/namespace": "shop",
  });
});

Deno.test("createAppToken() makes a valid Authorization value of bounded length", () => {
  // RFC 6750, section 2.1: b64token.
  assert.match(token, /^[A-Za-z0-9._~+/-]+=*$/);
  assert.ok(token.length < 1024);
});

Deno.test("createAppToken() takes every bit of its last part from the random bytes", () => {
  const bytes = (fill: number) => ({
    getRandomValues: (array: Uint8Array) => array.fill(fill),
  });
  const tokenOf = (fill: number) =>
    createAppToken(claims, Object.assign(Object.create(crypto), bytes(fill)));
  const [, , zeros = ""] = tokenOf(0).split(".");
  const [, , ones = ""] = tokenOf(255).split(".");
  assert.match(zeros, /^A{342}$/);
  assert.match(ones, /^_{341}w$/);
});

Deno.test("createAppToken() never makes the same twice", () => {
  const tokens = Array.from(
    { length: 50 },
    () => createAppToken(claims, crypto),
  );
  assert.equal(new Set(tokens).size, 50);
});

Deno.test("isUsableAppToken() accepts a token until it expires", () => {
  assert.equal(isUsableAppToken(token, expected), true);
  const exp = Math.floor(claims.notAfter / 1000) * 1000;
  const at = (now: number) => isUsableAppToken(token, { ...expected, now });
  assert.equal(at(exp - 1), true);
  assert.equal(at(exp), false);
});

const [header = "", payload = "", signature = ""] = token.split(".");
const damaged = [
  ["nothing", ""],
  ["the reference's placeholder", "-"],
  ["a token without its last part", `${header}.${payload}`],
  ["an empty last part", `${header}.${payload}.`],
  ["a token that is cut", token.slice(0, -1)],
  ["a fourth part", `${token}.x`],
  ["a final newline", `${token}\n`],
  ["an empty header", `.${payload}.${signature}`],
  ["a header that is not base64url", `!.${payload}.${signature}`],
  ["claims that are not JSON", `${header}.AAAA.${signature}`],
  ["claims that are a list", `${header}.${btoa("[1]")}.${signature}`],
  [
    "claims without exp",
    `${header}.${
      btoa(JSON.stringify({ "kubernetes.io/serviceaccount/namespace": "shop" }))
        .replaceAll("=", "")
    }.${signature}`,
  ],
] as const;

for (const [what, text] of damaged) {
  Deno.test(`isUsableAppToken() refuses ${what}`, () => {
    assert.equal(isUsableAppToken(text, expected), false);
  });
}

Deno.test("isUsableAppToken() refuses a token of another namespace", () => {
  const other = { ...expected, namespace: "bank" };
  assert.equal(isUsableAppToken(token, other), false);
});

Deno.test("tokenMatches() accepts the token alone", () => {
  assert.equal(tokenMatches(token, token), true);
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === "A" ? "B" : "A";
    const changed = token.slice(0, at) + other + token.slice(at + 1);
    assert.equal(tokenMatches(changed, token), false, `character ${at}`);
    assert.equal(tokenMatches(token.slice(0, at), token), false);
  }
  for (const given of ["", "-", `${token}A`, ` ${token}`, token + token]) {
    assert.equal(tokenMatches(given, token), false);
  }
  // Differs in the upper octet of its UTF-16 code alone, and by a NUL at the end.
  assert.equal(tokenMatches("\u0161", "a"), false);
  assert.equal(tokenMatches("a", "a\0"), false);
  assert.equal(tokenMatches("a\0", "a"), false);
});

Deno.test("tokenMatches() reads as much of a wrong token as of the right one", () => {
  // What takes the time is counted, as time itself cannot be tested.
  let reads = 0;
  const counting = (text: string) =>
    Object.assign(new String(text), {
      charCodeAt: (at: number) => {
        reads++;
        return text.charCodeAt(at);
      },
    });
  const readsFor = (given: string) => {
    reads = 0;
    tokenMatches(counting(given) as unknown as string, "secret");
    return reads;
  };
  assert.equal(readsFor("secret"), 6);
  assert.equal(readsFor("xecret"), 6);
  assert.equal(readsFor("secrex"), 6);
  assert.equal(readsFor(""), 6);
  assert.equal(readsFor("x".repeat(1000)), 6);
});

Deno.test("tokenMatches() refuses to compare with nothing", () => {
  assert.throws(() => tokenMatches("", ""), RangeError);
});

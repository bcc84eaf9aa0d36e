/**
 * Requests that a RequestInfo can be got wrong for, from a seed.
 *
 * @module
 */

/** A request line's method and target; one character of the target is one byte. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
}

const METHODS = [
  ...["GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  ...["OPTIONS", "TRACE", "CONNECT", "get", "Delete", "LIST"],
];

const SEGMENTS = [
  ...["api", "apis", "v1", "apps", "namespaces", "a", "pods", "p1", "status"],
  ...["finalize", "watch", "proxy", "log", "exec", "nodes", "", ".", ".."],
  ...["API", "namespace", "healthz", "x%2Fy", "%70ods", "%2e%2E", "a+b", "a b"],
  ...["%", "%4", "%zz", "%00", "%C3%A9", "\u00c3\u00a9", "\u00ff", "%ff", "#"],
  ...["~!$&'()*,;=:@", "%25", "a%3Fb", "%EF%BB%BFx"],
];

const STARTS = [
  ...["/", "/", "/", "/", "/api/v1/", "/api/v1/", "/apis/apps/v1/"],
  ...["/api/v1/namespaces/a/", "/apis/apps/v1/namespaces/a/", "//", ""],
  ...["http://h/", "https://h:1/api/v1/", "http://h?", "//h/api/v1/", "h:1/"],
  ...["mailto:x", "*", "1http://h/", ":", "/api/v1/watch/", "/api/v1/proxy/"],
];

const PARAMETERS = [
  ...["watch", "watch", "fieldSelector", "fieldSelector", "labelSelector"],
  ...["limit", "timeoutSeconds", "resourceVersion", "sendInitialEvents"],
  ...["Watch", "w%61tch", "%zz", "", "field%53elector", "watch;", "continue"],
];

const VALUES = [
  ...[
    "",
    "1",
    "0",
    "true",
    "false",
    "FALSE",
    "False",
    "no",
    "fal%C5%BFe",
    "%31",
  ],
  ...["metadata.name=a", "metadata.name%3Da", "metadata.name%3D%3Da"],
  ...["metadata.name!=a", "metadata.name=a,metadata.name=b", "metadata.name="],
  ...[
    "metadata.name=b,metadata.name=a",
    "metadata.name=..",
    "metadata.name=a/b",
  ],
  ...["metadata.name=a%25", "metadata.name=a%5C,b", "metadata.name=a%5C%3Db"],
  ...[
    "metadata.name=a%5Cb",
    "metadata.name=a=b",
    "metadata.name=a%5C",
    "=",
    ",",
  ],
  ...["metadata.name=a,", ",metadata.name=a", "metadata.name=a,b", "a!=b"],
  ...[
    "metadata.name=%C3%A9",
    "metadata.name=%F0%9F%98%80",
    "metadata.name=%ff",
  ],
  ...["metadata.name=%F0%9F%98%80,metadata.name=%EF%BF%BD", "a=b", "a==b", "a"],
  ...[
    "!a",
    "!!a",
    "a,!b",
    "a+in+(b,c)",
    "a+in+()",
    "a+in+(,)",
    "a+in+(b",
    "in",
  ],
  ...["a+notin+(b,,c)", "in+in+(in)", "notin=in", "a>1", "a<x", "a>-1", "a>"],
  ...["a>9223372036854775807", "a>9223372036854775808", "a===b", "a=b c", "a,"],
  ...[
    "ex.io/a=b",
    "Ex.io/a=b",
    "/a=b",
    "a/=b",
    "a/b/c",
    "a=-b",
    "-a=b",
    "a=b-",
  ],
  ...[
    "a=%00",
    "a%00b",
    "a+%00b",
    "a=%00b",
    "%00",
    "a=b%00,c",
    "a=%0A",
    "a%09=b",
  ],
  ...[
    "a=b,,c",
    "(a)",
    "a=(b)",
    "a!b",
    "!a=b",
    "a+in+b",
    "a+in+(b)c",
    "+",
    "++5",
  ],
  ...["9223372036854775807", "9223372036854775808", "-9223372036854775808"],
  ...["-9223372036854775809", "+5", "%2B5", "005", "1_0", "0x1", " 1", "1.0"],
  ...[
    "00000000000000000000000000001",
    "1;2",
    "a;b",
    "%",
    "%zz",
    "x".repeat(64),
  ],
  ...["x".repeat(63) + "=" + "y".repeat(63), "a=" + "y".repeat(64), "\u00e9=b"],
];

/** That many requests; the same for the same seed. */
export function* arbitraryRequests(
  count: number,
  seed: number,
): Generator<RequestLine> {
  const random = mulberry32(seed);
  const pick = (from: readonly string[]) =>
    from[Math.floor(random() * from.length)] ?? "";
  for (let at = 0; at < count; at++) {
    if (random() < 0.4) {
      yield selectingRequest(random, pick);
      continue;
    }
    const segments = Array.from(
      { length: Math.floor(random() * 6) },
      () => pick(SEGMENTS),
    );
    let target = pick(STARTS) + segments.join("/");
    if (random() < 0.2) target += "/";
    if (random() < 0.6) {
      const pairs = Array.from(
        { length: Math.floor(random() * 4) + 1 },
        () =>
          random() < 0.9 ? `${pick(PARAMETERS)}=${pick(VALUES)}` : pick(VALUES),
      );
      target += `?${pairs.join("&")}`;
    }
    if (random() < 0.02) target += pick(["?", "\u007f", "\u0001", "?a?b"]);
    const method = pick(METHODS);
    // What stands for the authority is not requestInfo()'s to judge.
    if (method === "CONNECT" && !target.startsWith("/")) {
      target = `h:443/${segments.join("/")}`;
    }
    // A space would end the target on the wire.
    yield { method, target: target.replaceAll(" ", "%20") };
  }
}

const COLLECTIONS = [
  ...["/api/v1/pods", "/apis/apps/v1/namespaces/a/deployments"],
  ...["/api/v1/namespaces", "/api/v1/watch/pods", "/api/v1/pods//log"],
];

/** A list, watch or deletion of many, with options that may name one. */
function selectingRequest(
  random: () => number,
  pick: (from: readonly string[]) => string,
): RequestLine {
  const query = [`fieldSelector=${pick(VALUES)}`];
  for (const name of ["watch", "labelSelector", "limit", "timeoutSeconds"]) {
    if (random() < 0.25) query.push(`${name}=${pick(VALUES)}`);
  }
  if (random() < 0.5) query.reverse();
  const method = random() < 0.8 ? "GET" : pick(METHODS);
  const target = `${pick(COLLECTIONS)}?${query.join("&")}`;
  return { method, target: target.replaceAll(" ", "%20") };
}

/** A small generator of pseudo-random numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

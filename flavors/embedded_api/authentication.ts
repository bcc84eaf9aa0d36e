/**
 * Who sent a request: bearer tokens and impersonation.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 * @module
 */

import {
  type Account,
  type AccountAccess,
  ADMINISTRATOR,
  ANONYMOUS,
} from "./accounts.ts";
import { ApiError } from "./api_error.ts";
import type { ApiHeaders } from "./api_request.ts";
import type { TokenRegistry } from "./tokens.ts";

const ALL_GROUP = "system:masters";

/**
 * The account that a request acts as.
 *
 * @throws {ApiError} 401 for a wrong token or a scheme that is not Bearer,
 * 403 for impersonation by somebody who may not.
 */
export function authenticate(
  headers: ApiHeaders,
  tokens: TokenRegistry,
): Account {
  const authorization = headers.first("authorization");
  const account = authorization === undefined
    ? ANONYMOUS
    : bearer(authorization, tokens);
  return impersonated(account, headers, tokens);
}

function bearer(authorization: string, tokens: TokenRegistry): Account {
  const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  const account = token === undefined ? undefined : tokens.find(token);
  if (account === undefined) throw new ApiError("Unauthorized", "Unauthorized");
  return account;
}

function impersonated(
  account: Account,
  headers: ApiHeaders,
  tokens: TokenRegistry,
): Account {
  const username = headers.first("impersonate-user");
  const groups = headers.all("impersonate-group");
  if (username === undefined) {
    const isPartial = groups.length > 0 ||
      headers.first("impersonate-uid") !== undefined;
    if (!isPartial) return account;
    throw new ApiError(
      "BadRequest",
      "requested impersonation without impersonating a user",
    );
  }
  if (!account.groups.includes(ALL_GROUP)) {
    throw new ApiError(
      "Forbidden",
      `users "${username}" is forbidden: User "${account.username}" cannot impersonate resource "users" in API group "" at the cluster scope`,
      { name: username, kind: "users" },
    );
  }
  return {
    username,
    uid: headers.first("impersonate-uid") ?? "",
    groups: username === ANONYMOUS.username
      ? ANONYMOUS.groups
      : [...groups, "system:authenticated"],
    access: accessOf(username, groups, tokens),
  };
}

function accessOf(
  username: string,
  groups: readonly string[],
  tokens: TokenRegistry,
): AccountAccess {
  if (groups.includes(ALL_GROUP)) return ADMINISTRATOR.access;
  if (username === ANONYMOUS.username) return ANONYMOUS.access;
  return tokens.findByName(username)?.access ?? "discovery";
}

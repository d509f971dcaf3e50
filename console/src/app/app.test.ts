import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";

import { failureOf } from "../api/failure";
import type { Schemas } from "../api/client";
import { localTime } from "../pages/Audit";
import { repetitionFilter, type LogLine } from "../pages/service/useLogs";
import { safeReturn } from "../pages/SignIn";
import { asGrantCommand, grantPath, shellWord } from "./equivalent";
import { staleGatherer, staleKeys } from "./live";
import { offered } from "./nav";

afterEach(() => vi.useRealTimers());

const nothing: Schemas["Permissions"] = {
  services_view: false,
  services_create: false,
  nodes_view: false,
  nodes_manage: false,
  repositories_create: false,
  accounts_view: false,
  accounts_manage: false,
  access_view: false,
  access_manage: false,
  audit_view: false,
};

test("only what may be seen is offered", () => {
  const places = (permissions: Schemas["Permissions"]) => offered(permissions).flatMap((group) => group.entries.map((entry) => entry.to));
  expect(places(nothing)).toEqual(["/", "/repositories", "/access"]);
  expect(places({ ...nothing, services_view: true, audit_view: true })).toEqual(["/", "/services", "/repositories", "/access", "/audit"]);
});

test("a burst of events asks each open list once", () => {
  vi.useFakeTimers();
  const queries = new QueryClient();
  const invalidate = vi.spyOn(queries, "invalidateQueries").mockResolvedValue();
  const gatherer = staleGatherer(queries);
  for (let count = 0; count < 50; count += 1) gatherer.add("services");
  gatherer.add("audit");
  vi.runAllTimers();
  expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([["services"], ["audit"]]);
});

test("a lost event makes everything stale, an unknown one nothing", () => {
  vi.useFakeTimers();
  const queries = new QueryClient();
  const invalidate = vi.spyOn(queries, "invalidateQueries").mockResolvedValue();
  const gatherer = staleGatherer(queries);
  gatherer.add("something-new" as Schemas["EventKind"]);
  vi.runAllTimers();
  expect(invalidate).not.toHaveBeenCalled();
  gatherer.add("services");
  gatherer.add("resync");
  vi.runAllTimers();
  expect(invalidate.mock.calls).toEqual([[]]);
});

test("what one may do may change with access and accounts", () => {
  for (const kind of ["access", "accounts"] as const) expect(staleKeys[kind]).toContainEqual(["me"]);
});

test("only addresses of the console are returned to", () => {
  expect(safeReturn("/services?q=web")).toBe("/services?q=web");
  for (const evil of [undefined, "", "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) expect(safeReturn(evil)).toBe("/");
});

test("a failure that is not ours still has its status and id", () => {
  const failure = failureOf(502, "<html>", "r-2");
  expect([failure.status, failure.code, failure.requestId]).toEqual([502, "UNKNOWN", "r-2"]);
});

test("a refusal names what is missing", () => {
  const failure = failureOf(403, { error: { code: "FORBIDDEN", message: "no", request_id: "r-3", detail: { operation: "Service Create", collection: "/prod" } } }, null);
  expect([failure.operation, failure.collection, failure.requestId]).toEqual(["Service Create", "/prod", "r-3"]);
});

test("a grant as command and as call is quoted for a shell and an address", () => {
  expect(grantPath("team", "acme/dev", "viewonly", "/prod/my shop")).toBe("/grants/team/acme%2Fdev/viewonly/%2Fprod%2Fmy%20shop");
  expect(grantPath("authenticated", "all", "viewonly", "/")).toBe("/grants/authenticated/all/viewonly/%2F");
  expect(asGrantCommand("create", "team", "acme/dev", "viewonly", "/prod/my shop")).toBe("holdfast grant create --team acme/dev --role viewonly --collection '/prod/my shop'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
});

const line = (task: string, at: string | null, number = 0): LogLine => ({ task, at, line: "x", stream: "stdout", node: null, number });

test("after a reconnection lines seen before are left out, by their task", () => {
  const isRepeated = repetitionFilter([line("a", "2026-01-01T00:00:02.000Z"), line("b", "2026-01-01T00:00:05.000Z")]);
  expect(isRepeated(line("a", "2026-01-01T00:00:01.000Z"))).toBe(true);
  expect(isRepeated(line("a", "2026-01-01T00:00:03.000Z"))).toBe(false);
  expect(isRepeated(line("b", "2026-01-01T00:00:03.000Z"))).toBe(true);
  expect(isRepeated(line("c", "2026-01-01T00:00:00.000Z"))).toBe(false);
  expect(isRepeated(line("a", null))).toBe(false);
});

test("a broken time in the address is no time", () => {
  expect(localTime("yesterday")).toBe("");
  expect(localTime(undefined)).toBe("");
  expect(localTime("2026-01-01T12:30:00Z")).toMatch(/^2026-01-0[12]T\d\d:30$/);
});

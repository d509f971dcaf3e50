import { expect, test } from "vitest";

import { sortOf, sortWords } from "./sorting";

const known = ["name", "updated"] as const;

test("an order is read from the address, and what is unknown is the usual order", () => {
  expect(sortOf({}, known)).toEqual({ by: "name", descending: false });
  expect(sortOf({ sort: "updated", order: "desc" }, known)).toEqual({ by: "updated", descending: true });
  expect(sortOf({ sort: "password", order: "up" }, known)).toEqual({ by: "name", descending: false });
});

test("the usual order needs no words", () => {
  expect(sortWords({ by: "name", descending: false }, "name")).toEqual({ sort: undefined, order: undefined });
  expect(sortWords({ by: "name", descending: true }, "name")).toEqual({ sort: "name", order: "desc" });
  expect(sortWords({ by: "updated", descending: false }, "name")).toEqual({ sort: "updated", order: undefined });
});

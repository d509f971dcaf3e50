import { fireEvent, render, screen, within } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, test, vi } from "vitest";

import { LanguageProvider, type Language } from "../i18n/i18n";
import { shorten } from "./Copy";
import { DataTable, type Column } from "./DataTable";
import { Failure } from "./Notice";
import { bytes, relative } from "./Time";

function show(element: ReactElement, language: Language = "en") {
  return render(<LanguageProvider initial={language}>{element}</LanguageProvider>);
}

test("a long id is shortened in its middle", () => {
  expect(shorten("sha256:0123456789abcdef0123456789abcdef", 14, 6)).toBe("sha256:0123456…abcdef");
  expect(shorten("short")).toBe("short");
});

test("sizes are in binary units", () => {
  expect(bytes(0, "en-US")).toBe("0 B");
  expect(bytes(1023, "en-US")).toBe("1,023 B");
  expect(bytes(1536, "en-US")).toBe("1.5 KiB");
  expect(bytes(38_214_221, "en-US")).toBe("36 MiB");
});

test("times are relative", () => {
  const now = Date.parse("2026-01-02T00:00:00Z");
  expect(relative(new Date(now - 5_000), now, "en-US")).toBe("now");
  expect(relative(new Date(now - 125_000), now, "en-US")).toBe("2 min. ago");
  expect(relative(new Date(now - 125_000), now, "ja-JP")).toBe("2 分前");
  expect(relative(new Date(now - 86_400_000), now, "en-US")).toBe("yesterday");
});

test("a refusal shows the right that is missing, and the request's id", () => {
  const failure = { status: 403, code: "FORBIDDEN", message: "you may not create service `web`", requestId: "r-1", operation: "Service Create", collection: "/prod" };
  show(<Failure failure={failure} onRetry={() => undefined} />);
  const alert = screen.getByRole("alert");
  expect(alert.textContent).toContain("You may not do this");
  expect(alert.textContent).toContain("The missing right is Service Create on /prod.");
  expect(alert.textContent).toContain("r-1");
  // Asking again changes nothing about a refusal.
  expect(within(alert).queryByRole("button", { name: "Try again" })).toBeNull();
});

test("a failure speaks the chosen language and offers to try again", () => {
  const retry = vi.fn();
  show(<Failure failure={{ status: 0, code: "UNREACHABLE", message: "x", requestId: "" }} onRetry={retry} />, "ja");
  expect(screen.getByRole("alert").textContent).toContain("サーバーに接続できません");
  fireEvent.click(screen.getByRole("button", { name: "再試行" }));
  expect(retry).toHaveBeenCalledOnce();
});

interface Row {
  name: string;
  owner: string;
}

const columns: Column<Row>[] = [
  { id: "name", header: "Name", sort: "name", cell: (row) => <a data-row="" href={`#${row.name}`}>{row.name}</a> },
  { id: "owner", header: "Owner", cell: (row) => row.owner },
];
const rows = [
  { name: "one", owner: "anna" },
  { name: "two", owner: "bo" },
];
const table = (extra: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) => (
  <DataTable name="test" label="Things" columns={columns} rows={rows} rowKey={(row) => row.name} empty={<p>none</p>} {...extra} />
);

test("the arrows move among rows and Space previews", () => {
  const onPreview = vi.fn();
  show(table({ onPreview }));
  const first = screen.getByRole("link", { name: "one" });
  first.focus();
  fireEvent.keyDown(first, { key: "ArrowDown" });
  const second = screen.getByRole("link", { name: "two" });
  expect(document.activeElement).toBe(second);
  fireEvent.keyDown(second, { key: "ArrowDown" });
  expect(document.activeElement).toBe(second);
  fireEvent.keyDown(second, { key: " " });
  expect(onPreview).toHaveBeenCalledWith(rows[1]);
});

test("a column that was hidden stays hidden", () => {
  localStorage.setItem("holdfast.columns.test", JSON.stringify({ owner: false }));
  show(table());
  expect(screen.queryByRole("columnheader", { name: "Owner" })).toBeNull();
  expect(screen.queryByText("anna")).toBeNull();
});

test("sorting asks the server and says its direction", () => {
  const onSort = vi.fn();
  show(table({ sort: { by: "name", descending: false }, onSort }));
  expect(screen.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort")).toBe("ascending");
  fireEvent.click(screen.getByRole("button", { name: "Name" }));
  expect(onSort).toHaveBeenCalledWith({ by: "name", descending: true });
});

test("an empty table shows why instead of a bare header", () => {
  show(table({ rows: [] }));
  expect(screen.getByText("none")).toBeTruthy();
  expect(screen.queryByRole("table")).toBeNull();
});

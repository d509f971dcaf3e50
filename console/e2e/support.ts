import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, test as base, type APIResponse, type Page } from "@playwright/test";

import { browser } from "./browser";

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the stories run against a real server`);
  return value;
}

export const admin = { name: process.env["HOLDFAST_ADMIN"] ?? "admin", password: needed("HOLDFAST_ADMIN_PASSWORD") };

/** A service and a repository with a tag that exist on the server, made with docker; stories about them need them. */
export const service = process.env["HOLDFAST_SERVICE"];
export const repository = process.env["HOLDFAST_REPOSITORY"];

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every story fails on a blocked script or style, an uncaught error or a message of the console. */
export const test = base.extend<{ quiet: void }>({
  quiet: [
    async ({ page }, use) => {
      const noise: string[] = [];
      page.on("pageerror", (error) => noise.push(`uncaught: ${error.message}`));
      page.on("console", (message) => {
        // Chromium itself reports each refused request; the stories assert on what the page says about it.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) noise.push(message.text());
      });
      await use();
      expect(noise, "errors in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export async function signIn(page: Page, who: { name: string; password: string }, address = "") {
  await page.goto(`/console/${address}`);
  await page.getByLabel("User name").fill(who.name);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: `Account ${who.name}` })).toBeVisible();
}

/** Checks the page as it is with axe: WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page) {
  // Evaluated by the driver, so the page's own policy need not allow it.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: typeof import("axe-core") }).axe;
    const results = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
    return results.violations.map((each) => `${each.id}: ${each.nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).join("; ")}`);
  });
  expect(violations).toEqual([]);
}

/** Nothing is wider than the window. */
export async function expectNoSidewaysScroll(page: Page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBeLessThanOrEqual(0);
}

/** Arranges by the API, as the signed-in person of this page; an object that is there already is fine. */
export async function arrange(page: Page, method: "POST" | "PUT" | "DELETE", path: string, data?: unknown): Promise<APIResponse> {
  const answer = await page.request.fetch(`/api/v1${path}`, { method, data, headers: { Origin: new URL(browser.baseURL).origin } });
  if (!answer.ok() && ![404, 409].includes(answer.status())) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer;
}

/** A user without any grant of their own beyond those that everyone has. */
export const colleague = { name: "console-colleague", password: "a colleague's password 1" };

/** Makes the colleague, an organization with a team, and a collection; asks as an administrator. */
export async function arrangePeople(page: Page) {
  await arrange(page, "POST", "/users", { name: colleague.name, full_name: "Console Colleague", password: colleague.password });
  await arrange(page, "POST", "/organizations", { name: "console-org", full_name: "Console stories" });
  await arrange(page, "POST", "/organizations/console-org/teams", { name: "developers", description: "For the stories" });
  await arrange(page, "POST", "/collections", { path: "/console-stories" });
}

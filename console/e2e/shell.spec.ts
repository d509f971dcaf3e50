import { admin, arrangePeople, colleague, expect, expectAccessible, expectNoSidewaysScroll, signIn, test } from "./support";

test("home shows how the cluster does, and is accessible in both themes and languages", async ({ page }) => {
  await signIn(page, admin);
  const main = page.getByRole("main");
  await expect(main.getByText("Ready", { exact: true })).toBeVisible();
  await expect(main.getByText("All users may schedule on all nodes")).toBeVisible();
  await expect(main.getByRole("region", { name: "Recent activity" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Appearance" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "日本語" }).click();
  await expect(page.getByRole("link", { name: "サービス" }).first()).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await page.reload();
  await expect(page.getByRole("link", { name: "リポジトリ" }).first()).toBeVisible();
  await expectAccessible(page);
});

test("everything is reached by keyboard: palette, keys, filter", async ({ page }) => {
  await signIn(page, admin);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Search and commands" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.type("go to grants");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Access" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page.getByRole("heading", { level: 1, name: "Repositories" })).toBeVisible();
  await expect(page.getByRole("searchbox", { name: "Repository name" })).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Repository name" })).toBeFocused();
  await page.keyboard.type("no-repository-has-this-name");
  await expect(page.getByText("Nothing matches", { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/q=no-repository-has-this-name/);
  await page.keyboard.press("Escape");
  await page.getByRole("main").focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the live mark shows a lost stream and heals by itself", async ({ page }) => {
  await page.route("**/api/v1/events", (route) => route.abort());
  await signIn(page, admin);
  const banner = page.getByRole("banner");
  await expect(banner.getByText("reconnecting", { exact: true })).toBeVisible();
  await page.unroute("**/api/v1/events");
  await expect(banner.getByText("live", { exact: true })).toBeVisible();
});

test("a window of 360 pixels is enough for every page", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signIn(page, admin);
  for (const address of ["", "services", "repositories", "access", "access?tab=who-can", "access?tab=explain", "access/new-grant", "audit"]) {
    await page.goto(`/console/${address}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  await page.getByRole("banner").getByRole("button", { name: "Pages" }).click();
  await page.getByRole("dialog", { name: "Pages" }).getByRole("link", { name: "Services" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Services" })).toBeVisible();
});

test("a colleague is offered only what they may see", async ({ page, browser }) => {
  await signIn(page, admin);
  await arrangePeople(page);
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
  const theirs = await context.newPage();
  await signIn(theirs, colleague);
  const pages = theirs.getByRole("navigation", { name: "Pages" });
  await expect(pages.getByRole("link", { name: "Repositories" })).toBeVisible();
  await expect(pages.getByRole("link", { name: "Audit" })).toHaveCount(0);
  await theirs.goto("/console/access");
  await expect(theirs.getByRole("heading", { level: 1, name: "Access" })).toBeVisible();
  await expect(theirs.getByRole("link", { name: "Create grant" })).toHaveCount(0);
  await theirs.goto("/console/audit");
  await expect(theirs.getByText("You may not read the audit trail")).toBeVisible();
  await expectAccessible(theirs);
  await context.close();
});

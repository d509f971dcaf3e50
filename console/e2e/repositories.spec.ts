import { admin, arrange, arrangePeople, colleague, expect, expectAccessible, repository, signIn, test } from "./support";

test("an empty repository says how to push, and a team gets a right in it", async ({ page }) => {
  await signIn(page, admin);
  await arrangePeople(page);
  await arrange(page, "POST", "/repositories", { name: "console-org/empty", description: "For the stories" });
  await arrange(page, "DELETE", "/repositories/console-org%2Fempty/rights/developers");
  await page.goto("/console/repositories?q=console-org");
  await page.getByRole("link", { name: "console-org/empty", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "console-org/empty" })).toBeVisible();
  await expect(page.getByText("Nothing has been pushed with a tag yet.")).toBeVisible();
  await expect(page.getByText(/docker push .+\/console-org\/empty/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Team rights" }).click();
  await page.getByRole("button", { name: "Give a team a right" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Team" }).fill("devel");
  await page.getByRole("option", { name: /developers/ }).click();
  await dialog.getByRole("button", { name: /Right/ }).first().click();
  await page.getByRole("option", { name: "Pull, push, delete tags" }).click();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Give right" }).click();
  const rights = page.getByRole("table", { name: "Team rights" });
  await expect(rights.getByRole("row", { name: /console-org\/developers.*Pull, push, delete tags/ })).toBeVisible();
  await rights.getByRole("button", { name: "Take the right of developers back" }).click();
  await expect(page.getByText("No team has a right here")).toBeVisible();
});

test("a pushed tag shows its digest, and its pull command can be copied", async ({ page, context }) => {
  test.skip(!repository, "HOLDFAST_REPOSITORY names no repository");
  const name = repository ?? "";
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, admin, `repositories/${name}`);
  const tags = page.getByRole("table", { name: "Tags" });
  await expect(tags.getByText(/^sha256:[0-9a-f]{6}…[0-9a-f]{4}$/).first()).toHaveAttribute("title", /^sha256:[0-9a-f]{64}$/);
  await expectAccessible(page);
  await tags.getByRole("button", { name: /Copy pull command of/ }).first().click();
  await expect(tags.getByText("Copied")).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(new RegExp(`^docker pull .+/${name}:`));
});

test("a colleague without a right does not find a private repository", async ({ page, browser }) => {
  await signIn(page, admin);
  await arrangePeople(page);
  await arrange(page, "POST", "/repositories", { name: "console-org/empty" });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
  const theirs = await context.newPage();
  await signIn(theirs, colleague, "repositories/console-org/empty");
  await expect(theirs.getByRole("alert")).toContainText("This does not exist, or you may not see it");
  await context.close();
});

test("a list is ordered by its headings, and the order stands in the address", async ({ page }) => {
  await signIn(page, admin);
  await arrangePeople(page);
  for (const name of ["order-a", "order-b"]) await arrange(page, "POST", "/repositories", { name: `console-org/${name}` });
  await page.goto("/console/repositories?q=console-org/order-");
  const table = page.getByRole("table", { name: "Repositories" });
  const links = table.getByRole("link");
  await expect(links).toHaveText(["console-org/order-a", "console-org/order-b"]);
  await table.getByRole("button", { name: "Name" }).click();
  await expect(links).toHaveText(["console-org/order-b", "console-org/order-a"]);
  await expect(table.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
  const updated = table.getByRole("columnheader", { name: "Updated" });
  await updated.getByRole("button").click();
  await expect(links).toHaveText(["console-org/order-a", "console-org/order-b"]);
  await expect(page).toHaveURL(/sort=updated/);
  await expectAccessible(page);
  await page.reload();
  await expect(updated).toHaveAttribute("aria-sort", "ascending");
  await updated.getByRole("button").click();
  await expect(links).toHaveText(["console-org/order-b", "console-org/order-a"]);
});

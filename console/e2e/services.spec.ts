import { admin, arrangePeople, colleague, expect, expectAccessible, service, signIn, test } from "./support";

test("the list of services says what is there, and its filter stands in the address", async ({ page }) => {
  test.skip(!service, "HOLDFAST_SERVICE names no service, so there may be no engine");
  await signIn(page, admin, "services?state=stopped");
  await expect(page.getByRole("button", { name: /State/ })).toContainText("stopped");
  await page.getByRole("button", { name: /State/ }).click();
  await page.getByRole("option", { name: "All" }).click();
  await expect(page).toHaveURL(/\/console\/services$/);
  await expectAccessible(page);
});

test("a service opens from the list, with its tasks and its live log", async ({ page }) => {
  test.skip(!service, "HOLDFAST_SERVICE names no service");
  const name = service ?? "";
  await signIn(page, admin, `services?q=${name}`);
  await page.getByRole("link", { name, exact: true }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("dialog", { name })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name, exact: true }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByRole("table", { name: "Tasks" }).getByText("running").first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Logs" }).click();
  await expect(page).toHaveURL(/tab=logs/);
  const log = page.getByRole("region", { name: "Logs" });
  await expect(log.getByText("live", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await log.getByRole("button", { name: "Pause" }).click();
  await expect(log.getByText("paused")).toBeVisible();
  await log.getByRole("button", { name: /Resume/ }).click();
  await log.getByRole("button", { name: "Wrap" }).click();
  await expect(log.getByRole("button", { name: "Wrap" })).toHaveAttribute("aria-pressed", "true");
});

test("scaling shows the command and the call that do the same, and the new number without a reload", async ({ page }) => {
  test.skip(!service, "HOLDFAST_SERVICE names no service");
  const name = service ?? "";
  await signIn(page, admin, `services/${name}`);
  const state = page.getByText(/\d+ of \d+ running/);
  const before = Number(/of (\d+)/.exec((await state.textContent()) ?? "")?.[1] ?? "1");
  for (const wanted of [before + 1, before]) {
    await page.getByRole("button", { name: "Scale", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: `Scale ${name}` });
    await dialog.getByLabel("Replicas").fill(String(wanted));
    await expect(dialog.getByText(`docker service scale ${name}=${wanted}`)).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Scale service" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText(new RegExp(`of ${wanted} running`))).toBeVisible();
  }
});

test("a colleague without a grant does not find the service, by list or by address", async ({ page, browser }) => {
  test.skip(!service, "HOLDFAST_SERVICE names no service");
  const name = service ?? "";
  await signIn(page, admin);
  await arrangePeople(page);
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
  const theirs = await context.newPage();
  await signIn(theirs, colleague, `services/${name}`);
  await expect(theirs.getByRole("alert")).toContainText("This does not exist, or you may not see it");
  await expect(theirs.getByText("Request id")).toBeVisible();
  await expectAccessible(theirs);
  await theirs.goto(`/console/services?q=${name}`);
  await expect(theirs.getByRole("link", { name, exact: true })).toHaveCount(0);
  await context.close();
});

import { admin, expect, expectAccessible, signIn, test } from "./support";

test("whoever is not signed in gets the sign-in page, and afterwards the page they asked for", async ({ page }) => {
  await page.goto("/console/repositories?q=web");
  await expect(page.getByText("Sign in to open the page you asked for.")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("User name").fill(admin.name);
  await page.getByLabel("Password").fill(admin.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Repositories" })).toBeVisible();
  await expect(page).toHaveURL(/\/console\/repositories\?q=web$/);
});

test("a wrong password is said beside the form, and says nothing about whether the user exists", async ({ page }) => {
  await page.goto("/console/");
  for (const name of [admin.name, "nobody-of-this-name"]) {
    await page.getByLabel("User name").fill(name);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("User name or password is wrong");
    await expect(page.getByLabel("Password")).toHaveValue("");
  }
  await expectAccessible(page);
});

test("a foreign return address leads home", async ({ page }) => {
  await page.goto("/console/sign-in?return=//evil.example/");
  await page.getByLabel("User name").fill(admin.name);
  await page.getByLabel("Password").fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/console\/$/);
});

test("signing out ends the session in this browser", async ({ page }) => {
  await signIn(page, admin);
  await page.getByRole("button", { name: `Account ${admin.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await page.goto("/console/services");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

import { admin, arrange, arrangePeople, expect, expectAccessible, signIn, test } from "./support";

test("the audit trail shows who did what, and a filtered view is a link", async ({ page }) => {
  await signIn(page, admin);
  await arrangePeople(page);
  await arrange(page, "PUT", "/grants/team/console-org%2Fdevelopers/viewonly/%2Fconsole-stories");
  await page.goto("/console/audit");
  const rows = page.getByRole("table", { name: "Audit" }).getByRole("row");
  await expect(rows.nth(1)).toContainText(admin.name);
  await expectAccessible(page);
  await page.getByRole("searchbox", { name: "Who" }).fill(admin.name);
  await expect(page).toHaveURL(new RegExp(`actor=${admin.name}`));
  await page.getByRole("button", { name: /Outcome/ }).click();
  await page.getByRole("option", { name: "allowed" }).click();
  await expect(page).toHaveURL(/outcome=allowed/);
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Who" })).toHaveValue(admin.name);
  await rows.nth(1).getByRole("button").first().click();
  const row = page.getByRole("dialog");
  await expect(row.getByText("Request id")).toBeVisible();
  await expectAccessible(page);
});

import { admin, arrange, arrangePeople, colleague, expect, expectAccessible, signIn, test } from "./support";

test("an administrator grants in three steps, and the colleague may at once", async ({ page, browser }) => {
  await signIn(page, admin);
  await arrangePeople(page);
  await arrange(page, "DELETE", `/grants/user/${colleague.name}/viewonly/%2Fconsole-stories`);

  await test.step("before, the answer is no, and names what is missing", async () => {
    await page.goto(`/console/access?tab=explain&user=${colleague.name}&operation=Service+View&collection=/console-stories`);
    await expect(page.getByText("Not allowed", { exact: true })).toBeVisible();
    await expect(page.getByText("The missing right is Service View on /console-stories.")).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("who, then role and collection, then what it will be", async () => {
    await page.goto("/console/access");
    await page.getByRole("link", { name: "Create grant" }).first().click();
    await page.getByRole("radio", { name: /^User/ }).check({ force: true });
    await page.getByRole("combobox", { name: "User" }).fill(colleague.name);
    await page.getByRole("option", { name: new RegExp(colleague.name) }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("combobox", { name: "Role" }).fill("View");
    await page.getByRole("option", { name: /^View Only/ }).click();
    await page.getByRole("combobox", { name: "Collection" }).fill("/console-st");
    await page.getByRole("option", { name: "/console-stories", exact: true }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Next" }).click();
    await expect(page.getByText(/holdfast grant /)).toContainText("/console-stories");
    await expect(page.getByText(/curl .*-X PUT/)).toContainText(`/api/v1/grants/user/${colleague.name}/viewonly/%2Fconsole-stories`);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Create grant" }).click();
    const grants = page.getByRole("table", { name: "Grants" });
    await expect(grants.getByRole("row", { name: new RegExp(`${colleague.name}.*View Only.*/console-stories`) })).toBeVisible();
  });

  await test.step("who can do what names them", async () => {
    await page.goto("/console/access?tab=who-can&operation=Service+View&collection=/console-stories");
    await expect(page.getByRole("table").getByText(colleague.name)).toBeVisible();
    await expect(page.getByText("Administrators can do everything")).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("they are told why they may", async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
    const theirs = await context.newPage();
    await signIn(theirs, colleague, "access?tab=explain&operation=Service+View&collection=/console-stories");
    await expect(theirs.getByText("Allowed", { exact: true })).toBeVisible();
    await context.close();
  });

  await test.step("taking it back names what goes", async () => {
    await page.goto("/console/access?collection=/console-stories");
    await page.getByRole("button", { name: `Take back View Only of ${colleague.name} on /console-stories` }).click();
    const dialog = page.getByRole("dialog", { name: "Take this grant back" });
    await expect(dialog).toContainText(colleague.name);
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Take grant back" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole("row", { name: new RegExp(colleague.name) })).toHaveCount(0);
  });
});

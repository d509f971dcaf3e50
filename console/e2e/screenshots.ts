import { expect, type Page } from "@playwright/test";

import { admin, repository, service, signIn, test } from "./support";

const folder = process.env["SCREENSHOTS"] ?? new URL("../../docs/screenshots", import.meta.url).pathname;

const wide = { width: 1280, height: 800 };
const narrow = { width: 360, height: 740 };
const looks = [
  { name: "light", theme: "light", language: "en", size: wide },
  { name: "dark", theme: "dark", language: "en", size: wide },
  { name: "japanese", theme: "light", language: "ja", size: wide },
  { name: "narrow", theme: "light", language: "en", size: narrow },
  { name: "narrow-dark-japanese", theme: "dark", language: "ja", size: narrow },
] as const;

const pages: Record<string, string> = {
  home: "",
  services: "services",
  ...(service ? { service: `services/${service}`, logs: `services/${service}?tab=logs` } : {}),
  repositories: "repositories",
  ...(repository ? { repository: `repositories/${repository}`, rights: `repositories/${repository}?tab=rights` } : {}),
  grants: "access",
  "who-can": "access?tab=who-can&operation=Service+View&collection=/",
  explain: "access?tab=explain&operation=Service+Create&collection=/",
  "grant-who": "access/new-grant",
  "grant-what": "access/new-grant?kind=authenticated&role=viewonly&collection=/&step=2",
  "grant-review": "access/new-grant?kind=authenticated&role=viewonly&collection=/&step=3",
  audit: "audit",
};

async function settled(page: Page) {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[role=status][aria-label]")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

for (const look of looks) {
  test(`pages, ${look.name}`, async ({ page }) => {
    await page.setViewportSize(look.size);
    await signIn(page, admin);
    await page.evaluate(({ theme, language }) => {
      localStorage.setItem("holdfast.theme", theme);
      localStorage.setItem("holdfast.language", language);
    }, look);
    for (const [name, address] of Object.entries(pages)) {
      await page.goto(`/console/${address}`);
      await settled(page);
      if (name === "logs") await expect(page.getByRole("log").or(page.getByText(/No lines yet|ログはまだありません/))).toBeVisible();
      await page.screenshot({ path: `${folder}/${name}-${look.name}.png` });
    }
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.screenshot({ path: `${folder}/palette-${look.name}.png` });
    await page.keyboard.press("Escape");
    await page.context().clearCookies();
    await page.goto("/console/services");
    await settled(page);
    await page.screenshot({ path: `${folder}/sign-in-${look.name}.png` });
  });
}

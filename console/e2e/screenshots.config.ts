import { defineConfig } from "@playwright/test";

import { browser } from "./browser";

/** `npm run screenshots`: every page, light, dark and narrow, in English and Japanese, into docs/screenshots. */
export default defineConfig({
  testDir: ".",
  testMatch: "screenshots.ts",
  workers: 1,
  timeout: 120_000,
  reporter: [["list"]],
  outputDir: "../test-results",
  use: browser,
});

import { defineConfig } from "@playwright/test";

import { browser } from "./e2e/browser";

/** The stories run against a real server: HOLDFAST_URL, HOLDFAST_ADMIN and HOLDFAST_ADMIN_PASSWORD name it. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  // The stories share one server, and some change it.
  workers: 1,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  // The gate reads the counts from the file that PLAYWRIGHT_JSON_OUTPUT_NAME names.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : [["list"]],
  outputDir: "test-results",
  use: { ...browser, viewport: { width: 1280, height: 800 }, trace: "retain-on-failure" },
});

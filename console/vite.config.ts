import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** React Aria carries some thirty languages; the console speaks two, so the others become empty modules. */
function twoLanguages(): Plugin {
  const foreign = /react-aria(-components)?[\\/].*[\\/](?!en-US|ja-JP)[a-z]{2}-[A-Z]{2}\.(m?js)$/;
  return {
    name: "two-languages",
    enforce: "pre",
    load(id) {
      return foreign.test(id.split("?")[0] ?? id) ? "export default {};" : null;
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [twoLanguages(), react(), tailwindcss()],
  build: {
    target: "es2023",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    // `npm run dev` beside a running server: HOLDFAST_URL=https://127.0.0.1:7443 npm run dev
    proxy: { "/api": { target: process.env["HOLDFAST_URL"] ?? "https://127.0.0.1:7443", secure: false, changeOrigin: true } },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    restoreMocks: true,
  },
});

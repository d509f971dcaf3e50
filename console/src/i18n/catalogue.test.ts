import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { catalogue, type MessageKey } from "./catalogue";
import { message } from "./i18n";

const entries = Object.entries(catalogue) as [MessageKey, readonly [string, string]][];
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

/** The sources of the console, without the catalogue and tests. */
function sources(): string {
  const folder = join(process.cwd(), "src");
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|schema\.d|i18n\/catalogue/.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
}

describe("the catalogue", () => {
  test("no message is missing in either language", () => {
    for (const [key, [english, japanese]] of entries) {
      expect(english.trim(), key).not.toBe("");
      expect(japanese.trim(), key).not.toBe("");
    }
  });

  test("both languages are filled in with the same words", () => {
    for (const [key, [english, japanese]] of entries) {
      for (const form of english.split("|")) expect(placeholders(japanese), key).toEqual(placeholders(form));
      expect(japanese, key).not.toContain("|");
    }
  });

  test("Japanese is Japanese, but for what has no other name", () => {
    const same = entries.filter(([, [, japanese]]) => !/[\u3040-\u30ff\u4e00-\u9fff]/.test(japanese)).map(([key]) => key);
    expect(same).toEqual(["list.range", "service.id"].filter((key) => same.includes(key as MessageKey)));
  });

  test("nobody is shouted at", () => {
    for (const [key, [english]] of entries) expect(english, key).not.toMatch(/[!！]|\.\.\./);
  });

  test("every message is used, and every one used is there", () => {
    const text = sources();
    const used = new Set([...text.matchAll(/["'`]([a-z_]+(?:\.[a-z_]+)+)["'`]/g)].map((match) => match[1]));
    const prefixes = [...text.matchAll(/`([a-z_]+(?:\.[a-z_]+)*)[._]?\$\{/g)].map((match) => match[1] ?? "");
    const unused = entries.map(([key]) => key).filter((key) => !used.has(key) && !prefixes.some((prefix) => key.startsWith(`${prefix}.`)));
    expect(unused).toEqual([]);
  });
});

describe("message", () => {
  test("chooses one or other by the count", () => {
    expect(message("en", "home.tags", { count: 1 })).toBe("1 tag");
    expect(message("en", "home.tags", { count: 1204 })).toBe("1,204 tags");
    expect(message("ja", "home.tags", { count: 1204 })).toBe("タグ 1,204");
  });

  test("never runs what is filled in through the filling again", () => {
    expect(message("en", "palette.nothing", { text: "{count} $&" })).toBe("Nothing matches “{count} $&”.");
  });
});

// Writes a gzip form beside every text file of the build, and refuses a first load beyond its budget.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;
const budgetBytes = 250 * 1024;
// What loads when it is opened does not count: a log, later the terminal and the charts.
const opened = /^Logs-/;
const text = /\.(js|css|html|svg|json)$/;

let total = 0;
for (const entry of readdirSync(dist, { recursive: true })) {
  const path = join(dist, String(entry));
  if (!statSync(path).isFile() || !text.test(path)) continue;
  const packed = gzipSync(readFileSync(path), { level: 9 });
  if (/\.(js|css)$/.test(path) && !opened.test(basename(path))) total += packed.length;
  if (packed.length < statSync(path).size) writeFileSync(`${path}.gz`, packed);
}
process.stdout.write(`scripts and styles: ${(total / 1024).toFixed(1)} KiB compressed, budget ${budgetBytes / 1024} KiB\n`);
if (total > budgetBytes) {
  process.stderr.write("the bundle is beyond its budget\n");
  process.exit(1);
}

/** Writes what the console does as an API call that does the same with an access token. */
export function asApiCall(method: string, path: string, json?: unknown): string {
  const lines = [`curl --fail --cacert ca.pem -X ${method}`, `  -H "Authorization: Bearer $HOLDFAST_TOKEN"`];
  if (json !== undefined) lines.push(`  -H 'Content-Type: application/json' -d '${JSON.stringify(json).replaceAll("'", "'\\''")}'`);
  lines.push(`  ${location.origin}/api/v1${path}`);
  return lines.join(" \\\n");
}

/** Quotes a word for a shell where it needs it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

type SubjectKind = "user" | "team" | "organization" | "authenticated";

/** The address of a grant below `/api/v1`; names and paths are one part each, so their slashes are escaped. */
export function grantPath(kind: SubjectKind, subject: string, role: string, collection: string): string {
  const name = kind === "authenticated" ? "all" : subject;
  return `/grants/${[kind, name, role, collection].map(encodeURIComponent).join("/")}`;
}

/** Writes a command of the `holdfast` command line; each word is quoted where it needs it. */
export function asCommand(...words: string[]): string {
  return ["holdfast", ...words.map(shellWord)].join(" ");
}

const subjectOption: Record<SubjectKind, string> = { user: "--user", team: "--team", organization: "--org", authenticated: "--everyone" };

/** The same grant made or taken back by the command line. */
export function asGrantCommand(verb: "create" | "rm", kind: SubjectKind, subject: string, role: string, collection: string): string {
  const who = kind === "authenticated" ? [] : [subject];
  return asCommand("grant", verb, subjectOption[kind], ...who, "--role", role, "--collection", collection);
}

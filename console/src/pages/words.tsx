import type { ReactNode } from "react";

import type { Schemas } from "../api/client";
import { useMe } from "../app/session";
import { shorten } from "../components/Copy";
import { State, type Tone } from "../components/State";
import { useT } from "../i18n/i18n";

const serviceTones: Record<Schemas["ServiceState"], Tone> = { running: "good", updating: "busy", degraded: "warn", stopped: "idle" };

/** A service's state in a word and a shape. */
export function ServiceState({ state }: { state: Schemas["ServiceState"] }) {
  const t = useT();
  return <State tone={serviceTones[state]}>{t(`service.state.${state}`)}</State>;
}

const taskTones: Record<string, Tone> = {
  running: "good",
  complete: "good",
  failed: "bad",
  rejected: "bad",
  orphaned: "bad",
  shutdown: "idle",
  remove: "idle",
};

/** A task's state: the engine's own word, which people search for, with a shape. */
export function TaskState({ state }: { state: string }) {
  return <State tone={taskTones[state] ?? "busy"}>{state}</State>;
}

const outcomeTones: Record<Schemas["AuditOutcome"], Tone> = { allowed: "good", refused: "warn", failed: "bad" };

export function Outcome({ outcome }: { outcome: Schemas["AuditOutcome"] }) {
  const t = useT();
  return <State tone={outcomeTones[outcome]}>{t(`audit.outcome.${outcome}`)}</State>;
}

/** The subject of a grant: what it is, and its name. */
export function Subject({ subject }: { subject: Schemas["GrantSubjectView"] }) {
  const t = useT();
  if (isEveryone(subject)) return <span title={subject.name}>{t("grant.kind.authenticated")}</span>;
  return (
    <span>
      <span className="font-medium [overflow-wrap:anywhere]">{subject.name}</span> <span className="text-muted">{t(`grant.kind.${subject.kind}`)}</span>
    </span>
  );
}

/** Says which right is missing, and where, if that is known. */
export function MissingRight({ operation, collection }: { operation: string; collection: string | null | undefined }) {
  const t = useT();
  return collection ? t("failure.missing_right_at", { operation, collection }) : t("failure.missing_right", { operation });
}

/** A name in a list: breaks where it must, and keeps a width that can be read. */
export function Name({ children }: { children: ReactNode }) {
  return <span className="inline-block min-w-24 font-medium [overflow-wrap:anywhere]">{children}</span>;
}

/** The organization that everyone is in, as UCP calls it. */
const everyone = "docker-datacenter";

/** Whether a grant's subject is everyone who is signed in. */
export function isEveryone(subject: Schemas["GrantSubjectView"]): boolean {
  return subject.kind === "authenticated" || (subject.kind === "organization" && subject.name === everyone);
}

/** What an audit row was about: names as they are, but hashes and ids in short. */
export function objectWord(object: Schemas["AuditView"]["object"]): string {
  const name = object?.name ?? object?.id ?? "";
  return name.replace(/[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => shorten(id, 8, 4));
}

/** A path or reference, which breaks after its slashes. */
export function Path({ children }: { children: string }) {
  const parts = children.split(/(?<=\/)/);
  return (
    <span className="break-words">
      {parts.map((part, index) => (
        <span key={index}>
          {part}
          <wbr />
        </span>
      ))}
    </span>
  );
}

/** An image as people say it: our own registry's name goes, and shows when hovered. */
export function Image({ reference }: { reference: string }) {
  const { registry } = useMe().cluster;
  const own = `${registry}/`;
  return (
    <span title={reference}>
      <Path>{reference.startsWith(own) ? `…/${reference.slice(own.length)}` : reference}</Path>
    </span>
  );
}

import { CircleAlert, CircleX, Info, Lock } from "lucide-react";
import type { ReactNode } from "react";

import { useT } from "../i18n/i18n";
import { Button } from "./Button";
import { CopyButton } from "./Copy";

const icons = { info: Info, warn: CircleAlert, bad: CircleX, refused: Lock };
const colours = { info: "text-info", warn: "text-warn", bad: "text-bad", refused: "text-warn" };

interface NoticeProps {
  tone: keyof typeof icons;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Something to know about this page, said in its place. */
export function Notice({ tone, title, children, action }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div
      role={tone === "info" ? "note" : "alert"}
      aria-label={tone === "info" ? title : undefined}
      className="flex gap-3 rounded border border-border bg-raised p-3 text-sm"
    >
      <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${colours[tone]}`} />
      <div className="min-w-0 flex-1 space-y-1 break-words">
        <p className="font-medium">{title}</p>
        {children ? <div className="text-muted">{children}</div> : null}
        {action ? <div className="flex flex-wrap gap-2 pt-1">{action}</div> : null}
      </div>
    </div>
  );
}

/** Why a list is empty, and the next step. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-12 text-center">
      <p className="text-base font-medium">{title}</p>
      {children ? <div className="max-w-prose text-sm text-muted">{children}</div> : null}
      {action ? <div className="pt-2">{action}</div> : null}
    </div>
  );
}

/** A failure as the server tells it; `ApiFailure` of src/api/failure.ts has this form. */
export interface FailureLike {
  status: number;
  code: string;
  message: string;
  requestId: string;
  operation?: string | undefined;
  collection?: string | undefined;
}

/** What failed, why, what to do, and the request's id for whoever is asked for help. A refusal shows the right that is missing. */
export function Failure({ failure, onRetry, explain }: { failure: FailureLike; onRetry?: () => void; explain?: ReactNode }) {
  const t = useT();
  const refused = failure.status === 403;
  const title = refused
    ? t("failure.refused")
    : failure.status === 404
      ? t("failure.not_found")
      : failure.status === 0
        ? t("failure.unreachable")
        : failure.status >= 502 && failure.status <= 504
          ? t("failure.unavailable")
          : t("failure.failed");
  return (
    <Notice
      tone={refused ? "refused" : "bad"}
      title={title}
      action={
        <>
          {onRetry && !refused ? <Button onPress={onRetry}>{t("action.try_again")}</Button> : null}
          {refused ? explain : null}
        </>
      }
    >
      <p>{failure.message}</p>
      {failure.status >= 502 && failure.status <= 504 ? <p>{t("failure.unavailable_why")}</p> : null}
      {refused && failure.operation ? (
        <p>
          {failure.collection
            ? t("failure.missing_right_at", { operation: failure.operation, collection: failure.collection })
            : t("failure.missing_right", { operation: failure.operation })}
        </p>
      ) : null}
      {failure.requestId ? (
        <p className="flex items-center gap-1 text-xs">
          {t("failure.request_id")} <code className="font-mono break-all">{failure.requestId}</code>
          <CopyButton text={failure.requestId} label={t("failure.copy_request_id")} />
        </p>
      ) : null}
    </Notice>
  );
}

/** Grey lines where a page will be: no spinner, nothing moves. */
export function Waiting({ lines = 6 }: { lines?: number }) {
  const t = useT();
  return (
    <div role="status" aria-label={t("list.loading")} className="space-y-3 p-4">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="h-4 rounded bg-sunken" />
      ))}
    </div>
  );
}

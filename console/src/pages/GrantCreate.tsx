import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";

import { body, client } from "../api/client";
import { asFailure } from "../api/failure";
import { asApiCall, asGrantCommand, grantPath } from "../app/equivalent";
import { useMe } from "../app/session";
import { Button } from "../components/Button";
import { Code } from "../components/Copy";
import { Failure, Notice } from "../components/Notice";
import { Facts, Page, Panel } from "../components/Page";
import { useT } from "../i18n/i18n";
import { RoleAndCollection, useRoles } from "./access/RoleAndCollection";
import { SubjectChoice, type SubjectKind } from "./access/SubjectChoice";

const route = getRouteApi("/signed-in/access/new-grant");
const kinds: readonly SubjectKind[] = ["user", "team", "organization", "authenticated"];

export interface Draft {
  kind: SubjectKind;
  subject: string;
  role: string;
  collection: string;
}

/** A grant in three steps, all in the address: who; what, where; and what it will be. */
export function GrantCreatePage() {
  const t = useT();
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const kind = kinds.find((each) => each === search.kind) ?? "team";
  const draft: Draft = { kind, subject: kind === "authenticated" ? "all" : (search.subject ?? ""), role: search.role ?? "", collection: search.collection ?? "" };
  const hasWho = draft.subject !== "" && !draft.subject.endsWith("/");
  const hasWhat = draft.role !== "" && draft.collection !== "";
  const asked = Number(search.step ?? "1");
  // An address cannot skip a step that has no answer yet.
  const step = asked >= 3 && hasWho && hasWhat ? 3 : asked >= 2 && hasWho ? 2 : 1;
  const set = (change: Partial<Draft>) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const go = (next: number) => void navigate({ search: (old) => ({ ...old, kind, step: String(next) }) });
  if (!me.permissions.access_manage) {
    return (
      <Page title={t("grant.create")}>
        <Notice tone="refused" title={t("grant.no_right")}>
          {t("grant.no_right_why")}
        </Notice>
      </Page>
    );
  }
  return (
    <Page
      title={t("grant.create")}
      trail={
        <Link to="/access" className="rounded hover:underline">
          {t("access.title")}
        </Link>
      }
    >
      <div className="flex max-w-2xl flex-col gap-4">
        <Steps current={step} />
        {step === 1 ? (
          <Panel title={t("grant.step_who")}>
            <SubjectChoice kind={kind} subject={draft.subject} onChange={set} />
            <Buttons>
              <Button kind="primary" isDisabled={!hasWho} onPress={() => go(2)}>
                {t("action.next")}
              </Button>
            </Buttons>
          </Panel>
        ) : step === 2 ? (
          <Panel title={t("grant.step_what")}>
            <RoleAndCollection role={draft.role} collection={draft.collection} onChange={set} />
            <Buttons>
              <Button onPress={() => go(1)}>{t("action.back")}</Button>
              <Button kind="primary" isDisabled={!hasWhat} onPress={() => go(3)}>
                {t("action.next")}
              </Button>
            </Buttons>
          </Panel>
        ) : (
          <Review draft={draft} onBack={() => go(2)} />
        )}
      </div>
    </Page>
  );
}

function Buttons({ children }: { children: React.ReactNode }) {
  return <div className="flex justify-end gap-2 pt-4">{children}</div>;
}

function Steps({ current }: { current: number }) {
  const t = useT();
  const names = [t("grant.step_who"), t("grant.step_what"), t("grant.step_review")];
  return (
    <ol aria-label={t("grant.steps")} className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {names.map((name, index) => (
        <li key={name} aria-current={index + 1 === current ? "step" : undefined} className={index + 1 === current ? "font-medium" : "text-muted"}>
          {index + 1}. {name}
        </li>
      ))}
    </ol>
  );
}

function Review({ draft, onBack }: { draft: Draft; onBack: () => void }) {
  const t = useT();
  const queries = useQueryClient();
  const router = useRouter();
  const roles = useRoles();
  const { kind, subject, role, collection } = draft;
  const put = useMutation({
    mutationFn: () =>
      body(
        client.PUT("/api/v1/grants/{subject_kind}/{subject}/{role}/{collection}", {
          params: { path: { subject_kind: kind, subject, role, collection } },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["access"] });
      void router.navigate({ to: "/access", search: { collection } });
    },
  });
  return (
    <Panel title={t("grant.step_review")}>
      <div className="flex flex-col gap-4">
        {put.error ? <Failure failure={asFailure(put.error)} /> : null}
        <Facts
          facts={[
            [t("grant.subject"), kind === "authenticated" ? t("grant.kind.authenticated") : `${subject} (${t(`grant.kind.${kind}`)})`],
            [t("grant.role"), roles.find((each) => each.id === role)?.name ?? role],
            [t("service.collection"), collection],
          ]}
        />
        <p className="text-muted">{t("grant.effect", { collection })}</p>
        <Code label={t("copy.command")} text={asGrantCommand("create", kind, subject, role, collection)} />
        <Code label={t("copy.api")} text={asApiCall("PUT", grantPath(kind, subject, role, collection))} />
      </div>
      <Buttons>
        <Button onPress={onBack}>{t("action.back")}</Button>
        <Button kind="primary" isPending={put.isPending} onPress={() => put.mutate()}>
          {t("grant.create")}
        </Button>
      </Buttons>
    </Panel>
  );
}

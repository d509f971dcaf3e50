import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import type { Schemas } from "../../api/client";
import { asFailure } from "../../api/failure";
import { explainQuery } from "../../api/queries";
import { asCommand } from "../../app/equivalent";
import { useMe } from "../../app/session";
import { Code } from "../../components/Copy";
import { ComboField, SearchField, SelectField } from "../../components/Field";
import { Empty, Failure, Waiting } from "../../components/Notice";
import { Panel } from "../../components/Page";
import { State } from "../../components/State";
import { useT } from "../../i18n/i18n";
import { useCollections, useOperations } from "./choices";
import { GrantTable } from "./GrantTable";

const route = getRouteApi("/signed-in/access");
const none = "-";

/** May this user do this, there, and why? Whoever may not see others' rights asks about their own. */
export function Explain() {
  const t = useT();
  const me = useMe();
  const { user = "", operation = "", collection = "", parameter = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const operations = useOperations();
  const collections = useCollections();
  const isAsked = operation !== "" && collection !== "";
  const request = { operation, collection, parameters: parameter ? [parameter] : [], ...(user ? { user } : {}) };
  const answer = useQuery({ ...explainQuery(request), enabled: isAsked });
  const ask = (change: { user?: string; operation?: string; collection?: string; parameter?: string }) =>
    void navigate({ search: { tab: "explain", user, operation, collection, parameter, ...change }, replace: true });
  const parameters = operations.parametersOf(operation);
  const problem = operations.error ?? collections.error ?? answer.error;
  return (
    <div className="flex flex-col gap-4">
      <Panel title={t("access.explain_question")}>
        <div className="grid gap-4 sm:grid-cols-2">
          {me.permissions.access_view ? (
            <label className="flex flex-col gap-1">
              <span className="text-sm font-medium">{t("access.user")}</span>
              <SearchField label={t("access.user")} placeholder={t("access.user_self", { name: me.name })} value={user} onChange={(next) => ask({ user: next.trim() })} delayMs={500} />
            </label>
          ) : null}
          {operations.options.length > 0 ? (
            <ComboField label={t("access.operation")} options={operations.options} value={operation || null} onChange={(next) => ask({ operation: next, parameter: "" })} />
          ) : null}
          {collections.options.length > 0 ? (
            <ComboField label={t("service.collection")} options={collections.options} value={collection || null} onChange={(next) => ask({ collection: next })} />
          ) : null}
          {parameters.length > 0 ? (
            <SelectField
              label={t("access.parameter")}
              value={parameter || none}
              onChange={(id) => ask({ parameter: id === none ? "" : id })}
              options={[{ id: none, label: t("access.no_parameter") }, ...parameters.map((id) => ({ id, label: id }))]}
            />
          ) : null}
        </div>
      </Panel>
      {problem ? <Failure failure={asFailure(problem)} /> : null}
      {answer.data ? <Answer answer={answer.data} /> : isAsked && answer.isFetching ? <Waiting lines={3} /> : null}
      {answer.data ? (
        <Code
          label={t("copy.command")}
          text={asCommand("access", "explain", "--operation", operation, "--collection", collection, ...(user ? ["--user", user] : []), ...(parameter ? ["--parameter", parameter] : []))}
        />
      ) : null}
    </div>
  );
}

function Answer({ answer }: { answer: Schemas["ExplanationView"] }) {
  const t = useT();
  return (
    <>
      <Panel title={t("access.answer")}>
        <div role="status" className="flex flex-col gap-2">
          <p className="text-base font-medium">
            <State tone={answer.is_allowed ? "good" : "bad"}>{answer.is_allowed ? t("access.allowed") : t("access.not_allowed")}</State>
          </p>
          <p>{answer.reason}</p>
          {answer.is_operation_missing ? (
            <p className="text-muted">{t("failure.missing_right_at", { operation: answer.operation, collection: answer.collection_path })}</p>
          ) : null}
          {answer.missing_parameters.length > 0 ? (
            <p className="text-muted">{t("access.missing_parameters", { parameters: answer.missing_parameters.join(", ") })}</p>
          ) : null}
        </div>
      </Panel>
      {answer.by_admin ? null : (
        <GrantTable
          name="explain"
          label={t("access.reaching")}
          grants={answer.grants}
          filters={<h2 className="px-2 text-sm font-semibold">{answer.is_allowed ? t("access.giving") : t("access.reaching")}</h2>}
          empty={<Empty title={t("access.no_reaching")}>{t("access.no_reaching_why", { collection: answer.collection_path })}</Empty>}
        />
      )}
    </>
  );
}

import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "../../api/client";
import { asFailure } from "../../api/failure";
import { rolesQuery } from "../../api/queries";
import { ComboField } from "../../components/Field";
import { Failure } from "../../components/Notice";
import { useT } from "../../i18n/i18n";
import { useCollections } from "./choices";

export function useRoles(): Schemas["RoleView"][] {
  return useQuery(rolesQuery).data?.items ?? [];
}

interface Props {
  role: string;
  collection: string;
  onChange: (change: { role?: string; collection?: string }) => void;
}

/** The second step: which role, on which collection; and what the role holds. */
export function RoleAndCollection({ role, collection, onChange }: Props) {
  const t = useT();
  const roles = useRoles();
  const collections = useCollections();
  const chosen = roles.find((each) => each.id === role);
  return (
    <div className="flex flex-col gap-4">
      {collections.error ? <Failure failure={asFailure(collections.error)} /> : null}
      {roles.length > 0 ? (
        <ComboField
          label={t("grant.role")}
          options={roles.map((each) => ({ id: each.id, label: each.name, detail: each.is_system ? t("grant.built_in") : "" }))}
          value={role || null}
          onChange={(next) => onChange({ role: next })}
        />
      ) : null}
      {chosen ? <RoleContent role={chosen} /> : null}
      {collections.options.length > 0 ? (
        <ComboField
          label={t("service.collection")}
          options={collections.options}
          value={collection || null}
          onChange={(next) => onChange({ collection: next })}
          hint={t("grant.collection_hint")}
        />
      ) : null}
    </div>
  );
}

function RoleContent({ role }: { role: Schemas["RoleView"] }) {
  const t = useT();
  const categories = Object.entries(role.operations).filter(([, operations]) => Object.keys(operations).length > 0);
  const count = categories.reduce((sum, [, operations]) => sum + Object.keys(operations).length, 0);
  return (
    <details className="rounded border border-border px-3 py-2 text-sm">
      <summary className="cursor-pointer">{t("grant.role_holds", { count })}</summary>
      <dl className="mt-2 max-h-60 space-y-1 overflow-auto text-xs" tabIndex={0}>
        {categories.map(([category, operations]) => (
          <div key={category}>
            <dt className="inline font-medium">{category}: </dt>
            <dd className="inline text-muted">{Object.keys(operations).join(", ")}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

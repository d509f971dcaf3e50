import { useQuery } from "@tanstack/react-query";
import { Label } from "react-aria-components/TextField";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";

import type { Schemas } from "../../api/client";
import { asFailure } from "../../api/failure";
import { countLimit, organizationsQuery, teamsQuery, usersQuery } from "../../api/queries";
import { ComboField } from "../../components/Field";
import { Failure } from "../../components/Notice";
import { useT } from "../../i18n/i18n";

export type SubjectKind = Schemas["GrantSubjectKind"];

const kinds: readonly SubjectKind[] = ["team", "user", "organization", "authenticated"];

interface Props {
  kind: SubjectKind;
  subject: string;
  onChange: (change: { kind?: SubjectKind; subject?: string }) => void;
}

/** The first step: who gets the grant. */
export function SubjectChoice({ kind, subject, onChange }: Props) {
  const t = useT();
  return (
    <div className="flex flex-col gap-4">
      <RadioGroup value={kind} onChange={(next) => onChange({ kind: next as SubjectKind, subject: "" })} className="flex flex-col gap-1">
        <Label className="text-sm font-medium">{t("grant.kind")}</Label>
        {kinds.map((each) => (
          <Radio key={each} value={each} className="group flex cursor-pointer items-start gap-2 rounded py-1">
            <span
              aria-hidden
              className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-edge group-data-focus-visible:outline-2 group-data-selected:border-accent after:size-2 after:rounded-full group-data-selected:after:bg-accent"
            />
            <span>
              {t(`grant.kind.${each}`)} <span className="text-muted">{t(`grant.kind_why.${each}`)}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {kind === "user" ? <User subject={subject} onChange={onChange} /> : null}
      {kind === "organization" ? <Organization subject={subject} onChange={(next) => onChange({ subject: next })} /> : null}
      {kind === "team" ? <Team subject={subject} onChange={onChange} /> : null}
    </div>
  );
}

function User({ subject, onChange }: Omit<Props, "kind">) {
  const t = useT();
  const users = useQuery(usersQuery({ limit: countLimit }));
  if (users.error) return <Failure failure={asFailure(users.error)} />;
  if (!users.data) return null;
  return (
    <ComboField
      label={t("grant.kind.user")}
      options={users.data.items.map((user) => ({ id: user.name, label: user.name, detail: user.full_name }))}
      value={subject || null}
      onChange={(next) => onChange({ subject: next })}
    />
  );
}

function Organization({ subject, onChange }: { subject: string; onChange: (subject: string) => void }) {
  const t = useT();
  const organizations = useQuery(organizationsQuery({ limit: countLimit }));
  if (organizations.error) return <Failure failure={asFailure(organizations.error)} />;
  if (!organizations.data) return null;
  return (
    <ComboField
      label={t("grant.kind.organization")}
      options={organizations.data.items.map((each) => ({ id: each.name, label: each.name, detail: each.full_name }))}
      value={subject || null}
      onChange={onChange}
      empty={t("grant.no_organizations")}
    />
  );
}

/** A team is `organization/team`; until the team is chosen the subject is not complete. */
function Team({ subject, onChange }: Omit<Props, "kind">) {
  const t = useT();
  const [organization = "", team = ""] = subject.split("/");
  const teams = useQuery({ ...teamsQuery(organization), enabled: organization !== "" });
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Organization subject={organization} onChange={(next) => onChange({ subject: `${next}/` })} />
      {teams.error ? <Failure failure={asFailure(teams.error)} /> : null}
      {teams.data ? (
        <ComboField
          key={organization}
          label={t("grant.kind.team")}
          options={teams.data.items.map((each) => ({ id: each.name, label: each.name, detail: each.description }))}
          value={team || null}
          onChange={(next) => onChange({ subject: `${organization}/${next}` })}
          empty={t("grant.no_teams", { organization })}
        />
      ) : null}
    </div>
  );
}

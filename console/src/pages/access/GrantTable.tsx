import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import type { ReactNode } from "react";

import type { Schemas } from "../../api/client";
import { IconButton } from "../../components/Button";
import { DataTable, type Column } from "../../components/DataTable";
import { useT } from "../../i18n/i18n";
import { Path, Subject } from "../words";

type Grant = Schemas["GrantView"];

interface Props {
  name: string;
  label: string;
  grants: readonly Grant[];
  filters?: ReactNode;
  empty: ReactNode;
  /** Offered only to who may take grants back. */
  onRemove?: ((grant: Grant) => void) | undefined;
}

/** Grants as rows: who, which role, on which collection. */
export function GrantTable({ name, label, grants, filters, empty, onRemove }: Props) {
  const t = useT();
  const columns: Column<Grant>[] = [
    { id: "subject", header: t("grant.subject"), cell: (grant) => <Subject subject={grant.subject} /> },
    { id: "role", header: t("grant.role"), cell: (grant) => grant.role_name },
    {
      id: "collection",
      header: t("service.collection"),
      cell: (grant) => (
        <Link to="/access" search={{ collection: grant.collection_path }} className="rounded text-text hover:underline">
          <Path>{grant.collection_path}</Path>
        </Link>
      ),
    },
    ...(onRemove
      ? [
          {
            id: "actions",
            header: t("list.actions"),
            align: "end" as const,
            cell: (grant: Grant) => (
              <IconButton
                label={t("grant.remove_label", { subject: grant.subject.name, role: grant.role_name, collection: grant.collection_path })}
                icon={<X size={16} aria-hidden />}
                onPress={() => onRemove(grant)}
                isSmall
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      name={name}
      label={label}
      columns={columns}
      rows={grants}
      rowKey={(grant) => `${grant.subject.kind} ${grant.subject.id} ${grant.role} ${grant.collection}`}
      filters={filters}
      empty={empty}
    />
  );
}

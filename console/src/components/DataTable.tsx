import { columnVisibilityFeature, tableFeatures, useTable, type ColumnVisibilityState } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight, Columns3 } from "lucide-react";
import { useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";

import { useT } from "../i18n/i18n";
import { IconButton } from "./Button";
import { Menu } from "./Menu";

export interface Column<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Narrower than this, the column goes; the row's page has it. */
  hideBelow?: "sm" | "md" | "lg" | "xl";
  align?: "end";
  /** The server's word for sorting by it. */
  sort?: string;
  /** Starts hidden; people can choose it. */
  isExtra?: boolean;
}

export interface Sort {
  by: string;
  descending: boolean;
}

interface Props<T> {
  /** Under this name the chosen columns are kept. */
  name: string;
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** Space on a row. */
  onPreview?: (row: T) => void;
  /** Filters, left above the table. */
  filters?: ReactNode;
  pager?: ReactNode;
  empty: ReactNode;
}

const hidden = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden", xl: "max-xl:hidden" };
const features = tableFeatures({ columnVisibilityFeature });

function storedColumns(name: string): ColumnVisibilityState {
  try {
    return JSON.parse(localStorage.getItem(`holdfast.columns.${name}`) ?? "{}") as ColumnVisibilityState;
  } catch {
    return {};
  }
}

function columnClass<T>(column: Column<T>): string {
  return `${column.hideBelow ? hidden[column.hideBelow] : ""} ${column.align === "end" ? "text-right" : "text-left"}`;
}

/** Moves the focus among the rows' links; Enter opens a row by itself, Space previews it. */
function rowKeys<T>(event: KeyboardEvent<HTMLElement>, rows: readonly T[], onPreview?: (row: T) => void) {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = links.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const step = event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
  if (step !== 0) {
    event.preventDefault();
    links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
  } else if (event.key === " ") {
    event.preventDefault();
    const row = rows[at];
    if (row !== undefined) onPreview?.(row);
  }
}

/** A click anywhere in a row opens it, unless it was meant for something inside or text is being selected. */
function rowClick(event: MouseEvent<HTMLTableRowElement>) {
  const target = event.target as HTMLElement;
  if (target.closest("a,button,input,label") || window.getSelection()?.toString()) return;
  event.currentTarget.querySelector<HTMLElement>("[data-row]")?.click();
}

/** A list: server-side paging, sorting and filters; columns can be chosen and stay chosen. */
export function DataTable<T>(props: Props<T>) {
  const { name, label, columns, rows, rowKey, sort, onSort, onPreview, filters, pager, empty } = props;
  const t = useT();
  const body = useRef<HTMLTableSectionElement>(null);
  const [visibility, setVisibility] = useState<ColumnVisibilityState>(() => ({
    ...Object.fromEntries(columns.filter((column) => column.isExtra).map((column) => [column.id, false])),
    ...storedColumns(name),
  }));
  const definitions = useMemo(() => columns.map((column) => ({ id: column.id, header: column.header })), [columns]);
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const table = useTable<typeof features, T & object>({
    features,
    columns: definitions,
    data: rows as (T & object)[],
    getRowId: (row) => rowKey(row),
    state: { columnVisibility: visibility },
    onColumnVisibilityChange: (next) => {
      const value = typeof next === "function" ? next(visibility) : next;
      setVisibility(value);
      localStorage.setItem(`holdfast.columns.${name}`, JSON.stringify(value));
    },
  });
  const shown = table.getVisibleLeafColumns().flatMap((column) => byId.get(column.id) ?? []);
  const chooser = (
    <Menu
      label={t("list.columns")}
      trigger={<Columns3 size={16} aria-hidden />}
      groups={[
        {
          id: "columns",
          label: t("list.columns"),
          hasHeader: true,
          selection: "multiple",
          entries: columns.slice(1).map((column) => ({
            id: column.id,
            label: column.header,
            isSelected: visibility[column.id] !== false,
            onAction: () => table.getColumn(column.id)?.toggleVisibility(),
          })),
        },
      ]}
    />
  );
  return (
    <section aria-label={label} className="min-w-0 rounded border border-border bg-raised">
      <div className="flex flex-wrap items-center gap-2 border-b border-border p-2">
        <div className="flex min-w-0 flex-1 basis-60 flex-wrap items-center gap-2">{filters}</div>
        <div className="ml-auto flex items-center gap-1">
          {pager}
          {chooser}
        </div>
      </div>
      {rows.length === 0 ? (
        empty
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full border-collapse text-sm" aria-label={label}>
            <thead>
              <tr className="border-b border-border text-xs text-muted">
                {shown.map((column) => (
                  <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
                ))}
              </tr>
            </thead>
            <tbody ref={body} onKeyDown={(event) => rowKeys(event, rows, onPreview)}>
              {table.getRowModel().rows.map((row) => (
                // The link inside is the row's control; the click is a larger target for the same.
                <tr key={row.id} onClick={rowClick} className="border-b border-border last:border-b-0 hover:bg-sunken has-[[data-row]]:cursor-pointer">
                  {shown.map((column) => (
                    <td key={column.id} className={`px-2 py-(--row-pad) align-top first:pl-4 last:pr-4 ${columnClass(column)}`}>
                      {column.cell(row.original)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function HeaderCell<T>({ column, sort, onSort }: { column: Column<T>; sort: Sort | undefined; onSort: ((sort: Sort) => void) | undefined }) {
  const active = sort !== undefined && column.sort === sort.by;
  const order = active ? (sort.descending ? "descending" : "ascending") : undefined;
  const Arrow = active && sort.descending ? ArrowDown : ArrowUp;
  return (
    <th scope="col" aria-sort={order} className={`px-2 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4 ${columnClass(column)}`}>
      {column.sort && onSort ? (
        <button
          type="button"
          onClick={() => onSort({ by: column.sort ?? "", descending: active ? !sort.descending : false })}
          className={`inline-flex items-center gap-1 rounded font-medium hover:text-text ${column.align === "end" ? "flex-row-reverse" : ""}`}
        >
          {column.header}
          <Arrow size={12} aria-hidden className={active ? "" : "opacity-0"} />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

interface PagerProps {
  /** Number of the first row on this page, if known. */
  first: number | null;
  count: number;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

/** Which rows are shown, and the way to the others. No total is shown unless it is right. */
export function Pager({ first, count, onPrevious, onNext }: PagerProps) {
  const t = useT();
  return (
    <nav aria-label={t("list.pages")} className="flex items-center gap-1 text-xs text-muted">
      {count > 0 ? (
        <span className="px-1 whitespace-nowrap tabular-nums">
          {first === null ? t("list.shown", { count }) : t("list.range", { first, last: first + count - 1 })}
        </span>
      ) : null}
      {onPrevious || onNext ? (
        <>
          <IconButton label={t("list.previous")} icon={<ChevronLeft size={16} aria-hidden />} isDisabled={!onPrevious} onPress={() => onPrevious?.()} />
          <IconButton label={t("list.next")} icon={<ChevronRight size={16} aria-hidden />} isDisabled={!onNext} onPress={() => onNext?.()} />
        </>
      ) : null}
    </nav>
  );
}

import { ChevronRight } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components/Tabs";

interface PageProps {
  title: string;
  /** Where this page hangs: links, outermost first. */
  trail?: ReactNode;
  /** Its state and short facts, beside the title. */
  state?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: header with trail, title, state and main action, then its content. */
export function Page({ title, trail, state, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Holdfast`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-screen-2xl flex-col gap-4 p-4 sm:p-6">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          {trail ? (
            <div className="flex items-center gap-1 text-sm text-muted">
              {trail}
              <ChevronRight size={14} aria-hidden />
            </div>
          ) : null}
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 text-lg font-semibold break-words">{title}</h1>
            {state}
          </div>
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

/** A box of a page. */
export function Panel({ title, actions, children, flush = false }: { title?: string; actions?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section aria-label={title} className="min-w-0 rounded border border-border bg-raised">
      {title ? (
        <header className="flex min-h-10 flex-wrap items-center justify-between gap-2 border-b border-border px-4 py-1">
          <h2 className="text-sm font-semibold">{title}</h2>
          {actions}
        </header>
      ) : null}
      <div className={flush ? "" : "p-4"}>{children}</div>
    </section>
  );
}

/** Facts: a name and a value each. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode] | null | false)[] }) {
  return (
    <dl className="grid grid-cols-[fit-content(9rem)_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
      {facts.map((fact) =>
        fact ? (
          <div key={fact[0]} className="contents">
            <dt className="text-muted">{fact[0]}</dt>
            <dd className="min-w-0 break-words">{fact[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

export interface TabEntry {
  id: string;
  label: string;
  content: ReactNode;
}

/** Tabs whose choice stands in the address. */
export function Tabs({ label, tabs, selected, onSelect }: { label: string; tabs: readonly TabEntry[]; selected: string; onSelect: (id: string) => void }) {
  return (
    <AriaTabs selectedKey={selected} onSelectionChange={(key) => onSelect(String(key))} className="flex min-w-0 flex-col gap-4">
      <TabList aria-label={label} className="flex gap-1 overflow-x-auto border-b border-border">
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={tab.id}
            className="-mb-px cursor-pointer border-b-2 border-transparent px-3 py-1.5 text-sm whitespace-nowrap text-muted hover:text-text data-focus-visible:-outline-offset-2 data-selected:border-accent data-selected:font-medium data-selected:text-text"
          >
            {tab.label}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="min-w-0">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}

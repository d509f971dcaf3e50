import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Header } from "react-aria-components/Header";
import { Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";

export interface MenuEntry {
  id: string;
  label: string;
  icon?: ReactNode;
  detail?: string;
  isSelected?: boolean;
  onAction: () => void;
}

export interface MenuGroup {
  id: string;
  label: string;
  /** Entries that are on or off, or one of several. */
  selection?: "single" | "multiple";
  entries: readonly MenuEntry[];
  /** Shows the label as a header. */
  hasHeader?: boolean;
}

interface Props {
  label: string;
  trigger: ReactNode;
  groups: readonly MenuGroup[];
  triggerClass?: string;
}

function Entry({ entry }: { entry: MenuEntry }) {
  return (
    <MenuItem
      id={entry.id}
      textValue={entry.label}
      onAction={entry.onAction}
      className="flex min-h-8 cursor-pointer items-center gap-2 rounded px-2 py-1 text-sm text-text outline-none data-focused:bg-tint"
    >
      {({ isSelected }: { isSelected: boolean }) => (
        <>
          <span className="grid w-4 shrink-0 place-items-center text-muted">
            {isSelected ? <Check size={14} aria-hidden /> : entry.icon}
          </span>
          <span className="flex-1">{entry.label}</span>
          {entry.detail ? <span className="text-xs text-muted">{entry.detail}</span> : null}
        </>
      )}
    </MenuItem>
  );
}

/** A button that opens a menu. Every entry has a word. */
export function Menu({ label, trigger, groups, triggerClass }: Props) {
  return (
    <MenuTrigger>
      <Button
        aria-label={label}
        className={
          triggerClass ??
          "inline-flex h-8 min-w-8 items-center justify-center gap-1.5 rounded px-2 text-sm text-text hover:bg-sunken aria-expanded:bg-sunken"
        }
      >
        {trigger}
      </Button>
      <Popover placement="bottom end" className="min-w-52 rounded border border-border bg-raised p-1 shadow-menu">
        <AriaMenu aria-label={label} className="max-h-[70vh] overflow-auto outline-none">
          {groups.map((group) => (
            <MenuSection
              key={group.id}
              aria-label={group.label}
              selectionMode={group.selection ?? "none"}
              shouldCloseOnSelect={group.selection !== "multiple"}
              selectedKeys={group.entries.filter((entry) => entry.isSelected).map((entry) => entry.id)}
              className="not-first:mt-1 not-first:border-t not-first:border-border not-first:pt-1"
            >
              {group.hasHeader ? <Header className="px-2 py-1 text-xs text-muted">{group.label}</Header> : null}
              {group.entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

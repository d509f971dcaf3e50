import { Check, ChevronDown, Search, X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode, type Ref } from "react";
import { Button } from "react-aria-components/Button";
import { ComboBox } from "react-aria-components/ComboBox";
import { Input, Label, TextField as AriaTextField } from "react-aria-components/TextField";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Select, SelectValue } from "react-aria-components/Select";
import { Text, FieldError } from "react-aria-components/TextField";

import { useT } from "../i18n/i18n";

const inputClass =
  "h-8 w-full min-w-0 rounded border border-edge bg-raised px-2 text-sm text-text placeholder:text-muted data-invalid:border-bad data-disabled:opacity-60";
const labelClass = "text-sm font-medium text-text";
const popoverClass = "max-h-80 min-w-(--trigger-width) overflow-auto rounded border border-border bg-raised p-1 shadow-menu";
const optionClass =
  "flex min-h-7 cursor-pointer items-center gap-2 rounded px-2 py-1 text-sm text-text outline-none data-focused:bg-tint data-hovered:bg-tint";

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "password" | "number" | "datetime-local";
  name?: string;
  hint?: string;
  /** What is wrong with it, said beside the field. */
  error?: string | undefined;
  placeholder?: string;
  autoComplete?: string;
  autoFocus?: boolean;
  isRequired?: boolean;
  isDisabled?: boolean;
  className?: string;
  mono?: boolean;
  min?: number;
}

/** One line of text with its label, hint and error. */
export function TextField(props: TextFieldProps) {
  const { label, hint, error, placeholder, className = "", mono = false, min, type = "text", ...rest } = props;
  const input = useRef<HTMLInputElement>(null);
  const { autoFocus } = rest;
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);
  return (
    <AriaTextField {...rest} type={type as "text"} isInvalid={Boolean(error)} validationBehavior="aria" className={`flex flex-col gap-1 ${className}`}>
      <Label className={labelClass}>{label}</Label>
      <Input ref={input} placeholder={placeholder} min={min} className={`${inputClass} ${mono ? "font-mono" : ""}`} />
      {hint && !error ? (
        <Text slot="description" className="text-xs text-muted">
          {hint}
        </Text>
      ) : null}
      <FieldError className="text-xs text-bad">{error}</FieldError>
    </AriaTextField>
  );
}

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** Waits this long after the last key before it says the new value. */
  delayMs?: number;
  className?: string;
  /** `/` puts the focus here. */
  isFilter?: boolean;
  ref?: Ref<HTMLInputElement>;
}

/** A filter or search box. Says its value after a pause, so that a list is asked once per word and not once per key. */
export function SearchField({ label, value, onChange, placeholder, delayMs = 200, className = "", isFilter, ref }: SearchFieldProps) {
  const t = useT();
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (next: string, now: boolean) => {
    setText(next);
    clearTimeout(timer.current);
    if (now) onChange(next);
    else timer.current = setTimeout(() => onChange(next), delayMs);
  };
  return (
    <div className={`relative ${className}`}>
      <Search size={16} aria-hidden className="pointer-events-none absolute top-2 left-2 text-muted" />
      <input
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={text}
        data-filter={isFilter ? "" : undefined}
        onChange={(event) => say(event.target.value, false)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && text) {
            event.stopPropagation();
            say("", true);
          }
          if (event.key === "Enter") say(text, true);
        }}
        className={`${inputClass} px-8 [&::-webkit-search-cancel-button]:hidden`}
      />
      {text ? (
        <button
          type="button"
          aria-label={t("action.clear")}
          onClick={() => say("", true)}
          className="absolute top-1 right-1 grid size-6 place-items-center rounded text-muted hover:bg-sunken hover:text-text"
        >
          <X size={14} aria-hidden />
        </button>
      ) : null}
    </div>
  );
}

export interface Option<V extends string = string> {
  id: V;
  label: string;
  detail?: string;
}

interface SelectFieldProps<V extends string> {
  label: string;
  options: readonly Option<V>[];
  value: V | null;
  onChange: (value: V) => void;
  placeholder?: string;
  /** Says the label inside the button, for rows of filters. */
  inline?: boolean;
  error?: string | undefined;
  className?: string;
}

function OptionRow({ option }: { option: Option }) {
  return (
    <ListBoxItem id={option.id} textValue={option.label} className={optionClass}>
      {({ isSelected }: { isSelected: boolean }) => (
        <>
          <span className="w-4 shrink-0">{isSelected ? <Check size={14} aria-hidden /> : null}</span>
          <span className="min-w-0 flex-1">{option.label}</span>
          {option.detail ? <span className="text-xs text-muted">{option.detail}</span> : null}
        </>
      )}
    </ListBoxItem>
  );
}

/** A choice out of few. */
export function SelectField<V extends string>(props: SelectFieldProps<V>) {
  const { label, options, value, onChange, placeholder, inline = false, error, className = "" } = props;
  return (
    <Select
      value={value}
      onChange={(key) => key !== null && onChange(key as V)}
      placeholder={placeholder ?? ""}
      isInvalid={Boolean(error)}
      className={`flex ${inline ? "" : "flex-col gap-1"} ${className}`}
    >
      <Label className={inline ? "sr-only" : labelClass}>{label}</Label>
      <Button className={`${inputClass} inline-flex items-center gap-2 text-left hover:bg-sunken`}>
        {inline ? <span className="text-muted">{label}</span> : null}
        <SelectValue className="min-w-0 flex-1 truncate">
          {({ selectedText, isPlaceholder }: { selectedText: string | null; isPlaceholder: boolean }) =>
            isPlaceholder ? <span className="text-muted">{placeholder}</span> : selectedText
          }
        </SelectValue>
        <ChevronDown size={16} aria-hidden className="text-muted" />
      </Button>
      {error ? <span className="text-xs text-bad">{error}</span> : null}
      <Popover className={popoverClass}>
        <ListBox items={options} className="outline-none">
          {(option: Option<V>) => <OptionRow option={option} />}
        </ListBox>
      </Popover>
    </Select>
  );
}

interface ComboFieldProps {
  label: string;
  options: readonly Option[];
  value: string | null;
  onChange: (value: string) => void;
  placeholder?: string;
  hint?: string;
  error?: string | undefined;
  className?: string;
  empty?: ReactNode;
}

/** A choice out of many: type to narrow. */
export function ComboField({ label, options, value, onChange, placeholder, hint, error, className = "", empty }: ComboFieldProps) {
  const t = useT();
  return (
    <ComboBox
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      defaultItems={options}
      menuTrigger="focus"
      allowsEmptyCollection
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      className={`flex flex-col gap-1 ${className}`}
    >
      <Label className={labelClass}>{label}</Label>
      <div className="relative">
        <Input placeholder={placeholder} className={`${inputClass} pr-8`} />
        <Button aria-label={t("action.open_choices")} className="absolute top-1 right-1 grid size-6 place-items-center text-muted">
          <ChevronDown size={16} aria-hidden />
        </Button>
      </div>
      {hint && !error ? (
        <Text slot="description" className="text-xs text-muted">
          {hint}
        </Text>
      ) : null}
      <FieldError className="text-xs text-bad">{error}</FieldError>
      <Popover className={popoverClass}>
        <ListBox
          className="outline-none"
          renderEmptyState={() => <p className="px-2 py-1 text-sm text-muted">{empty ?? t("list.no_choice")}</p>}
        >
          {(option: Option) => <OptionRow option={option} />}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

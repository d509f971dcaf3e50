import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

import { useT } from "../i18n/i18n";
import { IconButton } from "./Button";

interface Props {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the end; the main one last. */
  actions?: ReactNode;
  /** In the middle, at the side (a preview), or at the top without a visible title (the palette). */
  place?: "middle" | "side" | "top";
}

const places = {
  middle: "items-start justify-center p-4 pt-[10vh]",
  side: "items-stretch justify-end",
  top: "items-start justify-center p-4 pt-[8vh]",
};
const boxes = {
  middle: "w-full max-w-lg max-h-[80vh] rounded border",
  side: "w-full max-w-md border-l",
  top: "w-full max-w-xl max-h-[80vh] rounded border",
};

/** A question, a preview or the palette over the page. Escape closes it and the focus goes back. */
export function Dialog({ title, isOpen, onClose, children, actions, place = "middle" }: Props) {
  const t = useT();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className={`fixed inset-0 z-40 flex bg-[rgb(0_0_0/0.35)] ${places[place]}`}
    >
      <Modal className={`flex flex-col overflow-hidden border-border bg-raised shadow-menu ${boxes[place]}`}>
        <AriaDialog className="flex min-h-0 flex-1 flex-col outline-none" aria-label={place === "top" ? title : undefined}>
          {place === "top" ? null : (
            <header className="flex items-center justify-between gap-2 border-b border-border py-2 pr-2 pl-4">
              <Heading slot="title" className="min-w-0 text-base font-medium break-words">
                {title}
              </Heading>
              <IconButton label={t("action.close")} icon={<X size={16} aria-hidden />} onPress={onClose} />
            </header>
          )}
          <div className={`min-h-0 flex-1 overflow-auto ${place === "top" ? "" : "p-4"}`}>{children}</div>
          {actions ? <footer className="flex flex-wrap justify-end gap-2 border-t border-border p-3">{actions}</footer> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

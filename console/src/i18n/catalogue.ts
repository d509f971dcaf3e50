import { access } from "./catalogue/access";
import { registry } from "./catalogue/registry";
import { services } from "./catalogue/services";
import { shell } from "./catalogue/shell";

/** Every message of the console: a key, English, Japanese. `one|other` is chosen by `{count}`. */
export const catalogue = { ...shell, ...services, ...registry, ...access } as const;

export type MessageKey = keyof typeof catalogue;

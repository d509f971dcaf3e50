/** A part of the catalogue: English first, then Japanese; neither may be missing. */
export type Messages = Record<string, readonly [english: string, japanese: string]>;

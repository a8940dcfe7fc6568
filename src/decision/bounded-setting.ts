/** A setting that a policy may bound, and the value that is in force by all that has a say in it. */
export interface BoundedSetting {
  readonly allowed: readonly string[] | undefined;
  readonly value: InForceValue;
  readonly field: string;
  readonly remedy?: string | undefined;
  /** What makes it the same fault after an update, whoever states the value. */
  readonly identity?: string;
  /** Where the value comes from, or what it is of. */
  readonly subject?: string;
  /** It is stated in another namespace. */
  readonly isHidden?: boolean;
}

/** `unknown`: somebody else may decide it. `invalid`: what the author wrote is no value, which another rule reports. */
export type InForceValue = { readonly is: string } | "unknown" | "invalid";

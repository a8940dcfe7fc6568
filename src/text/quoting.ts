/** The path of an annotation in messages and findings. */
export const annotationField = (key: string): string => `metadata.annotations[${key}]`;

/** A user's value as messages show it: quoted, without control characters, cut where it is long. */
export function quote(value: string): string {
  const shown = value.length > longestShown ? `${value.slice(0, longestShown)}…` : value;
  return JSON.stringify(shown.toWellFormed());
}

/** A whole warning should stay near 120 characters (the API server cuts them at 256 when there are many). */
const longestShown = 60;

/** Whether an IngressGroup may have this name: 1 to 63 lower-case letters, digits, "-" and "." (group_loader.go:315-323). */
export function isGroupName(name: string): boolean {
  return name.length <= 63 && /^([a-z0-9][-a-z0-9.]*)?[a-z0-9]$/.test(name);
}

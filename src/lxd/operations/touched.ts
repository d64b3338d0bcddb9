import type { Operation } from "./shapes.ts";

/** Running, pending, starting, cancelling: not ended (shared/api/status_code.go: 1xx). */
export function isUnderWay(operation: Operation): boolean {
  return operation.status_code >= 100 && operation.status_code < 200;
}

/** Whether an operation works on an instance: its resources name it, as `/1.0/instances/NAME?project=P` (older kinds of path too). */
export function touchesInstance(
  operation: Operation,
  instance: { readonly project: string; readonly name: string },
): boolean {
  return Object.values(operation.resources)
    .flat()
    .some((path) => {
      const [, kind, name, project] =
        /^\/1\.0\/(instances|containers|virtual-machines)\/([^/?]+)(?:\/[^?]*)?(?:\?(?:.*&)?project=([^&]*))?/.exec(
          path,
        ) ?? [];
      return (
        kind !== undefined && decode(name) === instance.name && (decode(project) || "default") === instance.project
      );
    });
}

function decode(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return text ?? "";
  }
}

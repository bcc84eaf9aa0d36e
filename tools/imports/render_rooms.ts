import type { Room } from "./rooms.ts";

/** The table of rooms as the document docs/generated/rooms.md. */
export function renderRooms(table: readonly Room[]): string {
  const code = (names: readonly string[]) =>
    names.map((name) => `\`${name}\``).join(", ");
  const rows = table.map((room) => [
    room.name,
    code(room.paths),
    room.imports.includes("*")
      ? "every room but the entry points"
      : room.imports.join(", ") || "nothing",
    room.packages.includes("*") ? "any" : code(room.packages) || "none",
  ]);
  return [
    "# Rooms and what they may import",
    "",
    "Generated from tools/imports/rooms.ts by `deno task generate`.",
    "",
    "| Room | Where | May import | Packages and node modules |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ].join("\n");
}

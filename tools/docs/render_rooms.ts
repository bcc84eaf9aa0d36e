import type { Room } from "../imports/rooms.ts";
import { code, markdownTable } from "./table.ts";

/** The table of rooms as the document docs/generated/rooms.md. */
export function renderRooms(rooms: readonly Room[]): string {
  const table = markdownTable(
    ["Room", "Where", "May import", "Packages and node modules"],
    rooms.map((room) => [
      room.name,
      room.paths.map(code).join(", "),
      room.imports.includes("*")
        ? "every room but the entry points"
        : room.imports.join(", ") || "nothing",
      room.packages.includes("*")
        ? "any"
        : room.packages.map(code).join(", ") || "none",
    ]),
  );
  return `# Rooms and what they may import

Generated from tools/imports/rooms.ts by \`deno task generate\`.

${table}
`;
}

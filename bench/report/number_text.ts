/**
 * Figures as people read them.
 *
 * @module
 */

/** A number with about three digits that count, and its thousands apart: `12 300`, `4.56`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const magnitude = Math.abs(value);
  if (magnitude < 10) return value.toFixed(2);
  if (magnitude < 100) return value.toFixed(1);
  const rounded = Number(value.toPrecision(3));
  return rounded.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/g, " ");
}

/** How many times the one is the other: `1.52`; `–` where that cannot be told. */
export function ratioText(
  value: number | undefined,
  other: number | undefined,
): string {
  if (value === undefined || other === undefined) return "–";
  return numberText(value / other);
}

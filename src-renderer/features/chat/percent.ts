/** A probability to a tenth of a percent: `0.9312` → "93.1 %". */
export function percent(probability: number): string {
  return `${(probability * 100).toFixed(1)} %`;
}

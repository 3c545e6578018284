// What the server tells of itself, made ready for tables.

/** One row of the ledger for each service, or for each service and protocol. */
export function ledgerRows(rows) {
  return rows.map((row) => {
    const reasons = row.rejected ?? {};
    const rejected = Object.values(reasons).reduce((sum, n) => sum + n, 0);
    const { received = 0, stored = 0, sampledOut = 0, underWay = 0 } = row;
    const off = received - stored - sampledOut - underWay - rejected;
    return { ...row, received, stored, sampledOut, underWay, rejected, reasons, off };
  });
}

export function sumOf(rows, key) {
  return rows.reduce((sum, row) => sum + (row[key] ?? 0), 0);
}

/** All bytes of a store on its disk. */
export function bytesOnDisk(storage) {
  const { segmentBytes = 0, logBytes = 0, catalogueBytes = 0, rollupBytes = 0 } = storage;
  return segmentBytes + logBytes + catalogueBytes + rollupBytes;
}

/** Reasons and how often: "undecodable 3, too_large 1". */
export function reasonText(counts, format) {
  return Object.entries(counts ?? {}).map(([reason, n]) => `${reason.replaceAll("_", " ")} ${format(n)}`).join(", ");
}

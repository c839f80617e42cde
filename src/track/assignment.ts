/**
 * The assignment of rows to columns that costs least in total.
 *
 * The Hungarian method (H. W. Kuhn 1955; J. Munkres 1957) in the form that grows one shortest augmenting path per row
 * over dual prices (R. Jonker, A. Volgenant, "A Shortest Augmenting Path Algorithm for Dense and Sparse Linear
 * Assignment Problems", Computing 38, 1987). O(rows² · columns).
 */

/**
 * @param cost finite cost of each row and column
 * @returns the column of each row, -1 where there are more rows than columns and this row got none
 */
export function assign(
  rows: number,
  columns: number,
  cost: (row: number, column: number) => number,
): Int32Array {
  if (rows > columns)
    return flip(
      assign(columns, rows, (row, column) => cost(column, row)),
      rows,
    )
  const table = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) table[row * columns + column] = cost(row, column)
  }
  const rowOf = new Int32Array(columns).fill(-1)
  const rowPrice = new Float64Array(rows)
  const columnPrice = new Float64Array(columns)
  for (let row = 0; row < rows; row++) augment(row, table, rowOf, rowPrice, columnPrice)
  return flip(rowOf, rows)
}

/** Finds the cheapest way to give `start` a column, moving rows that already have one, and settles the prices. */
function augment(
  start: number,
  table: Float64Array,
  rowOf: Int32Array,
  rowPrice: Float64Array,
  columnPrice: Float64Array,
): void {
  const columns = rowOf.length
  const distance = new Float64Array(columns).fill(Number.POSITIVE_INFINITY)
  const cameFrom = new Int32Array(columns).fill(-1)
  const settled = new Uint8Array(columns)
  let row = start
  let column = -1
  let reached = 0
  for (;;) {
    let next = -1
    let nearest = Number.POSITIVE_INFINITY
    for (let c = 0; c < columns; c++) {
      if (settled[c]) continue
      const through = reached + table[row * columns + c] - rowPrice[row] - columnPrice[c]
      if (through < distance[c]) {
        distance[c] = through
        cameFrom[c] = column
      }
      if (distance[c] < nearest || next === -1) {
        nearest = distance[c]
        next = c
      }
    }
    reached = nearest
    column = next
    settled[column] = 1
    if (rowOf[column] === -1) break
    row = rowOf[column]
  }
  rowPrice[start] += reached
  for (let c = 0; c < columns; c++) {
    if (!settled[c] || c === column) continue
    columnPrice[c] -= reached - distance[c]
    rowPrice[rowOf[c]] += reached - distance[c]
  }
  while (column !== -1) {
    const before = cameFrom[column]
    rowOf[column] = before === -1 ? start : rowOf[before]
    column = before
  }
}

/** From 'which row has this column' to 'which column has this row'. */
function flip(rowOf: Int32Array, rows: number): Int32Array {
  const columnOf = new Int32Array(rows).fill(-1)
  rowOf.forEach((row, column) => {
    if (row !== -1) columnOf[row] = column
  })
  return columnOf
}

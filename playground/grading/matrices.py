"""Reads matrices out of nested tuples, and transposes them. Trees in, trees out; evaluates nothing."""

from __future__ import annotations

from playground.grading.tree import Items


def matrix_of(items: Items) -> Items:
    """The matrix that ``[[1, 2], [3, 4]]`` is, and the row that a tuple is; other items stay as they are."""
    if items.structure != "ordered" or items.brackets not in ("()", "[]"):
        return items
    rows = [row for row in items.items if isinstance(row, Items) and row.brackets == items.brackets]
    if not rows:
        return Items("matrix", items.items, str(len(items.items)))
    if len(rows) != len(items.items) or len({len(row.items) for row in rows}) != 1:
        return items
    return Items("matrix", tuple(cell for row in rows for cell in row.items), str(len(rows[0].items)))


def transposed(matrix: Items) -> Items:
    """The matrix with its columns for rows."""
    columns = int(matrix.brackets)
    cells = tuple(cell for column in range(columns) for cell in matrix.items[column::columns])
    return Items("matrix", cells, str(len(matrix.items) // columns))

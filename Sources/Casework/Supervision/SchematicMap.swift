/// Where a division stands on a schematic map: one tile of a grid.
package struct MapTile: Hashable, Sendable {
    /// From the left, beginning with 0.
    package let column: Int
    /// From the top, beginning with 0.
    package let row: Int

    package init(column: Int, row: Int) { (self.column, self.row) = (column, row) }
}

/// A map drawn from the tree alone: no geography is shipped, and everybody who reads the same tree sees the same map.
package enum SchematicMap {
    /// Gives each of so many divisions, in ascending order of code, a tile of its own: row by row from the top left, on
    /// a grid as near to a square as it can be. No row is empty, and only the last may be short.
    package static func tiles(_ count: Int) -> [MapTile] {
        let columns = columns(for: count)
        return (0..<max(0, count)).map { MapTile(column: $0 % columns, row: $0 / columns) }
    }

    /// The side of the smallest square that holds so many tiles.
    static func columns(for count: Int) -> Int {
        var side = 1
        while side * side < count { side += 1 }
        return side
    }
}

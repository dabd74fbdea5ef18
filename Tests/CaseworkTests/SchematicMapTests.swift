import Testing

@testable import Casework

@Suite struct SchematicMapTests {
    @Test func `every division has a tile of its own, row by row, on a grid as near to a square as it can be`() {
        for count in 0...400 {
            let tiles = SchematicMap.tiles(count)
            #expect(tiles.count == count)
            #expect(Set(tiles).count == count)
            let columns = (tiles.map(\.column).max() ?? -1) + 1
            let rows = (tiles.map(\.row).max() ?? -1) + 1
            #expect(columns * rows - count < max(columns, 1), "no row is empty at \(count)")
            #expect(columns >= rows && columns - rows <= 1, "\(columns) by \(rows) for \(count)")
            #expect(tiles == tiles.sorted { ($0.row, $0.column) < ($1.row, $1.column) })
        }
    }

    @Test func `one division stands alone, four make a square`() {
        #expect(SchematicMap.tiles(1) == [MapTile(column: 0, row: 0)])
        #expect(SchematicMap.tiles(4).last == MapTile(column: 1, row: 1))
        #expect(SchematicMap.tiles(-3).isEmpty)
    }
}

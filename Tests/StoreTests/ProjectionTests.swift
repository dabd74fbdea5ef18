import Divisions
import Lattice
import Ledger
import Simulation
import Support
import Testing

@testable import Store

/// What the store makes of a state and a text on its fast paths, against the plain way to the same.
struct ProjectionTests {
    @Test(arguments: Seed.some(40))
    func `a row shows what the record's view shows`(seed: Seed) throws {
        var commits = try RandomCommits(seed)
        for _ in 0..<20 { _ = commits.next() }
        let tables = RowTables(testKinds)
        #expect(!commits.world.states.isEmpty)
        for (id, state) in commits.world.states {
            guard let table = tables[id.kind] else { continue }
            let view = state.view
            let row = table.row(of: state)
            #expect((row != nil) == view.isVisible)
            guard let row else { continue }
            #expect(row[0] == .text(id.home.text))
            #expect(row[1] == .integer(Int64(id.flow.rawValue)))
            #expect(row[2] == .integer(Int64(view.conflicts.count)))
            let latest = state.fields.flatMap(\.live).map(\.stamp).max() ?? 0
            #expect(row[3] == .integer(Int64(bitPattern: latest)))
            for (place, column) in table.columns.enumerated() where column.field.type == .register {
                let shown = view.fields.first { $0.key == column.key }?.shown
                let expected = shown.flatMap { column.field.value.admits($0) ? RowTable.plain($0) : nil }
                #expect(row[4 + place] == expected ?? .null, "\(id.kind).\(column.field.name)")
            }
        }
    }

    @Test(arguments: [
        "", " ", "处二百元以下罚款。", "适用ＧＢ/T 2260标准", "Café ÀB 2024年第15号", "İstanbul ǅ ß", "a、b，c", "〇々カタカナ",
        "e\u{301}clair 第", "😀罚 x😀y", "\u{301}罚", "A", "罚A款9",
    ])
    func `words between spaces are the words that a text is cut into`(text: String) {
        #expect(Words.spaced(text) == Words.cut(text).map(\.text).joined(separator: " "))
    }

    @Test(arguments: Seed.some(200))
    func `that holds for any characters`(seed: Seed) {
        var rng = seed.generator
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xA0...0x24F, 0x300...0x36F, 0x3000...0x30FF, 0x4E00...0x4E40, 0xFF01...0xFF5E,
            0x1F600...0x1F60F,
        ]
        var text = ""
        for _ in 0..<60 {
            if let scalar = Unicode.Scalar(UInt32.random(in: rng.pick(ranges), using: &rng)) {
                text.unicodeScalars.append(scalar)
            }
        }
        #expect(Words.spaced(text) == Words.cut(text).map(\.text).joined(separator: " "))
    }
}

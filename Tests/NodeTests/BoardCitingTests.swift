import Casework
import Divisions
import Ledger
import Libraries
import Support
import Testing

@testable import Node

@Suite struct BoardCitingTests {
    @Test(arguments: 0..<4)
    func `open cases of some items are those that a look at every case finds`(seed: UInt64) throws {
        try BoardFixture.with { fixture in
            var chance = SplitMix64(seed: seed)
            let homes = fixture.tree.divisions.map(\.code)
            let rows = (0..<80 as Range<UInt64>).map {
                BoardFixture.row(homes[Int($0) % homes.count], $0, &chance)
            }
            try fixture.database.write(rows)
            for division in homes {
                let wanted = rows.filter { row in
                    row.standing != .ended && ["I-0", "I-2"].contains(row.item)
                        && fixture.tree.isAtOrBelow(row.record.home, division)
                }
                var (found, after): ([RecordID], Int64) = ([], 0)
                while true {
                    let page = try fixture.board.openCases(
                        ofItems: ["I-0", "I-2"], below: division, after: after, limit: 7)
                    guard let last = page.last else { break }
                    #expect(page.count <= 7)
                    found += page.map(\.row.record)
                    after = last.place
                }
                #expect(found == wanted.map(\.record))
            }
            #expect(try fixture.board.openCases(ofItems: [], below: homes[0], after: 0, limit: 7).isEmpty)
            #expect(try fixture.board.openCases(ofItems: ["I-9'\""], below: homes[0], after: 0, limit: 7).isEmpty)
        }
    }
}

import Divisions
import Lattice
import Ledger
package import Replication

/// Nobody overwrites what he has not seen: a save replaces only what its author's screen showed.
package final class ScreensChecker: Checker {
    package let name = "screens"
    package let chinese = "任何人保存时，只替换其屏幕上显示过的内容；其间新到的内容一律保留。"
    package let english = "A save replaces only what its author's screen showed; what came in between is kept."

    private var wrongs = Inspection()

    package init() {}

    package func answered(
        _ answer: ChangeAnswer, to change: World.Change, at machine: World.Machine, in world: World
    ) {
        guard let screen = change.screen, case .written(let ids) = answer else { return }
        wrongs.looked += 1
        for draft in change.entries.joined() where draft.kind == screen.record.kind && draft.record == screen.record.key
        {
            look(at: draft.replaces, of: screen, at: machine)
        }
        // What the core has made of it counts, not only what it was given.
        for id in ids {
            for edit in edits(of: id, at: machine, screen.record) { look(at: edit.replaces, of: screen, at: machine) }
        }
    }

    private func edits(of id: EntryID, at machine: World.Machine, _ record: RecordID) -> [Edit] {
        guard let item = try? machine.store?.entries(of: id.stream, from: id.number, bytesMax: 1).first,
            let header = try? ByteReader.header(item.entry.header, in: id.stream)
        else { return [] }
        return header.edits.filter { $0.kind == record.kind && $0.record == record.key }
    }

    private func look(at citations: [Citation], of screen: World.Screen, at machine: World.Machine) {
        guard let unseen = citations.first(where: { !screen.shown.contains($0) }) else { return }
        wrongs.add(
            "\(machine.name): a save of \(screen.record) replaces \(unseen.dot), which its author's screen did not show"
        )
    }

    package func verdict(on world: World) throws -> Inspection { wrongs }
}

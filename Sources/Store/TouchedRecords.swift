import Divisions
import Ledger

extension EntryHeader {
    /// The records that the entry's edits touch, each once, in the order in which they first appear.
    func records(home: DivisionCode, flow: Flow) -> [RecordID] {
        var records: [RecordID] = []
        var seen = Set<RecordID>()
        var last: Edit?
        for edit in edits {
            if let last, last.record == edit.record, last.kind == edit.kind { continue }
            last = edit
            let record = RecordID(home: home, flow: flow, kind: edit.kind, key: edit.record)
            if seen.insert(record).inserted { records.append(record) }
        }
        return records
    }
}

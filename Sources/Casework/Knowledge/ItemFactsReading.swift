package import Divisions
package import Lattice
import Ledger
import Libraries

extension ItemFacts {
    /// What an item's records say of it; nil if the record names no code.
    ///
    /// Divisions listed in the item itself count from its first day to its last; a delegation record for the same
    /// division says it more exactly and takes their place.
    ///
    /// - Parameter delegations: all records of kind `delegation` that name the item. One counts only if a division
    ///   above the one that receives the power wrote it.
    package init?(record: RecordState, delegations: [RecordState], tree: DivisionTree) {
        var fields = RecordFields(record)
        guard let code = fields.text("code") else { return nil }
        let levels = fields.texts("levels").compactMap { name in Level.allCases.first { $0.chineseName == name } }
        self.init(
            record: record.id, code: code, name: fields.unread("name") ?? code,
            kind: fields.text("item-kind") ?? "", field: fields.text("field") ?? "", levels: levels.sorted(),
            bodyType: fields.text("body-type"), bases: fields.texts("bases"), benchmark: fields.text("benchmark"),
            needsHearing: fields.boolean("hearing") ?? false, needsReview: fields.boolean("legal-review") ?? false,
            isPublic: fields.boolean("publicity") ?? false, procedure: fields.text("procedure"),
            limitationYears: fields.integer("limitation-years").map(Int.init), validFrom: fields.date("valid-from"),
            validTo: fields.date("valid-to"), bodies: fields.texts("bodies"))
        var given: [Delegation] = []
        var seen: [Citation] = []
        for state in delegations.sorted(by: { $0.id < $1.id }) {
            var fields = RecordFields(state)
            guard let delegation = Delegation(&fields, home: state.id.home, tree) else { continue }
            given.append(delegation)
            seen += fields.seen
        }
        let exact = Set(given.map(\.to))
        for candidate in fields.candidates("delegated-to") {
            guard let to = candidate.value?.text.flatMap({ DivisionCode($0) }), !exact.contains(to) else { continue }
            given.append(
                Delegation(
                    to: to, from: validFrom, until: validTo, stamp: candidate.stamp, citation: candidate.citation))
        }
        self.delegations = given
        self.seen = (fields.seen + seen).listed
    }
}

extension Delegation {
    /// Nil for one that is incomplete, or that no superior of the receiving division wrote.
    fileprivate init?(_ fields: inout RecordFields, home: DivisionCode, _ tree: DivisionTree) {
        guard let candidate = fields.candidates("to").first,
            let to = candidate.value?.text.flatMap({ DivisionCode($0) })
        else { return nil }
        let isEntrusted = fields.text("sort") == DelegationRow.Sort.entrusted.rawValue
        let from = fields.date("valid-from")
        let until = fields.date("valid-to")
        // Entrusting happens within one division too: an office and an organisation of its own.
        let isAbove = { (level: Level) in tree.level(of: to).map { isEntrusted ? level <= $0 : level < $0 } ?? false }
        guard isAbove(candidate.level),
            ["valid-from", "valid-to"].allSatisfy({ fields.level($0).map(isAbove) ?? true }),
            tree.isAtOrBelow(to, home) || tree.isAtOrBelow(home, to)
        else { return nil }
        // What was last changed in it tells since when it is so: an end that was set later is news of its own.
        let written = ["to", "valid-from", "valid-to"].compactMap { fields.candidates($0).first }
        let last = written.max { ($0.stamp, $0.dot) < ($1.stamp, $1.dot) } ?? candidate
        self.init(
            to: to, from: from, until: until, isEntrusted: isEntrusted, stamp: last.stamp, citation: last.citation,
            seen: fields.seen.listed)
    }
}

extension BodyFacts {
    /// What a body's record says of it; nil if it names no code or division.
    package init?(record: RecordState) {
        var fields = RecordFields(record)
        guard let code = fields.text("code"), let division = fields.division("division") else { return nil }
        self.init(
            record: record.id, code: code, name: fields.unread("name") ?? code, division: division,
            type: fields.text("body-type") ?? BodyRow.BodyType.statutory.rawValue, parent: fields.text("parent"),
            entrustedBy: fields.text("entrusted-by"), sign: fields.unread("sign"), fields: fields.texts("fields"),
            validFrom: fields.date("valid-from"), validTo: fields.date("valid-to"))
        seen = fields.seen.listed
    }
}

extension WorkCalendar {
    /// Days of all records of kind `calendar-day`. Where two offices name one day, the higher office's word counts.
    package init(records: [RecordState], tree: DivisionTree) {
        var days: [LegalDate: (level: Level, home: DivisionCode, kind: CalendarRow.DayKind)] = [:]
        for record in records {
            var fields = RecordFields(record)
            guard let date = fields.date("date"),
                let kind = fields.text("day-kind").flatMap(CalendarRow.DayKind.init(rawValue:)),
                let level = tree.level(of: record.id.home)
            else { continue }
            if let known = days[date], (known.level, known.home) <= (level, record.id.home) { continue }
            days[date] = (level, record.id.home, kind)
        }
        self.init(days.map { (date: $0.key, kind: $0.value.kind) }.sorted { $0.date < $1.date })
    }
}

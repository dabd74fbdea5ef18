import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Store

/// A body as numbering sees it.
struct NumberedBody: Hashable, Sendable {
    let code: String
    let division: DivisionCode
    /// Empty where it has none.
    let sign: String

    init?(_ state: RecordState) {
        let view = state.view
        guard case .text(let code) = view["code"]?.shown, case .text(let text) = view["division"]?.shown,
            let division = DivisionCode(text)
        else { return nil }
        (self.code, self.division) = (code, division)
        if case .text(let sign) = view["sign"]?.shown, IssuedNumber.isSign(sign) {
            self.sign = sign
        } else {
            sign = ""
        }
    }
}

/// What numbering looks up in a store.
struct NumberShelf {
    let reader: StoreReader

    func blocks(ofBody body: String) throws(QueryFailure) -> [NumberBlock] {
        try all(CaseworkKinds.numberBlock, "body", body).compactMap { NumberBlock($0) }
    }

    func blocks(ofMachine machine: String) throws(QueryFailure) -> [NumberBlock] {
        try all(CaseworkKinds.numberBlock, "machine", machine).compactMap { NumberBlock($0) }
    }

    func leases(ofBody body: String) throws(QueryFailure) -> [DeviceLease] {
        try all(FieldKinds.deviceLease, "body", body).compactMap { DeviceLease($0) }
    }

    func leases(ofDevice device: String) throws(QueryFailure) -> [DeviceLease] {
        try all(FieldKinds.deviceLease, "device", device).compactMap { DeviceLease($0) }.sorted {
            ($0.series, $0.first) < ($1.series, $1.first)
        }
    }

    /// What bears a number: cases by the papers they issued, and of the deliveries from the field that claim it the
    /// device's first, which alone could have it.
    ///
    /// - Returns: the cases; the delivery itself where it was refused before a case was opened.
    func bearers(of number: IssuedNumber) throws(QueryFailure) -> Set<RecordID> {
        let claims = try all(FieldKinds.delivery, "document-no", number.text)
        let papers = try all(CaseworkKinds.evidence, "document-no", number.text)
        let first = claims.min { (Self.ordinal(of: $0), $0.id) < (Self.ordinal(of: $1), $1.id) }
        return Set(
            (papers + (first.map { [$0] } ?? [])).map { state in
                if case .record(let about) = state.view["case"]?.shown { about } else { state.id }
            })
    }

    private static func ordinal(of delivery: RecordState) -> Int64 {
        if case .integer(let ordinal) = delivery.view["ordinal"]?.shown { ordinal } else { .max }
    }

    func requests(homes: [DivisionCode]) throws(QueryFailure) -> [NumberRequest] {
        var requests: [NumberRequest] = []
        var query = RecordQuery(kind: CaseworkKinds.numberRequest.name, homes: homes, limit: RecordQuery.limitMax)
        repeat {
            let page = try reader.records(query)
            requests += page.records.compactMap { NumberRequest($0) }
            query.after = page.next
        } while query.after != nil
        return requests.sorted { ($0.series, $0.record) < ($1.series, $1.record) }
    }

    func body(_ code: String) throws(QueryFailure) -> NumberedBody? {
        try all(LibraryKinds.body, "code", code).compactMap { NumberedBody($0) }.first
    }

    func bodies(of division: DivisionCode) throws(QueryFailure) -> [NumberedBody] {
        try all(LibraryKinds.body, "division", division.text).compactMap { NumberedBody($0) }
    }

    /// The texts of all procedures.
    func procedures() throws(QueryFailure) -> [String] {
        let query = RecordQuery(kind: CaseworkKinds.procedure.name, limit: RecordQuery.limitMax)
        return try reader.records(query).records.compactMap { state in
            if case .text(let text) = state.view["text"]?.shown { text } else { nil }
        }
    }

    /// Ordinals of a series in the steps of the body's cases, in those of the cases that are named, and on devices.
    ///
    /// - Parameter heads: what numbers of the series begin with: one for each sign that its blocks have had.
    func used(in series: NumberSeries, heads: [String], holders: [RecordID]) throws(QueryFailure) -> Set<Int> {
        var used = Set<Int>()
        for kind in [LibraryKinds.caseFile, CaseworkKinds.urgentCase] {
            var query = RecordQuery(
                kind: kind.name, conditions: [.init(field: CaseField.body, equals: .text(series.body))],
                limit: RecordQuery.limitMax)
            repeat {
                let page = try reader.records(query)
                for state in page.records { used.formUnion(Self.ordinals(in: state, series, heads)) }
                query.after = page.next
            } while query.after != nil
        }
        for holder in holders { used.formUnion(try self.used(in: series, heads: heads, holder: holder)) }
        for lease in try leases(ofBody: series.body) where lease.series == series {
            used.formUnion(lease.first...lease.last)
        }
        return used
    }

    /// Ordinals of a series in the steps of one case.
    func used(in series: NumberSeries, heads: [String], holder: RecordID) throws(QueryFailure) -> [Int] {
        do {
            return try reader.record(holder).map { Self.ordinals(in: $0, series, heads) } ?? []
        } catch {
            throw .store(error)
        }
    }

    private static func ordinals(in state: RecordState, _ series: NumberSeries, _ heads: [String]) -> [Int] {
        (state.view[CaseField.steps]?.values ?? []).flatMap { candidate -> [Int] in
            guard case .text(let text) = candidate.value, heads.contains(where: { text.contains($0) }),
                let mark = StepMark(text)
            else { return [] }
            return mark.issued.compactMap { issued in
                guard let number = issued.number, heads.contains(where: { number.hasPrefix($0) }) else { return nil }
                return IssuedNumber(number, word: series.word)?.ordinal
            }
        }
    }

    private func all(_ kind: Kind, _ field: String, _ value: String) throws(QueryFailure) -> [RecordState] {
        var records: [RecordState] = []
        var query = RecordQuery(
            kind: kind.name, conditions: [.init(field: field, equals: .text(value))], limit: RecordQuery.limitMax)
        repeat {
            let page = try reader.records(query)
            records += page.records
            query.after = page.next
        } while query.after != nil
        return records
    }
}

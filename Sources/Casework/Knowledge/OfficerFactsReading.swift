package import Divisions
package import Lattice
import Ledger
import Libraries

extension OfficerFacts {
    /// What an officer's records say of him; nil if the record names no certificate, body or division.
    ///
    /// - Parameters:
    ///   - record: of kind `officer`.
    ///   - statuses: all records of kind `certificate-status` with his certificate's number. One counts only if its
    ///     home is his own division or a superior of it; and since nobody below writes at a superior's home, what a
    ///     superior has suspended there is lifted by no one else.
    ///   - duties: all records of kind `joint-duty` with that number.
    package init?(record: RecordState, statuses: [RecordState], duties: [RecordState], tree: DivisionTree) {
        var fields = RecordFields(record)
        guard let certificate = fields.text("certificate-no"), let body = fields.text("body"),
            let division = fields.division("division")
        else { return nil }
        let areas = fields.divisions("areas")
        let posts = fields.texts("posts").compactMap(Post.init(rawValue:))
        self.init(
            record: record.id, certificate: certificate, name: fields.unread("name"), body: body, division: division,
            areas: areas.isEmpty ? [division] : areas, fields: fields.texts("fields"),
            posts: posts.isEmpty ? [.officer] : Set(posts), isLegallyQualified: fields.boolean("qualified") ?? false,
            validFrom: fields.date("valid-from"), validTo: fields.date("valid-to"))
        var seen = fields.seen
        for state in statuses.sorted(by: { $0.id < $1.id }) where tree.isAtOrBelow(division, state.id.home) {
            var fields = RecordFields(state)
            if let found = CertificateStatus(&fields), found.isWorse(than: status) { status = found }
            seen += fields.seen
        }
        for state in duties.sorted(by: { $0.id < $1.id }) {
            var fields = RecordFields(state)
            guard let duty = JointDuty(&fields, home: state.id.home, tree) else { continue }
            self.duties.append(duty)
            seen += fields.seen
        }
        self.seen = seen.listed
    }
}

extension CertificateStatus {
    /// The status that counts in one record: of values that were written without knowledge of one another the most
    /// severe, withdrawal before suspension before valid, whoever wrote it and whenever; a word that this release does
    /// not know counts as a suspension. Its day is the one written by the same entry, else the one the record shows.
    fileprivate init?(_ fields: inout RecordFields) {
        let candidates = fields.candidates("status").filter { $0.value?.text != nil }
        let judged = candidates.map { candidate in
            (candidate, status: candidate.value?.text.flatMap(OfficerRow.Status.init(rawValue:)) ?? .suspended)
        }
        guard let severity = judged.map(\.status.severity).max(),
            let (candidate, status) = judged.first(where: { $0.status.severity == severity })
        else { return nil }
        let days = fields.candidates("since")
        let same = days.first { $0.dot.stream == candidate.dot.stream && $0.dot.number == candidate.dot.number }
        self.init(
            status: status, since: ((same ?? days.first)?.value?.text).flatMap { LegalDate($0) },
            stamp: candidate.stamp, citation: candidate.citation)
    }

    fileprivate func isWorse(than other: CertificateStatus?) -> Bool {
        other.map { status.severity > $0.status.severity } ?? true
    }
}

extension JointDuty {
    /// Nil for a grant that is incomplete, or that nobody of the division it claims to come from can have written: its
    /// home lies below that division, and each of its values was written for a division of that level or above it.
    fileprivate init?(_ fields: inout RecordFields, home: DivisionCode, _ tree: DivisionTree) {
        let first = fields.candidates("divisions").first
        let divisions = fields.divisions("divisions")
        guard let first, !divisions.isEmpty, let from = fields.date("valid-from"), let to = fields.date("valid-to"),
            let grantedBy = fields.division("granted-by"), let level = tree.level(of: grantedBy),
            tree.isAtOrBelow(home, grantedBy),
            ["divisions", "valid-from", "valid-to", "granted-by"].allSatisfy({ (fields.level($0) ?? .village) <= level }
            )
        else { return nil }
        self.init(divisions: divisions, from: from, to: to, grantedBy: grantedBy, citation: first.citation)
    }
}

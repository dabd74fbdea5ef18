import Casework
import Divisions
import Hummingbird
import Lattice
import Ledger
import Libraries
import Store

/// Bodies with their powers from elsewhere, and officers with what their certificates allow.
extension API {
    func listBodies(_ call: APICall) async throws -> Response {
        var query = call.query
        let words = (query.text("q") ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        var conditions = words.map { RowList.Condition.any([.contains("name", $0), .contains("code", $0)]) }
        if let divisions = try divisions(&query) { conditions.append(.isOneOf("division", divisions)) }
        if let type = query.text("type") { conditions.append(.equals("body-type", .text(type))) }
        let day = try day(&query)
        let limit = try query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        let after = try Self.rowPlace(&query)
        try query.finish()
        let list = RowList(
            kind: LibraryKinds.body.name, fields: BodySummary.shown, conditions: conditions, order: "code",
            after: after, limit: limit)
        let bodies = try await knowing { knowledge in
            let page = try knowledge.source.snapshot.rows(list)
            return BodyList(
                bodies: page.rows.map { BodySummary($0, on: day, knowledge.tree) }, next: page.next.map(Self.rowCursor))
        }
        return try Self.json(bodies)
    }

    /// The divisions that `division` and `below` name; nil for any.
    private func divisions(_ query: inout APIQuery) throws(Problem) -> [String]? {
        let isSubtree = try query.truth("below") ?? false
        guard let text = query.text("division") else {
            guard !isSubtree else {
                throw Problem(.missingMember, "below needs the parameter division", at: "query:division")
            }
            return nil
        }
        guard let division = DivisionCode(text), core.tree.division(division) != nil else {
            throw Problem(.badValue, "the tree has no division of this code", at: "query:division")
        }
        return isSubtree ? core.tree.subtree(of: division).map(\.text) : [text]
    }

    func readBody(_ call: APICall) async throws -> Response {
        var query = call.query
        let day = try day(&query)
        let limit = try query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        let after = try Self.rowPlace(&query)
        try query.finish()
        guard let code = call.path("code"), !code.isEmpty else { throw Self.noBody }
        let message = try await knowing { knowledge in
            guard let body = knowledge.body(code: code) else { throw Self.noBody }
            return try Self.message(body, on: day, after: after, limit: limit, knowledge)
        }
        return try Self.json(message)
    }

    private static var noBody: Problem {
        Problem(.notFound, "本单位没有该执法主体，请核对代码 · this node holds no such body: check its code", at: "path:code")
    }

    private static func message(
        _ body: BodyFacts, on day: LegalDate, after: RowList.Place?, limit: Int, _ knowledge: StoreKnowledge
    ) throws -> BodyMessage {
        let (snapshot, tree) = (knowledge.source.snapshot, knowledge.tree)
        var given = RowList(
            kind: LibraryKinds.delegation.name, fields: DelegationMessage.fields,
            conditions: [.equals("to", .text(body.division.text))], limit: limit)
        let count = try snapshot.count(given)
        (given.order, given.after) = ("item", after)
        let page = try snapshot.rows(given)
        let items = RowList(
            kind: LibraryKinds.item.name, fields: ["code", "name"],
            conditions: [.isOneOf("code", page.rows.compactMap { $0.text("item") })])
        let names = Dictionary(
            try snapshot.rows(items).rows.map { ($0.text("code") ?? "", $0.text("name")) }
        ) { first, _ in first }
        let entrusted = RowList(
            kind: LibraryKinds.body.name, fields: BodySummary.shown,
            conditions: [.equals("entrusted-by", .text(body.code))], order: "code")
        let officers = RowList(
            kind: LibraryKinds.officer.name, fields: [], conditions: [.equals("body", .text(body.code))])
        let view = knowledge.source.record(body.record)?.view
        func text(_ field: String) -> String? { if case .text(let text) = view?[field]?.shown { text } else { nil } }
        func named(_ code: String) -> NamedCode { NamedCode(code: code, name: knowledge.body(code: code)?.name) }
        return BodyMessage(
            body: BodySummary(body, on: day, tree), on: day.description, parent: body.parent.map(named),
            entrustedBy: body.entrustedBy.map(named), creditCode: text("uscc"), address: text("address"),
            phone: text("phone"), basis: text("basis"), sign: body.sign, officers: try snapshot.count(officers),
            entrusts: try snapshot.rows(entrusted).rows.map { BodySummary($0, on: day, tree) },
            delegations: page.rows.map { row in
                DelegationMessage(row, itemName: names[row.text("item") ?? ""] ?? nil, on: day, tree)
            },
            delegationCount: count, next: page.next.map(rowCursor))
    }

    // MARK: Officers

    func listOfficers(_ call: APICall) async throws -> Response {
        var query = call.query
        let words = (query.text("q") ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        var conditions = words.map { RowList.Condition.any([.contains("name", $0), .contains("certificate-no", $0)]) }
        if let divisions = try divisions(&query) { conditions.append(.isOneOf("division", divisions)) }
        if let body = query.text("body") { conditions.append(.equals("body", .text(body))) }
        let day = try day(&query)
        let limit = try query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        let after = try Self.rowPlace(&query)
        try query.finish()
        let list = RowList(
            kind: LibraryKinds.officer.name, fields: ["certificate-no"], conditions: conditions,
            order: "certificate-no", after: after, limit: limit)
        let officers = try await knowing { knowledge in
            let page = try knowledge.source.snapshot.rows(list)
            var certificates: [String] = []
            for certificate in page.rows.compactMap({ $0.text("certificate-no") })
            where certificates.last != certificate { certificates.append(certificate) }
            let officers = certificates.compactMap { certificate in
                knowledge.officer(certificate: certificate).map { officer in
                    OfficerSummary(
                        officer, bodyName: knowledge.body(code: officer.body)?.name, on: day, knowledge.tree)
                }
            }
            return OfficerList(officers: officers, next: page.next.map(Self.rowCursor))
        }
        return try Self.json(officers)
    }

    func readOfficer(_ call: APICall) async throws -> Response {
        var query = call.query
        let day = try day(&query)
        let place = try query.text("place").map { text throws(Problem) in
            guard let place = DivisionCode(text), core.tree.division(place) != nil else {
                throw Problem(.badValue, "the tree has no division of this code", at: "query:place")
            }
            return place
        }
        let post = try query.text("post").map { text throws(Problem) in
            guard let post = Post(rawValue: text) else {
                let known = Post.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badValue, "there is no such post: use one of \(known)", at: "query:post")
            }
            return post
        }
        let (field, body) = (query.text("field"), query.text("body"))
        try query.finish()
        guard let certificate = call.path("certificate"), !certificate.isEmpty else { throw Self.noOfficer }
        let message = try await knowing { knowledge in
            guard let officer = knowledge.officer(certificate: certificate) else { throw Self.noOfficer }
            let findings = OfficerCheck.findings(
                certificates: [certificate], needing: 1, post: post ?? .officer, body: body ?? officer.body,
                division: officer.division, place: place ?? officer.division, field: field, on: day,
                knowledge: knowledge)
            return try Self.message(
                officer, findings, place: place ?? officer.division, post: post ?? .officer, on: day, knowledge)
        }
        return try Self.json(message)
    }

    private static var noOfficer: Problem {
        Problem(
            .notFound, "本单位没有该证号的执法人员 · this node holds no officer with this certificate: check its number",
            at: "path:certificate")
    }

    private static func message(
        _ officer: OfficerFacts, _ findings: [CheckFinding], place: DivisionCode, post: Post, on day: LegalDate,
        _ knowledge: StoreKnowledge
    ) throws -> OfficerMessage {
        let tree = knowledge.tree
        let source = knowledge.source.record(officer.record)?.view["power-source"]?.shown
        return OfficerMessage(
            officer: OfficerSummary(officer, bodyName: knowledge.body(code: officer.body)?.name, on: day, tree),
            record: officer.record.description, on: day.description,
            areas: officer.areas.map { NamedCode(division: $0.text, in: tree) }, fields: officer.fields,
            powerSource: source.flatMap { if case .text(let text) = $0 { text } else { nil } },
            isLegallyQualified: officer.isLegallyQualified, place: NamedCode(division: place.text, in: tree),
            post: WordsMessage(post.name), mayAct: findings.isEmpty,
            findings: findings.map { FindingMessage($0.gate) },
            duties: officer.duties.sorted { ($0.from, $0.to) > ($1.from, $1.to) }.map {
                DutyMessage($0, on: day, tree)
            },
            statusHistory: try statusHistory(of: officer, knowledge))
    }

    /// What was ever written of the certificate's status, by whom it may be written.
    private static func statusHistory(
        of officer: OfficerFacts, _ knowledge: StoreKnowledge
    ) throws -> [StatusChange] {
        let tree = knowledge.tree
        let records = knowledge.source.records(
            of: LibraryKinds.certificateStatus.name, where: "certificate-no", is: officer.certificate)
        var changes: [(stamp: UInt64, change: StatusChange)] = []
        for record in records.map(\.id).sorted() where tree.isAtOrBelow(officer.division, record.home) {
            for entry in try knowledge.source.snapshot.history(of: record) {
                guard let act = entry.judged.header.act else { continue }
                let edits = entry.judged.header.edits.filter { $0.record == record.key && $0.kind == record.kind }
                func text(_ field: String) -> String? {
                    edits.lazy.compactMap { edit in
                        if edit.field == field, case .plain(.text(let text)) = edit.content { text } else { nil }
                    }.first
                }
                let (status, since, reason) = (text("status"), text("since"), text("reason"))
                guard status != nil || since != nil || reason != nil else { continue }
                let stamp = entry.judged.header.stamp
                changes.append(
                    (
                        stamp,
                        StatusChange(
                            status: status, since: since, reason: reason, at: Moments.local(stamp).description,
                            by: NamedCode(division: act.division.text, in: tree))
                    ))
            }
        }
        return changes.sorted { $0.stamp > $1.stamp }.map(\.change)
    }
}

import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Papers
import Replication
import Store

/// What the public sees, without a token, and what an office does about it.
extension API {
    /// How far back a list looks, in days: what is shown for five years at most is found whole (a decision on a penalty
    /// is shown for three).
    private static let daysShownMax = 5 * 366
    /// Publications that one answer looks through.
    private static let piecesMax = 10_000
    /// Characters of a reason for a withdrawal: it is shown to everybody.
    static let reasonCharactersMax = 500
    /// Where pages for the public stand: this API's own, and the console's.
    static let publicRoots = ["/public", "/publicity"]

    // MARK: For everyone

    func listPublic(_ call: APICall) async throws -> Response {
        var query = call.query
        let pagesMax = Self.piecesMax / PublicityPages.piecesPerPageMax - 1
        let page = try query.count("page", default: 1, max: pagesMax)
        try query.finish()
        let (today, pages) = (today.day, pages)
        let wanted = page * PublicityPages.piecesPerPageMax + 1
        let pieces = try await pieces(on: today) { shown, _ in shown < wanted }
        return Self.page(.ok, pages.list(pieces, on: today, page: page))
    }

    func readPublic(_ call: APICall) async throws -> Response {
        let (today, pages) = (today.day, pages)
        // An id that is none is answered as one that is not there, so that nothing can be told from the answer.
        guard let text = call.path("id"), let id = RecordID(text), id.kind == CaseworkKinds.publication.name,
            let state = try await state(of: id), state.isVisible
        else { return Self.page(.notFound, pages.missing()) }
        let piece = PublishedPiece(state.view)
        let status: HTTPResponse.Status =
            switch piece.standing(on: today) {
            case .shown: .ok
            case .withdrawn: .gone
            case .withheld, .expired, .notYet: .notFound
            }
        return Self.page(status, pages.detail(piece, on: today))
    }

    func readFeed(_ call: APICall) async throws -> Response {
        var query = call.query
        let root = query.text("root") ?? Self.publicRoots[0]
        try query.finish()
        guard Self.publicRoots.contains(root) else {
            throw Problem(
                .badValue, "pages stand at one of \(Self.publicRoots.joined(separator: ", "))", at: "query:root")
        }
        let (today, pages) = (today.day, PublicityPages(site: pages.site, root: root))
        let pieces = try await pieces(on: today) { shown, _ in shown < PublicityPages.feedEntriesMax }
        // The address under which the reader reached this: what stands behind a proxy is told by the proxy.
        let host = call.header(.forwardedHost) ?? call.request.head.authority ?? "localhost"
        let scheme = call.header(.forwardedProtocol) == "https" ? "https" : "http"
        let feed = pages.feed(pieces, on: today, origin: "\(scheme)://\(host)")
        return Self.answer(.ok, Array(feed.utf8), type: "application/atom+xml; charset=utf-8", headers: Self.safety)
    }

    func findOfficer(_ call: APICall) async throws -> Response {
        var query = call.query
        let asked = query.text("certificate")
        try query.finish()
        let (today, tree) = (today.day, core.tree)
        var officer: PublicOfficer?
        if let asked, (1...PublicityPages.certificateCharactersMax).contains(asked.count) {
            officer = try await knowing { knowledge in
                knowledge.officer(certificate: asked).map { facts in
                    PublicOfficer(
                        facts, bodyName: knowledge.body(code: facts.body)?.name,
                        areaNames: facts.areas.map { tree.division($0)?.name ?? $0.text }, on: today)
                }
            }
        }
        return Self.page(.ok, pages.officers(asked: asked, officer))
    }

    /// Publications from a day backwards, for as long as `isEnough` does not say otherwise.
    ///
    /// - Parameter goesOn: asked after each day, with how many are shown and how many were read.
    private func pieces(
        on today: LegalDate, while goesOn: @escaping @Sendable (_ shown: Int, _ read: Int) -> Bool
    ) async throws -> [PublishedPiece] {
        try await knowing { knowledge in
            var pieces: [PublishedPiece] = []
            var shown = 0
            for daysAgo in 0..<Self.daysShownMax {
                guard let day = LegalDate(daysSince1970: today.daysSince1970 - daysAgo) else { break }
                let found = knowledge.source.records(
                    of: CaseworkKinds.publication.name, where: "published-on", is: day.description
                ).map { PublishedPiece($0.view) }
                shown += found.count { $0.isShown(on: today) }
                pieces += found
                guard pieces.count < Self.piecesMax, goesOn(shown, pieces.count) else { break }
            }
            return pieces
        }
    }

    private var pages: PublicityPages {
        let name = core.tree.division(core.seat)?.name ?? core.seat.text
        let level = core.tree.level(of: core.seat)?.englishName ?? "division"
        return PublicityPages(site: Bilingual(name, "\(level) \(core.seat)"), root: "/public")
    }

    /// Pages bring no script and nothing from outside, and a browser is told to let none in.
    private static let safety: HTTPFields = [
        .contentSecurityPolicy:
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        .xContentTypeOptions: "nosniff",
    ]

    private static func page(_ status: HTTPResponse.Status, _ html: String) -> Response {
        answer(status, Array(html.utf8), type: "text/html; charset=utf-8", headers: safety)
    }

    // MARK: For the office

    func listPublications(_ call: APICall) async throws -> Response {
        var query = call.query
        var wanted = RecordQuery(kind: CaseworkKinds.publication.name)
        wanted.homes = try query.homes(in: core.tree)
        var due: LegalDate?
        if let text = query.text("due") {
            guard let day = LegalDate(text) else {
                throw Problem(.badValue, "a day is written YYYY-MM-DD", at: "query:due")
            }
            due = day
        }
        let standing = try query.text("standing").map { text throws(Problem) in
            guard PublicationMessage.standings.contains(text) else {
                let known = PublicationMessage.standings.joined(separator: ", ")
                throw Problem(.badValue, "there is no such standing: use one of \(known)", at: "query:standing")
            }
            return text
        }
        let isLate = try query.truth("late")
        wanted.limit = try query.count(
            "limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        if let text = query.text("cursor") {
            guard let cursor = RecordCursor(text) else {
                throw Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
            }
            wanted.after = cursor
        }
        try query.finish()
        let page = try await page(wanted)
        let today = today.day
        let publications = page.records.map { PublicationMessage($0.view, on: today) }.filter { message in
            let isDue = due.map { due in message.dueOn.flatMap { LegalDate($0) }.map { $0 <= due } ?? false } ?? true
            return isDue && (standing.map { $0 == message.standing } ?? true)
                && (isLate.map { $0 == message.isLate } ?? true)
        }
        return try Self.json(PublicationList(publications: publications, next: page.next?.description))
    }

    func withdrawPublication(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        guard id.kind == CaseworkKinds.publication.name else {
            throw Problem(.badID, "a publication's id begins with publication:", at: "path:id")
        }
        // Whoever works on cases of the office may, and whoever watches over it.
        if holder.role != .supervisor { try check(.edit(CaseworkKinds.publication), holder, at: "path:id") }
        try check(home: id.home, holder, at: "path:id")
        let request = try WithdrawalRequest(try await call.body())
        let now = today
        let withdrawn = PublishedPiece.Withdrawal(at: now, reason: request.reason)
        try await gate.holding([id]) {
            guard call.key?.earlier == nil else { return }
            let state = try await visible(id)
            try checkPrecondition(call, state)
            let view = state.view
            // Withdrawn is withdrawn: a second word adds nothing.
            guard view["withdrawals"] == nil else { return }
            let edit = EditDraft(
                kind: id.kind, record: id.key, field: "withdrawals", type: .log, value: .text(withdrawn.text))
            let record = PlannedRecord(id: id, isPacked: false, edits: [edit])
            _ = try await write(act(holder, change: change(of: call)), try parts([record]) { _ in nil })
        }
        let ruled = request.ruledOn ?? now.day
        let due = try await knowing { knowledge in
            PublicityTerms.withdrawalDue(
                ruledOn: ruled, isMistake: request.isMistake, by: knowledge.calendar)
        }
        let message = PublicationMessage(try await visible(id).view, on: now.day)
        let at = message.withdrawals.first?.at.flatMap { LegalMoment($0) } ?? now
        return try Self.json(
            WithdrawnMessage(
                publication: message, ruledOn: ruled.description, dueOn: due?.description,
                isLate: due.map { at.day > $0 } ?? false))
    }
}

extension API {
    /// Takes down all that was published of a case: with the step that decides it, nothing is entered twice.
    func withdrawPublications(of id: RecordID, at now: LegalMoment, _ holder: TokenHolder) async throws {
        let ofCase = RecordQuery.Condition(field: "case", equals: .record(id))
        let published = try await knowing { knowledge in
            let source = knowledge.source
            let records = source.asking {
                try source.snapshot.records(of: CaseworkKinds.publication.name, where: ofCase)
            }
            return (records ?? []).filter { $0.view["withdrawals"] == nil }.map(\.id).sorted()
        }
        let withdrawn = PublishedPiece.Withdrawal(at: now, reason: "原处罚决定已变更、撤销或者确认违法")
        for record in published {
            let edit = EditDraft(
                kind: record.kind, record: record.key, field: "withdrawals", type: .log, value: .text(withdrawn.text))
            let planned = PlannedRecord(id: record, isPacked: false, edits: [edit])
            _ = try await write(act(holder, change: drawKey()), try parts([planned]) { _ in nil })
        }
    }
}

/// `POST /v1/publications/{id}/withdraw`.
struct WithdrawalRequest {
    /// For the public.
    let reason: String
    /// The day on which it was changed, revoked or found unlawful: the three working days begin with it.
    let ruledOn: LegalDate?
    /// It should never have been published: to be taken down at once.
    let isMistake: Bool

    init(_ json: JSON) throws(Problem) {
        var object = try JSONObject(json)
        reason = try object.text("reason")
        let day = try object.optionalText("ruledOn")
        isMistake = try object.optionalTruth("isMistake") ?? false
        try object.finish()
        guard (1...API.reasonCharactersMax).contains(reason.count) else {
            throw Problem(
                .badValue, "a reason for the public has 1 to \(API.reasonCharactersMax) characters", at: "/reason")
        }
        ruledOn = try day.map { text throws(Problem) in
            guard let day = LegalDate(text) else {
                throw Problem(.badValue, "a day is written YYYY-MM-DD", at: "/ruledOn")
            }
            return day
        }
    }
}

extension HTTPField.Name {
    /// What a proxy, or the console, says of the address the reader reached.
    fileprivate static var forwardedHost: HTTPField.Name {
        guard let name = HTTPField.Name("X-Forwarded-Host") else { preconditionFailure("it is a field's name") }
        return name
    }

    /// The same of its scheme.
    fileprivate static var forwardedProtocol: HTTPField.Name {
        guard let name = HTTPField.Name("X-Forwarded-Proto") else { preconditionFailure("it is a field's name") }
        return name
    }
}

import Casework
import Divisions
import Hummingbird
import Lattice
import Ledger
import Libraries
import Store

/// What one version of a law has otherwise than another, and who rests on a law.
extension API {
    func compareStatutes(_ call: APICall) async throws -> Response {
        var query = call.query
        let title = try query.required("title")
        let (from, to) = (try query.required("from"), try query.required("to"))
        let day = try day(&query)
        var first = 0
        if let text = query.text("cursor") {
            guard let place = Int(text), place > 0 else { throw Self.badCursor }
            first = place
        }
        try query.finish()
        let message = try await browsing { [first] knowledge in
            let law = try Self.law(titled: title, in: knowledge)
            let old = try Self.version(from, of: law, at: "query:from")
            let new = try Self.version(to, of: law, at: "query:to")
            let before = try old.flatMap { try Self.articles(of: $0.id, in: knowledge) }
            let after = try new.flatMap { try Self.articles(of: $0.id, in: knowledge) }
            guard let oldest = old.first, let newest = new.first else { throw Self.badCursor }
            let state = LawOnDay(law, on: day)
            return try Self.difference(
                before, after, from: first, title: law.title, StatuteVersionMessage(oldest, state),
                StatuteVersionMessage(newest, state))
        }
        return try Self.json(message)
    }

    private static func difference(
        _ before: [ShownRow], _ after: [ShownRow], from first: Int, title: String, _ old: StatuteVersionMessage,
        _ new: StatuteVersionMessage
    ) throws(Problem) -> StatuteDifferenceMessage {
        func compared(_ rows: [ShownRow]) -> [StatuteDifference.Article] {
            rows.map { StatuteDifference.Article(key: $0.articleNumber, text: $0.text("text") ?? "") }
        }
        let difference = StatuteDifference(from: compared(before), to: compared(after))
        guard first <= difference.changes.count else { throw badCursor }
        var (changes, bytes): ([ArticleChange], Int) = ([], 0)
        var next: Int?
        for (place, change) in difference.changes.enumerated().dropFirst(first) {
            let message = ArticleChange(change, change.old.map { before[$0] }, change.new.map { after[$0] })
            let size = message.pieces.reduce(200) { $0 + $1.text.utf8.count + 40 }
            guard changes.isEmpty || bytes + size <= statuteBytesPerPage else {
                next = place
                break
            }
            bytes += size
            changes.append(message)
        }
        func count(_ kind: StatuteDifference.Kind) -> Int { difference.changes.count { $0.kind == kind } }
        return StatuteDifferenceMessage(
            title: title, from: old, to: new, added: count(.added), removed: count(.removed), changed: count(.changed),
            renumbered: count(.renumbered), unchanged: difference.unchanged, changes: changes,
            next: next.map { String($0) })
    }

    /// All parts of the version that a day or a record names.
    private static func version(
        _ text: String, of law: CataloguedLaw, at place: String
    ) throws(Problem) -> [StatuteEdition] {
        let named = law.editions.first { $0.id.description == text }
        let date = named.map(\.version.versionDate) ?? LegalDate(text)
        let found = law.editions.filter { $0.version.versionDate == date }
        guard named != nil || date != nil, !found.isEmpty else {
            throw Problem(
                .notFound, "the law has no such version here: give the day or the record of one of its versions",
                at: place)
        }
        return found
    }

    // MARK: Who rests on it

    /// Items and benchmark rows that an answer shows at most.
    private static let citationsMax = 100

    func listCitations(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let title = try query.required("title")
        let number = try query.text("number").map { text throws(Problem) in
            guard let number = ArticleNumber(text, title: title) else { throw ArticleNumber.unreadable }
            return number
        }
        let limit = try query.count("limit", default: Self.citingCasesPerPage, max: Self.citingCasesPerPageMax)
        let after = try query.text("cursor").map { text throws(Problem) in
            guard let place = Int64(text), place > 0 else { throw Self.badCursor }
            return place
        }
        try query.finish()
        let (board, tree) = (board, core.tree)
        let viewer = Sight.Viewer(division: holder.division, body: holder.body, posts: holder.role.posts)
        let message = try await browsing { knowledge in
            let titles =
                knowledge.catalogue.law(titled: title).map { Self.names(of: $0.title) } ?? Self.names(of: title)
            let citing = StatuteCitation(titles: titles, number: number)
            let items = try citing.items(knowledge)
            let benchmarks = try citing.benchmarks(knowledge)
            var cases: (cases: [CitingCase], next: String?)?
            if let board {
                let below = tree.isAtOrBelow(holder.division, core.seat) ? holder.division : core.seat
                cases = try Self.cases(
                    citing: items.map(\.code), below: below, after: after ?? 0, limit: limit, viewer, board, knowledge)
            }
            return StatuteCitations(
                title: titles[0], number: number.map(\.description),
                items: Array(items.prefix(Self.citationsMax)), itemCount: items.count,
                benchmarks: Array(benchmarks.prefix(Self.citationsMax)), benchmarkCount: benchmarks.count,
                texts: try citing.texts(knowledge), cases: cases?.cases, next: cases?.next)
        }
        return try Self.json(message)
    }

    private static func text(_ field: FieldView?) -> String? {
        if case .text(let text) = field?.shown { text } else { nil }
    }

    private static let citingCasesPerPage = 20
    private static let citingCasesPerPageMax = 100
    /// Cases that one answer looks through for those that may be seen.
    private static let casesLookedAtMax = 1_000

    /// With and without the country's name, as citations write it.
    private static func names(of title: String) -> [String] {
        let state = "中华人民共和国"
        return title.hasPrefix(state) ? [title, String(title.dropFirst(state.count))] : [title, state + title]
    }

    private static func cases(
        citing items: [String], below division: DivisionCode, after: Int64, limit: Int, _ viewer: Sight.Viewer,
        _ board: Board, _ knowledge: LibraryKnowledge
    ) throws -> (cases: [CitingCase], next: String?) {
        let rows = try board.openCases(
            ofItems: items, below: division, after: after, limit: casesLookedAtMax)
        var cases: [CitingCase] = []
        for (place, row) in rows {
            guard cases.count < limit else { return (cases, String(place - 1)) }
            let subject = Sight.Subject(
                home: row.record.home, body: row.body, field: knowledge.item(code: row.item)?.field)
            let maySee = Sight.maySee(viewer: viewer, subject: subject, tree: knowledge.tree) {
                knowledge.body(code: $0)
            }
            guard maySee, let state = knowledge.base.source.record(row.record) else { continue }
            cases.append(CitingCase(row, title: Self.text(state.view["title"])))
        }
        return (cases, rows.count == casesLookedAtMax ? rows.last.map { String($0.place) } : nil)
    }
}

extension ArticleNumber: CustomStringConvertible {
    var description: String { "\(number)" + (suffix > 0 ? "-\(suffix)" : "") }
}

extension ArticleChange {
    fileprivate init(_ change: StatuteDifference.Change, _ before: ShownRow?, _ after: ShownRow?) {
        (kind, old, new) = (change.kind.rawValue, before.map(ComparedArticle.init), after.map(ComparedArticle.init))
        isRenumbered = before != nil && after != nil && before?.articleNumber != after?.articleNumber
        pieces =
            change.kind == .renumbered
            ? []
            : TextDifference(from: before?.text("text") ?? "", to: after?.text("text") ?? "").pieces
                .map(TextPiece.init)
    }
}

extension ComparedArticle {
    fileprivate init(_ row: ShownRow) {
        (id, number) = (row.id.description, row.articleNumber)
        (label, chapter) = (row.text("label") ?? "", row.text("chapter") ?? "")
    }
}

extension CitingCase {
    fileprivate init(_ row: CaseBoardRow, title: String?) {
        (id, self.title, item, body) = (row.record.description, title, row.item, row.body)
        (division, standing, due) = (row.record.home.text, "\(row.standing)", row.due.map(Board.date))
    }
}

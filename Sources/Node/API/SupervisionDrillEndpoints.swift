import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Libraries

/// What stands behind the board's numbers: months, the cases themselves, where they gather, and the map they are drawn on.
extension API {
    func readTrends(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var call = call
        let months = try call.query.count("months", default: 12, max: Board.monthsMax)
        var trend: BoardTrend?
        if let id = call.query.text("indicator") {
            guard let known = BoardTrend.all.first(where: { $0.id == id }) else { throw Self.noIndicator }
            trend = known
        }
        return try await askBoard(call, holder) { [trend] board, question in
            try board.trends(question.division, months: months, trend: trend, today: question.today)
        }
    }

    func listBoardCases(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var call = call
        var wanted = BoardCaseQuery(division: holder.division)
        wanted.indicator = call.query.text("indicator")
        if let text = call.query.text("month") {
            guard let month = BoardMonth(text) else {
                throw Problem(.badValue, "a month is written YYYY-MM", at: "query:month")
            }
            wanted.month = month.number
        }
        wanted.item = call.query.text("item")
        wanted.place = call.query.text("place")
        wanted.body = call.query.text("body")
        wanted.officer = call.query.text("officer")
        wanted.rule = call.query.text("rule")
        wanted.cursor = call.query.text("cursor")
        if let id = wanted.indicator, BoardCaseQuery.condition(id, month: wanted.month, today: 0) == nil {
            throw Self.noIndicator
        }
        return try await askBoardCases(call, holder) { [wanted] board, question in
            var query = wanted
            (query.division, query.limit) = (question.division, question.limit)
            if let cases = try board.cases(query, today: question.today) { return cases }
            guard wanted.cursor == nil else {
                throw Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
            }
            throw Problem(.badValue, "there is no such rule of supervision here", at: "query:rule")
        }
    }

    /// How hot spots are told apart.
    enum HotSpotGrouping: String, CaseIterable {
        case item, division, place
    }

    func listHotSpots(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var call = call
        let item = call.query.text("item")
        guard let grouping = HotSpotGrouping(rawValue: call.query.text("by") ?? HotSpotGrouping.item.rawValue) else {
            let known = HotSpotGrouping.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "hot spots are told apart by one of \(known)", at: "query:by")
        }
        guard grouping != .item || item == nil else {
            throw Problem(.badValue, "give an item with by=division or by=place", at: "query:item")
        }
        return try await askBoard(call, holder) { board, question in
            switch grouping {
            case .item:
                let page = question.page(
                    try board.hotSpots(
                        question.division, today: question.today, limit: question.asked, after: question.offset))
                return BoardHotSpots(spots: page.rows, next: page.next)
            case .division:
                return BoardHotSpots(
                    spots: try board.hotDivisions(question.division, item: item, today: question.today))
            case .place:
                let page = question.page(
                    try board.hotPlaces(
                        question.division, item: item, today: question.today, limit: question.asked,
                        after: question.offset))
                return BoardHotSpots(spots: page.rows, next: page.next)
            }
        }
    }

    private static var noIndicator: Problem {
        let known = Endpoint.drillIndicators.joined(separator: ", ")
        return Problem(.badValue, "there is no such indicator: use one of \(known)", at: "query:indicator")
    }

    // MARK: The tree as a map

    func listDivisions(_ call: APICall) async throws -> Response {
        var query = call.query
        var below = core.tree.root
        if let text = query.text("below") {
            guard let code = DivisionCode(text), core.tree.division(code) != nil else {
                throw Problem(.badValue, "the tree has no division of this code", at: "query:below")
            }
            below = code
        }
        try query.finish()
        let children = core.tree.children(of: below)
        let tiles = SchematicMap.tiles(children.count)
        return try Self.json(
            DivisionMap(
                below: DivisionMessage(below, tile: nil, core.tree),
                line: core.tree.ancestors(of: below).reversed().map { DivisionMessage($0, tile: nil, core.tree) },
                divisions: zip(children, tiles).map { DivisionMessage($0, tile: $1, core.tree) }))
    }
}

/// A division as a map and a list of choices show it.
package struct DivisionMessage: Codable, Hashable, Sendable {
    package struct Tile: Codable, Hashable, Sendable {
        package let column: Int
        package let row: Int
    }

    package let code: String
    package let name: String
    /// In English: `province`, `city`, `county`, `township` or `village`.
    package let level: String
    package let levelName: WordsMessage
    /// Absent at the root.
    package let parent: String?
    package let hasNode: Bool
    package let hasChildren: Bool
    /// Its place on the map of its parent; only where it is drawn.
    package let tile: Tile?

    init(_ code: DivisionCode, tile: MapTile?, _ tree: DivisionTree) {
        let division = tree.division(code)
        (self.code, name) = (code.text, division?.name ?? "")
        level = division?.level.englishName ?? ""
        levelName = WordsMessage(Bilingual(division?.level.chineseName ?? "", level))
        parent = division?.parent?.text
        (hasNode, hasChildren) = (tree.seat(at: code) != nil, !tree.children(of: code).isEmpty)
        self.tile = tile.map { Tile(column: $0.column, row: $0.row) }
    }
}

/// The children of a division, each on a tile of its own, and the way up to the root.
package struct DivisionMap: Codable, Hashable, Sendable {
    package let below: DivisionMessage
    /// From the root to the parent of `below`.
    package let line: [DivisionMessage]
    /// In ascending order of code.
    package let divisions: [DivisionMessage]
}

extension Endpoint {
    /// Ids of indicators and trends, each once.
    static let drillIndicators: [String] = {
        let indicators = BoardIndicator.all.map(\.id)
        return indicators + BoardTrend.all.map(\.id).filter { !indicators.contains($0) }
    }()

    private static func word(_ name: String, _ summary: String) -> Parameter {
        .query(name, ["type": "string"], summary)
    }

    private static func choice(_ names: [String]) -> JSON {
        ["type": "string", "enum": .array(names.map { .text($0) })]
    }

    static let supervisionDrill: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/supervision/trends", operation: "readTrends",
            summary: "What happened month by month in a division and below, up to the month of the day.",
            parameters: [
                .query(
                    "months", ["type": "integer", "minimum": 1, "maximum": .integer(Int64(Board.monthsMax))],
                    "How many months, 12 by default."),
                .query("indicator", choice(BoardTrend.all.map(\.id)), "One series; all by default."),
            ] + question, answer: .json("BoardTrends", "The series."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.readTrends(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/cases", operation: "listBoardCases",
            summary: "The cases behind a number: those of an indicator, in a month those that its trend counts, and of "
                + "an item, place, body, officer and rule as far as they are given.",
            parameters: [
                .query("indicator", choice(drillIndicators), "The indicator or trend."),
                word("month", "YYYY-MM: what is counted in that month."), word("item", "The code of an item."),
                word("place", "A place as the board names it."), word("body", "The code of a body."),
                word("officer", "The number of the certificate of somebody who took part."),
                word("rule", "The id of a rule of supervision that finds something."),
                word("cursor", "\"next\" of the page before."),
            ] + question, answer: .json("BoardCases", "The cases."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listBoardCases(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/hot-spots", operation: "listHotSpots",
            summary: "Where cases gather in the month of the day: items with more than in the six months before on "
                + "average; or the division's children; or places where an item came up more than once.",
            parameters: [
                .query("by", choice(API.HotSpotGrouping.allCases.map(\.rawValue)), "How they are told apart: by item."),
                word("item", "By division or place: the code of the one item that is counted."),
            ] + boardPages, answer: .json("BoardHotSpots", "The spots."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listHotSpots(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/divisions", operation: "listDivisions",
            summary: "The children of a division, each with a tile of its own on a schematic map, drawn from the tree "
                + "alone; and the way up to the root.",
            parameters: [word("below", "The code of a division; the root by default.")],
            answer: .json("DivisionMap", "The map."),
            handler: .holder { api, call, _ in try await api.listDivisions(call) }),
    ]
}

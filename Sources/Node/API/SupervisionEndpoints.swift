import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Ledger
import Libraries
import Logging

/// The supervision board: counts that drill down, cases behind them, scores, early signs, directives.
extension API {
    func readOverview(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try await askBoard(call, holder) { board, question in
            try board.overview(question.division, today: question.today)
        }
    }

    func listOverdue(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try await askBoardCases(call, holder) { board, question in
            let page = question.page(
                try board.overdue(
                    question.division, today: question.today, limit: question.asked, after: question.offset))
            return BoardCases(cases: page.rows, next: page.next)
        }
    }

    func listNearlyOverdue(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try await askBoardCases(call, holder) { board, question in
            let page = question.page(
                try board.nearlyOverdue(
                    question.division, today: question.today, limit: question.asked, after: question.offset))
            return BoardCases(cases: page.rows, next: page.next)
        }
    }

    func listFindings(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var call = call
        let name = try call.query.required("finding")
        guard let finding = SupervisionFinding(rawValue: name) else {
            let known = SupervisionFinding.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "there is no such finding: use one of \(known)", at: "query:finding")
        }
        return try await askBoardCases(call, holder) { board, question in
            let page = question.page(
                try board.findings(
                    finding, question.division, today: question.today, limit: question.asked, after: question.offset))
            return BoardCases(cases: page.rows, next: page.next)
        }
    }

    func listScores(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try await askBoard(call, holder) { board, question in
            let page = question.page(
                try board.scores(
                    question.division, today: question.today, limit: question.asked, after: question.offset))
            return BoardScores(bodies: page.rows, next: page.next)
        }
    }

    func listDirectives(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try await askBoard(call, holder) { board, question in
            let page = question.page(
                try board.directives(
                    question.division, today: question.today, limit: question.asked, after: question.offset))
            return BoardDirectives(directives: page.rows, next: page.next)
        }
    }

    func listNumberGaps(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try await askBoard(call, holder) { board, question in
            let page = question.page(
                try board.numberGaps(question.division, limit: question.asked, after: question.offset))
            return BoardNumberGaps(gaps: page.rows, next: page.next)
        }
    }

    func listOfficerScores(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var call = call
        let body = call.query.text("body")
        let question = try question(call, holder)
        let page = try await reading { board in
            question.page(
                try board.officerScores(
                    question.division, body: body, today: question.today, limit: question.asked, after: question.offset)
            )
        }
        let officers = try await knowing { knowledge in
            page.rows.map { row in
                var named = row
                named.name = knowledge.officer(certificate: row.officer)?.name
                return named
            }
        }
        return try Self.table(BoardOfficerScores(officers: officers, next: page.next), to: call)
    }

    // MARK: What every question has

    struct BoardQuestion: Sendable {
        let division: DivisionCode
        let today: Int
        let limit: Int
        /// Rows of the pages before.
        var offset = 0

        /// One more than is shown, to see whether a page follows.
        var asked: Int { limit + 1 }

        func page<Row>(_ rows: [Row]) -> (rows: [Row], next: String?) {
            rows.count > limit ? (Array(rows.prefix(limit)), String(offset + limit)) : (rows, nil)
        }
    }

    func askBoard<Answer: Encodable & Sendable & BoardTable>(
        _ call: APICall, _ holder: TokenHolder,
        _ body: @escaping @Sendable (Board, BoardQuestion) throws -> Answer
    ) async throws -> Response {
        let question = try question(call, holder)
        let answer = try await reading { board in try body(board, question) }
        return try Self.table(answer, to: call)
    }

    /// Asks the board for cases, and tells of each whether the holder may open it: the board counts more than he may
    /// read.
    func askBoardCases(
        _ call: APICall, _ holder: TokenHolder,
        _ body: @escaping @Sendable (Board, BoardQuestion) throws -> BoardCases
    ) async throws -> Response {
        let question = try question(call, holder)
        var answer = try await reading { board in try body(board, question) }
        let viewer = Sight.Viewer(division: holder.division, body: holder.body, posts: holder.role.posts)
        answer.cases = try await knowing { [cases = answer.cases] knowledge in
            cases.map { one in
                var told = one
                told.mayOpen = DivisionCode(one.division).map { home in
                    let subject = Sight.Subject(
                        home: home, body: one.body, field: knowledge.item(code: one.item)?.field)
                    return Sight.maySee(viewer: viewer, subject: subject, tree: knowledge.tree) {
                        knowledge.body(code: $0)
                    }
                }
                return told
            }
        }
        return try Self.table(answer, to: call)
    }

    /// Reads the board through the node's own queue of readings, so that waiting for the disk holds up nobody else.
    func reading<Answer: Sendable>(_ body: @escaping @Sendable (Board) throws -> Answer) async throws -> Answer {
        guard let board else {
            throw Problem(.unavailable, "this node keeps no supervision board: ask its operator to start one")
        }
        do {
            return try await core.read { _ in try body(board) }
        } catch let problem as Problem {
            throw problem
        } catch {
            logger.error("the supervision board cannot be read", metadata: ["reason": "\(error)"])
            throw Problem(
                .unavailable, "the supervision board cannot be read: its operator finds the reason in the log")
        }
    }

    /// The answer as JSON, or as a table where the caller would rather have one.
    static func table(_ answer: some Encodable & BoardTable, to call: APICall) throws -> Response {
        guard call.wantsTable else { return try json(answer) }
        let isEnglish = call.header(.acceptLanguage)?.lowercased().hasPrefix("en") ?? false
        return Self.answer(
            .ok, answer.csv(isEnglish: isEnglish), type: tableType,
            headers: [.contentDisposition: "attachment; filename=\"\(call.lastPathPart).csv\""])
    }

    /// How far a list of the board may be paged through: each page costs what came before it.
    private static let boardRowsMax = 1_000_000

    static let tableType = "text/csv; charset=utf-8"

    func question(_ call: APICall, _ holder: TokenHolder) throws(Problem) -> BoardQuestion {
        var query = call.query
        var division = holder.division
        if let text = query.text("division") {
            guard let code = DivisionCode(text), core.tree.division(code) != nil else {
                throw Problem(.badValue, "there is no such division in the tree", at: "query:division")
            }
            division = code
        }
        guard core.tree.isAtOrBelow(division, holder.division) else {
            throw Problem(
                .homeForbids, "supervision looks downward: ask for your own division or one below it",
                at: "query:division")
        }
        guard let day = query.text("on").map({ LegalDate($0) }) ?? Moments.chineseDay(clock()) else {
            throw Problem(.badValue, "a day is written YYYY-MM-DD", at: "query:on")
        }
        let limit = try query.count(
            "limit", default: call.wantsTable ? Board.limitMax : APILimits.recordsPerPage, max: Board.limitMax)
        var offset = 0
        if let text = query.text("cursor") {
            guard let rows = Int(text), (1...Self.boardRowsMax).contains(rows) else { throw Self.badCursor }
            offset = rows
        }
        try query.finish()
        return BoardQuestion(division: division, today: day.daysSince1970, limit: limit, offset: offset)
    }
}

extension APICall {
    /// Whether the caller names CSV before anything else that it would take.
    var wantsTable: Bool {
        (header(.accept) ?? "").lowercased().split(separator: ",").first?.contains("text/csv") ?? false
    }

    fileprivate var lastPathPart: String { String(request.uri.path.split(separator: "/").last ?? "table") }
}

extension Endpoint {
    static let question = [
        Parameter.query("division", ["type": "string"], "The code of a division; the token's own by default."),
        Parameter.query("on", ["type": "string", "format": "date"], "The day; today in China by default."),
        Parameter.query(
            "limit", ["type": "integer", "minimum": 1, "maximum": .integer(Int64(Board.limitMax))],
            "Rows at most, \(APILimits.recordsPerPage) by default; in a table as many as there may be."),
        Parameter.header("Accept", "text/csv for a table instead of JSON."),
        Parameter.header("Accept-Language", "en for a table's columns in English instead of Chinese."),
    ]

    static let boardPages = question + [.query("cursor", ["type": "string"], "\"next\" of the page before.")]

    /// A table's other form.
    static let tableAnswers = [
        Answer.text(API.tableType, "The same rows as a table (RFC 4180), with a byte order mark and a line of names.")
    ]

    /// The calls that are answered from the supervision board, and those that keep the machine.
    static let supervision: [Endpoint] = board + supervisionDrill + work + operation

    private static let board: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/supervision/overview", operation: "readOverview",
            summary: "The indicators of a division and of its children, each with all below it.",
            parameters: question, answer: .json("BoardOverview", "The counts."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.readOverview(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/overdue", operation: "listOverdue",
            summary: "Cases at or below a division whose time limit is over, the longest overdue first.",
            parameters: boardPages, answer: .json("BoardCases", "The cases."),
            alternatives: tableAnswers, problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listOverdue(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/nearly-overdue", operation: "listNearlyOverdue",
            summary: "Cases at or below a division whose time limit is near, the nearest first.",
            parameters: boardPages, answer: .json("BoardCases", "The cases."),
            alternatives: tableAnswers, problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listNearlyOverdue(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/findings", operation: "listFindings",
            summary: "Cases at or below a division in which supervision finds something, each with what was found, its "
                + "articles and its three-systems column.",
            parameters: [
                .query(
                    "finding",
                    [
                        "type": "string",
                        "enum": .array(SupervisionFinding.allCases.map { .text($0.rawValue) }),
                    ], required: true, "What is looked for.")
            ] + boardPages, answer: .json("BoardCases", "The cases."),
            alternatives: tableAnswers, problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listFindings(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/scores", operation: "listScores",
            summary: "Scores of the bodies at or below a division, the lowest first.", parameters: boardPages,
            answer: .json("BoardScores", "The scores."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listScores(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/officers", operation: "listOfficerScores",
            summary: "Scores of the officers who act at or below a division, the lowest first, each over the cases in "
                + "which he took part.",
            parameters: [.query("body", ["type": "string"], "The code of a body: its officers alone.")] + boardPages,
            answer: .json("BoardOfficerScores", "The scores."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listOfficerScores(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/directives", operation: "listDirectives",
            summary: "Directives at or below a division that are not acknowledged or not answered.",
            parameters: boardPages, answer: .json("BoardDirectives", "The directives."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listDirectives(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/supervision/number-gaps", operation: "listNumberGaps",
            summary: "Document numbers that were left out, explained or not.", parameters: boardPages,
            answer: .json("BoardNumberGaps", "The gaps."), alternatives: tableAnswers,
            problems: [.homeForbids, .unavailable],
            handler: .holder { api, call, holder in try await api.listNumberGaps(call, holder) }),
    ]
}

extension Schemas {
    private static let word: JSON = ["type": "string"]
    private static let number: JSON = ["type": "integer"]
    private static let figure: JSON = ["type": ["number", "integer"]]
    private static let truth: JSON = ["type": "boolean"]
    private static let day: JSON = ["type": "string", "format": "date"]

    private static func message(_ required: [String: JSON], optional: [String: JSON] = [:]) -> JSON {
        [
            "type": "object", "required": .array(required.keys.sorted().map { .text($0) }),
            "properties": .object(required.merging(optional) { first, _ in first }), "additionalProperties": false,
        ]
    }

    private static func list(_ name: String, of element: String) -> JSON {
        message([name: ["type": "array", "items": reference(element)]], optional: ["next": word])
    }

    private static let words = reference("WordsMessage")
    private static let state: JSON = ["type": "string", "enum": ["none", "owed", "done"]]

    static let supervision: [String: JSON] = board.merging(work) { first, _ in first }
        .merging(operation) { first, _ in first }

    private static let board: [String: JSON] = [
        "BoardCounts": message([
            "division": word, "name": word, "counts": ["type": "object", "additionalProperties": number],
        ]),
        "BoardOverview": message(
            [
                "division": word, "today": day,
                "children": ["type": "array", "items": reference("BoardCounts")],
            ], optional: ["counts": reference("BoardCounts")]),
        "BoardFinding": message([
            "finding": word, "about": word, "chinese": word, "english": word, "articles": word,
        ]),
        "BoardCase": message(
            [
                "record": word, "division": word, "body": word, "item": word, "place": word, "procedure": word,
                "stage": word, "standing": ["type": "string", "enum": ["open", "waiting", "ended"]],
                "flags": ["type": "array", "items": word], "publicity": state, "recording": state, "review": state,
                "findings": ["type": "array", "items": reference("BoardFinding")],
            ],
            optional: [
                "filed": day, "decided": day, "closed": day, "due": day, "deadline": word, "daysOver": number,
                "publicityDue": day, "recordingDue": day, "title": word, "divisionName": word, "bodyName": word,
                "itemName": word, "stageWords": words, "deadlineWords": words, "next": reference("BoardNextStep"),
                "mayOpen": truth,
            ]),
        "BoardNextStep": message(["step": word, "name": words]),
        "BoardCases": message(
            ["cases": ["type": "array", "items": reference("BoardCase")]], optional: ["next": word]),
        "BoardScore": message(
            [
                "body": word, "division": word, "cases": number, "publicity": figure, "recording": figure,
                "review": figure, "threeSystems": figure, "lost": figure, "score": figure,
            ], optional: ["name": word]),
        "BoardScores": list("bodies", of: "BoardScore"),
        "BoardOfficerScore": message(
            [
                "officer": word, "cases": number, "publicity": figure, "recording": figure, "review": figure,
                "threeSystems": figure, "lost": figure, "score": figure,
            ], optional: ["name": word, "division": word, "body": word, "bodyName": word]),
        "BoardOfficerScores": list("officers", of: "BoardOfficerScore"),
        "BoardTrends": message([
            "division": word, "months": ["type": "array", "items": word],
            "series": [
                "type": "array",
                "items": message([
                    "indicator": word, "name": words, "amounts": ["type": "array", "items": number],
                ]),
            ],
        ]),
        "BoardHotSpot": message(
            ["division": word, "month": word, "cases": number, "meanBefore": figure],
            optional: [
                "growth": figure, "divisionName": word, "item": word, "itemName": word, "place": word,
            ]),
        "BoardHotSpots": list("spots", of: "BoardHotSpot"),
        "BoardDirective": message(
            [
                "record": word, "division": word, "sort": word, "from": word, "answers": number, "isLate": truth,
            ],
            optional: [
                "divisionName": word, "about": word, "aboutTitle": word, "fromName": word, "due": day,
                "acknowledged": word, "officer": word,
            ]),
        "BoardDirectives": list("directives", of: "BoardDirective"),
        "BoardNumberGap": message(
            [
                "body": word, "division": word, "series": word, "first": number, "last": number, "isExplained": truth,
            ], optional: ["bodyName": word]),
        "BoardNumberGaps": list("gaps", of: "BoardNumberGap"),
    ]
}

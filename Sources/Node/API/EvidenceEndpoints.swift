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

/// The desk of a case: finding it by the beginning of its key, evidence from the scene, numbers that are left.
extension API {
    /// Cases on one page: each is judged anew.
    static let casesPerPageMax = 100

    // MARK: Lists

    func listCases(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let beginning = query.text("key")
        let isUrgent = try query.truth("urgent") ?? false
        var wanted = RecordQuery(kind: isUrgent ? CaseworkKinds.urgentCase.name : LibraryKinds.caseFile.name)
        wanted.homes = try query.homes(in: core.tree)
        wanted.limit = try query.count("limit", default: APILimits.recordsPerPage, max: Self.casesPerPageMax)
        let cursor = query.text("cursor")
        try query.finish()
        guard let beginning else {
            wanted.after = try cursor.map { text throws(Problem) in
                guard let cursor = RecordCursor(text) else { throw Self.badCursor }
                return cursor
            }
            let page = try await page(wanted)
            return try Self.json(
                CaseList(cases: try await summaries(page.records.map(\.id), for: holder), next: page.next?.description))
        }
        guard let range = RecordKey.beginning(with: beginning) else {
            throw Problem(.badValue, "a key begins with 1 to 32 hexadecimal digits", at: "query:key")
        }
        let last = try cursor.map { text throws(Problem) in
            guard let key = RecordKey(hexadecimal: text), range.contains(key) else { throw Self.badCursor }
            return key
        }
        let (limit, keys) = (wanted.limit, (last ?? range.lowerBound)...range.upperBound)
        let found = try await core.read { (reader) throws(StoreFailure) in
            // The last of the page before is found again, and one more tells whether a page follows.
            try reader.records(
                keys: keys, kinds: [LibraryKinds.caseFile.name, CaseworkKinds.urgentCase.name], limit: limit + 2)
        }.filter { $0.key != last }
        let ids = Array(found.prefix(limit))
        let next = ids.count < found.count ? ids.last?.key.description : nil
        return try Self.json(CaseList(cases: try await summaries(ids, for: holder), next: next))
    }

    /// Those of the cases that the holder may see.
    private func summaries(_ ids: [RecordID], for holder: TokenHolder) async throws -> [CaseSummary] {
        let (book, now) = (cases, today)
        let viewer = Sight.Viewer(division: holder.division, body: holder.body, posts: holder.role.posts)
        return try await knowing { knowledge in
            ids.compactMap { id in
                guard let view = knowledge.source.record(id)?.view else { return nil }
                guard let reading = try? CaseReading(id, in: knowledge, book: book) else {
                    return CaseSummary(view, nil)
                }
                guard reading.isVisible(to: viewer) else { return nil }
                return CaseSummary(view, reading.judge.assess(reading.history, at: now))
            }
        }
    }

    /// What supervision says of one case, with its three-systems column.
    func readSupervision(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        let today = today.day.daysSince1970
        guard let board else { throw Problem(.unavailable, "this node keeps no supervision board") }
        let viewer = Sight.Viewer(division: holder.division, body: holder.body, posts: holder.role.posts)
        guard try await reading(id, { $0.isVisible(to: viewer) }) else {
            throw Problem(.roleForbids, "the case is neither of your office nor of your line", at: "path:id")
        }
        let found: BoardCase?
        do throws(BoardFailure) {
            found = try await core.read { _ throws(BoardFailure) in try board.one(id.description, today: today) }
        } catch {
            throw Problem(
                .unavailable, "the supervision board cannot be read: its operator finds the reason in the log")
        }
        guard let found else {
            throw Problem(.notFound, "the board has not come to this case yet: ask again", at: "path:id")
        }
        return try Self.json(found)
    }

    // MARK: Numbers

    func listNumbers(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let body = query.text("body") ?? holder.body
        try query.finish()
        guard !body.isEmpty else {
            throw Problem(.missingMember, "the token acts for no body: name one", at: "query:body")
        }
        guard let numbers else {
            throw Problem(.unavailable, "this node hands out no document numbers")
        }
        let left: [(series: NumberSeries, count: Int)]
        do throws(NumberRefusal) { left = try await numbers.left(of: body) } catch {
            throw Problem(.unavailable, error.reason.description)
        }
        let series = left.map { NumberSeriesMessage(word: $0.series.word, year: $0.series.year, left: $0.count) }
        return try Self.json(NumberList(body: body, series: series))
    }

    // MARK: Evidence

    func attachEvidence(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        try check(.edit(try kind(id.kind, at: "path:id")), holder, at: "path:id")
        try check(home: id.home, holder, at: "path:id")
        let request = try EvidenceRequest(try await call.body())
        guard let file = core.files.name(of: request.digest) else {
            throw Problem(
                .refused, "文件尚未上传，请先上传 · the file is not here: hand it in by POST /v1/files first", at: "/digest")
        }
        let now = today
        let isRepeat = call.key?.earlier != nil
        let record = try await attach(request, file, to: id, holder, change: isRepeat ? nil : change(of: call))
        let message = try await reading(id) { reading in
            EvidenceMessage(record, request, in: reading, at: now)
        }
        return try Self.json(message, status: .created)
    }

    /// - Parameter change: nil where it was attached before, and is only to be named.
    func attach(
        _ request: EvidenceRequest, _ file: FileName, to id: RecordID, _ holder: TokenHolder, change: RecordKey?
    ) async throws -> RecordID {
        let author = try await certificate(of: holder)
        let now = today
        let record = RecordID(
            home: id.home, flow: CaseworkKinds.evidence.flow, kind: CaseworkKinds.evidence.name,
            naturalKey: "\(id)\u{1F}\(file.digest.sha256Text)")
        try await gate.holding([record]) {
            let attached = try await reading(id) { reading in
                try request.check(reading.procedure)
                // The moment it was handed in first stands, whoever hands it in again.
                let held = reading.knowledge.source.record(record)?.view["attached-at"]?.shown
                if case .text(let text) = held { return text }
                return now.description
            }
            let values = request.values(of: id, file, officer: request.officer ?? author ?? "", attached: attached)
            guard let change else { return }
            try await bring(record, CaseworkKinds.evidence, to: values, holder, change: change)
        }
        core.fileArrived(file)
        return record
    }
}

/// `POST /v1/cases/{id}/evidence`: what is to be known of a file from the scene.
struct EvidenceRequest {
    let digest: Digest
    /// As 行政处罚法第46条 names it: 书证, 物证, 视听资料 …
    let kind: String
    let capturedAt: LegalMoment
    /// From when on it could be handed in, where the scene had no line.
    let connectedAt: LegalMoment?
    let officer: String?
    let mediaType: String?
    let place: String?
    let device: String?
    /// The step that it records.
    let recording: String?
    let interruption: String?
    let caption: String?

    /// What the node itself attaches.
    init(
        digest: Digest, kind: String, capturedAt: LegalMoment, officer: String, mediaType: String, device: String,
        caption: String
    ) {
        (self.digest, self.kind, self.capturedAt, self.officer) = (digest, kind, capturedAt, officer)
        (self.mediaType, self.device, self.caption) = (mediaType, device, caption)
        (connectedAt, place, recording, interruption) = (nil, nil, nil, nil)
    }

    init(_ json: JSON, at pointer: String = "") throws(Problem) {
        var object = try JSONObject(json, at: pointer)
        let file = try object.text("digest")
        kind = try object.text("kind")
        capturedAt = try Self.moment(try object.text("capturedAt"), at: object.at("capturedAt"))
        let connected = try object.optionalText("connectedAt")
        let connectedPlace = object.at("connectedAt")
        officer = try object.optionalText("officer")
        mediaType = try object.optionalText("mediaType")
        place = try object.optionalText("place")
        device = try object.optionalText("device")
        recording = try object.optionalText("recording")
        interruption = try object.optionalText("interruption")
        caption = try object.optionalText("caption")
        try object.finish()
        guard let digest = Digest(sha256: file) else {
            throw Problem(.badValue, "a file is named by 64 hexadecimal digits in lower case", at: "/digest")
        }
        self.digest = digest
        connectedAt = try connected.map { text throws(Problem) in try Self.moment(text, at: connectedPlace) }
    }

    private static func moment(_ text: String, at place: String) throws(Problem) -> LegalMoment {
        guard let moment = LegalMoment(text) else {
            throw Problem(.badValue, "a local time is expected, YYYY-MM-DDTHH:MM", at: place)
        }
        return moment
    }

    /// Refuses a step that the procedure does not have.
    func check(_ procedure: Procedure) throws(Problem) {
        guard let recording, procedure.step(recording) == nil else { return }
        let known = procedure.steps.filter { $0.recording != .none }.map(\.id).joined(separator: ", ")
        throw Problem(
            .badValue, "the procedure has no such step to be recorded: use one of \(known)", at: "/recording")
    }

    func values(
        of id: RecordID, _ file: FileName, officer: String, attached: String
    ) -> [(field: String, value: Value)] {
        var values: [(field: String, value: Value)] = [
            ("case", .record(id)), ("digest", .text(file.digest.sha256Text)), ("size", .integer(Int64(file.size))),
            ("chunk-root", .text(file.root.sha256Text)), ("evidence-kind", .text(kind)),
            ("captured-at", .text(capturedAt.description)), ("attached-at", .text(attached)),
        ]
        let texts: [(String, String?)] = [
            ("connected-at", connectedAt?.description), ("officer", officer), ("media-type", mediaType),
            ("place", place), ("device", device), ("recording", recording), ("interruption", interruption),
            ("caption", caption),
        ]
        for (field, text) in texts { if let text, !text.isEmpty { values.append((field, .text(text))) } }
        return values
    }
}

/// A piece of evidence as it was taken in, with the clock of one working day (广东省行政执法全过程记录办法第23条).
package struct EvidenceMessage: Codable, Hashable, Sendable {
    package let record: String
    package let digest: String
    package let attachedAt: String
    /// The last moment at which it may be handed in.
    package let dueAt: String?
    package let isLate: Bool
    /// What is wrong with it, in an officer's words.
    package let findings: [WordsMessage]

    init(_ record: RecordID, _ request: EvidenceRequest, in reading: CaseReading, at now: LegalMoment) {
        let clock = EvidenceClock(reading.knowledge.calendar)
        let ofCase = RecordQuery.Condition(field: "case", equals: .record(reading.history.id))
        let source = reading.knowledge.source
        let pieces = source.asking { try source.snapshot.records(of: record.kind, where: ofCase) } ?? []
        let recordings = pieces.compactMap { SceneRecording($0.view) }
        let own = recordings.first { $0.id == record.description }
        let due = clock.due(capturedAt: request.capturedAt, connectedAt: request.connectedAt)
        self.record = record.description
        digest = request.digest.sha256Text
        let attached = own?.attachedAt ?? now
        attachedAt = attached.description
        dueAt = due?.description
        isLate = due.map { attached > $0 } ?? false
        guard let rule = request.recording.flatMap(reading.procedure.step) else {
            findings = []
            return
        }
        // A step that is recorded without having to be is held to the clock all the same.
        let step = RecordedStep(
            id: rule.id, name: rule.name, recording: rule.recording == .none ? .video : rule.recording,
            at: request.capturedAt)
        findings = clock.findings(steps: [step], recordings: recordings, at: now).compactMap { finding in
            finding.recording == record.description ? WordsMessage(finding.words) : nil
        }
    }
}

extension EvidenceFinding {
    /// The recording it is about; nil where there is none.
    fileprivate var recording: String? {
        switch self {
        case .awaited, .missing: nil
        case .late(let recording, _, _), .interrupted(let recording, _), .fileAbsent(let recording, _),
            .contradictory(let recording, _):
            recording
        }
    }
}

extension SceneRecording {
    /// From a record of kind `evidence`; nil for what records no step.
    fileprivate init?(_ view: RecordView) {
        func text(_ field: String) -> String? { if case .text(let text) = view[field]?.shown { text } else { nil } }
        guard let step = text("recording"), let captured = text("captured-at").flatMap({ LegalMoment($0) }) else {
            return nil
        }
        self.init(
            id: view.id.description, step: step, capturedAt: captured,
            attachedAt: text("attached-at").flatMap { LegalMoment($0) },
            connectedAt: text("connected-at").flatMap { LegalMoment($0) }, interruption: text("interruption"))
    }
}

/// A case in a list.
package struct CaseSummary: Codable, Hashable, Sendable {
    package let id: String
    package let title: String?
    /// `id@version`; absent for a case that was imported as it is.
    package let procedure: String?
    package let name: WordsMessage?
    package let stage: WordsMessage?
    /// `open`, `waiting` or `ended`.
    package let standing: String?
    /// The nearest end of a time limit.
    package let due: String?
    package let status: String?

    init(_ view: RecordView, _ assessment: Assessment?) {
        func text(_ field: String) -> String? { if case .text(let text) = view[field]?.shown { text } else { nil } }
        (id, title, status) = (view.id.description, text("title"), text("status"))
        procedure = assessment?.procedure.reference ?? text(CaseField.procedure)
        (name, stage) = (
            (assessment?.procedure.name).map(WordsMessage.init), (assessment?.stage.name).map(WordsMessage.init)
        )
        switch assessment?.standing {
        case .open: standing = "open"
        case .waiting: standing = "waiting"
        case .ended: standing = "ended"
        case nil: standing = nil
        }
        let running = (assessment?.deadlines ?? []).filter { state in
            switch state.phase {
            case .running, .nearlyDue, .missed: true
            case .notBegun, .paused, .fulfilled, .late: false
            }
        }
        due = standing == "ended" ? nil : running.compactMap(\.due).min()?.description
    }
}

package struct CaseList: Codable, Hashable, Sendable {
    package let cases: [CaseSummary]
    package let next: String?
}

/// Document numbers that are left on this machine.
package struct NumberList: Codable, Hashable, Sendable {
    package let body: String
    package let series: [NumberSeriesMessage]
}

package struct NumberSeriesMessage: Codable, Hashable, Sendable {
    /// 文种字.
    package let word: String
    package let year: Int
    package let left: Int
}

extension Endpoint {
    /// What an officer's desk needs beside the case itself.
    static let caseDesk: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/cases", operation: "listCases",
            summary: "Cases with where they stand, a page at a time, or those whose key begins so.",
            parameters: [
                .query("key", ["type": "string"], "The beginning of a key, in hexadecimal digits."),
                .query("urgent", ["type": "boolean"], "Urgent matters instead of ordinary cases."),
                .query("home", ["type": "string"], "The code of a division: only records of this home."),
                .query("below", ["type": "boolean"], "With home: the records of the divisions below it too."),
                .query(
                    "limit", ["type": "integer", "minimum": 1, "maximum": .integer(Int64(API.casesPerPageMax))],
                    "Cases a page, \(APILimits.recordsPerPage) by default."),
                .query("cursor", ["type": "string"], "\"next\" of the page before."),
            ],
            answer: .json("CaseList", "A page of cases."),
            handler: .holder { api, call, holder in try await api.listCases(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/cases/{id}/supervision", operation: "readSupervision",
            summary: "What supervision finds in a case, and how the three systems stand in it.",
            parameters: [.path("id", "The case's id, kind:home:flow:key, percent-encoded where need be.")],
            answer: .json("BoardCase", "The case as the board has it."), problems: [.roleForbids, .notFound, .refused],
            handler: .holder { api, call, holder in try await api.readSupervision(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/cases/{id}/evidence", operation: "attachEvidence",
            summary: "Attaches a file that was handed in to a case, and tells the clock of one working day.",
            parameters: [.path("id", "The case's id, kind:home:flow:key, percent-encoded where need be.")],
            body: "EvidenceRequest", answer: .json("EvidenceMessage", status: 201, "What was taken in."),
            isKeyed: true, problems: [.roleForbids, .notFound, .notJSON, .tooLarge, .unknownKind, .refused],
            handler: .holder { api, call, holder in try await api.attachEvidence(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/numbers", operation: "listNumbers",
            summary: "Document numbers that are left on this machine, for each series of a body.",
            parameters: [.query("body", ["type": "string"], "The body's code; the token's own by default.")],
            answer: .json("NumberList", "The series."),
            handler: .holder { api, call, holder in try await api.listNumbers(call, holder) }),
    ]
}

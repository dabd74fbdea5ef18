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

/// Acts of enforcement as they leave for other platforms: checked against the receiver's field list, new since a cursor.
extension API {
    /// Rows that one answer has unless it is asked for otherwise, and at most: a row of the longest form is some KiB.
    static let rowsPerExport = 1_000
    static let rowsPerExportMax = 5_000
    /// Entries of the log that are looked through at a time.
    private static let entriesPerLook = 2_000

    func listForms(_ call: APICall) async throws -> Response {
        try call.query.finish()
        let forms = try await forms()
        return try Self.json(ExchangeFormList(forms: (forms?.all ?? []).map(ExchangeFormMessage.init)))
    }

    func exportActs(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let question = try ExportQuestion(call)
        let forms = try await forms()
        guard let forms, let form = forms[question.form] else {
            let known = forms?.all.map(\.id).joined(separator: ", ")
            throw Problem(
                .badValue,
                known.map { "there is no such form: use one of \($0)" }
                    ?? "本节点没有交换格式 · no form of exchange is here: `tributary procedures import` brings them",
                at: "path:form")
        }
        let (book, tree, now) = (cases, core.tree, today)
        let found: Result<(ExchangeBatch, StoreCursor), any Error> = await core.read { reader in
            Result {
                let cursor = try StoreCursor(question.since, reader)
                let (acts, end) = try Self.acts(
                    form, forms, since: cursor.inner, rowsMax: question.limit, book, tree, reader)
                let batch = try ExchangeExporter(forms).export(
                    form.id, acts, since: cursor.inner, at: now, rowsMax: question.limit)
                var next = batch.cursor
                if !batch.hasMore { next.lookedAt(end, for: form.id) }
                return (batch, try StoreCursor(next, at: max(end, 1), reader))
            }
        }
        let (batch, next): (ExchangeBatch, StoreCursor)
        do { (batch, next) = try found.get() } catch let reason as Reason {
            throw Problem(.badCursor, reason.description, at: "query:since")
        }
        // An export without rows shows nobody anything: whoever asks for news on and on leaves no line for each time.
        if !batch.rows.isEmpty { try await logView(.export, of: nil, call, holder, by: .exchange) }
        return try answer(batch, next, question)
    }

    /// The acts that changed after the cursor, and those it holds, with the commit up to which the log was looked at.
    private static func acts(
        _ form: ExchangeForm, _ forms: ExchangeForms, since cursor: ExchangeCursor, rowsMax: Int, _ book: ProcedureBook,
        _ tree: DivisionTree, _ reader: StoreReader
    ) throws -> (acts: [ExchangeCase], end: UInt64) {
        let caseKinds = [LibraryKinds.caseFile.name, CaseworkKinds.urgentCase.name]
        var end = cursor.position(of: form.id)
        var wanted = Set(cursor.held(of: form.id).compactMap { RecordID($0) })
        var acts: [RecordID: ExchangeCase] = [:]
        while true {
            let touched = try reader.touched(after: end, entriesMax: entriesPerLook)
            end = touched.position
            acts = try reader.knowing(tree) { [wanted, end] knowledge in
                let found = ExchangeActs(knowledge: knowledge, book: book, forms: forms, end: end)
                var ids = wanted
                for record in touched.records {
                    if caseKinds.contains(record.kind) {
                        ids.insert(record)
                    } else if record.kind == CaseworkKinds.publication.name,
                        case .record(let about) = knowledge.source.record(record)?.view["case"]?.shown
                    {
                        ids.insert(about)
                    }
                }
                var acts = acts
                for id in ids.sorted() {
                    acts[id] = found.act(of: id, form.behaviour, isPublished: form.isPublished)
                }
                return acts
            }
            wanted = []
            guard touched.entry != nil, acts.count < rowsMax else { break }
        }
        return (acts.keys.sorted().compactMap { acts[$0] }, end)
    }

    /// Nil where the node has none.
    private func forms() async throws -> ExchangeForms? {
        let files = try await knowing { ExchangeShelf.files(knowing: $0) }
        guard !files.isEmpty else { return nil }
        do throws(ExchangeForms.Faults) { return try ExchangeForms(files) } catch {
            throw Problem(.refused, error.description)
        }
    }

    private func answer(
        _ batch: ExchangeBatch, _ next: StoreCursor, _ question: ExportQuestion
    ) throws -> Response {
        let headers: HTTPFields = [
            .nextCursor: next.description, .hasMore: String(batch.hasMore),
            .refusedCount: String(Set(batch.refused.map(\.record)).count),
        ]
        switch question.format {
        case .csv: return Self.answer(.ok, Array(batch.csv.utf8), type: "text/csv; charset=utf-8", headers: headers)
        case .xml: return Self.answer(.ok, Array(batch.xml.utf8), type: "application/xml", headers: headers)
        case .json:
            return try Self.json(
                ExchangeBatchMessage(batch, next: next.description, file: question.file, header: question.header),
                headers: headers)
        }
    }
}

/// What an export is asked for.
private struct ExportQuestion {
    enum Format: String, CaseIterable { case json, csv, xml }

    let form: String
    let since: String?
    let limit: Int
    let format: Format
    /// The whole file beside the rows, where JSON is answered.
    let file: Format?
    /// Who sends, where each act is to be a message of its own.
    let header: ExchangeHeader?

    init(_ call: APICall) throws(Problem) {
        var query = call.query
        guard let form = call.path("form") else { throw Problem(.badValue, "the path names no form", at: "path:form") }
        self.form = form
        since = query.text("since")
        limit = try query.count("limit", default: API.rowsPerExport, max: API.rowsPerExportMax)
        let asked = try Self.format(query.text("format"), at: "query:format")
        file = try Self.format(query.text("file"), at: "query:file")
        let (sender, receiver) = (query.text("sender"), query.text("receiver"))
        let (operatorName, contacts) = (query.text("operator") ?? "", query.text("contacts") ?? "")
        try query.finish()
        header =
            if let sender, let receiver {
                ExchangeHeader(sender: sender, receiver: receiver, operatorName: operatorName, contacts: contacts)
            } else { nil }
        let accepted = call.header(.accept) ?? ""
        let preferred: Format =
            if accepted.hasPrefix("text/csv") { .csv } else if accepted.hasPrefix("application/xml") { .xml } else {
                .json
            }
        format = asked ?? preferred
    }

    private static func format(_ text: String?, at place: String) throws(Problem) -> Format? {
        guard let text else { return nil }
        guard let format = Format(rawValue: text) else {
            throw Problem(.badValue, "use one of \(Format.allCases.map(\.rawValue).joined(separator: ", "))", at: place)
        }
        return format
    }
}

/// A cursor of exports that knows the store whose commits it counts: by the entry that stands at one of them. A store
/// that was restored from a backup has another there, or none, and what it would pass over is not passed over.
private struct StoreCursor: CustomStringConvertible {
    private static let mark = "t1-"

    let inner: ExchangeCursor
    private let position: UInt64
    private let entry: EntryID?

    init(_ inner: ExchangeCursor, at position: UInt64, _ reader: StoreReader) throws {
        (self.inner, self.position) = (inner, position)
        entry = try reader.entry(at: position)
    }

    /// - Throws: `Reason` for a text that is none, or is another store's.
    init(_ text: String?, _ reader: StoreReader) throws {
        guard let text, !text.isEmpty else {
            (inner, position, entry) = (ExchangeCursor(store: ""), 0, nil)
            return
        }
        let parts = text.split(separator: ".", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0].hasPrefix(Self.mark),
            let position = UInt64(parts[0].dropFirst(Self.mark.count))
        else {
            throw Reason("游标已损坏，请使用上次导出给出的游标", "the cursor is damaged: use the one the last export gave")
        }
        let entry = try reader.entry(at: position)
        guard parts[1] == Self.name(entry) else {
            throw Reason(
                "游标属于另一个数据库，请不带游标重新导出，接收方会按报文编号去重",
                "the cursor counts the commits of another store: export again without one, receivers drop what they have"
            )
        }
        (inner, self.position, self.entry) = (try ExchangeCursor(parts[2], store: ""), position, entry)
    }

    private static func name(_ entry: EntryID?) -> String {
        guard let entry else { return "none" }
        return "\(hexadecimal(Array(entry.stream.digest.bytes[1...8])))-\(entry.number)"
    }

    /// Lower-case letters, digits, hyphens and full stops, fit for a file, an address or an argument.
    var description: String { "\(Self.mark)\(position).\(Self.name(entry)).\(inner)" }
}

/// One act in one form.
package struct ExchangeRowMessage: Codable, Hashable, Sendable {
    /// A receiver that has it drops it.
    package let message: String
    /// A later row of the same replaces it.
    package let record: String
    /// `issued`, `changed` or `withdrawn`.
    package let operation: String
    /// One for each column.
    package let texts: [String]
}

/// Something about an act that a person should look at; never a value.
package struct ExchangeRemarkMessage: Codable, Hashable, Sendable {
    package let record: String
    package let document: String?
    package let field: String?
    package let fieldName: String?
    package let chinese: String
    package let english: String

    init(_ remark: ExchangeRemark) {
        (record, document, field) = (remark.record, remark.document, remark.field)
        (fieldName, chinese, english) = (remark.fieldName, remark.reason.chinese, remark.reason.english)
    }
}

package struct ExchangeFieldMessage: Codable, Hashable, Sendable {
    package let code: String
    package let name: String
    package let isHidden: Bool
    package let isRequired: Bool

    init(_ field: ExchangeField) {
        (code, name, isHidden, isRequired) = (field.code, field.name, field.isHidden, field.isRequired)
    }
}

/// What `GET /v1/exchange/{form}` answers.
package struct ExchangeBatchMessage: Codable, Hashable, Sendable {
    /// One message of a form that is sent act by act.
    package struct Letter: Codable, Hashable, Sendable {
        package let message: String
        package let xml: String
    }

    package let form: String
    package let madeAt: String
    package let columns: [ExchangeFieldMessage]
    package let rows: [ExchangeRowMessage]
    /// Why acts stayed here, one for each fault.
    package let refused: [ExchangeRemarkMessage]
    package let warnings: [ExchangeRemarkMessage]
    /// Acts that are not for the public and stayed here for that alone.
    package let withheld: Int
    /// What the next export goes on from.
    package let next: String
    package let hasMore: Bool
    /// Too many acts wait to be mended: no more are looked at until some are.
    package let isStopped: Bool
    /// The rows as one file, if it was asked for.
    package let file: String?
    package let letters: [Letter]

    fileprivate init(_ batch: ExchangeBatch, next: String, file: ExportQuestion.Format?, header: ExchangeHeader?) {
        (form, madeAt, self.next) = (batch.form.id, batch.madeAt.description, next)
        columns = batch.form.fields.map(ExchangeFieldMessage.init)
        rows = batch.rows.map { row in
            ExchangeRowMessage(
                message: row.message, record: row.record, operation: row.operation.rawValue, texts: row.texts)
        }
        (refused, warnings) = (
            batch.refused.map(ExchangeRemarkMessage.init), batch.warnings.map(ExchangeRemarkMessage.init)
        )
        (withheld, hasMore, isStopped) = (batch.withheldCount, batch.hasMore, batch.isStopped)
        switch file {
        case .csv: self.file = batch.csv
        case .xml: self.file = batch.xml
        case .json, nil: self.file = nil
        }
        let isByLetter = batch.form.layout == .message
        letters =
            isByLetter ? header.map { batch.messages($0).map { Letter(message: $0.message, xml: $0.xml) } } ?? [] : []
    }
}

package struct ExchangeFormMessage: Codable, Hashable, Sendable {
    package let id: String
    package let name: WordsMessage
    /// `inspection`, `penalty`, `coercion` or `other`.
    package let behaviour: String
    /// `rows`, or `message` where each act is sent by itself.
    package let layout: String
    /// Whether the receiver shows it to the public.
    package let isPublished: Bool
    package let fields: [ExchangeFieldMessage]

    init(_ form: ExchangeForm) {
        (id, name, behaviour) = (form.id, WordsMessage(form.name), form.behaviour.rawValue)
        (layout, isPublished) = (form.layout.rawValue, form.isPublished)
        fields = form.fields.map(ExchangeFieldMessage.init)
    }
}

package struct ExchangeFormList: Codable, Hashable, Sendable {
    package let forms: [ExchangeFormMessage]
}

extension HTTPField.Name {
    /// What a file in CSV or XML cannot say itself.
    fileprivate static var nextCursor: HTTPField.Name { named("Tributary-Next") }
    fileprivate static var hasMore: HTTPField.Name { named("Tributary-More") }
    fileprivate static var refusedCount: HTTPField.Name { named("Tributary-Refused") }

    private static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no field's name") }
        return name
    }
}

extension Endpoint {
    static let exchange: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/exchange", operation: "listForms",
            summary: "The forms in which acts leave for other platforms, with their fields.",
            answer: .json("ExchangeFormList", "The forms."), problems: [.refused],
            handler: .holder { api, call, _ in try await api.listForms(call) }),
        Endpoint(
            method: .get, path: "/v1/exchange/{form}", operation: "exportActs",
            summary:
                "Acts in one form, new, changed or withdrawn since a cursor, each checked against the form's field "
                + "list. What is not as the receiver wants it stays here and is told, without its values. Beside CSV "
                + "and XML the headers Tributary-Next, Tributary-More and Tributary-Refused say what JSON says inside.",
            parameters: [
                .path("form", "The form's id, as GET /v1/exchange lists it."),
                .query("since", ["type": "string"], "\"next\" of the export before; everything without it."),
                .query(
                    "limit", ["type": "integer", "minimum": 1, "maximum": .integer(Int64(API.rowsPerExportMax))],
                    "Rows, \(API.rowsPerExport) by default."),
                .query(
                    "format", ["type": "string", "enum": ["json", "csv", "xml"]], "Goes before the header Accept."),
                .query(
                    "file", ["type": "string", "enum": ["json", "csv", "xml"]], "In JSON: the rows as a file too."),
                .query("sender", ["type": "string"], "With receiver: for forms that are sent act by act."),
                .query("receiver", ["type": "string"], "Who gets the messages."),
                .query("operator", ["type": "string"], "Who sends them."),
                .query("contacts", ["type": "string"], "How that person is reached."),
            ],
            answer: .json("ExchangeBatchMessage", "The rows."), isViewLogged: true,
            alternatives: [
                Answer(status: 200, mediaType: "text/csv; charset=utf-8", schema: nil, summary: "The rows as CSV."),
                Answer(status: 200, mediaType: "application/xml", schema: nil, summary: "The rows as XML."),
            ], problems: [.badCursor, .refused],
            handler: .holder { api, call, holder in try await api.exportActs(call, holder) }),
    ]
}

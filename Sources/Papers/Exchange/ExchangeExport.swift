package import Casework
package import Libraries

/// One act as it leaves in one form.
package struct ExchangeRow: Hashable, Sendable {
    package enum Operation: String, Hashable, Sendable, CaseIterable {
        case issued, changed, withdrawn
    }

    /// A UUID that follows from the form, the record and what the row says: a second one of the same id says nothing
    /// new, and a receiver drops it.
    package let message: String
    /// A UUID that all versions of the act share in this form: a later row replaces an earlier one of the same.
    package let record: String
    package let operation: Operation
    /// One per field of the form, in its order; empty where there is nothing.
    package let texts: [String]

    package init(message: String, record: String, operation: Operation, texts: [String]) {
        (self.message, self.record, self.operation, self.texts) = (message, record, operation, texts)
    }
}

/// What of an act did not leave, or left and deserves a look: where, why, and how to mend it. It holds no personal data.
package struct ExchangeRemark: Hashable, Sendable, CustomStringConvertible {
    package let form: String
    /// The record of the act on this platform.
    package let record: String
    /// The document by whose number people know it.
    package let document: String?
    /// The field's code; nil where the act as a whole is meant.
    package let field: String?
    /// What the field is called.
    package let fieldName: String?
    package let reason: Reason

    init(form: String, act: ExchangeCase, field: ExchangeField?, reason: Reason) {
        self.form = form
        record = act.record
        document = [act.penalty.documentNumber, act.coercion.documentNumber, act.conduct.number]
            .compactMap { $0 }.first { !$0.isEmpty }
        (self.field, self.fieldName, self.reason) = (field?.code, field?.name, reason)
    }

    package var description: String { "\(form): \(document ?? record): \(reason)" }
}

/// What one export of one form came to.
package struct ExchangeBatch: Sendable {
    package let form: ExchangeForm
    package let madeAt: LegalMoment
    package let rows: [ExchangeRow]
    /// Why acts stayed here, one remark per fault.
    package let refused: [ExchangeRemark]
    /// What left although something about it looks wrong, such as a check digit.
    package let warnings: [ExchangeRemark]
    /// Acts that are not for the public and stayed here for that alone.
    package let withheldCount: Int
    /// What the next export goes on from; keep it once the receiver has these rows.
    package let cursor: ExchangeCursor
    /// Whether acts were left for a next batch.
    package let hasMore: Bool
    /// Whether too many acts wait to be mended for any more to be looked at.
    package let isStopped: Bool
}

/// Turns acts into the rows of a form, each checked against the form's field list before it leaves.
package struct ExchangeExporter: Sendable {
    /// The most rows of a batch: some tens of megabytes of text.
    package static let rowsMax = 10_000

    private let forms: ExchangeForms

    package init(_ forms: ExchangeForms) { self.forms = forms }

    /// Writes what is new since the cursor.
    ///
    /// - Parameters:
    ///   - id: the form.
    ///   - acts: every act whose position lies above the cursor's for this form, and those it holds
    ///     (``ExchangeCursor/held(of:)``), in any order. All acts of one position belong into one call.
    ///   - now: the day of the report.
    ///   - rowsMax: after how many rows the batch ends, at the next change of position.
    /// - Throws: if there is no such form.
    package func export(
        _ id: String, _ acts: [ExchangeCase], since cursor: ExchangeCursor, at now: LegalMoment,
        rowsMax: Int = Self.rowsMax
    ) throws(Reason) -> ExchangeBatch {
        guard let form = forms[id] else {
            let known = forms.all.map(\.id).joined(separator: ", ")
            throw Reason("没有交换格式 \(id)，可用：\(known)", "there is no form \(id); there are \(known)")
        }
        let place = cursor.places[id] ?? ExchangeCursor.Place()
        var work = Work(form: form, codes: forms.codes, place: place, now: now)
        let due = Self.due(acts, form: form, place: place)
        var hasMore = false
        var isStopped = false
        for (index, act) in due.enumerated() {
            let isNewPosition = index == 0 || due[index - 1].position != act.position
            if isNewPosition, work.rows.count >= rowsMax {
                hasMore = true
                break
            }
            if isNewPosition, act.position > place.position, work.place.held.count >= ExchangeCursor.heldMax {
                (hasMore, isStopped) = (true, true)
                break
            }
            work.take(act)
        }
        var next = cursor
        next.places[id] = work.place
        return ExchangeBatch(
            form: form, madeAt: now, rows: work.rows, refused: work.refused, warnings: work.warnings,
            withheldCount: work.withheldCount, cursor: next, hasMore: hasMore, isStopped: isStopped)
    }

    /// The acts to look at: by position, then by record; one of each record, the latest.
    private static func due(
        _ acts: [ExchangeCase], form: ExchangeForm, place: ExchangeCursor.Place
    ) -> [ExchangeCase] {
        var latest: [String: ExchangeCase] = [:]
        for act in acts where act.position > place.position || place.held[act.record] != nil {
            if let other = latest[act.record], other.position >= act.position { continue }
            latest[act.record] = act
        }
        return latest.values.sorted { ($0.position, $0.record) < ($1.position, $1.record) }
    }

    /// One export while it runs.
    private struct Work {
        let form: ExchangeForm
        var maker: ExchangeRowMaker
        /// Where the export began: what lies at or below it has left, unless it is held.
        let start: ExchangeCursor.Place
        var place: ExchangeCursor.Place
        var rows: [ExchangeRow] = []
        var refused: [ExchangeRemark] = []
        var warnings: [ExchangeRemark] = []
        var withheldCount = 0

        init(form: ExchangeForm, codes: ExchangeCodes, place: ExchangeCursor.Place, now: LegalMoment) {
            (self.form, self.start, self.place) = (form, place, place)
            maker = ExchangeRowMaker(form: form, codes: codes, report: ExchangeSource.Report(on: now.day))
        }

        mutating func take(_ act: ExchangeCase) {
            place.position = max(place.position, act.position)
            place.held[act.record] = nil
            guard act.behaviour == form.behaviour else { return }
            let hasLeft = start.held[act.record] ?? act.firstPosition.map { $0 <= start.position }
            let isWithheld = form.isPublished && (act.withheld != nil || act.party.isMinor)
            if isWithheld, act.standing == .inForce { withheldCount += 1 }
            let leaves = act.standing == .inForce && !isWithheld
            // What never left needs no calling back; where that is not known, calling it back harms nothing.
            guard leaves || hasLeft != false else { return }
            var shown = act
            if !leaves { shown.standing = .withdrawn }
            let texts = maker.texts(shown, keysOnly: !leaves)
            guard maker.faults.isEmpty else {
                refused += maker.faults.map { remark(act, $0) }
                place.held[act.record] = hasLeft ?? false
                return
            }
            warnings += maker.warnings.map { remark(act, $0) }
            let operation: ExchangeRow.Operation = leaves ? hasLeft == true ? .changed : .issued : .withdrawn
            let isCalledBack = operation == .withdrawn ? "withdrawn" : "stands"
            rows.append(
                ExchangeRow(
                    message: ExchangeRowMaker.identity(
                        ["message", form.id, act.record, act.version, isCalledBack] + maker.versionTexts(texts)),
                    record: ExchangeRowMaker.identity(["record", form.id, act.record]), operation: operation,
                    texts: texts))
        }

        private func remark(_ act: ExchangeCase, _ finding: ExchangeRowMaker.Finding) -> ExchangeRemark {
            ExchangeRemark(form: form.id, act: act, field: finding.field, reason: finding.reason)
        }
    }
}

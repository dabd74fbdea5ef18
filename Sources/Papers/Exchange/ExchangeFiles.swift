import Casework
package import Libraries

/// What stands at the top of a message to 信用广东: who sends it to whom.
package struct ExchangeHeader: Hashable, Sendable {
    package var sender: String
    package var receiver: String
    package var copies: String
    /// 1 unless the receiver says otherwise.
    package var securityType: String
    package var operatorName: String
    package var contacts: String

    package init(
        sender: String, receiver: String, copies: String = "", securityType: String = "1", operatorName: String,
        contacts: String
    ) {
        (self.sender, self.receiver, self.copies) = (sender, receiver, copies)
        (self.securityType, self.operatorName, self.contacts) = (securityType, operatorName, contacts)
    }
}

/// Columns before the form's own, by which a receiver puts rows where they belong.
private enum Envelope {
    static let columns = ["MESSAGE_ID", "RECORD_ID", "OPERATION", "HIDDEN_FIELDS"]

    /// As the change columns of the provincial subject library name it: insert, update, delete.
    static func letter(_ operation: ExchangeRow.Operation) -> String {
        switch operation {
        case .issued: "I"
        case .changed: "U"
        case .withdrawn: "D"
        }
    }

    static func operation(_ letter: String) -> ExchangeRow.Operation? {
        ExchangeRow.Operation.allCases.first { Self.letter($0) == letter }
    }
}

extension ExchangeBatch {
    /// All rows as comma-separated values (RFC 4180, UTF-8, CRLF), with four columns before the form's own: message,
    /// record, operation (`I`, `U`, `D`), and the filled fields that are not to be shown to the public.
    package var csv: String {
        var text = Self.line(Envelope.columns + form.fields.map(form.heading))
        for row in rows {
            let hidden = zip(form.fields, row.texts).filter { $0.isHidden && !$1.isEmpty }.map {
                form.heading(of: $0.0)
            }
            text += Self.line(
                [row.message, row.record, Envelope.letter(row.operation), hidden.joined(separator: " ")] + row.texts)
        }
        return text
    }

    /// The rows of some operations with exactly the form's columns, as the upload pages of 双公示 take them.
    package func bareCSV(_ operations: Set<ExchangeRow.Operation> = [.issued, .changed]) -> String {
        rows.filter { operations.contains($0.operation) }
            .reduce(into: Self.line(form.fields.map(form.heading))) { $0 += Self.line($1.texts) }
    }

    /// All rows as one XML document. Empty fields are left out; those not to be shown say `shown="no"`.
    package var xml: String {
        var text = ExchangeXML.declaration
        let count = String(rows.count)
        text +=
            ExchangeXML.start("exchange", [("form", form.id), ("made", madeAt.description), ("count", count)]) + "\n"
        for row in rows {
            let attributes = [
                ("message", row.message), ("record", row.record), ("operation", row.operation.rawValue),
            ]
            text += ExchangeXML.start("row", attributes) + "\n"
            for (field, value) in zip(form.fields, row.texts) where !value.isEmpty {
                let shown = field.isHidden ? [("shown", "no")] : []
                switch form.heading {
                case .code: text += ExchangeXML.element(field.code, shown, value)
                case .name:
                    text += ExchangeXML.element("field", [("code", field.code), ("name", field.name)] + shown, value)
                }
                text += "\n"
            }
            text += "</row>\n"
        }
        return text + "</exchange>\n"
    }

    /// One `ExchangeMessage` document per row, for forms of that layout: `flow` is the record's id and `item` the
    /// message's, so that what is sent again is known again. Every field stands in it, empty ones too.
    package func messages(_ header: ExchangeHeader) -> [(message: String, xml: String)] {
        rows.map { row in
            let head = [
                ("sender", header.sender), ("receiver", header.receiver), ("cc", header.copies), ("flow", row.record),
                ("item", row.message), ("sn", ""), ("securityType", header.securityType),
                ("operator", header.operatorName), ("contacts", header.contacts),
            ]
            var text = ExchangeXML.declaration + "<ExchangeMessage>\n<Header>\n"
            for (name, value) in head { text += ExchangeXML.element(name, [], value) + "\n" }
            text += "</Header>\n<Body>\n<fields>\n"
            for (field, value) in zip(form.fields, row.texts) {
                text += ExchangeXML.element(field.code, [], value) + "\n"
            }
            return (row.message, text + "</fields>\n</Body>\n</ExchangeMessage>\n")
        }
    }

    private static func line(_ fields: [String]) -> String {
        CSVWriter.row(fields).dropLast() + "\r\n"
    }
}

/// Reads back what ``ExchangeBatch/csv`` wrote: what another office of ours receives, and the proof that nothing is
/// lost on the way.
package enum ExchangeFileReader {
    /// - Returns: the rows, and the lines that could not be read, each with its reason.
    package static func rows(
        _ csv: String, of form: ExchangeForm, file: String
    ) -> (rows: [ExchangeRow], refused: [RefusedRow]) {
        var reader = CSVReader()
        var rows: [ExchangeRow] = []
        var refused: [RefusedRow] = []
        var hasHeader = false
        let header = Envelope.columns + form.fields.map(form.heading)
        for event in reader.feed(csv.utf8) + reader.finish() {
            switch event {
            case .refused(let line, let fault):
                refused.append(RefusedRow(file: file, line: line, reason: fault.reason))
            case .row(let row) where !hasHeader:
                hasHeader = true
                guard row.fields == header else {
                    let reason = Reason(
                        "列名与交换格式 \(form.id) 不符，整个文件未读取", "the columns are not those of \(form.id); nothing was read")
                    return ([], [RefusedRow(file: file, line: row.line, reason: reason)])
                }
            case .row(let row):
                guard row.fields.count == header.count, let operation = Envelope.operation(row.fields[2]) else {
                    let reason = Reason(
                        "字段数或操作标识不符，未读取",
                        "the row has another number of fields, or no operation I, U or D; it was passed over")
                    refused.append(RefusedRow(file: file, line: row.line, reason: reason))
                    continue
                }
                rows.append(
                    ExchangeRow(
                        message: row.fields[0], record: row.fields[1], operation: operation,
                        texts: Array(row.fields.dropFirst(Envelope.columns.count))))
            }
        }
        return (rows, refused)
    }
}

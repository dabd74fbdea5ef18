/// Reads comma-separated values (RFC 4180) as they arrive, in pieces of any size.
///
/// Quoted fields may hold commas, doubled quotes and line ends; lines end with LF or CRLF; a byte order mark at the
/// start is skipped; blank lines are no rows. A row that breaks a rule is refused with the line on which it began, and
/// reading goes on after the next line end, so that one slip does not cost the rest of the file. Memory is bounded by
/// the limits, never by the file.
package struct CSVReader: Sendable {
    /// How large a row may be. The longest real field, the text of a legal basis, has some kilobytes.
    package struct Limits: Sendable {
        package var fieldBytesMax = 256 << 10
        package var rowBytesMax = 1 << 20
        package var fieldsPerRowMax = 256

        package init() {}
    }

    package enum Event: Hashable, Sendable {
        case row(CSVRow)
        /// The line on which the refused row began.
        case refused(line: Int, CSVFault)
    }

    private enum State {
        /// Nothing of a field has been read.
        case fieldStart
        case unquoted
        case quoted
        /// After a quote inside quotes: the end of the field, or the first half of a doubled quote.
        case quoteInQuoted
        /// After a carriage return outside quotes, which only a line feed may follow.
        case carriageReturn
        /// The row has been told or refused; what is left of its line is skipped.
        case rowOver
    }

    private let limits: Limits
    private var state = State.fieldStart
    /// The line of the next byte, from 1.
    private var line = 1
    /// The line on which the present row began.
    private var rowLine = 1
    /// The fields of the present row, one after the other, and where each ends.
    private var row: [UInt8] = []
    private var fieldEnds: [Int] = []
    /// The first bytes of the file while they may still be a byte order mark; nil once that is known.
    private var head: [UInt8]? = []

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Takes the next piece of the file.
    ///
    /// - Returns: the rows that ended in it and those that had to be refused, in the order of the file.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
        let bytes = Array(bytes)
        var events: [Event] = []
        var position = 0
        while position < bytes.count {
            if head != nil {
                feedHead(bytes[position], into: &events)
                position += 1
            } else if let end = plainRun(bytes, from: position) {
                append(bytes[position..<end], into: &events)
                position = end
            } else {
                read(bytes[position], into: &events)
                position += 1
            }
        }
        return events
    }

    /// The end of a run of bytes that are nothing but text of the present field, if one begins here.
    ///
    /// A run goes one byte beyond a limit at most, so that a fault does not depend on how the file is cut into pieces.
    private func plainRun(_ bytes: [UInt8], from start: Int) -> Int? {
        guard state == .quoted || state == .unquoted else { return nil }
        let fieldRoom = limits.fieldBytesMax - (row.count - (fieldEnds.last ?? 0))
        let room = min(fieldRoom, limits.rowBytesMax - row.count) + 1
        let limit = min(bytes.count, start + max(room, 1))
        var end = start
        while end < limit, !isSpecial(bytes[end]) { end += 1 }
        return end > start ? end : nil
    }

    private func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
    }

    /// Ends the file: its last row may lack the line end.
    package mutating func finish() -> [Event] {
        var events: [Event] = []
        for byte in head ?? [] { read(byte, into: &events) }
        head = nil
        if state == .quoted { refuse(.unterminatedQuote, into: &events) }
        if state != .rowOver { endRow(into: &events) }
        startRow()
        return events
    }

    private mutating func feedHead(_ byte: UInt8, into events: inout [Event]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = (head ?? []) + [byte]
        if bytes == mark {
            head = nil
        } else if mark.starts(with: bytes) {
            head = bytes
        } else {
            head = nil
            for byte in bytes { read(byte, into: &events) }
        }
    }

    private mutating func read(_ byte: UInt8, into events: inout [Event]) {
        let quote = UInt8(ascii: "\"")
        switch state {
        case .fieldStart where byte == quote: state = .quoted
        case .unquoted where byte == quote: refuse(.quoteInUnquotedField, into: &events)
        case .fieldStart, .unquoted:
            guard !endsField(byte, into: &events) else { break }
            state = .unquoted
            append(CollectionOfOne(byte), into: &events)
        case .quoted where byte == quote: state = .quoteInQuoted
        case .quoted: append(CollectionOfOne(byte), into: &events)
        case .quoteInQuoted where byte == quote:
            state = .quoted
            append(CollectionOfOne(byte), into: &events)
        case .quoteInQuoted:
            if !endsField(byte, into: &events) { refuse(.textAfterQuote, into: &events) }
        case .carriageReturn where byte == 0x0A: endRow(into: &events)
        case .carriageReturn: refuse(.loneCarriageReturn, into: &events)
        case .rowOver: break
        }
        if byte == 0x0A {
            line += 1
            if state == .rowOver { startRow() }
        }
    }

    /// Acts on a comma or a line end outside of quotes; false for any other byte.
    private mutating func endsField(_ byte: UInt8, into events: inout [Event]) -> Bool {
        switch byte {
        case UInt8(ascii: ","):
            if state == .fieldStart || state == .unquoted || state == .quoteInQuoted { endField(into: &events) }
            if state != .rowOver { state = .fieldStart }
        case 0x0A: endRow(into: &events)
        case 0x0D:
            // A blank line stays blank, so that it is no row of one empty field.
            state = .carriageReturn
        default: return false
        }
        return true
    }

    private mutating func append(_ bytes: some Collection<UInt8>, into events: inout [Event]) {
        row.append(contentsOf: bytes)
        if row.count - (fieldEnds.last ?? 0) > limits.fieldBytesMax {
            refuse(.fieldTooLong(bytesMax: limits.fieldBytesMax), into: &events)
        } else if row.count > limits.rowBytesMax {
            refuse(.rowTooLong(bytesMax: limits.rowBytesMax), into: &events)
        }
    }

    private mutating func endField(into events: inout [Event]) {
        fieldEnds.append(row.count)
        if fieldEnds.count > limits.fieldsPerRowMax {
            refuse(.tooManyFields(max: limits.fieldsPerRowMax), into: &events)
        }
    }

    private mutating func endRow(into events: inout [Event]) {
        let isBlank = row.isEmpty && fieldEnds.isEmpty && state != .quoteInQuoted
        guard !isBlank else {
            state = .rowOver
            return
        }
        endField(into: &events)
        guard state != .rowOver else { return }
        var fields: [String] = []
        fields.reserveCapacity(fieldEnds.count)
        var start = 0
        for end in fieldEnds {
            guard let field = String(validating: row[start..<end], as: UTF8.self) else {
                return refuse(.notUTF8, into: &events)
            }
            fields.append(field)
            start = end
        }
        events.append(.row(CSVRow(line: rowLine, fields: fields)))
        state = .rowOver
    }

    private mutating func refuse(_ fault: CSVFault, into events: inout [Event]) {
        events.append(.refused(line: rowLine, fault))
        state = .rowOver
    }

    private mutating func startRow() {
        row.removeAll(keepingCapacity: true)
        fieldEnds.removeAll(keepingCapacity: true)
        rowLine = line
        state = .fieldStart
    }
}

/// A row of a file of comma-separated values.
package struct CSVRow: Hashable, Sendable {
    /// Where the row begins, from 1.
    package let line: Int
    package let fields: [String]

    package init(line: Int, fields: [String]) {
        (self.line, self.fields) = (line, fields)
    }
}

/// Why a row cannot be read.
package enum CSVFault: Hashable, Sendable {
    case unterminatedQuote
    case quoteInUnquotedField
    case textAfterQuote
    case loneCarriageReturn
    case fieldTooLong(bytesMax: Int)
    case rowTooLong(bytesMax: Int)
    case tooManyFields(max: Int)
    case notUTF8

    package var reason: Reason {
        switch self {
        case .unterminatedQuote: Reason("引号没有结束", "a quoted field is not closed before the end of the file")
        case .quoteInUnquotedField:
            Reason("未加引号的字段中出现引号", "a quote stands inside a field that is not quoted; quote the field and double it")
        case .textAfterQuote: Reason("引号结束后还有文字", "text follows the closing quote of a field")
        case .loneCarriageReturn: Reason("回车符后没有换行符", "a carriage return is not followed by a line feed")
        case .fieldTooLong(let max): Reason("字段超过 \(max) 字节", "a field has more than \(max) bytes")
        case .rowTooLong(let max): Reason("一行超过 \(max) 字节", "a row has more than \(max) bytes")
        case .tooManyFields(let max): Reason("一行超过 \(max) 个字段", "a row has more than \(max) fields")
        case .notUTF8: Reason("不是 UTF-8 编码，请另存为 UTF-8", "the text is not UTF-8; save the file as UTF-8")
        }
    }
}

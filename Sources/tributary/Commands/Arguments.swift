import ArgumentParser
import Divisions
import Foundation
import Ledger

/// A division's code as an argument.
struct CodeArgument: ExpressibleByArgument, Sendable {
    let code: DivisionCode

    init?(argument: String) {
        guard let code = DivisionCode(argument) else { return nil }
        self.code = code
    }
}

/// A record's id as an argument: `kind:home:flow:key`.
struct RecordArgument: ExpressibleByArgument, Sendable {
    let record: RecordID

    init?(argument: String) {
        guard let record = RecordID(argument) else { return nil }
        self.record = record
    }
}

extension DivisionTree {
    /// The division, or a failure that names the file it is not in.
    func wanted(_ code: DivisionCode, in file: String) throws(CommandFailure) -> Division {
        guard let division = division(code) else {
            throw CommandFailure(.usage, "\(file): there is no division \(code) in this topology")
        }
        return division
    }
}

extension Int {
    /// With commas between thousands, as people read it: `1,754`.
    var grouped: String { Int64(self).grouped }
}

extension Int64 {
    var grouped: String {
        let digits = String(magnitude)
        var text = self < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}

/// Writes values as JSON for programs: keys in order, dates in ISO 8601.
enum JSONOutput {
    static func text(_ value: some Encodable, isPretty: Bool = true) throws(CommandFailure) -> String {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting =
            isPretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            throw CommandFailure(.failed, "the answer could not be put into JSON; report this as a fault")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Moments as people read them, in this machine's time zone.
enum ClockText {
    static func text(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current).year().month().day()
                .time(includingFractionalSeconds: false))
    }

    static func text(milliseconds: UInt64) -> String {
        text(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }

    /// A moment of the API, which is in UTC; as it is if it is none.
    static func text(iso8601: String) -> String {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return (try? style.parse(iso8601)).map { text($0) } ?? iso8601
    }
}

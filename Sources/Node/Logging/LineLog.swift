import Foundation
package import Logging

/// Writes a log as lines: JSON objects for machines, or text for people.
package struct LineLog: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: NodeConfiguration.Log.Format
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes one line, its end included; may be called from any thread.
    package init(
        label: String, configuration: NodeConfiguration.Log,
        write: @escaping @Sendable (String) -> Void = Self.toStandardError
    ) {
        self.label = label
        logLevel = configuration.level
        format = configuration.format
        self.write = write
    }

    /// A logger that writes so, without touching the process's common logging system.
    package static func logger(label: String, configuration: NodeConfiguration.Log) -> Logger {
        Logger(label: label) { LineLog(label: $0, configuration: configuration) }
    }

    package static let toStandardError: @Sendable (String) -> Void = { line in
        // One call a line, so that lines of several threads do not mix.
        FileHandle.standardError.write(Data(line.utf8))
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        let timestamp = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        switch format {
        case .json: write(json(event, timestamp, all))
        case .text: write(text(event, timestamp, all))
        }
    }

    private func json(_ event: LogEvent, _ timestamp: String, _ metadata: Logger.Metadata) -> String {
        var fields = [
            "\"time\":\(Self.quoted(timestamp))", "\"level\":\(Self.quoted(event.level.rawValue))",
            "\"label\":\(Self.quoted(label))", "\"message\":\(Self.quoted("\(event.message)"))",
        ]
        if !metadata.isEmpty { fields.append("\"metadata\":\(Self.json(.dictionary(metadata)))") }
        return "{\(fields.joined(separator: ","))}\n"
    }

    private func text(_ event: LogEvent, _ timestamp: String, _ metadata: Logger.Metadata) -> String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.oneLine("\($0.value)"))" }.joined()
        return "\(timestamp) \(event.level.rawValue) \(Self.oneLine("\(event.message)"))\(pairs)\n"
    }

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let value): quoted("\(value)")
        case .array(let values): "[\(values.map(json).joined(separator: ","))]"
        case .dictionary(let fields):
            "{\(fields.sorted { $0.key < $1.key }.map(member).joined(separator: ","))}"
        }
    }

    private static func member(_ key: String, _ value: Logger.Metadata.Value) -> String {
        "\(quoted(key)):\(json(value))"
    }

    /// A JSON string (RFC 8259, section 7).
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// What a stranger sends must not look like a line of its own.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

import Foundation

/// Where a command writes: what the terminal, or the file or pipe in its place, can show.
struct Terminal: Sendable {
    /// What the command was asked for.
    static let output = Terminal(descriptor: STDOUT_FILENO)
    /// What it has to say about its work: progress, warnings, failures.
    static let errors = Terminal(descriptor: STDERR_FILENO)

    /// The width where nothing tells it.
    static let columnsUnknown = 80
    static let columnsMin = 20

    let descriptor: Int32
    /// Whether a person watches: lines may be drawn over.
    let isInteractive: Bool
    /// Whether colours may be used: on a terminal, unless `NO_COLOR` is set (https://no-color.org).
    let hasColour: Bool

    init(descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
        let isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        self.init(
            descriptor: descriptor, isInteractive: isTerminal,
            hasColour: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty)
    }

    init(descriptor: Int32, isInteractive: Bool, hasColour: Bool) {
        (self.descriptor, self.isInteractive, self.hasColour) = (descriptor, isInteractive, hasColour)
    }

    /// The columns of the window; nil where lines may be of any length, as in a file.
    var columns: Int? {
        guard isInteractive else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return max(Self.columnsMin, Int(size.ws_col))
        }
        return Self.columnsUnknown
    }

    /// The rows of the window; nil where there is none.
    var rows: Int? {
        guard isInteractive else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
        return Int(size.ws_row)
    }

    func line(_ text: String = "") { write(text + "\n") }

    func lines(_ texts: some Sequence<String>) {
        for text in texts { line(text) }
    }

    /// Writes all of it. What cannot be written, because the reader has gone, is dropped.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 {
                    guard errno == EINTR || errno == EAGAIN else { return }
                    continue
                }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// The text in a colour where colours may be used, else as it is.
    func styled(_ text: some StringProtocol, _ styles: Style...) -> String {
        guard hasColour, !text.isEmpty, !styles.isEmpty else { return String(text) }
        return "\u{1B}[\(styles.map { String($0.rawValue) }.joined(separator: ";"))m\(text)\u{1B}[0m"
    }
}

/// How a text stands out. The numbers are those of ECMA-48 (select graphic rendition).
enum Style: Int, Sendable {
    case bold = 1
    case dim = 2
    case underlined = 4
    case inverse = 7
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case cyan = 36
}

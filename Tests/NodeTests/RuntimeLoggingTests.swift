import Foundation
import Logging
import Synchronization
import Testing

@testable import Node

struct RuntimeLoggingTests {
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func keep(_ line: String) { kept.withLock { $0.append(line) } }
    }

    private func logged(
        _ format: NodeConfiguration.Log.Format, level: Logger.Level = .info, _ body: (Logger) -> Void
    ) -> [String] {
        let lines = Lines()
        body(
            Logger(label: "node") { label in
                LineLog(
                    label: label, configuration: NodeConfiguration.Log(level: level, format: format),
                    write: { lines.keep($0) })
            })
        return lines.all
    }

    @Test
    func `a line is one JSON object, whatever a stranger puts into it`() throws {
        let lines = logged(.json) { logger in
            logger.warning(
                "refused \"a\" peer\n\u{1}", metadata: ["reason": "广东\\", "list": ["1", "2"], "more": ["b": "x\t"]])
        }
        #expect(lines.count == 1)
        #expect(lines[0].filter { $0 == "\n" }.count == 1)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: any Sendable])
        #expect(object["level"] as? String == "warning")
        #expect(object["label"] as? String == "node")
        #expect(object["message"] as? String == "refused \"a\" peer\n\u{1}")
        let metadata = try #require(object["metadata"] as? [String: any Sendable])
        #expect(metadata["reason"] as? String == "广东\\")
        #expect(metadata["list"] as? [String] == ["1", "2"])
        #expect(metadata["more"] as? [String: String] == ["b": "x\t"])
        let time = try #require(object["time"] as? String)
        #expect(time.hasSuffix("Z"))
        #expect(throws: Never.self) {
            try Date(time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
    }

    @Test
    func `text for people is one line too`() {
        let lines = logged(.text) { $0.notice("a link\nended", metadata: ["b": "2", "a": "1\r"]) }
        #expect(lines.count == 1)
        #expect(lines[0].hasSuffix(" notice a link ended a=1  b=2\n"))
    }

    @Test
    func `what is below the level is not written`() {
        #expect(logged(.text, level: .warning) { $0.info("small talk") }.isEmpty)
    }
}

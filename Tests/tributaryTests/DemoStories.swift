import Foundation
import Node
import Testing

@testable import tributary

extension ProcessStories {
    @Suite struct DemoStories {
        @Test
        func `a township finds articles and works with every line cut`() async throws {
            try await withProvince { story in
                let sources = try DemoSources(laws: nil)
                let importer = Importer(
                    client: try story.province.client(), title: "", groupsPerChangeMax: 1, isSilent: true)
                let report = try await importer.run(try StatuteSource(sources.laws, home: story.province.seat))
                #expect(report.written > 50)
                try await story.offices.converge(within: StoryProvince.limit)

                let township = story.township
                township.isolate()
                try await Waiting.until("the township to be alone", within: StoryProvince.limit) {
                    try await township.client().status().links.isEmpty
                }
                let desk = try story.cast.desk(.officer, of: township.seat)
                for words in ["罚款", "处罚", "生态环境"] { #expect(try await desk.hits(words).count > 0, "\(words)") }
                let article = try await desk.client.article(title: "示例河道保护条例", number: "8", on: "2024-06-01")
                #expect(article.articles.count == 1)
                let opened = try await story.openCases(1, of: township.seat)
                #expect(try await story.held(opened, at: township) == 1)
                #expect(try await story.held(opened, at: story.county) == 0)

                township.reconnect()
                try await story.expectNothingLost()
                #expect(try await story.held(opened, at: story.county) == 1)
            }
        }

        @Test
        func `the demonstration converges, loses nothing, and stays readable at 100 columns`() async throws {
            let log = FileManager.default.temporaryDirectory.appending(path: "demo-\(UUID().uuidString).log").path
            try Files.write("", to: log)
            defer { try? FileManager.default.removeItem(atPath: log) }
            let told = try #require(FileHandle(forWritingAtPath: log))
            let (process, output) = (Process(), Pipe())
            process.executableURL = URL(fileURLWithPath: try builtProgram)
            process.arguments = ["demo", "--json"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = told
            let status = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            let story = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            #expect(status == 0, "\(story.suffix(5).joined(separator: "\n"))")
            for line in story { #expect(DisplayWidth.of(line) <= Presenter.columnsMax, "\(line)") }
            for article in ["行政处罚法第42条", "行政处罚法第55条", "行政处罚法第58条"] {
                #expect(story.contains { $0.contains("被拒") && $0.contains(article) }, "\(article)")
            }

            struct Summary: Decodable {
                let converged: Bool
                let nodes, statutes, articles, officers, cases, conflicts, lost: Int
                let decision: String
                let seconds: Double
            }
            let answer = try #require(try output.fileHandleForReading.readToEnd())
            let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n")
            let summary = try JSONDecoder().decode(Summary.self, from: Data(try #require(lines.last).utf8))
            #expect(lines.count == 1)
            #expect(summary.converged)
            #expect(summary.lost == 0)
            #expect(summary.nodes == 5)
            #expect(summary.conflicts == 3)
            #expect(summary.decision.hasPrefix("示台街罚〔"))
            #expect(min(summary.statutes, summary.articles, summary.officers, summary.cases) > 10)
        }
    }
}

import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node
import Testing

@testable import tributary

extension ProcessStories {
    /// A case as an officer works on it: by the command alone, at a real node with what this repository ships.
    @Suite struct CaseStories {
        /// One province without any other node, so that it leases numbers to itself.
        private static let topology = """
            divisions:
              - { code: "440000", name: 广东省, level: province, node: { host: "127.0.0.1", port: 7441 } }
              - { code: "440700", name: 江门市, level: city, parent: "440000" }
              - { code: "440781", name: 台山市, level: county, parent: "440700" }
              - { code: "440781001", name: 台城街道, level: township, parent: "440781" }

            """
        private static let town: DivisionCode = "440781001"
        private static let body = "440781001-01"
        private static let (first, second) = ("440781000105", "440781000106")
        private static let party = "孙样明"

        @Test
        func `a penalty on the spot goes from its opening to the archive, the public's page and the exchange`()
            async throws
        {
            try await withDesk { desk in
                let id = try await opened(desk)
                let key = try #require(RecordID(id)).key.description
                // A beginning of the key is enough.
                try await refuse(String(key.prefix(12)), desk)
                try await survey(key, desk)
                let number = try await decide(key, desk)
                try await document(key, number, desk)
                let publication = try await close(key, desk)
                try await show(key, desk)
                try await seen(publication, number, desk)
                try await exchanged(publication, number, desk)
            }
        }

        @Test
        func `a changed text under the same version is refused, a faulty one with its line, and nothing is written`()
            async throws
        {
            try await withDesk { desk in
                let shipped = try String(
                    contentsOfFile: "\(desk.root)/Procedures/simple-penalty.yaml", encoding: .utf8)
                let file = "\(desk.path)/simple-penalty.yaml"
                try Files.write(shipped.replacing("zh: 表明身份", with: "zh: 先表明身份"), to: file)
                let changed = try await desk.run("procedures", "import", file, as: .librarian, expecting: 65)
                #expect(changed.errors.contains("simple-penalty@1"))
                #expect(changed.errors.contains("raise its version"))
                try Files.write(
                    shipped.replacing("zh: 表明身份", with: "zh: 先表明身份").replacing("version: 1\n", with: "version: 2\n"),
                    to: file)
                try await desk.run("procedures", "import", file, as: .librarian)
                let list = try await desk.run("procedures", "list", "--json", as: .officer)
                let procedures = try JSONDecoder().decode(ProcedureList.self, from: Data(list.output.utf8))
                #expect(procedures.procedures.first { $0.id == "simple-penalty" }?.version == 2)

                try Files.write(shipped.replacing("stage: scene", with: "stage: nowhere"), to: file)
                let faulty = try await desk.run("procedures", "check", file, as: .librarian, expecting: 65)
                #expect(faulty.errors.contains("\(file):"))
                #expect(faulty.errors.contains("nowhere"))
            }
        }

        // MARK: The case

        private func opened(_ desk: CommandDesk) async throws -> String {
            let opened = try await desk.run(
                "case", "open", "simple-penalty", "--officer", Self.first, "--officer", Self.second, "--fact",
                "title=涉嫌倾倒渣土案", as: .officer)
            return opened.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func refuse(_ key: String, _ desk: CommandDesk) async throws {
            let early = try await desk.run(
                "case", "step", key, "tell-rights", "--with", Self.second, as: .officer, expecting: 65)
            #expect(early.errors == "错误 error: 尚未出示执法证件(行政处罚法第52条)\n  The certificates were not shown yet\n")
            #expect(early.output.isEmpty)
        }

        private func step(_ key: String, _ words: String..., desk: CommandDesk) async throws -> TakenStepMessage {
            let taken = try await desk.run(
                ["case", "step", key] + words + ["--with", Self.second, "--json"], as: .officer)
            return try JSONDecoder().decode(TakenStepMessage.self, from: Data(taken.output.utf8))
        }

        private func survey(_ key: String, _ desk: CommandDesk) async throws {
            let day = DemoCaseCast.now.day.description
            _ = try await step(
                key, "show-identity", "--fact", "place=台城街道例湾巷", "--fact", "violated-on=\(day)", desk: desk)
            _ = try await step(key, "show-certificate", desk: desk)
            let told = try await step(key, "tell-rights", desk: desk)
            #expect(told.published.count == 1)
            let surveyed = try await step(
                key, "survey", "--outcome", "simple", "--fact", "item=44990000000001", "--fact", "party=\(Self.party)",
                "--fact", "party-kind=citizen", "--fact", "party-id=440781189907070012", "--fact", "is-minor=否",
                "--fact", "facts=当事人\(Self.party)将渣土倾倒在河道", "--fact", "facts-clear=是", desk: desk)
            #expect(surveyed.record.steps.last?.issued.map(\.kind) == ["scene-record"])
        }

        private func decide(_ key: String, _ desk: CommandDesk) async throws -> String {
            _ = try await step(
                key, "defend", "--outcome", "nothing", "--fact", "fine-fen=100元", "--fact", "deviation-reason=情节轻微",
                desk: desk)
            try await Waiting.until("numbers to be leased", within: StoryProvince.limit) {
                try await desk.run("case", "number", "--json", as: .officer).output.contains("当罚")
            }
            let decided = try await step(key, "decide", "--fact", "decision-text=罚款一百元", desk: desk)
            let number = try #require(decided.number)
            #expect(number.hasPrefix("示台街当罚〔"))
            return number
        }

        /// The document is written as it was frozen: its digest is in the step.
        private func document(_ key: String, _ number: String, _ desk: CommandDesk) async throws {
            let file = "\(desk.path)/decision.html"
            let written = try await desk.run("case", "document", key, "on-spot-decision", "--out", file, as: .officer)
            let page = try Files.readText(file, bytesMax: 1 << 20)
            #expect(page.contains(number) && page.contains(Self.party) && page.contains("壹佰元整"))
            let show = try await desk.run("case", "show", key, "--json", as: .officer)
            let record = try JSONDecoder().decode(CaseMessage.self, from: Data(show.output.utf8))
            let issued = record.steps.flatMap(\.issued).first { $0.kind == "on-spot-decision" }
            #expect(written.output.contains(try #require(issued).digest))
            // Evidence from the scene, late by a week.
            let before = LegalDate(daysSince1970: DemoCaseCast.now.day.daysSince1970 - 14)
            let evidence = try await desk.run(
                "case", "evidence", key, "\(desk.root)/Fixtures/evidence-scene.png", "--kind", "视听资料", "--captured-at",
                "\(try #require(before))T10:00", "--recording", "survey", as: .officer)
            #expect(evidence.output.contains("已超期 late"))
            #expect(evidence.errors.contains("全过程记录办法第23条"))
        }

        private func close(_ key: String, _ desk: CommandDesk) async throws -> String {
            _ = try await step(key, "report", desk: desk)
            _ = try await step(key, "collect", "--fact", "paid-fen=100元", desk: desk)
            for name in ["hand-in", "pay"] { _ = try await step(key, name, desk: desk) }
            let published = try await step(key, "publish", desk: desk)
            _ = try await step(key, "close", desk: desk)
            let archived = try await step(key, "archive", desk: desk)
            #expect(archived.record.standing == "ended")
            #expect(archived.record.standingWords.first?.chinese == "结案归档")
            return try #require(published.published.first)
        }

        private func show(_ key: String, _ desk: CommandDesk) async throws {
            let shown = try await desk.run("case", "show", key, as: .officer).output
            for text in ["行政处罚简易程序", "结案归档", "有效 lawful", "追责时效"] { #expect(shown.contains(text)) }
            #expect(!shown.contains("违法 broken"))
            let next = try await desk.run("case", "next", key, as: .officer).output
            #expect(next.contains("结案归档"))
            let list = try await desk.run("case", "list", as: .officer).output
            #expect(list.contains("涉嫌倾倒渣土案") && list.contains("已结 ended"))
        }

        // MARK: Outside

        private func seen(_ publication: String, _ number: String, _ desk: CommandDesk) async throws {
            let pages = "\(desk.path)/pages"
            try await desk.run("publish", "pages", pages, as: .officer)
            let list = try Files.readText("\(pages)/index.html", bytesMax: 1 << 20)
            #expect(list.contains(number) && list.contains(publication))
            let page = try Files.readText("\(pages)/\(publication)/index.html", bytesMax: 1 << 20)
            #expect(page.contains("孙**") && !page.contains(Self.party))
            #expect(Files.exists("\(pages)/feed.atom"))
        }

        private func exchanged(_ publication: String, _ number: String, _ desk: CommandDesk) async throws {
            let (out, cursor) = ("\(desk.path)/exchange", "\(desk.path)/cursor")
            let export = ["exchange", "export", "credit-penalty-2019", "--since", cursor, "--out", out]
            let first = try await desk.run(export, as: .operator)
            #expect(first.output.contains("已导出 rows 1，"))
            let files = try FileManager.default.contentsOfDirectory(atPath: out)
            let table = try Files.readText("\(out)/\(try #require(files.first))", bytesMax: 1 << 20)
            #expect(table.contains(number) && table.contains(",I,") && !table.contains(Self.party))
            #expect(try await desk.run(export, as: .operator).output.contains("已导出 rows 0，"))

            let withdrawn = try await desk.run(
                "publish", "withdraw", publication, "--reason", "决定已被撤销", as: .supervisor)
            #expect(withdrawn.output.contains("已撤回 withdrawn"))
            try await desk.run(export, as: .operator)
            let later = try FileManager.default.contentsOfDirectory(atPath: out).filter { !files.contains($0) }
            let recalled = try Files.readText("\(out)/\(try #require(later.first))", bytesMax: 1 << 20)
            #expect(recalled.contains(",D,") && recalled.contains(number))
            let pages = "\(desk.path)/pages"
            try await desk.run("publish", "pages", pages, as: .officer)
            let page = try Files.readText("\(pages)/\(publication)/index.html", bytesMax: 1 << 20)
            #expect(page.contains("决定已被撤销") && !page.contains("孙**"))
        }

        // MARK: The desk

        private func withDesk(_ body: (CommandDesk) async throws -> Void) async throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "desk-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let province = try await LocalProvince(
                Topology.parse(Self.topology, named: "topology.yaml"), at: path, executable: builtProgram)
            do {
                try await province.start()
                let desk = try CommandDesk(province.province, at: path, town: Self.town, body: Self.body, Self.first)
                try await desk.prepare()
                try await body(desk)
            } catch {
                await province.stop()
                throw error
            }
            await province.stop()
        }
    }
}

/// Somebody who types commands at a node, as an officer of a town, as its librarian, as a supervisor.
private struct CommandDesk {
    struct Answer {
        let output: String
        let errors: String
    }

    let office: Office
    /// A directory for files.
    let path: String
    /// Of this repository.
    let root: String
    private let program: String
    private let tokens: [Role: String]

    init(_ office: Office, at path: String, town: DivisionCode, body: String, _ officer: String) throws {
        (self.office, self.path, program) = (office, path, try builtProgram)
        root =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        func record(_ certificate: String, _ division: DivisionCode) -> RecordID {
            RecordID(home: division, flow: .down, kind: "officer", naturalKey: certificate)
        }
        let holders = [
            TokenHolder(label: "officer", role: .officer, author: record(officer, town), division: town, body: body),
            TokenHolder(label: "operator", role: .operator, author: nil, division: office.seat, body: ""),
            TokenHolder(label: "librarian", role: .librarian, author: nil, division: office.seat, body: ""),
            TokenHolder(
                label: "supervisor", role: .supervisor, author: record("440000000101", office.seat),
                division: office.seat, body: "440000-01"),
        ]
        var tokens: [Role: String] = [:]
        for holder in holders { tokens[holder.role] = try office.token(for: holder) }
        self.tokens = tokens
    }

    /// Brings in everything that a case stands on, from the files of this repository.
    func prepare() async throws {
        try await run("procedures", "import", root, as: .operator)
        for (kind, file) in [("officers", "case-officers"), ("items", "items"), ("benchmarks", "benchmarks")] {
            try await run("import", kind, "\(root)/Fixtures/\(file).csv", "--allow-refused", as: .operator)
        }
        try await run("import", "bodies", "\(root)/Fixtures/bodies.csv", "--allow-refused", as: .operator)
    }

    @discardableResult
    func run(_ words: String..., as role: Role, expecting status: Int32 = 0) async throws -> Answer {
        try await run(words, as: role, expecting: status)
    }

    @discardableResult
    func run(_ words: [String], as role: Role, expecting status: Int32 = 0) async throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = words
        process.environment = [
            APIOptions.addressVariable: office.api, APIOptions.tokenVariable: tokens[role] ?? "",
        ]
        process.standardInput = FileHandle.nullDevice
        // Into files: a pipe that nobody empties would hold the process up.
        let name = UUID().uuidString
        let (output, errors) = ("\(path)/\(name).out", "\(path)/\(name).err")
        for file in [output, errors] { try Files.write("", to: file) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        let ended = await withCheckedContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: Optional($0.terminationStatus)) }
            do { try process.run() } catch { continuation.resume(returning: nil) }
        }
        let answer = Answer(
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
        #expect(ended == status, "\(words.joined(separator: " ")): \(answer.errors)")
        return answer
    }
}
